//! Rows with indexes: what is indexed follows from the row alone, so an update is the difference of two sets of keys.

use std::collections::BTreeSet;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::key::Key;
use crate::rows::{Rows, RowsError, WriteRows};

/// A row that is found by more than its key.
pub(crate) trait Indexed: Serialize + DeserializeOwned {
    /// Its own key.
    fn key(&self) -> Key;
    /// What an index entry says of it.
    fn reference(&self) -> Vec<u8>;
    /// The keys of its index entries.
    fn index(&self) -> BTreeSet<Key>;
    /// The counter it counts in.
    fn counter(&self) -> Key;
}

/// The row of a key.
pub(crate) fn load<T: DeserializeOwned>(rows: &dyn Rows, key: Key) -> Result<Option<T>, RowsError> {
    let key = key.into_vec();
    let Some(value) = rows.get(&key)? else { return Ok(None) };
    serde_json::from_slice(&value).map(Some).map_err(|error| RowsError::damaged(&key, error))
}

/// Sets the row of a key.
pub(crate) fn save<T: Serialize>(rows: &mut dyn WriteRows, key: Key, row: &T) -> Result<(), RowsError> {
    let key = key.into_vec();
    let value = serde_json::to_vec(row).map_err(|error| RowsError::damaged(&key, error))?;
    rows.put(key, value);
    Ok(())
}

/// Puts a row in the place of the one before, with its indexes and counters.
pub(crate) fn replace<T: Indexed>(
    rows: &mut dyn WriteRows,
    old: Option<&T>,
    new: &T,
) -> Result<(), RowsError> {
    let before = old.map(T::index).unwrap_or_default();
    let after = new.index();
    for gone in before.difference(&after) {
        rows.delete(&gone.clone().into_vec());
    }
    for come in after.difference(&before) {
        rows.put(come.clone().into_vec(), new.reference());
    }
    let (from, to) = (old.map(T::counter), new.counter());
    if from.as_ref() != Some(&to) {
        if let Some(from) = from {
            let left = count(&*rows, from.clone())?.saturating_sub(1);
            save(rows, from, &left)?;
        }
        let more = count(&*rows, to.clone())? + 1;
        save(rows, to, &more)?;
    }
    save(rows, new.key(), new)
}

/// What a counter says.
pub(crate) fn count(rows: &dyn Rows, counter: Key) -> Result<u64, RowsError> {
    Ok(load(rows, counter)?.unwrap_or(0))
}
