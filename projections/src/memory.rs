//! Rows in memory: the past, and the present where there is no side store.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::rows::{Range, Row, Rows, RowsError, WriteRows};

/// Rows in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryRows {
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl MemoryRows {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The bytes of all keys and values.
    pub fn bytes(&self) -> usize {
        self.rows.iter().map(|(key, value)| key.len() + value.len()).sum()
    }
}

impl Rows for MemoryRows {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        Ok(self.rows.get(key).cloned())
    }

    fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
        if is_empty(&range) {
            return Ok(vec![]);
        }
        let owned = |(key, value): (&Vec<u8>, &Vec<u8>)| (key.clone(), value.clone());
        let rows = self.rows.range(range);
        Ok(if reverse {
            rows.rev().take(limit).map(owned).collect()
        } else {
            rows.take(limit).map(owned).collect()
        })
    }
}

impl WriteRows for MemoryRows {
    fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.rows.insert(key, value);
    }

    fn delete(&mut self, key: &[u8]) {
        self.rows.remove(key);
    }

    fn change(&mut self, key: &[u8], with: &mut dyn FnMut(&mut Vec<u8>)) -> Result<(), RowsError> {
        if let Some(value) = self.rows.get_mut(key) {
            with(value);
            if value.is_empty() {
                self.rows.remove(key);
            }
            return Ok(());
        }
        let mut value = Vec::new();
        with(&mut value);
        if !value.is_empty() {
            self.rows.insert(key.to_vec(), value);
        }
        Ok(())
    }
}

/// Whether no key can be in the range; the standard map panics on those that are the wrong way round.
pub(crate) fn is_empty(range: &Range) -> bool {
    match range {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
        (Bound::Included(from), Bound::Included(to)) => from > to,
        (Bound::Included(from) | Bound::Excluded(from), Bound::Included(to) | Bound::Excluded(to)) => {
            from >= to
        }
    }
}
