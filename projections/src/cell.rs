//! What a row holds: bytes, or what they stand for, which becomes bytes only when it is written or read as such. A row that
//! changes with every event is so turned into JSON once, and not each time.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

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

    /// Its bytes; the key is for the error.
    pub(crate) fn bytes(&self, key: &[u8]) -> Result<Vec<u8>, RowsError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.clone()),
            Self::Live(live) => (live.write)(&*live.value).map_err(|error| RowsError::damaged(key, error)),
        }
    }

    /// The same, where nobody else needs the cell any more.
    pub(crate) fn into_bytes(self, key: &[u8]) -> Result<Vec<u8>, RowsError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            live @ Self::Live(_) => live.bytes(key),
        }
    }

    /// The value that it holds, as it is or read from its JSON.
    pub(crate) fn value<T: DeserializeOwned + Any + Send + Sync>(
        &self,
        key: &[u8],
    ) -> Result<Arc<T>, RowsError> {
        match self {
            Self::Bytes(bytes) => {
                serde_json::from_slice(bytes).map(Arc::new).map_err(|error| RowsError::damaged(key, error))
            }
            Self::Live(live) => match live.value.clone().downcast() {
                Ok(value) => Ok(value),
                Err(_) => Self::Bytes(self.bytes(key)?).value(key),
            },
        }
    }
}
