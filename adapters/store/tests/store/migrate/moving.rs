//! What the tests of moving share: histories, a run of it, and a store that fails on command.

use std::sync::Mutex;

use async_trait::async_trait;
use countersign_domain::envelope::{Cause, Digest, Envelope, NewEvent, Position};
use countersign_domain::names::StreamName;
use countersign_domain::ports::{Append, Appended, EventStore, Expected, StoreError};
use countersign_store::contract::fixtures;
use countersign_store::migrate::{Mark, MigrateError, MigrateOptions, Migrated, migrate};
use countersign_store::{Behind, Front, MerkleTree};
use uuid::Uuid;

/// The stream with this number.
pub(crate) fn of(number: usize) -> StreamName {
    format!("acme.thing-{number}").parse().expect("a stream")
}

/// Goes on with a history: to which stream, and how many events at once, of one command each time.
pub(crate) async fn story(store: &dyn EventStore, steps: &[(usize, u64)]) {
    for (stream, count) in steps {
        let stream = of(*stream);
        let next = store.read_stream(&stream, 0, usize::MAX).await.expect("readable").len() as u64;
        let command = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{stream}#{next}").as_bytes());
        let cause = Cause { command, ..fixtures::event(&stream, next).cause };
        let event = |index: u64| {
            let data = serde_json::json!({ "number": next + index, "text": "ünïcödé ✓" });
            NewEvent::new(&cause, usize::try_from(index).expect("few"), "thing_done", 1, &data)
        };
        let events = (0..*count).map(event).collect();
        let append = Append { stream, expected: Expected::after(next.checked_sub(1)), events, urgent: false };
        store.append(append).await.expect("appended");
    }
}

/// Small pages, so that a few events are many of them.
pub(crate) fn small() -> MigrateOptions {
    MigrateOptions { page: 3, ..MigrateOptions::default() }
}

pub(crate) async fn run(source: &dyn EventStore, target: &dyn EventStore) -> Result<Migrated, MigrateError> {
    moved(source, target, &small(), None).await.0
}

/// A run, and the last mark it left, kept as text as an operator's is.
pub(crate) async fn moved(
    source: &dyn EventStore,
    target: &dyn EventStore,
    options: &MigrateOptions,
    from: Option<Mark>,
) -> (Result<Migrated, MigrateError>, Option<Mark>) {
    let mut kept = from.as_ref().map(Mark::to_json);
    let done =
        migrate(source, target, options, from, &mut |progress| kept = Some(progress.mark.to_json())).await;
    (done, kept.map(|text| Mark::from_json(&text).expect("it was written whole")))
}

pub(crate) async fn all(store: &dyn EventStore) -> Vec<Envelope> {
    store.read_all(None, usize::MAX).await.expect("readable")
}

/// Everything of each event but for its position, by its hash.
pub(crate) fn places(events: &[Envelope]) -> Vec<(String, u64, Digest)> {
    events.iter().map(|event| (event.stream.to_string(), event.rev, event.hash)).collect()
}

pub(crate) fn root(events: &[Envelope]) -> Digest {
    let mut tree = MerkleTree::default();
    for event in events {
        tree.push(event.hash);
    }
    tree.root()
}

/// A store that fails, hides or lies when it is told to.
pub(crate) struct Flaky<S> {
    inner: S,
    plan: Mutex<Plan>,
}

#[derive(Default)]
struct Plan {
    /// How many appends were asked for.
    asked: usize,
    /// Which append fails, whether it is done all the same, and with what error.
    fail: Option<(usize, bool, StoreError)>,
    /// How many events each append had that was done.
    appended: Vec<usize>,
    /// Up to which position events are shown, for so many more reads.
    hidden: Option<(u64, u32)>,
    forged: Option<usize>,
}

pub(crate) fn flaky<S: EventStore>(inner: S) -> Behind<Flaky<S>> {
    Behind(Flaky { inner, plan: Mutex::default() })
}

impl<S> Flaky<S> {
    /// The append number `at` from here on fails, before or after it is done; and all after it.
    pub(crate) fn fail(&self, at: usize, after: bool, error: StoreError) {
        let mut plan = self.plan.lock().expect("unpoisoned");
        plan.fail = Some((plan.asked + at, after, error));
    }

    pub(crate) fn mend(&self) {
        self.plan.lock().expect("unpoisoned").fail = None;
    }

    pub(crate) fn hide_behind(&self, position: u64, reads: u32) {
        self.plan.lock().expect("unpoisoned").hidden = Some((position, reads));
    }

    pub(crate) fn forge(&self, index: usize) {
        self.plan.lock().expect("unpoisoned").forged = Some(index);
    }

    pub(crate) fn appended(&self) -> Vec<usize> {
        self.plan.lock().expect("unpoisoned").appended.clone()
    }
}

#[async_trait]
impl<S: EventStore> Front for Flaky<S> {
    fn store(&self) -> &dyn EventStore {
        &self.inner
    }

    async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        let failure = {
            let mut plan = self.plan.lock().expect("unpoisoned");
            plan.asked += 1;
            let asked = plan.asked;
            plan.fail
                .clone()
                .filter(|(at, ..)| *at < asked)
                .map(|(at, after, error)| (after && at + 1 == asked, error))
        };
        if let Some((false, error)) = failure {
            return Err(error);
        }
        let events = append.events.len();
        let appended = self.inner.append(append).await?;
        self.plan.lock().expect("unpoisoned").appended.push(events);
        failure.map_or(Ok(appended), |(_, error)| Err(error))
    }

    async fn read_all(&self, after: Option<Position>, limit: usize) -> Result<Vec<Envelope>, StoreError> {
        let mut page = self.inner.read_all(after, limit).await?;
        let mut plan = self.plan.lock().expect("unpoisoned");
        if let Some((position, reads)) = &mut plan.hidden {
            page.retain(|event| event.pos.for_store() <= *position);
            *reads -= 1;
            if *reads == 0 {
                plan.hidden = None;
            }
        }
        if let Some(event) = plan.forged.and_then(|index| page.get_mut(index)) {
            event.data = serde_json::value::to_raw_value("forged").expect("a text");
        }
        Ok(page)
    }
}
