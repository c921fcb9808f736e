//! Rows: what a projection folds into and what its queries read, in memory or in sled alike.

use std::ops::Bound;
use std::sync::Arc;

use crate::cell::Cell;

/// A range of keys.
pub type Range = (Bound<Vec<u8>>, Bound<Vec<u8>>);

/// A key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// Reading rows. Keys are bytes, sorted as bytes; every key starts with the tenant.
pub trait Rows: Send + Sync {
    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError>;

    /// Up to `limit` rows of a range, from its end when `reverse`.
    fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError>;

    /// What the row of a key holds, in the form that it is kept in.
    fn cell(&self, key: &[u8]) -> Result<Option<Cell>, RowsError> {
        Ok(self.get(key)?.map(Cell::Bytes))
    }
}

impl<R: Rows + ?Sized> Rows for Arc<R> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        (**self).get(key)
    }

    fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
        (**self).scan(range, reverse, limit)
    }

    fn cell(&self, key: &[u8]) -> Result<Option<Cell>, RowsError> {
        (**self).cell(key)
    }
}

/// What a projection sees while it folds: it reads what it has just written.
pub trait WriteRows: Rows {
    /// Sets what the row of a key holds.
    fn set(&mut self, key: Vec<u8>, cell: Cell);

    /// Sets the value of a key.
    fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.set(key, Cell::Bytes(value));
    }

    /// Removes a key, if it is there.
    fn delete(&mut self, key: &[u8]);

    /// Changes the value of a key where it stands; an empty value stands for none.
    fn change(&mut self, key: &[u8], with: &mut dyn FnMut(&mut Vec<u8>)) -> Result<(), RowsError>;
}

/// Rows that cannot be read or written. The cure is always the same: rebuild the projection from the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowsError {
    /// The side store failed.
    #[error("the read models' store failed: {0}; delete its folder to have it rebuilt from the log")]
    Storage(String),
    /// A row does not hold what it should.
    #[error("row {key} cannot be read: {why}; rebuild the projection")]
    Damaged {
        /// The key, with what is not printable escaped.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// There is no such projection.
    #[error("there is no projection named {0}")]
    NoSuchProjection(String),
}

impl RowsError {
    pub(crate) fn damaged(key: &[u8], why: impl std::fmt::Display) -> Self {
        Self::Damaged { key: key.escape_ascii().to_string(), why: why.to_string() }
    }
}

impl From<sled::Error> for RowsError {
    fn from(error: sled::Error) -> Self {
        Self::Storage(error.to_string())
    }
}
