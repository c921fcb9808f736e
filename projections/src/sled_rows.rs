//! Rows in sled: one tree a projection, its checkpoint in the same tree so that both move in one batch.

use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_domain::envelope::{Digest, Position};
use serde::{Deserialize, Serialize};

use crate::memory;
use crate::overlay::Changes;
use crate::rows::{Range, Row, Rows, RowsError};

/// Where the checkpoint stands: before every key of a tenant, and hidden from readers.
const CHECKPOINT: &[u8] = b"\0checkpoint";

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
    /// The rows in this tree.
    pub fn new(tree: sled::Tree) -> Self {
        Self::sharing(tree, Arc::default())
    }

    /// The rows in one of several trees, of which one at a time is written to.
    pub(crate) const fn sharing(tree: sled::Tree, writing: Arc<Mutex<()>>) -> Self {
        Self { tree, writing }
    }

    pub(crate) fn checkpoint(&self) -> Result<Option<Checkpoint>, RowsError> {
        let Some(value) = self.tree.get(CHECKPOINT)? else { return Ok(None) };
        serde_json::from_slice(&value).map(Some).map_err(|error| RowsError::damaged(CHECKPOINT, error))
    }

    pub(crate) fn commit(&self, changes: Changes, checkpoint: Checkpoint) -> Result<(), RowsError> {
        let mut batch = sled::Batch::default();
        for (key, change) in changes {
            match change {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        let checkpoint =
            serde_json::to_vec(&checkpoint).map_err(|error| RowsError::damaged(CHECKPOINT, error))?;
        batch.insert(CHECKPOINT, checkpoint);
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.tree.apply_batch(batch)?)
    }
}

impl Rows for SledRows {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        Ok(self.tree.get(key)?.map(|value| value.to_vec()))
    }

    fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
        let range = (without_checkpoint(range.0), range.1);
        if memory::is_empty(&range) {
            return Ok(vec![]);
        }
        let rows = self.tree.range(range);
        let owned = |row: sled::Result<(sled::IVec, sled::IVec)>| {
            row.map(|(key, value)| (key.to_vec(), value.to_vec())).map_err(RowsError::from)
        };
        if reverse {
            rows.rev().take(limit).map(owned).collect()
        } else {
            rows.take(limit).map(owned).collect()
        }
    }
}

fn without_checkpoint(from: Bound<Vec<u8>>) -> Bound<Vec<u8>> {
    match from {
        Bound::Included(key) | Bound::Excluded(key) if key.first().is_none_or(|byte| *byte == 0) => {
            Bound::Included(vec![1])
        }
        Bound::Unbounded => Bound::Included(vec![1]),
        from => from,
    }
}
