//! Rows as they were: beside the rows of today stands what each row held at some places of the log, the *boundaries*, where
//! it is something else since. So the past is read and not folded, but for the few events behind a boundary.
//!
//! Of a row that changed after boundary B, and not since the next one, there is one entry: its key, B, and what it held at
//! B. What a row held at a boundary is therefore in the first of its entries from that boundary on, or else in today's row.

use std::collections::BTreeMap;
use std::ops::Bound;

use countersign_domain::envelope::Position;

use crate::memory;
use crate::rows::{Range, Row, Rows, RowsError};
use crate::sled_rows::SledRows;

/// So many rows of today are read at a time.
const PART: usize = 1024;

/// The rows as they were at a boundary.
#[derive(Debug)]
pub(crate) struct AtBoundary {
    pub(crate) rows: SledRows,
    pub(crate) boundary: Position,
}

impl Rows for AtBoundary {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        // What is asked for is mostly what changed behind the boundary: so its entry first.
        if let Some(then) = self.noted(key)? {
            return Ok(held(then));
        }
        // And once more behind today's row: whoever changed it meanwhile has made an entry first.
        let today = self.rows.get(key)?;
        Ok(self.noted(key)?.map_or(today, held))
    }

    fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
        let mut found = Vec::new();
        let mut rest = Some(range);
        while found.len() < limit
            && let Some(range) = rest.take().filter(|range| !memory::is_empty(range))
        {
            let wanted = (limit - found.len()).min(PART);
            let today = self.rows.scan(range.clone(), reverse, wanted)?;
            let mut part = range;
            if today.len() == wanted
                && let Some((last, _)) = today.last()
            {
                let (upto, beyond) = (Bound::Included(last.clone()), Bound::Excluded(last.clone()));
                rest = Some(if reverse { (part.0.clone(), beyond) } else { (beyond, part.1.clone()) });
                part = if reverse { (upto, part.1) } else { (part.0, upto) };
            }
            let then = self.then(today, &part)?;
            if reverse { found.extend(then.into_iter().rev()) } else { found.extend(then) }
        }
        found.truncate(limit);
        Ok(found)
    }
}

impl AtBoundary {
    /// The first entry of a row from this boundary on.
    fn noted(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        let (from, end) = (entry_key(key, self.boundary.for_store()), entry_key(key, u64::MAX));
        Ok(self.rows.history().first(&from, &end)?.map(|(_, then)| then))
    }

    /// What these rows of today, all that there are in a range, were then.
    fn then(&self, today: Vec<Row>, range: &Range) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, RowsError> {
        let mut rows: BTreeMap<_, _> = today.into_iter().collect();
        let mut before = Vec::new();
        for (entry, then) in self.rows.history().scan(&entries_of(range), false, usize::MAX)? {
            let (key, boundary) =
                split(&entry).ok_or_else(|| RowsError::damaged(&entry, "it names no row and place"))?;
            if boundary < self.boundary.for_store() || key == before {
                continue;
            }
            match held(then) {
                Some(value) => rows.insert(key.clone(), value),
                None => rows.remove(&key),
            };
            before = key;
        }
        Ok(rows)
    }
}

/// What an entry says that a row held.
pub(crate) fn entry(held: Option<&[u8]>) -> Vec<u8> {
    held.map_or(vec![0], |value| [&[1], value].concat())
}

fn held(mut entry: Vec<u8>) -> Option<Vec<u8>> {
    (entry.first() == Some(&1)).then(|| entry.split_off(1))
}

/// The key of a row's entry: sorted by the row's key first, whatever bytes that has.
pub(crate) fn entry_key(key: &[u8], boundary: u64) -> Vec<u8> {
    let mut entry = Vec::with_capacity(key.len() + 16);
    for byte in key {
        entry.push(*byte);
        if *byte == 0 {
            entry.push(u8::MAX);
        }
    }
    entry.extend_from_slice(&[0, 1]);
    entry.extend_from_slice(&boundary.to_be_bytes());
    entry
}

fn split(entry: &[u8]) -> Option<(Vec<u8>, u64)> {
    let (key, boundary) = entry.split_last_chunk::<8>()?;
    let key = key.strip_suffix(&[0, 1])?;
    let mut plain = Vec::with_capacity(key.len());
    let mut bytes = key.iter();
    while let Some(byte) = bytes.next() {
        plain.push(*byte);
        if *byte == 0 {
            bytes.next();
        }
    }
    Some((plain, u64::from_be_bytes(*boundary)))
}

/// The entries of all rows in a range.
fn entries_of(range: &Range) -> Range {
    let from = match &range.0 {
        Bound::Included(key) => Bound::Included(entry_key(key, 0)),
        Bound::Excluded(key) => Bound::Excluded(entry_key(key, u64::MAX)),
        Bound::Unbounded => Bound::Unbounded,
    };
    let to = match &range.1 {
        Bound::Included(key) => Bound::Included(entry_key(key, u64::MAX)),
        Bound::Excluded(key) => Bound::Excluded(entry_key(key, 0)),
        Bound::Unbounded => Bound::Unbounded,
    };
    (from, to)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(prop_oneof![Just(0_u8), Just(1), Just(2), Just(255)], 0..6)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

        #[test]
        fn entries_sort_by_their_rows_key_and_then_by_place((a, b) in (key(), key()), (m, n) in (any::<u64>(), any::<u64>())) {
            prop_assert_eq!(entry_key(&a, m).cmp(&entry_key(&b, n)), (&a, m).cmp(&(&b, n)));
            prop_assert_eq!(split(&entry_key(&a, m)), Some((a, m)));
        }
    }
}
