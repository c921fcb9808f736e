//! The rows of a page of events before they are written: a fold reads its own writes, and all go down in one batch.

use std::collections::BTreeMap;

use crate::memory;
use crate::rows::{Range, Row, Rows, RowsError, WriteRows};

/// What is to be written: a value, or `None` for a key to remove.
pub(crate) type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Changes over rows that are left alone.
pub(crate) struct Overlay<'a> {
    base: &'a dyn Rows,
    changes: Changes,
}

impl<'a> Overlay<'a> {
    pub(crate) fn new(base: &'a dyn Rows) -> Self {
        Self { base, changes: Changes::new() }
    }

    pub(crate) fn into_changes(self) -> Changes {
        self.changes
    }
}

impl Rows for Overlay<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        match self.changes.get(key) {
            Some(change) => Ok(change.clone()),
            None => self.base.get(key),
        }
    }

    fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
        if memory::is_empty(&range) {
            return Ok(vec![]);
        }
        // As many more as are removed here, so that enough are left over.
        let removed = self.changes.range(range.clone()).filter(|(_, change)| change.is_none()).count();
        let base = self.base.scan(range.clone(), reverse, limit.saturating_add(removed))?;
        let mut merged: BTreeMap<_, _> = base.into_iter().map(|(key, value)| (key, Some(value))).collect();
        merged.extend(self.changes.range(range).map(|(key, change)| (key.clone(), change.clone())));
        let kept = merged.into_iter().filter_map(|(key, value)| Some((key, value?)));
        Ok(if reverse { kept.rev().take(limit).collect() } else { kept.take(limit).collect() })
    }
}

impl WriteRows for Overlay<'_> {
    fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.changes.insert(key, Some(value));
    }

    fn delete(&mut self, key: &[u8]) {
        self.changes.insert(key.to_vec(), None);
    }

    fn change(&mut self, key: &[u8], with: &mut dyn FnMut(&mut Vec<u8>)) -> Result<(), RowsError> {
        if let Some(Some(value)) = self.changes.get_mut(key) {
            with(value);
            if value.is_empty() {
                self.delete(key);
            }
            return Ok(());
        }
        let mut value = self.get(key)?.unwrap_or_default();
        with(&mut value);
        self.changes.insert(key.to_vec(), (!value.is_empty()).then_some(value));
        Ok(())
    }
}
