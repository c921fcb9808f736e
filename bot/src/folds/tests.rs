//! What a fold costs: counted in events that are read, never in time.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use countersign_domain::access::{AccessEvent, AccessRequest};
use countersign_domain::aggregate::{Event, encode};
use countersign_domain::envelope::{ActorKind, Cause};
use countersign_domain::ports::{Append, Expected, StoreError};
use countersign_domain::tenant::{People, PeopleCommand, PeopleEvent, Person};
use countersign_store::{Behind, Front, MemoryStore};
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::context::system;
use crate::directory::Directory;

/// A log that counts what is read of it.
#[derive(Default)]
struct Counting {
    log: MemoryStore,
    events: AtomicUsize,
}

impl Counting {
    /// How many events were read since this was asked before.
    fn read(&self) -> usize {
        self.events.swap(0, Ordering::Relaxed)
    }

    async fn happen<E: Event>(&self, stream: &str, events: &[E]) -> Uuid {
        let stream: StreamName = stream.parse().unwrap();
        let last = self.log.read_stream(&stream, 0, usize::MAX).await.unwrap().last().map(|last| last.rev);
        let command = Uuid::new_v4();
        let cause =
            Cause { actor: system("test"), command, correlation: command, causation: command, at: noon() };
        let events = encode(events, &cause);
        self.log
            .append(Append { stream, expected: Expected::after(last), events, urgent: false })
            .await
            .unwrap();
        command
    }
}

#[async_trait]
impl Front for Counting {
    fn store(&self) -> &dyn EventStore {
        &self.log
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Envelope>, StoreError> {
        let page = self.log.read_stream(stream, from, limit).await?;
        self.events.fetch_add(page.len(), Ordering::Relaxed);
        Ok(page)
    }
}

fn noon() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn person(id: &str) -> Person {
    Person {
        id: id.parse().unwrap(),
        kind: ActorKind::Person,
        name: id.to_owned(),
        groups: ["staff".to_owned()].into(),
        roles: [].into(),
        accounts: [].into(),
    }
}

fn recorded(id: &str) -> PeopleEvent {
    PeopleEvent::PersonRecorded { person: person(id) }
}

fn joined(group: &str, id: &str) -> PeopleEvent {
    PeopleEvent::GroupJoined { group: group.to_owned(), members: [id.parse().unwrap()].into() }
}

fn over(log: &Arc<Behind<Counting>>) -> Folds {
    Folds::new(Arc::clone(log) as Arc<dyn EventStore>)
}

fn stream(name: &str) -> StreamName {
    name.parse().unwrap()
}

#[tokio::test]
async fn of_a_stream_that_was_read_only_what_is_new_is_read() {
    let log = Arc::new(Behind::<Counting>::default());
    let (folds, people) = (over(&log), stream("acme.people-acme"));
    log.happen(people.as_str(), &[recorded("erin"), recorded("ada"), recorded("bob")]).await;
    let first = folds.now::<People>(&people).await.unwrap();
    assert_eq!((first.rev, first.state.people.size(), log.read()), (Some(2), 3, 3));
    folds.now::<People>(&people).await.unwrap();
    assert_eq!(log.read(), 0);
    log.happen(people.as_str(), &[PeopleEvent::PersonRemoved { id: "bob".parse().unwrap() }]).await;
    let second = folds.clone().now::<People>(&people).await.unwrap();
    assert_eq!(
        (second.rev, second.state.people.size(), log.read()),
        (Some(3), 2, 1),
        "a removal counts at once"
    );
    assert_eq!(first.state.people.size(), 3, "whoever has a state keeps it");
}

/// Before, an event cost all of those before it in its stream: 2,000 of them cost two million.
#[tokio::test]
async fn whoever_goes_through_a_stream_in_order_reads_none_of_it_twice() {
    let log = Arc::new(Behind::<Counting>::default());
    let people = stream("acme.people-acme");
    for count in 0..500 {
        log.happen(people.as_str(), &[recorded(&format!("p{count}"))]).await;
    }
    let envelopes = log.log.read_all(None, usize::MAX).await.unwrap();
    let folds = over(&log);
    for envelope in &envelopes {
        let state = folds.as_of::<People>(envelope).await.unwrap();
        assert_eq!(state.people.size() as u64, envelope.rev + 1);
        // An event may come again.
        assert_eq!(folds.as_of::<People>(envelope).await.unwrap(), state);
    }
    assert_eq!(log.read(), 0, "all of it was at hand");
    let from_the_middle = over(&log);
    let state = from_the_middle.as_of::<People>(&envelopes[250]).await.unwrap();
    assert_eq!((state.people.size(), log.read()), (251, 250));
    assert_eq!(from_the_middle.as_of::<People>(&envelopes[251]).await.unwrap().people.size(), 252);
    assert_eq!(log.read(), 0);
    let earlier = from_the_middle.as_of::<People>(&envelopes[3]).await.unwrap();
    assert_eq!((earlier.people.size(), log.read()), (4, 3), "what is of the past is folded anew");
    assert_eq!(from_the_middle.now::<People>(&people).await.unwrap().rev, Some(499));
    assert_eq!(log.read(), 500 - 252, "and does not take the place of what goes further");
}

#[tokio::test]
async fn who_answers_a_sentence_reads_once_for_it_and_again_only_what_it_has_written() {
    let log = Arc::new(Behind::<Counting>::default());
    let (folds, people) = (over(&log), stream("acme.people-acme"));
    let sizes = async || {
        let first = folds.at_hand::<People>(&people).await.unwrap();
        log.happen(people.as_str(), &[recorded("erin")]).await;
        let second = folds.at_hand::<People>(&people).await.unwrap();
        written(&people);
        let third = folds.at_hand::<People>(&people).await.unwrap();
        [first, second, third].map(|fold| fold.state.people.size())
    };
    assert_eq!(one_sentence(sizes()).await, [0, 0, 1], "also of what is not there it knows that");
    log.read();
    let beside = one_sentence(async {
        let own = folds.at_hand::<People>(&people).await.unwrap();
        log.happen(people.as_str(), &[recorded("ada")]).await;
        // What is decided, and not only answered, is decided on what is there.
        let decided = one_sentence(folds.now::<People>(&people)).await.unwrap();
        (own.state.people.size(), decided.state.people.size())
    });
    assert_eq!(beside.await, (1, 2));
    log.happen(people.as_str(), &[recorded("bob")]).await;
    assert_eq!(sizes().await[..2], [3, 3], "nobody answers anything");
}

#[tokio::test]
async fn who_decides_after_a_vendor_was_turned_to_decides_on_what_is_there_then() {
    let log = Arc::new(Behind::<Counting>::default());
    let (directory, acme) = (Directory::new(over(&log)), "acme".parse().unwrap());
    let sizes = one_sentence(async {
        let first = directory.to_decide(&acme).await.unwrap();
        log.happen("acme.people-acme", &[recorded("erin")]).await;
        let second = directory.to_decide(&acme).await.unwrap();
        turned_to_a_vendor();
        let shown = directory.present(&acme).await.unwrap();
        let decided = directory.to_decide(&acme).await.unwrap();
        [first, second, shown, decided].map(|present| present.state.people.size())
    });
    assert_eq!(sizes.await, [0, 0, 0, 1]);
    turned_to_a_vendor();
    assert!(!may_be_old(), "nobody answers anything");
}

#[tokio::test]
async fn the_events_of_a_command_are_found_again_by_reading_them_alone() {
    let log = Arc::new(Behind::<Counting>::default());
    let (folds, people) = (over(&log), stream("acme.people-acme"));
    for count in 0..300 {
        log.happen(people.as_str(), &[recorded(&format!("p{count}"))]).await;
    }
    let two = log.happen(people.as_str(), &[recorded("erin"), recorded("ada")]).await;
    let fold = folds.now::<People>(&people).await.unwrap();
    log.read();
    let events = folds.events_of(&people, &fold, two).await.unwrap();
    assert_eq!(events.iter().map(|event| event.rev).collect::<Vec<_>>(), [300, 301]);
    assert_eq!(log.read(), 2);
}

#[tokio::test]
async fn how_many_are_kept_is_bounded_and_those_asked_for_last_stay() {
    let log = Arc::new(Behind::<Counting>::default());
    let folds = over(&log);
    log.happen("acme.people-acme", &[recorded("erin")]).await;
    folds.now::<People>(&stream("acme.people-acme")).await.unwrap();
    for other in 0..3 * KEPT {
        folds.now::<People>(&stream(&format!("other.people-{other}"))).await.unwrap();
        if other % KEPT == 0 {
            folds.now::<People>(&stream("acme.people-acme")).await.unwrap();
        }
    }
    let kept = |kept: &Kept| (kept.lately.len(), kept.before.len());
    let (lately, before) = kept(&folds.kept.lock().unwrap());
    assert!(lately <= KEPT && before <= KEPT, "{lately} and {before}");
    assert_eq!(log.read(), 1, "who is asked for again and again was read once");
    folds.now::<AccessRequest>(&stream("acme.request-k7qm2x")).await.unwrap();
    let is_kept = folds.kept.lock().unwrap().find::<AccessRequest>(&stream("acme.request-k7qm2x")).is_some();
    assert!(!is_kept, "what is not there takes nobody's place");
}

/// The cost of a change among so many people, with groups of every size: how many bytes it writes, how many events are read
/// and how many people are copied until the next one is decided on.
async fn cost_of_a_change(people: usize) -> (usize, usize, usize) {
    let log = Arc::new(Behind::<Counting>::default());
    let (folds, stream) = (over(&log), stream("acme.people-acme"));
    let ids: Vec<String> = (0..people).map(|number| format!("p{number:05}")).collect();
    for part in ids.chunks(200) {
        let joined = |id: &String| {
            joined(
                &format!("g{}", id.as_bytes().iter().map(|byte| usize::from(*byte)).sum::<usize>() % 500),
                id,
            )
        };
        let events: Vec<_> = part.iter().map(|id| recorded(id)).chain(part.iter().map(joined)).collect();
        log.happen(stream.as_str(), &events).await;
    }
    log.happen(stream.as_str(), &[everybody(&ids)]).await;
    let before = folds.now::<People>(&stream).await.unwrap();
    log.read();
    // One of them leaves a group in which all are.
    let members = ids[1..].iter().map(|id| id.parse().unwrap()).collect();
    let sync = PeopleCommand::SyncGroup { group: "everybody".to_owned(), members };
    let events = before.state.decide(sync, noon()).unwrap();
    let bytes = events.iter().map(|event| event.content().to_string().len()).sum();
    log.happen(stream.as_str(), &events).await;
    let after = folds.now::<People>(&stream).await.unwrap();
    let is_copied = |id: &&String| {
        let id = id.parse().unwrap();
        !std::ptr::eq(&raw const before.state.people[&id], &raw const after.state.people[&id])
    };
    (bytes, log.read(), ids.iter().filter(is_copied).count())
}

fn everybody(ids: &[String]) -> PeopleEvent {
    let members = ids.iter().map(|id| id.parse().unwrap()).collect();
    PeopleEvent::GroupJoined { group: "everybody".to_owned(), members }
}

#[tokio::test]
async fn a_change_costs_what_it_changes_however_many_people_there_are() {
    let costs = [cost_of_a_change(100).await, cost_of_a_change(1_000).await, cost_of_a_change(10_000).await];
    assert!(costs.iter().all(|cost| *cost == costs[0]), "bytes, events and people: {costs:?}");
    assert!(matches!(costs[0], (..100, 1, 1)), "{costs:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// In whatever order it is asked for moments, each is the fold of what there was then.
    #[test]
    fn a_moment_is_the_fold_of_all_that_was_before_it(
        events in proptest::collection::vec(0_usize..4, 1..40),
        moments in proptest::collection::vec((any::<bool>(), 0_usize..40), 1..12),
    ) {
        futures::executor::block_on(async {
            let log = Arc::new(Behind::<Counting>::default());
            let mut state = People::default();
            let mut then = Vec::new();
            for what in &events {
                let event = match what {
                    0 => recorded("erin"),
                    1 => recorded("ada"),
                    2 => joined("leads", "erin"),
                    _ => PeopleEvent::PersonRemoved { id: "erin".parse().unwrap() },
                };
                state.evolve(&event, noon());
                log.happen("acme.people-acme", &[event]).await;
                then.push(state.clone());
            }
            let stream = stream("acme.people-acme");
            let envelopes = log.log.read_stream(&stream, 0, usize::MAX).await.unwrap();
            let folds = over(&log);
            for (now, moment) in moments {
                if now {
                    prop_assert_eq!(&*folds.now::<People>(&stream).await.unwrap().state, &state);
                } else if let Some(envelope) = envelopes.get(moment) {
                    prop_assert_eq!(&*folds.as_of::<People>(envelope).await.unwrap(), &then[moment]);
                }
            }
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_said_every_time() {
    let log = Arc::new(Behind::<Counting>::default());
    log.happen("acme.request-k7qm2x", &[recorded("erin")]).await;
    let folds = over(&log);
    for _ in 0..2 {
        let failure = folds.now::<AccessRequest>(&stream("acme.request-k7qm2x")).await.err().unwrap();
        assert!(matches!(failure, Failure::Decode(_)), "{failure}");
    }
    log.happen("acme.request-k7qm2y", &[AccessEvent::Reminded { times: 1 }]).await;
    assert!(folds.now::<AccessRequest>(&stream("acme.request-k7qm2y")).await.is_ok());
}
