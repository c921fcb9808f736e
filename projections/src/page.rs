//! Pages of a list, newest first, and the cursors between them.

use std::ops::Bound;

use countersign_domain::ports::StoreError;
use countersign_domain::request::NotACode;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::key::{self, Key};
use crate::projection::ProjectionError;
use crate::rows::{Range, Rows, RowsError};

/// Some items of a list, and where it goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the next page; `None` at the end. Opaque: hand it back as it is.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page of what is all at hand, in the order in which it is. A cursor says the name of the last item before it, so each has one
    /// that stays its own. Where that item is there no more, it cannot be told what came behind it.
    pub fn at_hand(
        list: char,
        mut items: Vec<T>,
        name: impl Fn(&T) -> Vec<u8>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Self, QueryError> {
        if let Some(last) = named(list, after)? {
            let place = items.iter().position(|item| name(item) == last);
            let place = place.ok_or_else(|| bad(after.unwrap_or_default()))?;
            items.drain(..=place);
        }
        let rest = items.split_off(limit.min(items.len()));
        let last = items.last().filter(|_| !rest.is_empty());
        let next = last.map(|last| naming(list, &name(last)));
        Ok(Self { items, next })
    }
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
    let digits = cursor.strip_prefix(list).ok_or_else(|| bad(cursor))?;
    if !digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(bad(cursor));
    }
    u64::from_str_radix(digits, 16).map(Some).map_err(|_| bad(cursor))
}

fn bad(cursor: &str) -> QueryError {
    QueryError::BadCursor(cursor.chars().take(40).collect())
}

/// The cursor behind what is called so in the list that `list` stands for.
fn naming(list: char, name: &[u8]) -> String {
    format!("{list}{}", hex::encode(name))
}

/// The name that a cursor holds.
fn named(list: char, cursor: Option<&str>) -> Result<Option<Vec<u8>>, QueryError> {
    let Some(cursor) = cursor else { return Ok(None) };
    let name = cursor.strip_prefix(list).and_then(|digits| hex::decode(digits).ok());
    name.filter(|name| !name.is_empty()).map(Some).ok_or_else(|| bad(cursor))
}

/// A table that is listed by the keys of its rows themselves.
pub(crate) struct Keyed {
    /// The cursors' letter.
    pub(crate) list: char,
    /// What all its keys begin with.
    pub(crate) table: Key,
    /// Before which key nothing is listed.
    pub(crate) from: Key,
    /// Whether the last one comes first.
    pub(crate) reverse: bool,
}

impl Keyed {
    /// All of a table.
    pub(crate) fn all(list: char, table: Key, reverse: bool) -> Self {
        Self { list, from: table.clone(), table, reverse }
    }

    /// A page of it, of those that `keep` wants. A cursor holds what the key of the last item says behind the table, so what comes and
    /// goes meanwhile moves nothing; and whatever somebody writes into one, it leads to no other table.
    pub(crate) fn page<T: DeserializeOwned>(
        &self,
        rows: &dyn Rows,
        (after, limit): (Option<&str>, usize),
        keep: impl Fn(&T) -> bool,
    ) -> Result<Page<T>, QueryError> {
        let whole = |name: Vec<u8>| self.table.clone().bytes(&name).into_vec();
        let mut last = named(self.list, after)?.map(whole);
        let (mut items, mut end) = (Vec::new(), None);
        loop {
            let wanted = limit.saturating_sub(items.len()).saturating_add(1);
            let Some(range) = self.behind(last.as_deref()) else { return Ok(Page { items, next: None }) };
            let found = rows.scan(range, self.reverse, wanted)?;
            let exhausted = found.len() < wanted;
            for (key, row) in found {
                let item = serde_json::from_slice(&row).map_err(|error| RowsError::damaged(&key, error))?;
                if keep(&item) {
                    if items.len() == limit {
                        return Ok(Page { items, next: end });
                    }
                    items.push(item);
                    end =
                        key.strip_prefix(&*self.table.clone().into_vec()).map(|name| naming(self.list, name));
                }
                last = Some(key);
            }
            if exhausted {
                return Ok(Page { items, next: None });
            }
        }
    }

    /// The keys behind this one; nothing where there can be none.
    fn behind(&self, last: Option<&[u8]>) -> Option<Range> {
        let (from, to) = (self.from.clone().into_vec(), key::after(&self.table));
        let range = match last {
            None => (Bound::Included(from), Bound::Excluded(to)),
            Some(last) if self.reverse && *last > *from => {
                (Bound::Included(from), Bound::Excluded(last.to_vec()))
            }
            Some(_) if self.reverse => return None,
            Some(last) => (Bound::Excluded(last.to_vec()), Bound::Excluded(to)),
        };
        Some(range)
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryRows;
    use crate::rows::WriteRows as _;

    fn rows(numbers: impl IntoIterator<Item = u64>) -> MemoryRows {
        let mut rows = MemoryRows::default();
        for number in numbers {
            rows.put(table().number(number).into_vec(), number.to_string().into_bytes());
        }
        // What stands in the table behind is none of it.
        rows.put(Key::of(&tenant(), b'u').number(0).into_vec(), b"99".to_vec());
        rows
    }

    fn tenant() -> countersign_domain::names::Tenant {
        "acme".parse().unwrap()
    }

    fn table() -> Key {
        Key::of(&tenant(), b't')
    }

    /// All pages of so many, one after another.
    fn pages(rows: &MemoryRows, keyed: &Keyed, limit: usize) -> Vec<Vec<u64>> {
        let (mut pages, mut after) = (vec![], None::<String>);
        loop {
            let page = keyed.page::<u64>(rows, (after.as_deref(), limit), |number| number % 5 != 0).unwrap();
            pages.push(page.items);
            after = page.next;
            if after.is_none() {
                return pages;
            }
        }
    }

    #[test]
    fn pages_of_a_table_hold_each_item_once_in_either_direction_whoever_sees_how_many() {
        let rows = rows(1..=9);
        let keyed = |reverse| Keyed::all('k', table(), reverse);
        assert_eq!(pages(&rows, &keyed(false), 3), [vec![1, 2, 3], vec![4, 6, 7], vec![8, 9]]);
        assert_eq!(pages(&rows, &keyed(true), 4), [vec![9, 8, 7, 6], vec![4, 3, 2, 1]]);
        let late = Keyed { from: table().number(7), ..keyed(true) };
        assert_eq!(pages(&rows, &late, 2), [vec![9, 8], vec![7]]);
    }

    #[test]
    fn what_comes_and_goes_between_two_pages_moves_nothing() {
        let mut all = rows(1..=6);
        let keyed = Keyed::all('k', table(), true);
        let first = keyed.page::<u64>(&all, (None, 2), |_| true).unwrap();
        all.delete(&table().number(5).into_vec());
        all.put(table().number(7).into_vec(), b"7".to_vec());
        let second = keyed.page::<u64>(&all, (first.next.as_deref(), 2), |_| true).unwrap();
        assert_eq!((first.items, second.items), (vec![6, 5], vec![4, 3]));
    }

    #[test]
    fn what_is_no_cursor_of_this_list_is_told_and_none_leads_out_of_it() {
        let rows = rows(1..=3);
        let keyed = |reverse| Keyed::all('k', table(), reverse);
        for cursor in ["", "k", "kxyz", "k1", "x0000000000000001", "nonsense"] {
            let told = keyed(true).page::<u64>(&rows, (Some(cursor), 2), |_| true);
            assert!(matches!(told, Err(QueryError::BadCursor(_))), "{cursor}: {told:?}");
        }
        for (cursor, reverse) in [("kff", false), ("k00", true)] {
            let page = keyed(reverse).page::<u64>(&rows, (Some(cursor), 2), |_| true).unwrap();
            assert_eq!(page, Page { items: vec![], next: None }, "{cursor}");
        }
    }

    #[test]
    fn what_is_at_hand_is_paged_by_the_names_of_its_items() {
        let page = |after: Option<&str>, limit| {
            let items = vec!["open", "close", "restart"];
            Page::at_hand('a', items, |item| item.as_bytes().to_vec(), after, limit)
        };
        let first = page(None, 2).unwrap();
        assert_eq!(first.items, ["open", "close"]);
        assert_eq!(page(first.next.as_deref(), 2).unwrap(), Page { items: vec!["restart"], next: None });
        assert_eq!(page(None, 3).unwrap().next, None);
        for cursor in ["nonsense", "a", &naming('a', b"gone"), &naming('b', b"open")] {
            assert!(matches!(page(Some(cursor), 2), Err(QueryError::BadCursor(_))), "{cursor}");
        }
    }
}
