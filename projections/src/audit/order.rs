//! Which places of the log a window of time can be in.
//!
//! Events stand in the log in the order they were appended, which is not quite that of their times: clocks are put back. So each
//! full chunk of all events leaves a mark, named after the latest time up to its end, which only rises; and how far any
//! chunk ever went back behind such a mark is kept beside them. Between them they bound where a time can be, and a list is walked
//! from there instead of from its beginning.

use std::ops::Bound;

use countersign_domain::names::Tenant;
use serde::{Deserialize, Serialize};

use super::chunk::Chunk;
use super::posting::{GROWING, Term};
use super::walk::Window;
use super::{MARKS, ORDER};
use crate::key::{self, Key};
use crate::rows::{Row, Rows, RowsError, WriteRows};
use crate::table::{load, save};

/// A chunk of all events that is full: its times in milliseconds, and its last place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Full {
    pub(super) earliest: i64,
    pub(super) latest: i64,
    pub(super) last: u64,
}

/// The places that a window can be in, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) low: u64,
    pub(super) high: u64,
}

impl Places {
    pub(super) const ALL: Self = Self { low: 0, high: u64::MAX };
}

/// Of all full chunks up to now.
#[derive(Clone, Serialize, Deserialize)]
struct Order {
    /// The latest time of all.
    latest: i64,
    /// How far a chunk's earliest time was before the latest time of those before it, at most.
    back: i64,
}

/// Leaves the mark of a chunk that has just become full.
pub(super) fn mark(rows: &mut dyn WriteRows, tenant: &Tenant, full: Full) -> Result<(), RowsError> {
    let order = match load::<Order>(&*rows, Key::of(tenant, ORDER))? {
        None => Order { latest: full.latest, back: 0 },
        Some(Order { latest, back }) => {
            Order { latest: latest.max(full.latest), back: back.max(latest.saturating_sub(full.earliest)) }
        }
    };
    rows.put(marked(tenant, order.latest, full.last), vec![1]);
    save(rows, Key::of(tenant, ORDER), order);
    Ok(())
}

/// Where events of this window can be.
pub(super) fn places(rows: &dyn Rows, tenant: &Tenant, window: Window) -> Result<Places, RowsError> {
    // Where it has no end, none is looked for.
    let low = if window.0 == i64::MIN { Places::ALL.low } else { lowest(rows, tenant, window.0)? };
    let high = if window.1 == i64::MAX { Places::ALL.high } else { highest(rows, tenant, window.1)? };
    Ok(Places { low, high })
}

/// Before this place there is nothing of this time or later.
fn lowest(rows: &dyn Rows, tenant: &Tenant, from: i64) -> Result<u64, RowsError> {
    let first = Bound::Included(Key::of(tenant, MARKS).into_vec());
    let before = Bound::Excluded(marked(tenant, from, 0));
    let low = rows.scan((first, before), true, 1)?.pop();
    Ok(low.map(place).transpose()?.map_or(0, |place| place.saturating_add(1)))
}

/// Behind this place there is nothing of this time or earlier.
fn highest(rows: &dyn Rows, tenant: &Tenant, to: i64) -> Result<u64, RowsError> {
    // Looked at first: where it becomes full meanwhile, the order has it already.
    let growing = rows.get(&Term::All.key(tenant).numbered(GROWING))?.map(Chunk::from);
    let Some(order) = load::<Order>(rows, Key::of(tenant, ORDER))? else { return Ok(u64::MAX) };
    // What has come since the last full chunk may have gone back further than any before.
    let back =
        growing.map_or(order.back, |chunk| order.back.max(order.latest.saturating_sub(chunk.earliest())));
    // Behind a mark of later than this there is nothing so early.
    let beyond = to.saturating_add(back);
    let behind = Bound::Excluded(marked(tenant, beyond, u64::MAX));
    let last = Bound::Included(marked(tenant, i64::MAX, u64::MAX));
    let high = rows.scan((behind, last), false, 1)?.pop();
    Ok(high.map(place).transpose()?.unwrap_or(u64::MAX))
}

/// The place that a mark names.
fn place((key, _): Row) -> Result<u64, RowsError> {
    key::last_number(&key).ok_or_else(|| RowsError::damaged(&key, "it names no place"))
}

/// The key of a mark: as times sort, and then as places do.
fn marked(tenant: &Tenant, latest: i64, last: u64) -> Vec<u8> {
    Key::of(tenant, MARKS).number(latest.cast_unsigned() ^ (1 << 63)).number(last).into_vec()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use proptest::prelude::*;

    use super::super::chunk::Posting;
    use super::super::posting::{Term, append};
    use super::*;
    use crate::memory::MemoryRows;
    use crate::rows::Range;

    fn come(rows: &mut MemoryRows, tenant: &Tenant, place: u64, at: i64) {
        let full = append(rows, Term::All.key(tenant), Posting { place, at }).unwrap();
        if let Some(full) = full {
            mark(rows, tenant, full).unwrap();
        }
    }

    /// Rows into which events come just after something was read of them for the first time, whatever it was.
    struct Live {
        rows: Mutex<MemoryRows>,
        coming: Mutex<Vec<(u64, i64)>>,
        tenant: Tenant,
    }

    impl Live {
        fn come(&self) {
            let mut rows = self.rows.lock().unwrap();
            for (place, at) in std::mem::take(&mut *self.coming.lock().unwrap()) {
                come(&mut rows, &self.tenant, place, at);
            }
        }
    }

    impl Rows for Live {
        fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
            let read = self.rows.lock().unwrap().get(key);
            self.come();
            read
        }

        fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
            let read = self.rows.lock().unwrap().scan(range, reverse, limit);
            self.come();
            read
        }
    }

    /// A clock was put back in the chunk that grows, which becomes full while the window is looked for.
    #[test]
    fn what_stands_in_a_chunk_that_becomes_full_meanwhile_is_not_left_out() {
        let tenant: Tenant = "acme".parse().unwrap();
        let mut rows = MemoryRows::default();
        let back = 30;
        for place in 0..12_u64 {
            come(&mut rows, &tenant, place, if place == 11 { back } else { 100 + place.cast_signed() });
        }
        let coming = Mutex::new((12..40_u64).map(|place| (place, 100 + place.cast_signed())).collect());
        let live = Live { rows: Mutex::new(rows), coming, tenant: tenant.clone() };
        let found = places(&live, &tenant, (back, back)).unwrap();
        assert!((found.low..=found.high).contains(&11), "{found:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

        /// Whatever the clocks did, and however wide the window is.
        #[test]
        fn nothing_of_a_window_is_outside_of_the_places_that_it_can_be_in(
            steps in proptest::collection::vec(prop_oneof![8 => 0..5_i64, 1 => -40..0_i64, 1 => 5..40_i64], 0..200),
            (low, span) in (-60..400_i64, 0..80_i64),
        ) {
            let tenant: Tenant = "acme".parse().unwrap();
            let (mut rows, mut at, mut events) = (MemoryRows::default(), 0, vec![]);
            for (place, step) in (10..).step_by(3).zip(steps) {
                at += step;
                events.push((place, at));
                come(&mut rows, &tenant, place, at);
            }
            let window = (low, low + span);
            let found = places(&rows, &tenant, window).unwrap();
            for (place, at) in events.iter().filter(|(_, at)| window.0 <= *at && *at <= window.1) {
                prop_assert!((found.low..=found.high).contains(place), "{place} at {at} is not in {found:?}");
            }
        }

        /// A log whose clocks only went on is entered within a chunk of the window.
        #[test]
        fn a_window_is_entered_where_it_begins_and_left_where_it_ends(count in 1..400_i64, low in 0..400_i64, span in 0..50_i64) {
            let tenant: Tenant = "acme".parse().unwrap();
            let mut rows = MemoryRows::default();
            for at in 0..count {
                come(&mut rows, &tenant, at.unsigned_abs(), at);
            }
            let (low, high) = (low.min(count - 1), (low + span).min(count - 1));
            let found = places(&rows, &tenant, (low, high)).unwrap();
            prop_assert!(low - i64::try_from(found.low).unwrap() < 16, "{found:?}");
            let is_near = found.high == u64::MAX || i64::try_from(found.high).unwrap() - high <= 16;
            prop_assert!(is_near && (found.high != u64::MAX || count - high <= 16), "{found:?}");
        }
    }
}
