//! Pages of a list, newest first, and the cursors between them.

use std::ops::Bound;

use countersign_domain::ports::StoreError;
use countersign_domain::request::NotACode;
use serde::Serialize;

use crate::key::{self, Key};
use crate::projection::ProjectionError;
use crate::rows::{Rows, RowsError};

/// Some items of a list, and where it goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the next page; `None` at the end. Opaque: hand it back as it is.
    pub next: Option<String>,
}

/// Why a question got no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The cursor is not one that this list gave out.
    #[error("`{0}` is not a cursor of this list: hand back `next` as it was, or none")]
    BadCursor(String),
    /// The code is not one.
    #[error(transparent)]
    BadCode(#[from] NotACode),
    /// An event cannot be read.
    #[error(transparent)]
    Event(#[from] ProjectionError),
    /// The rows cannot be read.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// The log cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The cursor behind the item at `place` of the list that `list` stands for.
pub(crate) fn cursor(list: char, place: u64) -> String {
    format!("{list}{place:x}")
}

/// The place that a cursor stands for.
pub(crate) fn place(list: char, cursor: Option<&str>) -> Result<Option<u64>, QueryError> {
    let Some(cursor) = cursor else { return Ok(None) };
    let bad = || QueryError::BadCursor(cursor.chars().take(40).collect());
    let digits = cursor.strip_prefix(list).ok_or_else(bad)?;
    if !digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(bad());
    }
    u64::from_str_radix(digits, 16).map(Some).map_err(|_| bad())
}

/// A page of what indexes lead to, newest first. An index is the prefix of keys that end in a place; their values are
/// references, and `load` answers what a reference leads to where that belongs to the list.
pub(crate) fn newest_first<T>(
    rows: &dyn Rows,
    list: char,
    indexes: &[Key],
    after: Option<&str>,
    limit: usize,
    mut load: impl FnMut(&[u8]) -> Result<Option<T>, RowsError>,
) -> Result<Page<T>, QueryError> {
    let mut before = place(list, after)?;
    let mut items = Vec::new();
    let mut end = None;
    loop {
        let wanted = limit.saturating_sub(items.len()).saturating_add(1);
        let found = older(rows, indexes, before, wanted)?;
        let exhausted = found.len() < wanted;
        for (at, reference) in found {
            before = Some(at);
            let Some(item) = load(&reference)? else { continue };
            if items.len() == limit {
                return Ok(Page { items, next: end.map(|at| cursor(list, at)) });
            }
            items.push(item);
            end = Some(at);
        }
        if exhausted {
            return Ok(Page { items, next: None });
        }
    }
}

/// Up to `limit` places and references of all these indexes before a place, newest first.
fn older(
    rows: &dyn Rows,
    indexes: &[Key],
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<(u64, Vec<u8>)>, RowsError> {
    let mut found = Vec::new();
    for index in indexes {
        let (from, to) = key::starting_with(index);
        let to = before.map_or(to, |place| Bound::Excluded(index.clone().number(place).into_vec()));
        for (key, reference) in rows.scan((from, to), true, limit)? {
            let place = key::last_number(&key).ok_or_else(|| RowsError::damaged(&key, "it has no place"))?;
            found.push((place, reference));
        }
    }
    found.sort_unstable_by(|a, b| b.cmp(a));
    found.dedup();
    found.truncate(limit);
    Ok(found)
}
