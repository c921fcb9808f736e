//! Catching up in full pages, where something goes wrong in the middle: nothing is skipped, nothing is applied twice, and what was
//! applied is told.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{History, of_tenant, tenant};
use async_trait::async_trait;
use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::ports::{EventStore, StoreError};
use countersign_domain::tenant::SettingsEvent;
use countersign_projections::{Happened, Projection, ProjectionError, Projections, WriteRows};
use countersign_store::{Behind, Front, MemoryStore};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How many events are read at a time.
const PAGE: u64 = 2048;
/// Three full pages, and a last one of one event.
const LONG: u64 = 3 * PAGE + 1;

/// A log of which one read does not come: it fails, or where somebody is to be told to stop, it never ends.
struct Halting {
    log: MemoryStore,
    reads: AtomicUsize,
    /// Which one, counted from one.
    halts_at: usize,
    stop: Option<CancellationToken>,
}

#[async_trait]
impl Front for Halting {
    fn store(&self) -> &dyn EventStore {
        &self.log
    }

    async fn read_all(&self, after: Option<Position>, limit: usize) -> Result<Vec<Envelope>, StoreError> {
        if self.reads.fetch_add(1, Ordering::SeqCst) + 1 == self.halts_at {
            let Some(stop) = &self.stop else {
                return Err(StoreError::Unavailable("it is away for a moment".to_owned()));
            };
            stop.cancel();
            std::future::pending::<()>().await;
        }
        self.log.read_all(after, limit).await
    }
}

/// A log of so many events whose read of this number does not come.
async fn log(events: u64, halts_at: usize, stop: Option<CancellationToken>) -> Arc<Behind<Halting>> {
    let created = SettingsEvent::TenantCreated { name: "Acme".to_owned() };
    let mut append = History::new(MemoryStore::new()).append(&tenant("acme"), &of_tenant("ada", created));
    let first = append.events[0].clone();
    let numbered = (1..=u128::from(events)).map(|number| {
        let mut event = first.clone();
        event.id = Uuid::from_u128(number);
        event
    });
    append.events = numbered.collect();
    let log = MemoryStore::new();
    log.append(append).await.unwrap();
    Arc::new(Behind(Halting { log, reads: AtomicUsize::new(0), halts_at, stop }))
}

/// What a projection does at an event.
#[derive(Clone, Copy)]
enum Fault {
    Stops,
    Panics,
}

/// Counts the events that it applies.
struct Counter {
    name: &'static str,
    fault: Option<(u64, Fault)>,
}

impl Projection for Counter {
    fn name(&self) -> &'static str {
        self.name
    }

    fn version(&self) -> u32 {
        1
    }

    fn apply(&self, event: &Happened, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
        match self.fault.filter(|(at, _)| *at == event.pos.for_store()) {
            Some((_, Fault::Stops)) => return Err(ProjectionError::Interrupted("it is too much".to_owned())),
            Some((at, Fault::Panics)) => panic!("the event {at} was to break it"),
            None => {}
        }
        let count = count_in(rows.get(b"count")?);
        rows.put(b"count".to_vec(), (count + 1).to_be_bytes().to_vec());
        Ok(())
    }
}

fn count_in(row: Option<Vec<u8>>) -> u64 {
    row.map_or(0, |count| u64::from_be_bytes(count.try_into().unwrap()))
}

/// Two projections, of which one may have a fault.
fn over(log: &Arc<Behind<Halting>>, fault: Option<(u64, Fault)>) -> Arc<Projections> {
    let both: Vec<Arc<dyn Projection>> =
        vec![Arc::new(Counter { name: "whole", fault: None }), Arc::new(Counter { name: "faulty", fault })];
    Projections::open_with(log.clone(), None, both).unwrap()
}

fn counted(kept: &Projections, name: &str) -> u64 {
    count_in(kept.rows(name).get(b"count").unwrap())
}

fn position(kept: &Projections, name: &str) -> Option<u64> {
    let state = kept.states().into_iter().find(|state| state.name == name).unwrap();
    state.position.map(Position::for_store)
}

#[tokio::test]
async fn what_was_applied_is_told_though_what_follows_cannot_be_read() {
    for (events, halts_at, applied) in [(20, 2, 20), (LONG, 2, PAGE), (LONG, 3, 2 * PAGE)] {
        let log = log(events, halts_at, None).await;
        let kept = over(&log, None);
        let failed = kept.catch_up().await;
        assert!(matches!(failed, Err(ProjectionError::Store(StoreError::Unavailable(_)))), "{failed:?}");
        assert_eq!(kept.position(), Some(Position::from_store(applied)), "read {halts_at} of {events}");
        assert_eq!(kept.catch_up().await.unwrap(), Some(Position::from_store(events)));
        assert_eq!((counted(&kept, "whole"), counted(&kept, "faulty")), (events, events));
    }
}

#[tokio::test]
async fn whoever_is_stopped_while_pages_are_applied_goes_on_later_where_each_projection_was() {
    let stop = CancellationToken::new();
    let log = log(LONG, 3, Some(stop.clone())).await;
    let kept = over(&log, None);
    kept.clone().run(stop).await.unwrap();
    for name in ["whole", "faulty"] {
        let at = position(&kept, name);
        assert!(
            [None, Some(PAGE), Some(2 * PAGE)].contains(&at),
            "{name} is in the middle of a page: {at:?}"
        );
    }
    assert_eq!(kept.catch_up().await.unwrap(), Some(Position::from_store(LONG)));
    assert_eq!((counted(&kept, "whole"), counted(&kept, "faulty")), (LONG, LONG));
}

#[tokio::test]
async fn a_projection_that_stops_among_full_pages_holds_no_other_one_up() {
    let log = log(LONG, 0, None).await;
    let kept = over(&log, Some((PAGE + 5, Fault::Stops)));
    assert_eq!(kept.catch_up().await.unwrap(), Some(Position::from_store(LONG)));
    assert_eq!((position(&kept, "whole"), counted(&kept, "whole")), (Some(LONG), LONG));
    assert_eq!((position(&kept, "faulty"), counted(&kept, "faulty")), (Some(PAGE + 4), PAGE + 4));
}

#[tokio::test]
async fn a_fold_that_panics_among_full_pages_is_told_and_leaves_what_was_applied_before() {
    let log = log(LONG, 0, None).await;
    let kept = over(&log, Some((PAGE + 5, Fault::Panics)));
    let failed = kept.catch_up().await;
    assert!(matches!(failed, Err(ProjectionError::Interrupted(_))), "{failed:?}");
    assert_eq!((position(&kept, "faulty"), counted(&kept, "faulty")), (Some(PAGE), PAGE));
}
