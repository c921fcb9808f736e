//! Snapshots of the past: a moment that was asked for is where a later one goes on from, and the next page of the same
//! answer costs nothing.

use std::sync::{Arc, Mutex, PoisonError};

use countersign_domain::envelope::Position;
use countersign_domain::ports::EventStore;
use jiff::Timestamp;

use crate::cell::Cell;
use crate::happened::Happened;
use crate::memory::NoRows;
use crate::moment::Moment;
use crate::overlay::{Changes, Overlay, cell_over, scan_over};
use crate::projection::{Projection, ProjectionError};
use crate::rows::{Range, Row, Rows, RowsError, WriteRows};

/// How many events are read at a time.
const PAGE: usize = 2048;
/// How many snapshots are kept of a projection: two moments are compared.
const KEPT: usize = 2;

/// How far a fold has come.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reached {
    /// The last event that is in it.
    position: Option<Position>,
    /// The latest time of all that are in it.
    latest: Option<Timestamp>,
}

impl Reached {
    fn is_part_of(&self, moment: Moment) -> bool {
        match (self.position, self.latest) {
            (Some(position), Some(latest)) => moment.has_seen(position, latest),
            _ => true,
        }
    }

    /// Folds on, up to a moment. While a page is folded, the next one is read.
    pub(crate) async fn fold_up_to(
        &mut self,
        store: &dyn EventStore,
        projection: &dyn Projection,
        moment: Moment,
        rows: &mut (dyn WriteRows + Send),
    ) -> Result<(), ProjectionError> {
        let mut page = Happened::all(store.read_all(self.position, PAGE).await?);
        while let Some(last) = page.last() {
            let ends = moment.is_before(last.pos, last.at);
            let next = async {
                // Most often the next page is needed too; where this one ends it, reading is left.
                if ends { Ok(vec![]) } else { store.read_all(Some(last.pos), PAGE).await }
            };
            let (next, is_over) = tokio::join!(next, async { self.fold(&page, projection, moment, rows) });
            if is_over? {
                break;
            }
            page = Happened::all(next?);
        }
        Ok(())
    }

    /// Folds a page; whether the moment was reached in it.
    fn fold(
        &mut self,
        page: &[Happened],
        projection: &dyn Projection,
        moment: Moment,
        rows: &mut (dyn WriteRows + Send),
    ) -> Result<bool, ProjectionError> {
        for envelope in page {
            if moment.is_before(envelope.pos, envelope.at) {
                return Ok(true);
            }
            projection.apply(envelope, rows)?;
            self.position = Some(envelope.pos);
            self.latest = self.latest.max(Some(envelope.at));
        }
        Ok(false)
    }
}

/// The rows of a projection as they were at some place of the log: those of a boundary, and what changed behind it.
#[derive(Clone)]
pub struct Snapshot {
    base: Arc<dyn Rows>,
    changes: Arc<Changes>,
    reached: Reached,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self { base: Arc::new(NoRows), changes: Arc::default(), reached: Reached::default() }
    }
}

impl Snapshot {
    /// These rows, which are those of this place.
    pub(crate) fn of(base: Arc<dyn Rows>, position: Position, latest: Timestamp) -> Self {
        let reached = Reached { position: Some(position), latest: Some(latest) };
        Self { base, changes: Arc::default(), reached }
    }

    pub(crate) fn position(&self) -> Option<Position> {
        self.reached.position
    }

    /// Folds on, up to a moment.
    pub(crate) async fn fold_up_to(
        self,
        store: &dyn EventStore,
        projection: &dyn Projection,
        moment: Moment,
    ) -> Result<Self, ProjectionError> {
        let Self { base, changes, mut reached } = self;
        let mut rows = Overlay::new(&*base, Arc::unwrap_or_clone(changes));
        reached.fold_up_to(store, projection, moment, &mut rows).await?;
        let changes = Arc::new(rows.into_changes());
        Ok(Self { base, changes, reached })
    }
}

impl Rows for Snapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        self.cell(key)?.map(|cell| cell.into_bytes(key)).transpose()
    }

    fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
        scan_over(&*self.base, &self.changes, range, reverse, limit)
    }

    fn cell(&self, key: &[u8]) -> Result<Option<Cell>, RowsError> {
        cell_over(&*self.base, &self.changes, key)
    }
}

/// The snapshots of one projection, the newest last.
#[derive(Default)]
pub(crate) struct Past(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    snapshots: Vec<Snapshot>,
    /// How often all were forgotten.
    turn: u64,
}

impl Past {
    /// The snapshot from which the way to a moment is shortest, and the turn to keep the next one in.
    pub(crate) fn nearest(&self, moment: Moment) -> (Option<Snapshot>, u64) {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let nearest = kept.snapshots.iter().filter(|snapshot| snapshot.reached.is_part_of(moment));
        (nearest.max_by_key(|snapshot| snapshot.position()).cloned(), kept.turn)
    }

    /// Keeps a snapshot in the place of the oldest, if it is not of rows that were replaced meanwhile.
    pub(crate) fn keep(&self, snapshot: Snapshot, turn: u64) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.turn != turn {
            return;
        }
        kept.snapshots.retain(|other| other.position() != snapshot.position());
        kept.snapshots.push(snapshot);
        let surplus = kept.snapshots.len().saturating_sub(KEPT);
        kept.snapshots.drain(..surplus);
    }

    /// Forgets all: the rows that they stand on are replaced.
    pub(crate) fn forget(&self) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Kept { snapshots: vec![], turn: kept.turn + 1 };
    }
}
