//! Rows in sled: one tree a projection, in blocks, its checkpoint in the same tree so that both move in one batch.

use std::sync::{Arc, Mutex, PoisonError};

use countersign_domain::envelope::{Digest, Position};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::block::Blocks;
use crate::history;
use crate::memory;
use crate::overlay::Changes;
use crate::rows::{Range, Row, Rows, RowsError};

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
    pub(crate) tree: sled::Tree,
    /// One batch at a time is written to a database.
    pub(crate) writing: Arc<Mutex<()>>,
    /// There is a boundary each time that so many events have passed; none, where nobody asks about the past.
    pub(crate) boundary_every: Option<u64>,
}

impl SledRows {
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

    /// Writes changes, and how far they go.
    pub(crate) fn commit(&self, changes: &Changes, checkpoint: Checkpoint) -> Result<(), RowsError> {
        let mut batch = sled::Batch::default();
        self.write(changes, checkpoint, &mut batch)?;
        batch.insert(CHECKPOINT, written(&checkpoint)?);
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.tree.apply_batch(batch)?)
    }

    fn write(
        &self,
        changes: &Changes,
        checkpoint: Checkpoint,
        batch: &mut sled::Batch,
    ) -> Result<(), RowsError> {
        let changes = changes.range(&memory::ALL).map(|(key, change)| {
            Ok((key.to_vec(), change.as_ref().map(|cell| cell.bytes(key)).transpose()?))
        });
        let Some(every) = self.boundary_every else {
            return self.rows().write(changes, batch, &mut |_, _, change| change);
        };
        let last = self.last_boundary(|_| true)?;
        // Before the first boundary there is nothing that could be asked for.
        let boundary = last.map(|boundary| boundary.position.for_store());
        let mut entries = Vec::new();
        self.rows().write(changes, batch, &mut |key, now, change| {
            if let Some(boundary) = boundary
                && now != change.as_deref()
            {
                entries.push((history::entry_key(key, boundary), Some(history::entry(now))));
            }
            change
        })?;
        // What is noted already is what the row held at the boundary; since then it has only changed again.
        let first = &mut |_: &[u8], noted: Option<&[u8]>, entry| noted.map(<[u8]>::to_vec).or(entry);
        self.history().write(entries.into_iter().map(Ok), batch, first)?;
        if checkpoint.events >= last.map_or(0, |last| last.events) + every {
            let key = [BOUNDARY, &checkpoint.position.for_store().to_be_bytes()].concat();
            batch.insert(key, written(&checkpoint)?);
        }
        Ok(())
    }

    fn rows(&self) -> Blocks<'_> {
        Blocks { tree: &self.tree, letter: ROWS }
    }

    pub(crate) fn history(&self) -> Blocks<'_> {
        Blocks { tree: &self.tree, letter: HISTORY }
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
        self.rows().get(key)
    }

    fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
        if memory::is_empty(&range) {
            return Ok(vec![]);
        }
        self.rows().scan(&range, reverse, limit)
    }
}
