//! Effects as lists, and what of them is left to do.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use crate::support::{History, What, effect_id, fold, life, start, tenant};
use countersign_domain::capabilities::{EffectEvent, Effects};
use countersign_domain::effect::EffectState;
use countersign_domain::ports::EventStore as _;
use countersign_projections::MemoryRows;
use countersign_projections::effect::{self, EffectList};
use countersign_store::MemoryStore;
use jiff::SignedDuration;

/// The first effect of requests 0 and 1 in two tenants, up to the event that `until` says is the last.
async fn rows_until(until: fn(&EffectEvent) -> bool) -> MemoryRows {
    let mut history = History::new(MemoryStore::new());
    for (name, n) in [("acme", 0), ("acme", 1), ("acme2", 0)] {
        for happening in life(&tenant(name), n) {
            history.happen(&tenant(name), &happening).await;
            if matches!(&happening.what, What::Effect(event) if until(event)) {
                break;
            }
        }
    }
    fold(&EffectList, &history.store.read_all(None, 10_000).await.unwrap())
}

#[tokio::test]
async fn an_effect_that_is_not_finished_is_found_after_a_restart() {
    let rows = rows_until(|event| matches!(event, EffectEvent::EffectAttempted { .. })).await;
    let open: Vec<_> = effect::open(&rows).unwrap();
    let found: Vec<_> = open.iter().map(|row| (row.tenant.as_str(), row.id, row.effects.state)).collect();
    let attempted = EffectState::Attempted;
    let (first, second) = (effect_id(0, 1), effect_id(1, 1));
    assert_eq!(found, [("acme", first, attempted), ("acme", second, attempted), ("acme2", first, attempted)]);
    let done = rows_until(|event| matches!(event, EffectEvent::EffectSucceeded { .. })).await;
    assert_eq!(effect::open(&done).unwrap(), []);
}

#[tokio::test]
async fn a_deferred_effect_is_due_when_it_said() {
    let rows = rows_until(|event| matches!(event, EffectEvent::EffectDeferred { .. })).await;
    let at = start().checked_add(SignedDuration::from_hours(2)).unwrap();
    assert_eq!(effect::next_due(&rows).unwrap(), Some(at));
    assert_eq!(effect::due(&rows, at.checked_sub(SignedDuration::from_nanos(1)).unwrap()).unwrap(), []);
    let (first, second) = (effect_id(0, 1), effect_id(1, 1));
    let due = [(at, tenant("acme"), first), (at, tenant("acme"), second), (at, tenant("acme2"), first)];
    assert_eq!(effect::due(&rows, at).unwrap(), due);
    let later = rows_until(|event| matches!(event, EffectEvent::EffectAttempted { .. })).await;
    assert_eq!(effect::next_due(&later).unwrap(), None);
}

#[tokio::test]
async fn effects_are_listed_and_counted_by_state() {
    let rows = rows_until(|_| false).await;
    let acme = tenant("acme");
    assert_eq!(effect::counts(&rows, &acme).unwrap(), BTreeMap::from([(EffectState::Succeeded, 6)]));
    let first = effect::list(&rows, &acme, Some(EffectState::Succeeded), None, 4).unwrap();
    let rest = effect::list(&rows, &acme, Some(EffectState::Succeeded), first.next.as_deref(), 4).unwrap();
    assert_eq!((first.items.len(), rest.items.len(), rest.next), (4, 2, None));
    assert_eq!(first.items[0].id, effect_id(1, 3), "the newest is the first");
    assert_eq!(effect::list(&rows, &acme, Some(EffectState::Parked), None, 4).unwrap().items, []);
    assert_eq!(effect::list(&rows, &acme, None, None, 10).unwrap().items.len(), 6);
    let found = effect::find(&rows, &acme, effect_id(0, 2)).unwrap().unwrap();
    assert!(matches!(found.effects, Effects { state: EffectState::Succeeded, attempts: 1, .. }));
    assert!(found.claimed_at < found.updated);
}
