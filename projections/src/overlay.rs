//! Changes over rows that are left alone: a fold reads its own writes before they are written.

use std::iter::Peekable;
use std::ops::Bound;

use crate::cell::Cell;
use crate::memory::{Table, is_empty};
use crate::rows::{Range, Row, Rows, RowsError, WriteRows};

/// What is to be written of a key: a cell, or `None` where it is to be removed.
pub(crate) type Change = Option<Cell>;

/// What is to be written.
pub(crate) type Changes = Table<Change>;

/// Changes over rows that are left alone.
pub(crate) struct Overlay<'a> {
    base: &'a dyn Rows,
    changes: Changes,
}

impl<'a> Overlay<'a> {
    pub(crate) fn new(base: &'a dyn Rows, changes: Changes) -> Self {
        Self { base, changes }
    }

    pub(crate) fn into_changes(self) -> Changes {
        self.changes
    }
}

impl Rows for Overlay<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        self.cell(key)?.map(|cell| cell.into_bytes(key)).transpose()
    }

    fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
        scan_over(self.base, &self.changes, range, reverse, limit)
    }

    fn cell(&self, key: &[u8]) -> Result<Option<Cell>, RowsError> {
        cell_over(self.base, &self.changes, key)
    }
}

impl WriteRows for Overlay<'_> {
    fn set(&mut self, key: Vec<u8>, cell: Cell) {
        self.changes.set(&key, Some(cell));
    }

    fn delete(&mut self, key: &[u8]) {
        self.changes.set(key, None);
    }

    fn change(&mut self, key: &[u8], with: &mut dyn FnMut(&mut Vec<u8>)) -> Result<(), RowsError> {
        if let Some(change) = self.changes.get_mut(key)
            && let Some(Cell::Bytes(value)) = change
        {
            with(value);
            if value.is_empty() {
                *change = None;
            }
            return Ok(());
        }
        let mut value = self.cell(key)?.map_or(Ok(vec![]), |cell| cell.into_bytes(key))?;
        with(&mut value);
        self.changes.set(key, (!value.is_empty()).then_some(Cell::Bytes(value)));
        Ok(())
    }
}

/// Rows with changes over them, to be read only.
pub(crate) struct Changed<'a> {
    pub(crate) base: &'a dyn Rows,
    pub(crate) changes: &'a Changes,
}

impl Rows for Changed<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        self.cell(key)?.map(|cell| cell.into_bytes(key)).transpose()
    }

    fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
        scan_over(self.base, self.changes, range, reverse, limit)
    }

    fn cell(&self, key: &[u8]) -> Result<Option<Cell>, RowsError> {
        cell_over(self.base, self.changes, key)
    }
}

/// What the row of a key holds with these changes.
pub(crate) fn cell_over(base: &dyn Rows, changes: &Changes, key: &[u8]) -> Result<Option<Cell>, RowsError> {
    match changes.get(key) {
        Some(change) => Ok(change.clone()),
        None => base.cell(key),
    }
}

/// Up to `limit` rows of a range of these rows with these changes, from its end when `reverse`.
pub(crate) fn scan_over(
    base: &dyn Rows,
    changes: &Changes,
    range: Range,
    reverse: bool,
    limit: usize,
) -> Result<Vec<Row>, RowsError> {
    if is_empty(&range) {
        return Ok(vec![]);
    }
    if changes.len() == 0 {
        return base.scan(range, reverse, limit);
    }
    let own = changes.range(&range);
    let base = Chunks { base, range: Some(range.clone()), reverse, size: limit, rows: vec![].into_iter() };
    if reverse {
        merge(base.peekable(), own.rev().peekable(), limit, |a, b| a > b)
    } else {
        merge(base.peekable(), own.peekable(), limit, |a, b| a < b)
    }
}

/// The first `limit` rows of both, of which `own` wins; `before` says which of two keys comes first.
fn merge<'a>(
    mut base: Peekable<impl Iterator<Item = Result<Row, RowsError>>>,
    mut own: Peekable<impl Iterator<Item = (&'a [u8], &'a Option<Cell>)>>,
    limit: usize,
    before: impl Fn(&[u8], &[u8]) -> bool,
) -> Result<Vec<Row>, RowsError> {
    let mut merged = Vec::new();
    while merged.len() < limit {
        let next = own.peek().map(|(key, _)| *key);
        let below = match (base.peek(), next) {
            (Some(Ok((key, _))), Some(own)) => before(key, own),
            (Some(_), _) => true,
            (None, Some(_)) => false,
            (None, None) => break,
        };
        if below {
            merged.extend(base.next().transpose()?);
            continue;
        }
        let Some((key, change)) = own.next() else { break };
        if matches!(base.peek(), Some(Ok((under, _))) if under == key) {
            base.next();
        }
        if let Some(cell) = change {
            merged.push((key.to_vec(), cell.bytes(key)?));
        }
    }
    Ok(merged)
}

/// So many times as many rows are read the next time, up to this many: where those that were asked for are removed by changes that
/// are not written yet, the first one that is left may be far away.
const MORE: usize = 4;
const MANY: usize = 256;

/// The rows of a range, read some at a time as they are asked for.
struct Chunks<'a> {
    base: &'a dyn Rows,
    /// What is not read yet.
    range: Option<Range>,
    reverse: bool,
    size: usize,
    rows: std::vec::IntoIter<Row>,
}

impl Iterator for Chunks<'_> {
    type Item = Result<Row, RowsError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(row) = self.rows.next() {
            return Some(Ok(row));
        }
        let range = self.range.take()?;
        match self.base.scan(range.clone(), self.reverse, self.size) {
            Ok(rows) => {
                if rows.len() == self.size
                    && let Some((last, _)) = rows.last()
                {
                    let last = Bound::Excluded(last.clone());
                    self.range = Some(if self.reverse { (range.0, last) } else { (last, range.1) });
                    self.size = self.size.max(self.size.saturating_mul(MORE).min(MANY));
                }
                self.rows = rows.into_iter();
                self.rows.next().map(Ok)
            }
            Err(error) => Some(Err(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::memory::{ALL, MemoryRows};

    /// Rows that count how often somebody asks for some of them.
    struct Counting(MemoryRows, AtomicUsize);

    impl Rows for Counting {
        fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
            self.0.get(key)
        }

        fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
            self.1.fetch_add(1, Ordering::Relaxed);
            self.0.scan(range, reverse, limit)
        }
    }

    #[test]
    fn what_is_left_behind_many_rows_that_are_removed_is_found_in_a_few_steps() {
        let (mut rows, mut changes) = (MemoryRows::default(), Changes::default());
        for number in 0..1000_u32 {
            rows.put(number.to_be_bytes().to_vec(), vec![1]);
            if number != 500 {
                changes.set(&number.to_be_bytes(), None);
            }
        }
        let base = Counting(rows, AtomicUsize::new(0));
        for reverse in [false, true] {
            let found = scan_over(&base, &changes, ALL, reverse, 1).unwrap();
            assert_eq!(found, [(500_u32.to_be_bytes().to_vec(), vec![1])], "{reverse}");
        }
        assert!(base.1.into_inner() < 20, "each time as many more are read");
        assert!(scan_over(&MemoryRows::default(), &Changes::default(), ALL, false, 1).unwrap().is_empty());
    }
}
