//! Walking posting lists together: each leaps to the place where the others are, so the rarest sets the pace.

use std::ops::Bound;

use super::chunk::Chunk;
use super::order::Places;
use super::posting::{GROWING, chunk_from};
use crate::key::{self, Key};
use crate::rows::{Row, Rows, RowsError};

/// The times that matter, in milliseconds, both included.
pub(super) type Window = (i64, i64);

/// How many chunks are read at once where the first one had nothing in the window.
const STRIDE: usize = if cfg!(test) { 4 } else { 64 };

/// One list being walked.
pub(super) struct Walk<'a> {
    rows: &'a dyn Rows,
    list: Key,
    window: Window,
    /// Where events of the window can be.
    within: Places,
    /// The places that the chunk read last answers for, both included.
    covered: Option<(u64, u64)>,
    /// Those of its events that are in the window.
    places: Vec<u64>,
    /// Whether there is nothing further the way that it is walked.
    is_over: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(rows: &'a dyn Rows, list: Key, window: Window, within: Places) -> Self {
        Self { rows, list, window, within, covered: None, places: Vec::new(), is_over: false }
    }

    fn covers(&self, place: u64) -> bool {
        self.covered.is_some_and(|(low, high)| low <= place && place <= high)
    }

    /// The nearest place from `from` on, that one included. Who has gone some way goes on, and never back: a list that has ended, or
    /// that there is none of, is not looked for again.
    fn nearest(&mut self, from: u64, way: Way) -> Result<Option<u64>, RowsError> {
        if self.is_over {
            return Ok(None);
        }
        let found = match way {
            Way::Forward => self.at_or_after(from),
            Way::Backward => self.at_or_before(from),
        }?;
        self.is_over = found.is_none();
        Ok(found)
    }

    /// The first place at or after `from`.
    fn at_or_after(&mut self, mut from: u64) -> Result<Option<u64>, RowsError> {
        let mut stride = 1;
        from = from.max(self.within.low);
        loop {
            if from > self.within.high {
                return Ok(None);
            }
            if !self.covers(from) {
                let chunks = chunk_from(self.rows, &self.list, from, stride)?;
                stride = STRIDE;
                if !self.read_first(chunks, from)? {
                    return Ok(None);
                }
            }
            let index = self.places.partition_point(|place| *place < from);
            if let Some(place) = self.places.get(index) {
                return Ok(Some(*place));
            }
            match self.covered {
                Some((_, high)) if high < GROWING => from = high + 1,
                _ => return Ok(None),
            }
        }
    }

    /// The last place at or before `from`.
    fn at_or_before(&mut self, from: u64) -> Result<Option<u64>, RowsError> {
        let from = from.min(self.within.high);
        if !self.covers(from) {
            let chunks = chunk_from(self.rows, &self.list, from, 1)?;
            self.read_first(chunks, from)?;
        }
        let mut before = from;
        let mut stride = 1;
        loop {
            let index = self.places.partition_point(|place| *place <= from);
            if let Some(place) = index.checked_sub(1).and_then(|index| self.places.get(index)) {
                return Ok(Some(*place));
            }
            if before <= self.within.low {
                return Ok(None);
            }
            let start = Bound::Included(self.list.numbered(0));
            let end = Bound::Excluded(self.list.numbered(before));
            let chunks = self.rows.scan((start, end), true, stride)?;
            stride = STRIDE;
            let Some((key, _)) = chunks.last() else { return Ok(None) };
            before = name(key)?;
            self.read_first(chunks, u64::MAX)?;
        }
    }

    /// Reads the first of these chunks that has events in the window, or else the last of them. It answers for all
    /// from its own first event on, and from `from` on where that is earlier: chunks left out hold nothing there.
    fn read_first(&mut self, chunks: Vec<Row>, from: u64) -> Result<bool, RowsError> {
        self.covered = None;
        self.places.clear();
        let are_any = !chunks.is_empty();
        for (key, bytes) in chunks {
            let chunk = Chunk::from(bytes);
            let high = name(&key)?;
            self.covered = Some((from.min(high), high));
            if chunk.latest() < self.window.0 || chunk.earliest() > self.window.1 {
                continue;
            }
            let postings = chunk.read(&key)?;
            let low = postings.first().map_or(high, |first| first.place).min(from);
            self.covered = Some((low, high));
            let inside = postings.iter().filter(|p| self.window.0 <= p.at && p.at <= self.window.1);
            self.places.extend(inside.map(|posting| posting.place));
            if !self.places.is_empty() {
                break;
            }
        }
        Ok(are_any)
    }
}

fn name(key: &[u8]) -> Result<u64, RowsError> {
    key::last_number(key).ok_or_else(|| RowsError::damaged(key, "it names no place"))
}

/// Which way a list is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Oldest first.
    Forward,
    /// Newest first.
    Backward,
}

impl Way {
    /// Where a walk begins that nobody has begun.
    pub(super) const fn start(self) -> u64 {
        match self {
            Self::Forward => 0,
            Self::Backward => u64::MAX - 1,
        }
    }

    /// The next place; `None` where there cannot be one.
    pub(super) const fn behind(self, place: u64) -> Option<u64> {
        match self {
            Self::Forward => place.checked_add(1),
            Self::Backward => place.checked_sub(1),
        }
    }
}

/// Events that are in every one of these; each of these is any of some lists.
pub(super) struct Join<'a> {
    all: Vec<Vec<Walk<'a>>>,
    way: Way,
}

impl<'a> Join<'a> {
    pub(super) fn new(all: Vec<Vec<Walk<'a>>>, way: Way) -> Self {
        Self { all, way }
    }

    pub(super) const fn way(&self) -> Way {
        self.way
    }

    /// The nearest place from `from` on, that one included.
    pub(super) fn next(&mut self, from: u64) -> Result<Option<u64>, RowsError> {
        let mut place = from;
        loop {
            let start = place;
            for any in &mut self.all {
                match nearest(any, place, self.way)? {
                    Some(found) => place = found,
                    None => return Ok(None),
                }
            }
            if place == start {
                return Ok(Some(place));
            }
        }
    }
}

fn nearest(any: &mut [Walk<'_>], from: u64, way: Way) -> Result<Option<u64>, RowsError> {
    let mut nearest = None;
    for walk in any {
        let found = walk.nearest(from, way)?;
        nearest = match (nearest, found, way) {
            (Some(a), Some(b), Way::Forward) => Some(u64::min(a, b)),
            (Some(a), Some(b), Way::Backward) => Some(u64::max(a, b)),
            (a, b, _) => a.or(b),
        };
    }
    Ok(nearest)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::super::chunk::Posting;
    use super::super::posting::{Term, append, insert, read_all};
    use super::*;
    use crate::memory::MemoryRows;

    /// A list of these places in rows: most appended in their order, the others inserted afterwards.
    fn list(places: &BTreeMap<u64, (i64, bool)>, term: &str) -> (MemoryRows, Key) {
        let mut rows = MemoryRows::default();
        let key = Term::Kind(term).key(&"acme".parse().unwrap());
        let (late, early): (Vec<_>, Vec<_>) = places.iter().partition(|(_, (_, late))| *late);
        let posting = |(place, (at, _)): (&u64, &(i64, bool))| Posting { place: *place, at: *at };
        for entry in early {
            append(&mut rows, key.clone(), posting(entry)).unwrap();
        }
        let late: Vec<_> = late.into_iter().map(posting).collect();
        for some in late.chunks(7) {
            insert(&mut rows, &key, some).unwrap();
        }
        (rows, key)
    }

    fn places() -> impl Strategy<Value = BTreeMap<u64, (i64, bool)>> {
        let posting = (-50..50_i64, proptest::bool::weighted(0.1));
        proptest::collection::btree_map(0..1000_u64, posting, 0..250)
    }

    fn walked(join: &mut Join<'_>, from: u64) -> Vec<u64> {
        let (mut found, mut next) = (vec![], Some(from));
        while let Some(place) = next.and_then(|from| join.next(from).unwrap()) {
            found.push(place);
            next = join.way().behind(place);
        }
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

        #[test]
        fn a_list_holds_what_was_added_in_whatever_order(places in places()) {
            let (rows, key) = list(&places, "thing_done");
            let expected: Vec<_> = places.iter().map(|(place, (at, _))| Posting { place: *place, at: *at }).collect();
            prop_assert_eq!(read_all(&rows, &key).unwrap(), expected);
        }

        #[test]
        fn walking_finds_exactly_what_is_in_all_lists_and_in_time(
            (first, second, third) in (places(), places(), places()),
            (low, span) in (-60..60_i64, 0..80_i64),
            from in 0..1100_u64,
        ) {
            let window = (low, low + span);
            let lists = [list(&first, "a"), list(&second, "b"), list(&third, "c")];
            let inside = |places: &BTreeMap<u64, (i64, bool)>| -> BTreeSet<u64> {
                places.iter().filter(|(_, (at, _))| (window.0..=window.1).contains(at)).map(|(p, _)| *p).collect()
            };
            let either: BTreeSet<_> = inside(&second).union(&inside(&third)).copied().collect();
            let both: Vec<_> = inside(&first).intersection(&either).copied().collect();
            for way in [Way::Forward, Way::Backward] {
                let walk = |index: usize| Walk::new(&lists[index].0, lists[index].1.clone(), window, Places::ALL);
                let mut join = Join::new(vec![vec![walk(0)], vec![walk(1), walk(2)]], way);
                let expected: Vec<_> = match way {
                    Way::Forward => both.iter().copied().filter(|place| *place >= from).collect(),
                    Way::Backward => both.iter().rev().copied().filter(|place| *place <= from).collect(),
                };
                prop_assert_eq!(walked(&mut join, from), expected);
            }
        }
    }
}
