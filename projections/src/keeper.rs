//! One projection and where its rows are kept: applies pages, each with its checkpoint in one batch.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use countersign_domain::envelope::{Envelope, Position};

use crate::memory::MemoryRows;
use crate::overlay::{Changes, Overlay};
use crate::past::Past;
use crate::projection::{Projection, ProjectionError};
use crate::rows::{Range, Row, Rows, RowsError, WriteRows as _};
use crate::runner::Progress;
use crate::sled_rows::{Checkpoint, SledRows};

/// Where rows are kept.
#[derive(Clone)]
pub(crate) enum Place {
    /// In memory, gone with the process.
    Memory(Arc<RwLock<MemoryRows>>),
    /// In a sled tree.
    Sled(SledRows),
}

impl Place {
    pub(crate) fn memory() -> Self {
        Self::Memory(Arc::default())
    }

    fn commit(&self, changes: Changes, checkpoint: Checkpoint) -> Result<(), RowsError> {
        match self {
            Self::Sled(rows) => rows.commit(changes, checkpoint),
            Self::Memory(rows) => {
                let mut rows = rows.write().unwrap_or_else(PoisonError::into_inner);
                for (key, change) in changes {
                    match change {
                        Some(value) => rows.put(key, value),
                        None => rows.delete(&key),
                    }
                }
                Ok(())
            }
        }
    }
}

impl Rows for Place {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        match self {
            Self::Memory(rows) => rows.read().unwrap_or_else(PoisonError::into_inner).get(key),
            Self::Sled(rows) => rows.get(key),
        }
    }

    fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
        match self {
            Self::Memory(rows) => {
                rows.read().unwrap_or_else(PoisonError::into_inner).scan(range, reverse, limit)
            }
            Self::Sled(rows) => rows.scan(range, reverse, limit),
        }
    }
}

/// How a projection's folding stands.
pub(crate) struct Folding {
    pub(crate) place: Place,
    pub(crate) checkpoint: Option<Checkpoint>,
    /// Why it has stopped, if it has.
    pub(crate) failed: Option<String>,
}

impl Folding {
    pub(crate) fn new(place: Place, checkpoint: Option<Checkpoint>) -> Self {
        Self { place, checkpoint, failed: None }
    }

    pub(crate) fn position(&self) -> Option<Position> {
        self.checkpoint.map(|checkpoint| checkpoint.position)
    }

    /// Applies what of a page it has not applied yet. An event that cannot be applied stops it right before.
    pub(crate) fn apply(
        &mut self,
        projection: &dyn Projection,
        page: &[Envelope],
    ) -> Result<(), ProjectionError> {
        let next = page.partition_point(|envelope| Some(envelope.pos) <= self.position());
        let page = &page[next..];
        match fold(projection, &self.place, page) {
            Ok(changes) => self.commit(page, changes),
            Err((0, error)) => Err(error),
            Err((done, error)) => {
                let page = &page[..done];
                let changes = fold(projection, &self.place, page).map_err(|(_, error)| error)?;
                self.commit(page, changes)?;
                Err(error)
            }
        }
    }

    fn commit(&mut self, page: &[Envelope], changes: Changes) -> Result<(), ProjectionError> {
        let Some(last) = page.last() else { return Ok(()) };
        let checkpoint = Checkpoint { position: last.pos, hash: last.hash };
        self.place.commit(changes, checkpoint)?;
        self.checkpoint = Some(checkpoint);
        Ok(())
    }
}

/// The changes that a page makes; or how many events could be applied, and why the next one could not.
fn fold(
    projection: &dyn Projection,
    place: &Place,
    page: &[Envelope],
) -> Result<Changes, (usize, ProjectionError)> {
    let mut overlay = Overlay::new(place);
    for (done, envelope) in page.iter().enumerate() {
        projection.apply(envelope, &mut overlay).map_err(|error| (done, error))?;
    }
    Ok(overlay.into_changes())
}

/// A projection being kept.
pub(crate) struct Keeper {
    pub(crate) projection: Arc<dyn Projection>,
    folding: Mutex<Folding>,
    /// What readers see; a switch to rebuilt rows replaces it under them.
    served: RwLock<Place>,
    /// How far a rebuild is, while there is one.
    rebuilding: Mutex<Option<Progress>>,
    /// Held by whoever rebuilds: one at a time.
    pub(crate) rebuild_turn: tokio::sync::Mutex<()>,
    pub(crate) past: Past,
}

impl Keeper {
    pub(crate) fn new(projection: Arc<dyn Projection>, folding: Folding) -> Self {
        let served = RwLock::new(folding.place.clone());
        Self {
            projection,
            folding: Mutex::new(folding),
            served,
            rebuilding: Mutex::default(),
            rebuild_turn: tokio::sync::Mutex::default(),
            past: Past::default(),
        }
    }

    pub(crate) fn folding(&self) -> MutexGuard<'_, Folding> {
        self.folding.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Applies a page; an error is kept and stops this projection, and no other.
    pub(crate) fn apply(&self, page: &[Envelope]) {
        let mut folding = self.folding();
        if folding.failed.is_some() {
            return;
        }
        if let Err(error) = folding.apply(&*self.projection, page) {
            let name = self.projection.name();
            tracing::error!(projection = name, position = ?folding.position(), %error, "a projection has stopped");
            folding.failed = Some(error.to_string());
        }
    }

    pub(crate) fn rebuilding(&self) -> Option<Progress> {
        *self.rebuilding.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_rebuilding(&self, progress: Option<Progress>) {
        *self.rebuilding.lock().unwrap_or_else(PoisonError::into_inner) = progress;
    }

    /// Goes on with other rows.
    pub(crate) fn switch(&self, folding: &mut Folding, to: Folding) {
        *self.served.write().unwrap_or_else(PoisonError::into_inner) = to.place.clone();
        *folding = to;
    }
}

impl Rows for Keeper {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        self.served.read().unwrap_or_else(PoisonError::into_inner).get(key)
    }

    fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
        self.served.read().unwrap_or_else(PoisonError::into_inner).scan(range, reverse, limit)
    }
}
