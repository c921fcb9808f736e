//! What rows held at the *boundaries* that were passed lately, on its way to the side store: boundaries lie closer together
//! than rows are written.

use std::collections::HashMap;
use std::sync::Arc;

use countersign_domain::envelope::Position;
use foldhash::fast::RandomState;

use crate::history;
use crate::overlay::{Change, Changes};
use crate::rows::RowsError;
use crate::sled_rows::Checkpoint;

/// An entry of the history: its key, and what its row held.
pub(crate) type Entry = (Vec<u8>, Vec<u8>);

/// What a row held at a boundary.
#[derive(Debug, Clone)]
enum Was {
    /// What is kept of it in the side store.
    AsKept,
    /// This, or nothing.
    Held(Change),
}

/// What the rows that changed behind a boundary, and before the next one, held at it.
#[derive(Debug, Clone)]
struct Interval {
    boundary: u64,
    rows: HashMap<Arc<[u8]>, Was, RandomState>,
}

/// What is to be written of the boundaries passed lately.
#[derive(Debug, Clone, Default)]
pub(crate) struct Noted {
    intervals: Vec<Interval>,
    /// The boundaries themselves, where they are new.
    pub(crate) boundaries: Vec<Checkpoint>,
}

impl Noted {
    /// Notes of each row that these changes are about to change what it holds, if it did not change since the boundary.
    /// `lately` says what it holds where that is not what is kept.
    pub(crate) fn note(
        &mut self,
        boundary: Position,
        changes: &Changes,
        lately: impl Fn(&[u8]) -> Option<Change>,
    ) {
        let boundary = boundary.for_store();
        if self.intervals.last().is_none_or(|last| last.boundary != boundary) {
            self.intervals.push(Interval { boundary, rows: HashMap::default() });
        }
        let Some(Interval { rows, .. }) = self.intervals.last_mut() else { return };
        for (key, change) in changes.unsorted() {
            if rows.contains_key(key) {
                continue;
            }
            let was = match lately(key) {
                // It was not there, and still is not.
                Some(None) if change.is_none() => continue,
                Some(cell) => Was::Held(cell),
                None => Was::AsKept,
            };
            rows.insert(Arc::clone(key), was);
        }
    }

    /// Goes on with what was noted later.
    pub(crate) fn append(&mut self, mut later: Self) {
        self.intervals.append(&mut later.intervals);
        self.boundaries.append(&mut later.boundaries);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.intervals.is_empty()
    }

    /// The entry of a row that is kept as it was at one of the boundaries, and is to hold something else.
    pub(crate) fn as_kept(&self, key: &[u8], kept: Option<&[u8]>, change: Option<&[u8]>) -> Option<Entry> {
        let (mut boundary, mut was_else) = (None, kept != change);
        for interval in &self.intervals {
            match interval.rows.get(key) {
                Some(Was::AsKept) => boundary = boundary.or(Some(interval.boundary)),
                Some(Was::Held(_)) => was_else = true,
                None => {}
            }
        }
        let boundary = boundary.filter(|_| was_else)?;
        Some((history::entry_key(key, boundary), history::entry(kept)))
    }

    /// The entries of what rows held at the boundaries, but for those of rows as they are kept.
    pub(crate) fn held(&self) -> impl Iterator<Item = Result<Entry, RowsError>> {
        self.intervals.iter().flat_map(|interval| {
            interval.rows.iter().filter_map(|(key, was)| {
                let Was::Held(cell) = was else { return None };
                let bytes = cell.as_ref().map(|cell| cell.bytes(key)).transpose();
                let entry = |bytes: Option<Vec<u8>>| {
                    (history::entry_key(key, interval.boundary), history::entry(bytes.as_deref()))
                };
                Some(bytes.map(entry))
            })
        })
    }
}
