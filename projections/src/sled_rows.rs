//! Rows in sled: one tree a projection, in blocks, its checkpoint in the same tree so that both move in one batch.

use std::sync::{Arc, Mutex, PoisonError};

use countersign_domain::envelope::{Digest, Position};
use serde::{Deserialize, Serialize};

use crate::block::Blocks;
use crate::memory;
use crate::overlay::Changes;
use crate::rows::{Range, Row, Rows, RowsError};

/// Where the checkpoint stands.
const CHECKPOINT: &[u8] = b"\0checkpoint";
/// The letter of the blocks that hold the rows.
const ROWS: u8 = b'r';

/// How far a projection is: the last event it has applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    /// Where it stands in the log.
    pub(crate) position: Position,
    /// Its hash: another log's event at the same place does not pass for it.
    pub(crate) hash: Digest,
}

/// Rows in one sled tree.
#[derive(Debug, Clone)]
pub struct SledRows {
    tree: sled::Tree,
    /// One batch at a time is written to a database.
    writing: Arc<Mutex<()>>,
}

impl SledRows {
    /// The rows in one of several trees, of which one at a time is written to.
    pub(crate) const fn sharing(tree: sled::Tree, writing: Arc<Mutex<()>>) -> Self {
        Self { tree, writing }
    }

    pub(crate) fn checkpoint(&self) -> Result<Option<Checkpoint>, RowsError> {
        let Some(value) = self.tree.get(CHECKPOINT)? else { return Ok(None) };
        serde_json::from_slice(&value).map(Some).map_err(|error| RowsError::damaged(CHECKPOINT, error))
    }

    /// Writes changes, and how far they go.
    pub(crate) fn commit(&self, changes: &Changes, checkpoint: Checkpoint) -> Result<(), RowsError> {
        let mut batch = sled::Batch::default();
        let changes = changes.range(&memory::ALL).map(|(key, change)| {
            Ok((key.to_vec(), change.as_ref().map(|cell| cell.bytes(key)).transpose()?))
        });
        self.rows().write(changes, &mut batch)?;
        let checkpoint =
            serde_json::to_vec(&checkpoint).map_err(|error| RowsError::damaged(CHECKPOINT, error))?;
        batch.insert(CHECKPOINT, checkpoint);
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.tree.apply_batch(batch)?)
    }

    fn rows(&self) -> Blocks<'_> {
        Blocks { tree: &self.tree, letter: ROWS }
    }
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
