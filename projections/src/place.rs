//! Where a projection's rows are kept: those that changed lately in memory, the others in sled. What changed is written
//! beside the folding, in a thread of its own: the others go on meanwhile, and so does this one.

use std::mem;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread::{self, JoinHandle};

use crate::cell::Cell;
use crate::history::AtBoundary;
use crate::memory::NoRows;
use crate::moment::Moment;
use crate::noted::Noted;
use crate::overlay::{Change, Changed, Changes, scan_over};
use crate::past::Snapshot;
use crate::rows::{Range, Row, Rows, RowsError};
use crate::sled_rows::{Checkpoint, SledRows};

/// The rows of a projection. Without a side store all are in memory, gone with the process.
#[derive(Clone, Default)]
pub(crate) struct Place {
    kept: Option<SledRows>,
    recent: Arc<RwLock<Recent>>,
}

/// What changed lately.
#[derive(Default)]
struct Recent {
    changes: Changes,
    /// What rows held before that, and the last boundary that was passed; nothing where nobody asks about the past.
    noted: Noted,
    boundary: Option<Checkpoint>,
    /// What changed before all that and is just being written: it is found here until it is found there.
    writing: Arc<(Changes, Noted)>,
    /// Whether it is being written. Where writing it has panicked it stays so: whether anything of it is kept nobody knows.
    is_writing: bool,
    /// How often something was written.
    times: u64,
}

impl Recent {
    /// What a row holds, where it changed lately.
    fn change(&self, key: &[u8]) -> Option<&Change> {
        self.changes.get(key).or_else(|| self.writing.0.get(key))
    }

    /// What was to be written, and could not be, is among what changed lately again.
    fn take_back(&mut self) {
        let (mut changes, mut noted) = Arc::unwrap_or_clone(mem::take(&mut self.writing));
        changes.take_in(mem::take(&mut self.changes));
        noted.append(mem::take(&mut self.noted));
        (self.changes, self.noted) = (changes, noted);
    }
}

impl Place {
    pub(crate) fn over(kept: SledRows) -> Result<Self, RowsError> {
        let boundary = kept.boundary_every.map_or(Ok(None), |_| kept.last_boundary(|_| true))?;
        let recent = Arc::new(RwLock::new(Recent { boundary, ..Recent::default() }));
        Ok(Self { kept: Some(kept), recent })
    }

    /// The rows at the last boundary before a moment.
    pub(crate) fn before(&self, moment: Moment) -> Result<Option<Snapshot>, RowsError> {
        let Some(rows) = &self.kept else { return Ok(None) };
        let boundary = rows.last_boundary(|at| moment.has_seen(at.position, at.latest))?;
        Ok(boundary.map(|boundary| {
            let rows = AtBoundary { rows: rows.clone(), boundary: boundary.position };
            Snapshot::of(Arc::new(rows), boundary.position, boundary.latest)
        }))
    }

    /// What the row of a key holds, for who reads and does not fold: a row that was found lately is not looked for again.
    pub(crate) fn look_up(&self, key: &[u8]) -> Result<Option<Cell>, RowsError> {
        let Some(kept) = &self.kept else { return self.cell(key) };
        let recent = self.recent();
        if let Some(change) = recent.change(key) {
            return Ok(change.clone());
        }
        let times = recent.times;
        drop(recent);
        if let Some(cell) = kept.found_lately(key) {
            return Ok(Some(cell));
        }
        let Some(cell) = kept.cell(key)? else { return Ok(None) };
        let found = cell.found(key)?;
        let recent = self.recent();
        if recent.times == times {
            kept.keep(key, Arc::clone(&found));
        }
        drop(recent);
        Ok(Some(Cell::Found(found)))
    }

    fn recent(&self) -> RwLockReadGuard<'_, Recent> {
        self.recent.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, Recent> {
        self.recent.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in changes, which lead to this place of the log.
    pub(crate) fn take_in(&self, changes: Changes, checkpoint: Checkpoint) {
        let recent = &mut *self.change();
        let Some(kept) = &self.kept else { return recent.changes.take_in_all(changes) };
        if let Some(boundary) = recent.boundary {
            let mut noted = mem::take(&mut recent.noted);
            noted.note(boundary.position, &changes, |key| recent.change(key).cloned());
            recent.noted = noted;
        }
        recent.changes.take_in(changes);
        let passed = |every| checkpoint.events >= recent.boundary.map_or(0, |last| last.events) + every;
        if kept.boundary_every.is_some_and(passed) {
            recent.boundary = Some(checkpoint);
            recent.noted.boundaries.push(checkpoint);
        }
    }

    /// Begins to write what changed lately to where it outlives the process; nothing where there is no such place. What
    /// was begun before must have ended. Where that ended by a panic, nothing is written any more: the checkpoint would be
    /// ahead of rows that nobody folds again then.
    pub(crate) fn begin_to_write(&self, checkpoint: Checkpoint) -> Result<Option<Writing>, RowsError> {
        let Some(kept) = self.kept.clone() else { return Ok(None) };
        {
            let recent = &mut *self.change();
            if mem::replace(&mut recent.is_writing, true) {
                return Err(panicked());
            }
            // About as much changes until the next time.
            let next = Changes::with_room(recent.changes.len());
            recent.writing =
                Arc::new((mem::replace(&mut recent.changes, next), mem::take(&mut recent.noted)));
        }
        let (place, to) = (self.clone(), kept.clone());
        match thread::Builder::new().spawn(move || place.write(&to, checkpoint)) {
            Ok(thread) => Ok(Some(Writing(Some(thread)))),
            // Where the system has no thread for it, the folding waits for it.
            Err(error) => {
                tracing::warn!("there is no thread for writing read models: {error}");
                self.write(&kept, checkpoint)?;
                Ok(None)
            }
        }
    }

    /// Whoever reads meanwhile sees the same all the time.
    fn write(&self, kept: &SledRows, checkpoint: Checkpoint) -> Result<(), RowsError> {
        let writing = Arc::clone(&self.recent().writing);
        let written = kept.commit(&writing.0, &writing.1, checkpoint);
        // In this order: whoever has found a row as it was before does not keep it from now on, and what was kept goes. Until then
        // everybody finds what is written here.
        self.change().times += 1;
        kept.forget(&writing.0);
        let mut recent = self.change();
        recent.is_writing = false;
        if written.is_err() {
            drop(writing);
            recent.take_back();
        } else {
            recent.writing = Arc::default();
            // Forgetting many rows takes long; nobody needs to wait for it.
            drop(recent);
            drop(writing);
        }
        written
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
        let recent = self.recent();
        scan_over(&Changed { base: kept, changes: &recent.writing.0 }, &recent.changes, range, reverse, limit)
    }

    fn cell(&self, key: &[u8]) -> Result<Option<Cell>, RowsError> {
        let recent = self.recent();
        if let Some(change) = recent.change(key) {
            return Ok(change.clone());
        }
        drop(recent);
        // What is not among the recent ones here and is written meanwhile is the newer row, as for who asks a little later.
        self.kept.as_ref().map_or(Ok(None), |kept| kept.cell(key))
    }
}

/// Rows that are being written. Whoever drops it waits: nobody writes to what another may close.
pub(crate) struct Writing(Option<JoinHandle<Result<(), RowsError>>>);

impl Writing {
    /// Waits for its end. What could not be written is among what changed lately again.
    pub(crate) fn end(mut self) -> Result<(), RowsError> {
        let ended = self.0.take().map_or(Ok(Ok(())), JoinHandle::join);
        ended.unwrap_or_else(|_| Err(panicked()))
    }
}

fn panicked() -> RowsError {
    RowsError::Storage("the thread that writes has panicked".to_owned())
}

impl Drop for Writing {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            // Where it went wrong, what it had to write is folded again.
            drop(thread.join());
        }
    }
}

#[cfg(test)]
mod tests {
    use countersign_domain::envelope::{Digest, Position};
    use jiff::Timestamp;

    use super::*;
    use crate::sled_rows::Shared;

    #[test]
    fn what_was_found_is_found_until_something_else_is_written() {
        let db = sled::Config::new().temporary(true).open().unwrap();
        let shared = Shared::default();
        let place = |tree: &str| {
            Place::over(SledRows::new(db.open_tree(tree).unwrap(), shared.clone(), None)).unwrap()
        };
        let (place, other) = (place("one"), place("other"));
        let found = |place: &Place| {
            let cell = place.look_up(b"key").unwrap();
            cell.map(|cell| String::from_utf8(cell.into_bytes(b"key").unwrap()).unwrap())
        };
        for (number, value) in (1..).zip([Some("one"), Some("two"), None, Some("three")]) {
            let mut changes = Changes::default();
            changes.set(b"key", value.map(|value| Cell::Bytes(value.as_bytes().to_vec())));
            let checkpoint = Checkpoint {
                position: Position::from_store(number),
                hash: Digest::of(b"an event"),
                latest: Timestamp::UNIX_EPOCH,
                events: number,
            };
            place.take_in(changes, checkpoint);
            assert_eq!(found(&place).as_deref(), value, "before it is written");
            place.begin_to_write(checkpoint).unwrap().unwrap().end().unwrap();
            for time in ["the first time", "and again"] {
                assert_eq!(found(&place).as_deref(), value, "{time}");
            }
            assert_eq!(found(&other), None, "of another tree it is another row");
        }
    }
}
