//! Rows with indexes: what is indexed follows from the row alone, so an update is the difference of two sets of keys.

use std::any::Any;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cell::Cell;
use crate::key::Key;
use crate::rows::{Rows, RowsError, WriteRows};

/// A row that is found by more than its key.
pub(crate) trait Indexed: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
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
pub(crate) fn load<T: Clone + DeserializeOwned + Any + Send + Sync>(
    rows: &dyn Rows,
    key: Key,
) -> Result<Option<T>, RowsError> {
    Ok(load_shared(rows, key)?.map(Arc::unwrap_or_clone))
}

/// The same, to be read only.
pub(crate) fn load_shared<T: DeserializeOwned + Any + Send + Sync>(
    rows: &dyn Rows,
    key: Key,
) -> Result<Option<Arc<T>>, RowsError> {
    let key = key.into_vec();
    rows.cell(&key)?.map(|cell| cell.value(&key)).transpose()
}

/// Sets the row of a key.
pub(crate) fn save<T: Serialize + Any + Send + Sync>(rows: &mut dyn WriteRows, key: Key, row: T) {
    rows.set(key.into_vec(), Cell::of(row));
}

/// Puts a row in the place of the one before, with its indexes and counters.
pub(crate) fn replace<T: Indexed>(
    rows: &mut dyn WriteRows,
    old: Option<&T>,
    new: T,
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
            save(rows, from, left);
        }
        let more = count(&*rows, to.clone())? + 1;
        save(rows, to, more);
    }
    save(rows, new.key(), new);
    Ok(())
}

/// What a counter says.
pub(crate) fn count(rows: &dyn Rows, counter: Key) -> Result<u64, RowsError> {
    Ok(load(rows, counter)?.unwrap_or(0))
}
