//! Blocks hold what a map would.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

thread_local! {
    static DB: sled::Db = sled::Config::new().temporary(true).open().unwrap();
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop_oneof![Just(0_u8), Just(1), Just(97), Just(255)], 1..6)
}

fn bound() -> impl Strategy<Value = Bound<Vec<u8>>> {
    prop_oneof![key().prop_map(Bound::Included), key().prop_map(Bound::Excluded), Just(Bound::Unbounded)]
}

type Batch = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

fn batch() -> impl Strategy<Value = Batch> {
    let value = proptest::option::weighted(0.7, proptest::collection::vec(any::<u8>(), 0..30));
    proptest::collection::btree_map(key(), value, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn blocks_hold_what_a_map_would_and_nothing_of_their_neighbours(
        batches in proptest::collection::vec((any::<bool>(), batch()), 1..8),
        range in (bound(), bound()),
        limit in 0..12_usize,
        asked in key(),
    ) {
        let db = DB.with(Clone::clone);
        db.clear().unwrap();
        let mut maps: [BTreeMap<Vec<u8>, Vec<u8>>; 2] = Default::default();
        let lately = Unpacked::default();
        let blocks = [b'h', b'i'].map(|letter| Blocks { tree: &db, letter, lately: &lately });
        for (second, changes) in batches {
            let mut batch = sled::Batch::default();
            let which = usize::from(second);
            let told = &mut |key: &[u8], now: Option<&[u8]>, change| {
                assert_eq!(now, maps[which].get(key).map(Vec::as_slice), "what it holds now is told");
                change
            };
            blocks[which].write(changes.clone().into_iter().map(Ok), &mut batch, told).unwrap();
            db.apply_batch(batch).unwrap();
            for (key, value) in changes {
                match value {
                    Some(value) => maps[which].insert(key, value),
                    None => maps[which].remove(&key),
                };
            }
        }
        for (blocks, map) in blocks.iter().zip(&maps) {
            prop_assert_eq!(blocks.get(&asked).unwrap(), map.get(&asked).cloned());
            for reverse in [false, true] {
                if crate::memory::is_empty(&range) {
                    continue;
                }
                let expected = map.range(range.clone()).map(|(key, value)| (key.clone(), value.clone()));
                let expected: Vec<_> =
                    if reverse { expected.rev().take(limit).collect() } else { expected.take(limit).collect() };
                prop_assert_eq!(blocks.scan(&range, reverse, limit).unwrap(), expected);
            }
        }
    }
}
