//! Keys: the tenant first, then a table's letter, then parts that sort as what they stand for. In a table of all tenants,
//! the tenant is one of these parts.

use std::ops::Bound;

use countersign_domain::names::Tenant;
use jiff::Timestamp;

use crate::rows::{Range, Rows, RowsError};

/// A key being put together. Texts end in a NUL (and so hold none), numbers and times have a fixed width.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(Vec<u8>);

impl Key {
    /// The start of all keys of one tenant's table.
    pub(crate) fn of(tenant: &Tenant, table: u8) -> Self {
        let mut key = Vec::with_capacity(48);
        key.extend_from_slice(tenant.as_str().as_bytes());
        key.extend_from_slice(&[0, table]);
        Self(key)
    }

    /// The start of all keys of a table in which the tenants are together. What is in it must say whose it is.
    pub(crate) fn of_all(table: u8) -> Self {
        Self(vec![0, table])
    }

    pub(crate) fn text(mut self, text: &str) -> Self {
        let start = self.0.len();
        self.0.extend_from_slice(text.as_bytes());
        if text.as_bytes().contains(&0) {
            let without: Vec<u8> = self.0.drain(start..).filter(|byte| *byte != 0).collect();
            self.0.extend(without);
        }
        self.0.push(0);
        self
    }

    /// A text that is found however it is capitalised.
    pub(crate) fn folded(self, text: &str) -> Self {
        if !text.is_ascii() {
            return self.text(&text.to_lowercase());
        }
        let start = self.0.len();
        let mut key = self.text(text);
        key.0[start..].make_ascii_lowercase();
        key
    }

    pub(crate) fn number(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    /// The key that this and a number come to.
    pub(crate) fn numbered(&self, number: u64) -> Vec<u8> {
        let mut key = Vec::with_capacity(self.0.len() + 8);
        key.extend_from_slice(&self.0);
        key.extend_from_slice(&number.to_be_bytes());
        key
    }

    pub(crate) fn time(mut self, at: Timestamp) -> Self {
        let sortable = at.as_nanosecond().cast_unsigned() ^ (1 << 127);
        self.0.extend_from_slice(&sortable.to_be_bytes());
        self
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn into_vec(self) -> Vec<u8> {
        self.0
    }
}

/// The time at the start of what follows a prefix in a key.
pub(crate) fn time_in(rest: &[u8]) -> Option<Timestamp> {
    let bytes: [u8; 16] = rest.get(..16)?.try_into().ok()?;
    Timestamp::from_nanosecond((u128::from_be_bytes(bytes) ^ (1 << 127)).cast_signed()).ok()
}

/// A row of a table of all tenants that is sorted by time: when it is due, whose it is, and what else its key says.
pub(crate) fn due_in(key: &[u8]) -> Option<(Timestamp, Tenant, &[u8])> {
    let rest = key.get(2..)?;
    let mut parts = rest.get(16..)?.splitn(2, |byte| *byte == 0);
    let tenant = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
    Some((time_in(rest)?, tenant, parts.next()?))
}

/// The rows of such a table that are due at `until` or before.
pub(crate) fn due_until(table: u8, until: Timestamp) -> Range {
    let table = Key::of_all(table);
    (Bound::Included(table.0.clone()), Bound::Excluded(after(&table.time(until))))
}

/// When the first row of such a table is due, of those that are due later than `beyond`.
pub(crate) fn first_due(
    rows: &dyn Rows,
    table: u8,
    beyond: Timestamp,
) -> Result<Option<Timestamp>, RowsError> {
    let table = Key::of_all(table);
    let range = (Bound::Included(after(&table.clone().time(beyond))), Bound::Excluded(after(&table)));
    let first = rows.scan(range, false, 1)?.into_iter().next();
    let time = |(key, _): (Vec<u8>, _)| {
        time_in(&key[2..]).ok_or_else(|| RowsError::damaged(&key, "it names no time"))
    };
    first.map(time).transpose()
}

/// The same key that ends in another number.
pub(crate) fn renumbered(mut key: Vec<u8>, number: u64) -> Vec<u8> {
    if let Some(last) = key.last_chunk_mut::<8>() {
        *last = number.to_be_bytes();
    }
    key
}

/// The number a key ends in.
pub(crate) fn last_number(key: &[u8]) -> Option<u64> {
    key.last_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes))
}

/// All keys that start with `prefix`.
pub(crate) fn starting_with(prefix: &Key) -> Range {
    (Bound::Included(prefix.0.clone()), Bound::Excluded(after(prefix)))
}

/// The first key behind all those that start with `prefix`.
pub(crate) fn after(prefix: &Key) -> Vec<u8> {
    let mut end = prefix.0.clone();
    while end.pop_if(|byte| *byte == u8::MAX).is_some() {}
    if let Some(last) = end.last_mut() {
        *last += 1;
    }
    end
}

/// The tenants that have rows, found by leaping from one to the next.
pub(crate) fn tenants(rows: &dyn Rows) -> Result<Vec<Tenant>, RowsError> {
    let mut tenants = Vec::new();
    // What is of all tenants begins with no name.
    let mut from = vec![1];
    while let Some((key, _)) =
        rows.scan((Bound::Included(from), Bound::Unbounded), false, 1)?.into_iter().next()
    {
        let name = key.split(|byte| *byte == 0).next().unwrap_or_default();
        let tenant: Tenant =
            String::from_utf8_lossy(name).parse().map_err(|error| RowsError::damaged(&key, error))?;
        from = name.to_vec();
        from.push(1);
        tenants.push(tenant);
    }
    Ok(tenants)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time() -> impl Strategy<Value = Timestamp> {
        (Timestamp::MIN.as_nanosecond()..=Timestamp::MAX.as_nanosecond())
            .prop_map(|nanos| Timestamp::from_nanosecond(nanos).unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

        #[test]
        fn times_sort_as_they_pass_and_are_read_back((a, b) in (time(), time())) {
            let key = |at| Key(vec![]).time(at).into_vec();
            prop_assert_eq!(key(a).cmp(&key(b)), a.cmp(&b));
            prop_assert_eq!(time_in(&key(a)), Some(a));
        }

        #[test]
        fn texts_are_found_however_they_are_capitalised_and_hold_no_nul(text in "[a-zA-ZäÖß\\x00 ]{0,12}") {
            let plain: Vec<u8> = text.bytes().filter(|byte| *byte != 0).chain([0]).collect();
            prop_assert_eq!(Key(vec![7]).text(&text).into_vec(), [&[7], &plain[..]].concat());
            prop_assert_eq!(Key(vec![7]).folded(&text), Key(vec![7]).text(&text.to_lowercase()));
        }

        #[test]
        fn a_range_holds_what_starts_with_its_prefix_and_nothing_else(
            prefix in proptest::collection::vec(prop_oneof![Just(0_u8), Just(254), Just(255)], 1..4),
            key in proptest::collection::vec(prop_oneof![Just(0_u8), Just(254), Just(255)], 1..6),
        ) {
            prop_assume!(prefix.iter().any(|byte| *byte != 255));
            let range: (Bound<Vec<u8>>, Bound<Vec<u8>>) = starting_with(&Key(prefix.clone()));
            prop_assert_eq!(std::ops::RangeBounds::contains(&range, &key), key.starts_with(&prefix));
        }
    }
}
