//! What holds for every projection and every history.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::ops::Bound;
use std::sync::Arc;

use crate::support::{History, Mix, fold, mix, of_tenant, tenant};
use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::ports::EventStore;
use countersign_domain::tenant::SettingsEvent;
use countersign_projections::request::{self, RequestList};
use countersign_projections::{
    Comparison, Moment, Projection, Projections, Row, Rows, WriteRows as _, digest, fold_as_of,
};
use countersign_store::MemoryStore;
use jiff::SignedDuration;
use proptest::prelude::*;

fn picks() -> impl Strategy<Value = Vec<(bool, u8)>> {
    proptest::collection::vec((any::<bool>(), 0..4_u8), 1..60)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

async fn history(picks: &[(bool, u8)]) -> (Arc<MemoryStore>, Vec<Envelope>) {
    let mut history = History::new(MemoryStore::new());
    mix(&mut history, picks).await;
    let envelopes = history.store.read_all(None, usize::MAX).await.unwrap();
    (history.store, envelopes)
}

fn side() -> sled::Db {
    sled::Config::new().temporary(true).cache_capacity(4 << 20).open().unwrap()
}

/// The same side store for every case, empty again.
fn emptied(side: &sled::Db) -> sled::Db {
    for tree in side.tree_names() {
        if &*tree != b"__sled__default" {
            side.drop_tree(tree).unwrap();
        }
    }
    side.clone()
}

thread_local! {
    static SIDE: sled::Db = side();
}

fn all_rows(rows: &dyn Rows) -> Vec<Row> {
    rows.scan((Bound::Unbounded, Bound::Unbounded), false, usize::MAX).unwrap()
}

/// All rows from the last one on, a page at a time.
fn backwards(rows: &dyn Rows, page: usize) -> Vec<Row> {
    let (mut all, mut end) = (vec![], Bound::Unbounded);
    loop {
        let some = rows.scan((Bound::Unbounded, end), true, page).unwrap();
        let Some((first, _)) = some.last() else { return all };
        end = Bound::Excluded(first.clone());
        all.extend(some);
    }
}

fn names() -> impl Iterator<Item = (&'static str, Arc<dyn Projection>)> {
    countersign_projections::all().into_iter().map(|projection| (projection.name(), projection))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_moment_of_the_past_is_the_same_whatever_was_asked_before(
        // How many minutes each clock is ahead of the one before it, or behind.
        clocks in proptest::collection::vec(-3..4_i64, 1..20),
        moments in proptest::collection::vec((any::<bool>(), 0..24_i64), 1..8),
    ) {
        block_on(async {
            let mut history = History::new(MemoryStore::new());
            for (number, minutes) in clocks.iter().enumerate() {
                history.now = history.now.checked_add(SignedDuration::from_mins(*minutes)).unwrap();
                let named = SettingsEvent::TenantCreated { name: number.to_string() };
                history.happen(&tenant("acme"), &of_tenant("ada", named)).await;
            }
            let kept = Projections::open(history.store.clone(), None).unwrap();
            for (by_time, number) in moments {
                let moment = if by_time {
                    Moment::Time(crate::support::start().checked_add(SignedDuration::from_mins(number - 4)).unwrap())
                } else {
                    Moment::Position(Position::from_store(number.cast_unsigned()))
                };
                for (name, projection) in names() {
                    let alone = fold_as_of(&*history.store, &*projection, moment).await.unwrap();
                    let asked = kept.as_of(name, moment).await.unwrap();
                    prop_assert_eq!(all_rows(&*asked), all_rows(&*alone), "{} at {}", name, moment);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn memory_and_sled_and_a_rebuild_fold_to_the_same_rows(picks in picks()) {
        block_on(async {
            let (store, envelopes) = history(&picks).await;
            let kept = Projections::open(store, Some(SIDE.with(emptied))).unwrap();
            kept.catch_up().await.unwrap();
            for (name, projection) in names() {
                let folded = digest(&fold(&*projection, &envelopes)).unwrap();
                prop_assert_eq!(kept.digest(name).unwrap(), folded, "{}", name);
                let report = kept.rebuild(name).await.unwrap();
                prop_assert_eq!(report.comparison, Comparison::Same);
                prop_assert_eq!(kept.digest(name).unwrap(), folded, "{} rebuilt", name);
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_pages_that_events_come_in_do_not_matter(picks in picks(), sizes in proptest::collection::vec(1..40_usize, 1..20)) {
        block_on(async {
            let mut history = History::new(MemoryStore::new());
            let kept = Projections::open(history.store.clone(), Some(SIDE.with(emptied))).unwrap();
            let (mut mix, mut rest) = (Mix::default(), &picks[..]);
            for size in sizes {
                let (page, later) = rest.split_at(size.min(rest.len()));
                for pick in page {
                    mix.step(&mut history, *pick).await;
                }
                kept.catch_up().await.unwrap();
                rest = later;
            }
            let envelopes = history.store.read_all(None, usize::MAX).await.unwrap();
            for (name, projection) in names() {
                prop_assert_eq!(kept.digest(name).unwrap(), digest(&fold(&*projection, &envelopes)).unwrap());
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_past_is_what_the_present_was(picks in picks(), at in any::<prop::sample::Index>()) {
        block_on(async {
            let (store, envelopes) = history(&picks).await;
            prop_assume!(!envelopes.is_empty());
            let index = at.index(envelopes.len());
            let last = &envelopes[index];
            for (name, projection) in names() {
                let then = digest(&fold(&*projection, &envelopes[..=index])).unwrap();
                for moment in [Moment::Position(last.pos), Moment::Time(last.at)] {
                    let folded = fold_as_of(&*store, &*projection, moment).await.unwrap();
                    prop_assert_eq!(digest(&folded).unwrap(), then, "{} {}", name, moment);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_past_is_the_same_from_boundaries_as_folded_from_the_start(
        picks in picks(),
        every in 1..12_u64,
        sizes in proptest::collection::vec(1..20_usize, 1..8),
        asked in proptest::collection::vec((any::<bool>(), any::<prop::sample::Index>()), 1..6),
    ) {
        block_on(async {
            let mut history = History::new(MemoryStore::new());
            let access: Vec<Arc<dyn Projection>> = vec![Arc::new(RequestList)];
            let side = SIDE.with(emptied);
            let store = history.store.clone();
            let open = || Projections::open_writing(store.clone(), Some(side.clone()), access.clone(), every).unwrap();
            let mut kept = open();
            let (mut mix, mut rest) = (Mix::default(), &picks[..]);
            for size in sizes {
                let (page, later) = rest.split_at(size.min(rest.len()));
                for pick in page {
                    mix.step(&mut history, *pick).await;
                }
                kept.catch_up().await.unwrap();
                rest = later;
                let all = history.store.read_all(None, usize::MAX).await.unwrap();
                for (by_time, index) in &asked {
                    if all.is_empty() {
                        continue;
                    }
                    let last = &all[index.index(all.len())];
                    let moment = if *by_time { Moment::Time(last.at) } else { Moment::Position(last.pos) };
                    let alone = fold_as_of(&*history.store, &RequestList, moment).await.unwrap();
                    let past = kept.as_of(request::NAME, moment).await.unwrap();
                    prop_assert_eq!(all_rows(&*past), all_rows(&*alone), "at {}", moment);
                    prop_assert_eq!(backwards(&*past, 3), backwards(&*alone, 3), "backwards at {}", moment);
                    for (key, value) in all_rows(&*alone) {
                        prop_assert_eq!(past.get(&key).unwrap(), Some(value));
                    }
                }
                // What was asked for lately is forgotten by who starts anew.
                kept = open();
            }
            Ok(())
        })?;
    }

    #[test]
    fn tenants_never_meet(picks in picks()) {
        block_on(async {
            let (_, envelopes) = history(&picks).await;
            for (name, projection) in names() {
                let all = fold(&*projection, &envelopes);
                let mut apart = countersign_projections::MemoryRows::default();
                for tenant in ["acme", "acme2"] {
                    let own = envelopes.iter().filter(|envelope| envelope.tenant.as_str() == tenant);
                    let prefix = format!("{tenant}\0").into_bytes();
                    let rows = fold(&*projection, own);
                    for (key, value) in rows.scan((Bound::Unbounded, Bound::Unbounded), false, usize::MAX).unwrap() {
                        // In what is due of all tenants, the time comes before whose it is.
                        let is_due = key.first() == Some(&0);
                        let whose = if is_due { key.get(2 + 16..).unwrap_or_default() } else { &key };
                        prop_assert!(whose.starts_with(&prefix), "{} {}", name, key.escape_ascii());
                        apart.put(key, value);
                    }
                }
                prop_assert_eq!(&all, &apart, "{}", name);
            }
            Ok(())
        })?;
    }
}
