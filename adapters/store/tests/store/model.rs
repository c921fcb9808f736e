//! Any sequence of appends, good and bad, with restarts between, leaves what a simple model says.

use std::collections::BTreeMap;

use crate::support::{folder, options, runtime};
use countersign_domain::ports::{EventStore, Expected, StoreError};
use countersign_store::contract::fixtures;
use countersign_store::{Journal, MemoryStore, Options};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Step {
    /// Appends so many events to a stream, expecting its true revision moved by this.
    Append { stream: usize, events: u64, off_by: i64 },
    /// Sends an earlier append again.
    Repeat { which: usize },
    /// Closes the journal and opens it again, perhaps without its index.
    Restart { lose_index: bool },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3_usize, 1..4_u64, prop_oneof![4 => Just(0_i64), 1 => -3..4_i64])
            .prop_map(|(stream, events, off_by)| Step::Append { stream, events, off_by }),
        2 => any::<usize>().prop_map(|which| Step::Repeat { which }),
        1 => any::<bool>().prop_map(|lose_index| Step::Restart { lose_index }),
    ]
}

const STREAMS: [&str; 3] = ["acme.thing-1", "acme.thing-10", "other.thing-1"];

/// What should be in the store: for each stream the numbers, and all of them in global order.
#[derive(Default)]
struct Model {
    streams: BTreeMap<&'static str, Vec<u64>>,
    all: Vec<(&'static str, u64)>,
    done: Vec<(&'static str, Expected, Vec<u64>)>,
    counter: u64,
}

impl Model {
    async fn append(&mut self, store: &dyn EventStore, stream: usize, events: u64, off_by: i64) {
        let stream = STREAMS[stream];
        let known = self.streams.entry(stream).or_default();
        let next = (known.len() as u64).saturating_add_signed(off_by);
        let expected = Expected::after(next.checked_sub(1));
        let numbers: Vec<u64> = (self.counter..self.counter + events).collect();
        self.counter += events;
        let answer = store.append(fixtures::append(stream, expected, &numbers)).await;
        if next == known.len() as u64 {
            let appended = answer.expect("the revision is right");
            assert_eq!((appended.rev, appended.repeated), (next + events - 1, false));
            known.extend(&numbers);
            self.all.extend(numbers.iter().map(|number| (stream, *number)));
            self.done.push((stream, expected, numbers));
        } else {
            let wanted = (known.len() as u64).checked_sub(1);
            let is = matches!(&answer, Err(StoreError::Conflict { actual, .. }) if *actual == wanted);
            assert!(is, "{answer:?} must be a conflict with {wanted:?}");
        }
    }

    async fn repeat(&self, store: &dyn EventStore, which: usize) {
        let Some((stream, expected, numbers)) = self.done.get(which % self.done.len().max(1)) else { return };
        let again = store.append(fixtures::append(stream, *expected, numbers)).await.expect("the same again");
        assert!(again.repeated);
        let events = store.read_at(&[again.position]).await.expect("readable");
        assert_eq!(events.first().and_then(fixtures::number), numbers.last().copied());
    }

    async fn compare(&self, store: &dyn EventStore) {
        for (stream, numbers) in &self.streams {
            let stream = stream.parse().expect("a stream");
            let events = fixtures::read(store, &stream, 0, usize::MAX).await;
            assert_eq!(crate::support::numbers(&events), *numbers);
        }
        let all = store.read_all(None, usize::MAX).await.expect("readable");
        let found: Vec<_> = all
            .iter()
            .map(|event| (event.stream.as_str(), fixtures::number(event).expect("a number")))
            .collect();
        assert_eq!(found, self.all);
    }
}

fn small_segments() -> Options {
    Options { segment_bytes: 3000, ..options() }
}

async fn run(steps: Vec<Step>) {
    let folder = folder();
    let open = || Journal::open(folder.path(), small_segments()).expect("the journal opens");
    let (memory, mut journal) = (MemoryStore::new(), open());
    let (mut in_memory, mut model) = (Model::default(), Model::default());
    for step in steps {
        match step {
            Step::Append { stream, events, off_by } => {
                in_memory.append(&memory, stream, events, off_by).await;
                model.append(&journal, stream, events, off_by).await;
            }
            Step::Repeat { which } => {
                in_memory.repeat(&memory, which).await;
                model.repeat(&journal, which).await;
            }
            Step::Restart { lose_index } => {
                drop(journal);
                if lose_index {
                    std::fs::remove_dir_all(folder.path().join("side")).expect("removed");
                }
                journal = open();
            }
        }
    }
    in_memory.compare(&memory).await;
    model.compare(&journal).await;
    drop(journal);
    let report = crate::support::check(folder.path());
    assert!(report.damages.is_empty(), "{:?}", report.damages);
    assert_eq!(report.events, model.all.len() as u64);
}

proptest! {
    #![proptest_config(crate::support::cases())]

    #[test]
    fn any_sequence_of_appends_leaves_what_the_model_says(steps in prop::collection::vec(step(), 1..25)) {
        runtime().block_on(run(steps));
    }
}
