//! Rows in sled: one tree a projection, in blocks, its checkpoint in the same tree so that both move in one batch.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use countersign_domain::envelope::{Digest, Position};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::block::Blocks;
use crate::cell::{Cell, Found};
use crate::lately::Lately;
use crate::memory;
use crate::noted::Noted;
use crate::overlay::{Change, Changes};
use crate::rows::{Range, Row, Rows, RowsError};
use crate::unpacked::Unpacked;
use crate::written::Written;

/// Where the checkpoint stands.
const CHECKPOINT: &[u8] = b"\0checkpoint";
/// Where the boundaries stand, each by its position.
const BOUNDARY: &[u8] = b"\0boundary";
/// The letter of the blocks that hold the rows.
const ROWS: u8 = b'r';
/// The letter of the blocks that hold what rows held at the boundaries.
const HISTORY: u8 = b'h';

/// How far a projection is: the last event it has applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    /// Where it stands in the log.
    pub(crate) position: Position,
    /// Its hash: another log's event at the same place does not pass for it.
    pub(crate) hash: Digest,
    /// The latest time of all events up to here.
    pub(crate) latest: Timestamp,
    /// How many events there are up to here.
    pub(crate) events: u64,
}

/// Rows in one sled tree.
#[derive(Debug, Clone)]
pub(crate) struct SledRows {
    tree: sled::Tree,
    /// Its number among those that share what was found lately.
    number: u64,
    /// Which keys were ever written; nothing where there were rows when the tree was opened.
    written: Option<Arc<Written>>,
    shared: Shared,
    /// There is a boundary each time that so many events have passed; none, where nobody asks about the past.
    pub(crate) boundary_every: Option<u64>,
}

/// What the trees of one database share.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shared {
    /// One batch at a time is written to a database.
    writing: Arc<Mutex<()>>,
    /// What was read of it lately: blocks, and rows.
    lately: Unpacked,
    found: Lately,
    /// How many trees there were.
    trees: Arc<AtomicU64>,
}

impl SledRows {
    /// Nobody else writes to this tree: whoever does is not noticed.
    pub(crate) fn new(tree: sled::Tree, shared: Shared, boundary_every: Option<u64>) -> Self {
        let written = tree.is_empty().then(Arc::default);
        let number = shared.trees.fetch_add(1, Ordering::Relaxed);
        Self { tree, number, written, shared, boundary_every }
    }

    /// A row as somebody has found it lately.
    pub(crate) fn found_lately(&self, key: &[u8]) -> Option<Cell> {
        self.shared.found.get(self.number, key).map(Cell::Found)
    }

    /// Keeps a row as it was found.
    pub(crate) fn keep(&self, key: &[u8], row: Arc<Found>) {
        self.shared.found.keep(self.number, key, row);
    }

    /// These rows were written: what was found before is so no more.
    pub(crate) fn forget(&self, changes: &Changes) {
        self.shared.found.forget(self.number, changes.unsorted().map(|(key, _)| &**key));
    }

    pub(crate) fn checkpoint(&self) -> Result<Option<Checkpoint>, RowsError> {
        self.tree.get(CHECKPOINT)?.map(|value| read(CHECKPOINT, &value)).transpose()
    }

    /// The last boundary of those that fit.
    pub(crate) fn last_boundary(
        &self,
        fits: impl Fn(&Checkpoint) -> bool,
    ) -> Result<Option<Checkpoint>, RowsError> {
        for boundary in self.tree.scan_prefix(BOUNDARY).rev() {
            let (key, value) = boundary?;
            let boundary = read(&key, &value)?;
            if fits(&boundary) {
                return Ok(Some(boundary));
            }
        }
        Ok(None)
    }

    /// Writes changes, what rows held at the boundaries before them, and how far they go.
    pub(crate) fn commit(
        &self,
        changes: &Changes,
        noted: &Noted,
        checkpoint: Checkpoint,
    ) -> Result<(), RowsError> {
        let mut batch = sled::Batch::default();
        self.write(changes, noted, &mut batch)?;
        batch.insert(CHECKPOINT, written(&checkpoint)?);
        let _turn = self.shared.writing.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.tree.apply_batch(batch)?)
    }

    fn write(&self, changes: &Changes, noted: &Noted, batch: &mut sled::Batch) -> Result<(), RowsError> {
        // What has come and gone since rows were written last stands nowhere, and no block is written anew for it; but for the past
        // it counts that it was there meanwhile.
        let counts =
            |key: &[u8], change: &Change| change.is_some() || !noted.is_empty() || self.may_have(key);
        let changes = changes.range(&memory::ALL).filter(|(key, change)| counts(key, change));
        let changes = changes.map(|(key, change)| {
            Ok((key.to_vec(), change.as_ref().map(|cell| cell.bytes(key)).transpose()?))
        });
        let mut entries = Vec::new();
        self.rows().write(changes, batch, &mut |key, now, change| {
            if let (Some(written), Some(_)) = (&self.written, &change) {
                written.add(key);
            }
            entries.extend(noted.as_kept(key, now, change.as_deref()));
            change
        })?;
        for boundary in &noted.boundaries {
            let key = [BOUNDARY, &boundary.position.for_store().to_be_bytes()].concat();
            batch.insert(key, written(boundary)?);
        }
        if noted.is_empty() {
            return Ok(());
        }
        for entry in noted.held() {
            entries.push(entry?);
        }
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        entries.dedup_by(|(later, _), (first, _)| later == first);
        let entries = entries.into_iter().map(|(key, held)| Ok((key, Some(held))));
        // What is noted already is what the row held at the boundary; since then it has only changed again.
        let first = &mut |_: &[u8], noted: Option<&[u8]>, entry| noted.map(<[u8]>::to_vec).or(entry);
        self.history().write(entries, batch, first)
    }

    /// Whether a row may have been written.
    fn may_have(&self, key: &[u8]) -> bool {
        self.written.as_ref().is_none_or(|written| written.may_have(key))
    }

    fn rows(&self) -> Blocks<'_> {
        Blocks { tree: &self.tree, letter: ROWS, lately: &self.shared.lately }
    }

    pub(crate) fn history(&self) -> Blocks<'_> {
        Blocks { tree: &self.tree, letter: HISTORY, lately: &self.shared.lately }
    }
}

fn read(key: &[u8], value: &[u8]) -> Result<Checkpoint, RowsError> {
    serde_json::from_slice(value).map_err(|error| RowsError::damaged(key, error))
}

fn written(checkpoint: &Checkpoint) -> Result<Vec<u8>, RowsError> {
    serde_json::to_vec(checkpoint).map_err(|error| RowsError::damaged(CHECKPOINT, error))
}

impl Rows for SledRows {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        if self.may_have(key) { self.rows().get(key) } else { Ok(None) }
    }

    fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
        if memory::is_empty(&range) {
            return Ok(vec![]);
        }
        self.rows().scan(&range, reverse, limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_never_written_is_not_looked_for_and_what_stood_there_before_is() {
        let db = sled::Config::new().temporary(true).open().unwrap();
        let tree = db.open_tree("rows").unwrap();
        let rows = || SledRows::new(tree.clone(), Shared::default(), None);
        let (first, other) = (rows(), rows());
        let mut changes = Changes::default();
        changes.set(b"key", Some(Cell::Bytes(b"value".to_vec())));
        let checkpoint = Checkpoint {
            position: Position::from_store(1),
            hash: Digest::of(b"1"),
            latest: Timestamp::UNIX_EPOCH,
            events: 1,
        };
        first.commit(&changes, &Noted::default(), checkpoint).unwrap();
        let kept = Some(b"value".to_vec());
        assert_eq!(first.get(b"key").unwrap(), kept);
        assert_eq!(other.get(b"key").unwrap(), None, "it did not write it, and does not look");
        assert_eq!(rows().get(b"key").unwrap(), kept, "there were rows when it was opened");
    }
}
