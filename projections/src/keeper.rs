//! One projection and where its rows are kept: applies pages, and now and then writes the rows with their checkpoint in one
//! batch.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use countersign_domain::envelope::Position;

use crate::cell::Cell;
use crate::happened::Happened;
use crate::moment::Moment;
use crate::overlay::{Changes, Overlay};
use crate::past::{Past, Snapshot};
use crate::place::{Place, Writing};
use crate::projection::{Projection, ProjectionError};
use crate::rows::{Range, Row, Rows, RowsError};
use crate::runner::Progress;
use crate::sled_rows::Checkpoint;

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
    /// How many events, and bytes of their content, were applied since the rows were last set about to be written.
    pending: (u64, usize),
    /// What is just being written, and how much was pending of it.
    writing: Option<(Writing, (u64, usize))>,
    /// After how many events they are, and the next time.
    every: u64,
    next: u64,
}

impl Folding {
    pub(crate) fn new(place: Place, checkpoint: Option<Checkpoint>, every: u64) -> Self {
        Self { place, checkpoint, failed: None, pending: (0, 0), writing: None, every, next: every }
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
        page: &[Happened],
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

    fn take_in(&mut self, page: &[Happened], changes: Changes) -> Result<(), ProjectionError> {
        let Some(last) = page.last() else { return Ok(()) };
        let latest = page.iter().map(|envelope| envelope.at).max().unwrap_or(last.at);
        let (before, count) = (self.checkpoint, page.len() as u64);
        let checkpoint = Checkpoint {
            position: last.pos,
            hash: last.hash,
            latest: before.map_or(latest, |before| before.latest.max(latest)),
            events: before.map_or(0, |before| before.events) + count,
        };
        self.place.take_in(changes, checkpoint);
        self.checkpoint = Some(checkpoint);
        self.pending.0 += count;
        self.pending.1 += page.iter().map(|envelope| envelope.data.get().len()).sum::<usize>();
        if self.pending.0 >= self.next || self.pending.1 >= COMMIT_BYTES {
            self.begin_to_write()?;
        }
        Ok(())
    }

    /// Writes what was applied, if anything was since it was written last.
    pub(crate) fn commit(&mut self) -> Result<(), ProjectionError> {
        self.begin_to_write()?;
        self.end_writing()
    }

    /// Has written what was applied while the folding goes on; one thing after the other.
    fn begin_to_write(&mut self) -> Result<(), ProjectionError> {
        self.end_writing()?;
        if let Some(checkpoint) = self.checkpoint.filter(|_| self.pending.0 > 0) {
            let writing = self.place.begin_to_write(checkpoint)?;
            self.writing = writing.map(|writing| (writing, self.pending));
            (self.pending, self.next) = ((0, 0), self.every);
        }
        Ok(())
    }

    fn end_writing(&mut self) -> Result<(), ProjectionError> {
        let Some((writing, pending)) = self.writing.take() else { return Ok(()) };
        let written = writing.end();
        if written.is_err() {
            self.pending = (self.pending.0 + pending.0, self.pending.1 + pending.1);
        }
        Ok(written?)
    }
}

/// The changes that a page makes; or how many events could be applied, and why the next one could not.
fn fold(
    projection: &dyn Projection,
    place: &Place,
    page: &[Happened],
) -> Result<Changes, (usize, ProjectionError)> {
    let mut overlay = Overlay::new(place, Changes::with_room(page.len()));
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

    /// Whether it goes on, and has come as far as this event.
    pub(crate) fn is_at(&self, position: Position) -> bool {
        let folding = self.folding();
        folding.failed.is_none() && folding.position() >= Some(position)
    }

    /// Applies a page; an error is kept and stops this projection, and no other.
    pub(crate) fn apply(&self, page: &[Happened]) {
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
        self.served.read().unwrap_or_else(PoisonError::into_inner).look_up(key)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use countersign_domain::envelope::Digest;
    use jiff::Timestamp;
    use serde::{Serialize, Serializer};

    use super::*;
    use crate::sled_rows::{Shared, SledRows};
    use crate::tenant::Tenants;

    /// How the first attempt to write a row ends.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Ends {
        InError,
        InPanic,
    }

    /// What a row holds that cannot be written the first time.
    struct Unwritable(AtomicBool, Ends);

    impl Serialize for Unwritable {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let is_first = self.0.swap(false, Ordering::Relaxed);
            assert!(!is_first || self.1 != Ends::InPanic, "a panic that a test is about");
            if is_first {
                return Err(serde::ser::Error::custom("not this time"));
            }
            serializer.serialize_u8(1)
        }
    }

    fn key(number: u64) -> [u8; 8] {
        number.to_be_bytes()
    }

    /// An event was applied that sets a row, and all is to be written.
    fn write_with(keeper: &Keeper, number: u64, cell: Cell) {
        let mut changes = Changes::default();
        changes.set(&key(number), Some(cell));
        let checkpoint = Checkpoint {
            position: Position::from_store(number),
            hash: Digest::of(&key(number)),
            latest: Timestamp::UNIX_EPOCH,
            events: number,
        };
        let mut folding = keeper.folding();
        folding.place.take_in(changes, checkpoint);
        folding.checkpoint = Some(checkpoint);
        folding.pending.0 += 1;
        drop(folding);
        keeper.commit();
    }

    #[test]
    fn no_checkpoint_is_ever_written_ahead_of_rows_that_were_not() {
        for (ends, reached) in [(Ends::InError, Some(2)), (Ends::InPanic, None)] {
            let db = sled::Config::new().temporary(true).open().unwrap();
            let tree = db.open_tree("rows").unwrap();
            let kept = || SledRows::new(tree.clone(), Shared::default(), None);
            let folding = Folding::new(Place::over(kept()).unwrap(), None, 1);
            let keeper = Keeper::new(Arc::new(Tenants), folding);
            write_with(&keeper, 1, Cell::of(Unwritable(AtomicBool::new(true), ends)));
            assert!(keeper.folding().failed.is_some(), "{ends:?}");
            assert_eq!(kept().checkpoint().unwrap(), None, "{ends:?}");
            write_with(&keeper, 2, Cell::Bytes(b"2".to_vec()));
            for (number, value) in [(1, b"1"), (2, b"2")] {
                let served = keeper.get(&key(number)).unwrap();
                assert_eq!(served.as_deref(), Some(&value[..]), "whoever reads sees it, {ends:?}");
            }
            drop(keeper);
            // Another process goes on from what is kept: what it does not find there it folds again.
            let there = kept().checkpoint().unwrap().map(|checkpoint| checkpoint.events);
            assert_eq!(there, reached, "{ends:?}");
            let rows = [1, 2].map(|number| kept().get(&key(number)).unwrap().is_some());
            assert_eq!(rows, [reached.is_some(); 2], "{ends:?}");
        }
    }
}
