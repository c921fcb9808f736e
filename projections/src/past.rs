//! Snapshots of the past: a moment that was asked for is where a later one goes on from, and the next page of the same
//! answer costs nothing.

use std::sync::{Arc, Mutex, PoisonError};

use countersign_domain::envelope::Position;
use countersign_domain::ports::EventStore;
use jiff::Timestamp;

use crate::memory::MemoryRows;
use crate::moment::Moment;
use crate::projection::{Projection, ProjectionError};

/// How many events are read at a time.
const PAGE: usize = 1024;
/// How many snapshots are kept of a projection: two moments are compared.
const KEPT: usize = 2;

/// The rows of a projection as they were at some place of the log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    rows: Arc<MemoryRows>,
    /// The last event that is in it.
    position: Option<Position>,
    /// The latest time of all that are in it.
    latest: Option<Timestamp>,
}

impl Snapshot {
    /// Whether all that is in it counts at this moment too.
    fn is_part_of(&self, moment: Moment) -> bool {
        match moment {
            Moment::Position(last) => self.position.is_none_or(|position| position <= last),
            Moment::Time(last) => self.latest.is_none_or(|latest| latest <= last),
        }
    }

    /// Folds on, up to a moment.
    pub(crate) async fn fold_up_to(
        mut self,
        store: &dyn EventStore,
        projection: &dyn Projection,
        moment: Moment,
    ) -> Result<Self, ProjectionError> {
        loop {
            let page = store.read_all(self.position, PAGE).await?;
            if page.is_empty() {
                return Ok(self);
            }
            for envelope in &page {
                if moment.is_before(envelope.pos, envelope.at) {
                    return Ok(self);
                }
                let rows: &mut MemoryRows = Arc::make_mut(&mut self.rows);
                projection.apply(envelope, rows)?;
                self.position = Some(envelope.pos);
                self.latest = self.latest.max(Some(envelope.at));
            }
            tokio::task::yield_now().await;
        }
    }

    pub(crate) fn into_rows(self) -> Arc<MemoryRows> {
        self.rows
    }
}

/// The snapshots of one projection, the newest last.
#[derive(Debug, Default)]
pub(crate) struct Past(Mutex<Vec<Snapshot>>);

impl Past {
    /// The snapshot from which the way to a moment is shortest; the log's start where there is none.
    pub(crate) fn nearest(&self, moment: Moment) -> Snapshot {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let nearest = kept.iter().filter(|snapshot| snapshot.is_part_of(moment));
        nearest.max_by_key(|snapshot| snapshot.position).cloned().unwrap_or_default()
    }

    /// Keeps a snapshot in the place of the oldest.
    pub(crate) fn keep(&self, snapshot: Snapshot) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|other| other.position != snapshot.position);
        kept.push(snapshot);
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
    }
}
