//! One projection and where its rows are kept: applies pages, and now and then writes the rows with their checkpoint in one
//! batch.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use countersign_domain::envelope::{Envelope, Position};

use crate::cell::Cell;
use crate::history::AtBoundary;
use crate::memory::{self, NoRows};
use crate::moment::Moment;
use crate::overlay::{Changes, Overlay, scan_over};
use crate::past::{Past, Snapshot};
use crate::projection::{Projection, ProjectionError};
use crate::rows::{Range, Row, Rows, RowsError};
use crate::runner::Progress;
use crate::sled_rows::{Checkpoint, SledRows};

/// Where rows are kept: those that changed lately in memory, the others in sled. Without a side store all are in memory,
/// gone with the process.
#[derive(Clone, Default)]
pub(crate) struct Place {
    kept: Option<SledRows>,
    recent: Arc<RwLock<Changes>>,
}

impl Place {
    pub(crate) fn new(kept: Option<SledRows>) -> Self {
        Self { kept, recent: Arc::default() }
    }

    /// The rows at the last boundary before a moment.
    fn before(&self, moment: Moment) -> Result<Option<Snapshot>, RowsError> {
        let Some(rows) = &self.kept else { return Ok(None) };
        let boundary = rows.last_boundary(|at| moment.has_seen(at.position, at.latest))?;
        Ok(boundary.map(|boundary| {
            let rows = AtBoundary { rows: rows.clone(), boundary: boundary.position };
            Snapshot::of(Arc::new(rows), boundary.position, boundary.latest)
        }))
    }

    fn recent(&self) -> RwLockReadGuard<'_, Changes> {
        self.recent.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, Changes> {
        self.recent.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_in(&self, changes: Changes) {
        let mut recent = self.change();
        if self.kept.is_some() {
            return recent.take_in(changes);
        }
        let all = changes.range(&memory::ALL);
        let removed: Vec<_> =
            all.filter(|(_, change)| change.is_none()).map(|(key, _)| key.to_vec()).collect();
        recent.take_in(changes);
        for key in &removed {
            recent.remove(key);
        }
    }

    /// Writes what changed lately to where it outlives the process. Whoever reads meanwhile sees the same all the time.
    fn commit(&self, checkpoint: Checkpoint) -> Result<(), RowsError> {
        let Some(kept) = &self.kept else { return Ok(()) };
        kept.commit(&self.recent(), checkpoint)?;
        // Forgetting many rows takes long; nobody needs to wait for it.
        let written = mem::take(&mut *self.change());
        drop(written);
        Ok(())
    }
}

impl Rows for Place {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        self.cell(key)?.map(|cell| cell.into_bytes(key)).transpose()
    }

    fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
        let kept: &dyn Rows = match &self.kept {
            Some(kept) => kept,
            None => &NoRows,
        };
        scan_over(kept, &self.recent(), range, reverse, limit)
    }

    fn cell(&self, key: &[u8]) -> Result<Option<Cell>, RowsError> {
        if let Some(change) = self.recent().get(key) {
            return Ok(change.clone());
        }
        // What is not among the recent ones here and is written meanwhile is the newer row, as for who asks a little later.
        self.kept.as_ref().map_or(Ok(None), |kept| kept.cell(key))
    }
}

/// After so many events, or so many bytes of their content, the rows that they changed are written: seldom enough that a row
/// which changes often is written once, and often enough that a process that is killed folds them again within seconds.
pub(crate) const COMMIT_EVENTS: u64 = 32 << 10;
const COMMIT_BYTES: usize = 96 << 20;

/// How a projection's folding stands.
pub(crate) struct Folding {
    pub(crate) place: Place,
    /// The last event that was applied.
    pub(crate) checkpoint: Option<Checkpoint>,
    /// Why it has stopped, if it has.
    pub(crate) failed: Option<String>,
    /// How many events, and bytes of their content, were applied since the rows were written.
    pending: (u64, usize),
    /// After how many of them they are, and the next time.
    every: u64,
    next: u64,
}

impl Folding {
    pub(crate) fn new(place: Place, checkpoint: Option<Checkpoint>, every: u64) -> Self {
        Self { place, checkpoint, failed: None, pending: (0, 0), every, next: every }
    }

    /// Takes its turn as the one of this number among so many: where all wrote at the same time, all would have the most in
    /// memory at the same time.
    pub(crate) fn takes_turns(mut self, number: usize, of: usize) -> Self {
        self.next = self.every - self.every * number as u64 / of as u64;
        self
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
            Ok(changes) => self.take_in(page, changes),
            Err((0, error)) => Err(error),
            Err((done, error)) => {
                let page = &page[..done];
                let changes = fold(projection, &self.place, page).map_err(|(_, error)| error)?;
                self.take_in(page, changes)?;
                Err(error)
            }
        }
    }

    fn take_in(&mut self, page: &[Envelope], changes: Changes) -> Result<(), ProjectionError> {
        let Some(last) = page.last() else { return Ok(()) };
        self.place.take_in(changes);
        let latest = page.iter().map(|envelope| envelope.at).max().unwrap_or(last.at);
        let (before, count) = (self.checkpoint, page.len() as u64);
        self.checkpoint = Some(Checkpoint {
            position: last.pos,
            hash: last.hash,
            latest: before.map_or(latest, |before| before.latest.max(latest)),
            events: before.map_or(0, |before| before.events) + count,
        });
        self.pending.0 += count;
        self.pending.1 += page.iter().map(|envelope| envelope.data.get().len()).sum::<usize>();
        if self.pending.0 >= self.next || self.pending.1 >= COMMIT_BYTES {
            self.commit()?;
        }
        Ok(())
    }

    /// Writes what was applied, if anything was since it was written last.
    pub(crate) fn commit(&mut self) -> Result<(), ProjectionError> {
        if let Some(checkpoint) = self.checkpoint.filter(|_| self.pending.0 > 0) {
            self.place.commit(checkpoint)?;
            (self.pending, self.next) = ((0, 0), self.every);
        }
        Ok(())
    }
}

/// The changes that a page makes; or how many events could be applied, and why the next one could not.
fn fold(
    projection: &dyn Projection,
    place: &Place,
    page: &[Envelope],
) -> Result<Changes, (usize, ProjectionError)> {
    let mut overlay = Overlay::new(place, Changes::default());
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
        let applied = folding.apply(&*self.projection, page);
        self.stop_on(applied, &mut folding);
    }

    /// Writes what was applied; an error stops it, too.
    pub(crate) fn commit(&self) {
        let mut folding = self.folding();
        let written = folding.commit();
        self.stop_on(written, &mut folding);
    }

    fn stop_on(&self, done: Result<(), ProjectionError>, folding: &mut Folding) {
        if let Err(error) = done {
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

    /// Where the way to a moment is shortest: from one that was asked for lately, from a boundary, or from the log's start.
    pub(crate) fn nearest(&self, moment: Moment) -> Result<(Snapshot, u64), RowsError> {
        // In this order: what is found is never of rows that were replaced before.
        let (asked, turn) = self.past.nearest(moment);
        let served = self.served.read().unwrap_or_else(PoisonError::into_inner).clone();
        let boundary = served.before(moment)?;
        let nearest = asked.into_iter().chain(boundary).max_by_key(Snapshot::position);
        Ok((nearest.unwrap_or_default(), turn))
    }

    /// Goes on with other rows.
    pub(crate) fn switch(&self, folding: &mut Folding, to: Folding) {
        self.past.forget();
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

    fn cell(&self, key: &[u8]) -> Result<Option<Cell>, RowsError> {
        self.served.read().unwrap_or_else(PoisonError::into_inner).cell(key)
    }
}
