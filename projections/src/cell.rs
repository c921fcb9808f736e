//! What a row holds: bytes, or what they stand for, which becomes bytes only when it is written or read as such. A row that
//! changes with every event is so turned into JSON once, and not each time.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::rows::RowsError;

/// What a row holds.
#[derive(Debug, Clone)]
pub enum Cell {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// What its bytes stand for.
    Live(Live),
    /// Its bytes, which others may have found before and read.
    Found(Arc<Found>),
}

/// Bytes that were found, and what they stand for once somebody has read them.
pub struct Found {
    bytes: Vec<u8>,
    value: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl Found {
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found").finish_non_exhaustive()
    }
}

/// A value that can be written as a row's JSON.
#[derive(Clone)]
pub struct Live {
    value: Arc<dyn Any + Send + Sync>,
    write: fn(&(dyn Any + Send + Sync)) -> serde_json::Result<Vec<u8>>,
}

impl Live {
    fn of<T: Serialize + Any + Send + Sync>(value: T) -> Self {
        let write = |value: &(dyn Any + Send + Sync)| {
            let value = value.downcast_ref::<T>().expect("a value is written by what it was made with");
            serde_json::to_vec(value)
        };
        Self { value: Arc::new(value), write }
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}

impl Cell {
    /// The cell of a value, which is written as JSON.
    pub(crate) fn of<T: Serialize + Any + Send + Sync>(value: T) -> Self {
        Self::Live(Live::of(value))
    }

    /// The same cell, to be kept for others: what it stands for is read once.
    pub(crate) fn found(self, key: &[u8]) -> Result<Arc<Found>, RowsError> {
        match self {
            Self::Found(found) => Ok(found),
            other => Ok(Arc::new(Found { bytes: other.into_bytes(key)?, value: OnceLock::new() })),
        }
    }

    /// Its bytes; the key is for the error.
    pub(crate) fn bytes(&self, key: &[u8]) -> Result<Vec<u8>, RowsError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.clone()),
            Self::Live(live) => (live.write)(&*live.value).map_err(|error| RowsError::damaged(key, error)),
            Self::Found(found) => Ok(found.bytes.clone()),
        }
    }

    /// The same, where nobody else needs the cell any more.
    pub(crate) fn into_bytes(self, key: &[u8]) -> Result<Vec<u8>, RowsError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            other => other.bytes(key),
        }
    }

    /// The value that it holds, as it is or read from its JSON.
    pub(crate) fn value<T: DeserializeOwned + Any + Send + Sync>(
        &self,
        key: &[u8],
    ) -> Result<Arc<T>, RowsError> {
        match self {
            Self::Bytes(bytes) => read(bytes, key),
            Self::Live(live) => match live.value.clone().downcast() {
                Ok(value) => Ok(value),
                Err(_) => read(&self.bytes(key)?, key),
            },
            Self::Found(found) => {
                if let Some(Ok(value)) = found.value.get().map(|value| value.clone().downcast()) {
                    return Ok(value);
                }
                let value: Arc<T> = read(&found.bytes, key)?;
                // Mostly all want the same of it: whoever wants something else reads it for themselves.
                found.value.get_or_init(|| value.clone() as Arc<dyn Any + Send + Sync>);
                Ok(value)
            }
        }
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8], key: &[u8]) -> Result<Arc<T>, RowsError> {
    serde_json::from_slice(bytes).map(Arc::new).map_err(|error| RowsError::damaged(key, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_is_read_once_and_otherwise_by_who_wants_something_else() {
        let found = Cell::Bytes(b"7".to_vec()).found(b"key").unwrap();
        let (one, other) = (Cell::Found(Arc::clone(&found)), Cell::Found(found));
        let number: Arc<u64> = one.value(b"key").unwrap();
        assert!(Arc::ptr_eq(&number, &other.value(b"key").unwrap()));
        assert_eq!(*other.value::<serde_json::Value>(b"key").unwrap(), 7);
        assert_eq!(other.value::<String>(b"key").unwrap_err(), one.value::<String>(b"key").unwrap_err());
        assert_eq!((one.bytes(b"key").unwrap(), other.into_bytes(b"key").unwrap()), (vec![b'7'], vec![b'7']));
    }
}
