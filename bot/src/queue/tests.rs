//! The queue as a value: lanes, turns and places, and what no storm of others can keep waiting, on a clock turned by hand.

use std::collections::{BTreeMap, BTreeSet};

use countersign_domain::ports::SurfaceKind;
use proptest::prelude::*;

use super::*;

const CALLS: [Calls; 3] = [
    &[VendorRole::Forge],
    &[VendorRole::Forge, VendorRole::Tracker],
    &[VendorRole::Surface(SurfaceKind::Slack)],
];

fn tenant(number: u8) -> Tenant {
    format!("tenant_{number}").parse().unwrap()
}

fn key(number: u128) -> Key {
    (tenant(0), Uuid::from_u128(number))
}

fn errand(number: u128, lane: &str) -> Errand {
    Errand { key: key(number), lane: lane.to_owned(), duty: Duty::Work(0), calls: CALLS[0], urgent: false }
}

/// A queue of eight places a tenant in which each of these effects is in its lane.
fn queue(lanes: &[(u128, &str)]) -> Queue {
    let mut queue = Queue::new(8);
    for (number, lane) in lanes {
        queue.offer(errand(*number, lane));
    }
    queue
}

fn begun(queue: &mut Queue) -> Vec<Uuid> {
    std::iter::from_fn(|| queue.begin()).map(|errand| errand.key.1).collect()
}

fn ids<const N: usize>(numbers: [u128; N]) -> Vec<Uuid> {
    numbers.map(Uuid::from_u128).into()
}

fn is_empty(queue: &Queue) -> bool {
    let lines = queue.urgent.is_empty() && queue.usual.is_empty();
    queue.pending() == 0
        && queue.lanes.is_empty()
        && queue.again.is_empty()
        && lines
        && queue.places.are_free()
}

#[test]
fn one_effect_a_lane_runs_at_a_time_and_in_the_order_they_came() {
    let mut queue = queue(&[(1, "a"), (2, "a"), (3, "b"), (4, "a")]);
    assert_eq!(begun(&mut queue), ids([1, 3]));
    for next in [2, 4] {
        queue.end(&key(next / 2), false);
        assert_eq!(begun(&mut queue), ids([next]));
    }
    assert_eq!(queue.pending(), 2);
    let mut lanes: Vec<_> = queue.running().map(|errand| errand.lane.as_str()).collect();
    lanes.sort_unstable();
    assert_eq!(lanes, ["a", "b"], "what waits in a lane does not run");
}

#[test]
fn offering_twice_does_no_harm_and_offering_what_runs_has_it_looked_at_again() {
    let mut queue = queue(&[(1, "a"), (1, "a")]);
    assert_eq!((queue.pending(), begun(&mut queue)), (1, ids([1])));
    queue.offer(errand(1, "a"));
    assert_eq!((queue.pending(), begun(&mut queue)), (1, vec![]));
    queue.end(&key(1), false);
    assert_eq!((queue.pending(), begun(&mut queue)), (1, ids([1])));
    queue.end(&key(1), false);
    assert!(is_empty(&queue));
}

#[test]
fn what_failed_goes_to_the_end_of_its_lane_and_a_lane_without_anyone_is_forgotten() {
    let mut queue = queue(&[(1, "a"), (2, "a")]);
    assert_eq!(begun(&mut queue), ids([1]));
    queue.end(&key(1), true);
    for number in [2, 1] {
        assert!(queue.is_waiting(&key(number)));
        assert_eq!(begun(&mut queue), ids([number]));
        queue.end(&key(number), false);
    }
    assert!(is_empty(&queue));
}

#[test]
fn what_takes_access_away_goes_before_what_waits_in_its_lane_and_what_waits_keeps_one_turn() {
    let mut queue = queue(&[(1, "a"), (2, "a"), (3, "b")]);
    queue.offer(Errand { urgent: true, ..errand(4, "a") });
    assert_eq!(begun(&mut queue), ids([4, 3]));
    for (over, next) in [(4, vec![1]), (1, vec![2]), (2, vec![]), (3, vec![])] {
        queue.end(&key(over), false);
        let next: Vec<_> = next.into_iter().map(Uuid::from_u128).collect();
        assert_eq!(begun(&mut queue), next);
    }
    assert!(is_empty(&queue));
}

#[test]
fn tenants_have_their_turns_where_they_have_to_share() {
    let mut queue = Queue::new(1);
    let of = |tenant_number: u8, number: u128| {
        let key = (tenant(tenant_number), Uuid::from_u128(number));
        Errand { key, lane: format!("{tenant_number} {number}"), ..errand(0, "") }
    };
    // One of them has far more, and came first.
    for number in 0..1000 {
        queue.offer(of(0, number));
    }
    for (number, of_tenant) in (1000..).zip((1..20).cycle().take(20 * 19)) {
        queue.offer(of(of_tenant, number));
    }
    let mut had: BTreeMap<Tenant, usize> = BTreeMap::new();
    for _ in 0..20 {
        let running: Vec<_> = std::iter::from_fn(|| queue.begin()).collect();
        assert_eq!(running.len(), 16, "all together have so many times what one has");
        for errand in running {
            *had.entry(errand.key.0.clone()).or_default() += 1;
            queue.end(&errand.key, false);
        }
        let (least, most) = (had.values().min(), had.values().max());
        assert!(most.zip(least).is_some_and(|(most, least)| most - least <= 1), "{had:?}");
    }
}

#[test]
fn the_ninth_who_asks_a_slow_model_waits_for_no_others_and_nothing_else_waits_for_models() {
    let mut queue = Queue::new(8);
    let asks = |of: u8, number: u128| Errand {
        key: (tenant(of), Uuid::from_u128(number)),
        lane: format!("turn {number}"),
        calls: &[VendorRole::Model],
        ..errand(0, "")
    };
    for number in 0..9 {
        queue.offer(asks(0, number));
    }
    assert_eq!(begun(&mut queue).len(), 9);
    for number in 9..100 {
        for of in 0..20 {
            queue.offer(asks(of, 1000 * u128::from(of) + number));
        }
    }
    begun(&mut queue);
    assert_eq!(queue.running().count(), 8 * 8 * 16, "there is an end to it");
    let most = (0..20).map(|of| queue.running().filter(|errand| errand.key.0 == tenant(of)).count()).max();
    assert!(most <= Some(8 * 8), "of one tenant, too: {most:?}");
    queue.offer(errand(100_000, "a"));
    assert_eq!(begun(&mut queue), ids([100_000]));
}

/// An effect that somebody wants at a time, and how long it takes, on a clock that is turned by hand.
#[derive(Debug, Clone)]
struct Wanted {
    errand: Errand,
    at: u32,
    takes: u32,
}

fn wanted(tenants: std::ops::Range<u8>, longest: u32) -> impl Strategy<Value = Wanted> {
    (tenants, 0..CALLS.len(), 0..5_u8, any::<bool>(), 0..200_u32, 1..=longest).prop_map(
        |(number, calls, lane, urgent, at, takes)| {
            let errand = Errand {
                key: (tenant(number), Uuid::nil()),
                lane: format!("{number} {calls} {lane}"),
                duty: Duty::Work(0),
                calls: CALLS[calls],
                urgent,
            };
            Wanted { errand, at, takes }
        },
    )
}

/// What waits and runs whenever nothing more can begin, as somebody sees it who knows only what was asked of the queue.
#[derive(Default)]
struct Seen {
    waiting: BTreeMap<Uuid, Errand>,
    running: BTreeMap<Uuid, (Errand, u32)>,
}

impl Seen {
    fn running(&self, mut is: impl FnMut(&Errand) -> bool) -> usize {
        self.running.values().filter(|(errand, _)| is(errand)).count()
    }
}

/// Turns the clock through all that is wanted: when each began. Ids are the places in the list.
fn turn_through(places: usize, all: &[Wanted], mut look: impl FnMut(&Seen)) -> Vec<u32> {
    let (mut queue, mut seen, mut began) = (Queue::new(places), Seen::default(), BTreeMap::new());
    let mut to_come: Vec<_> = (0_u128..).zip(all).collect();
    to_come.sort_by_key(|(_, wanted)| std::cmp::Reverse(wanted.at));
    loop {
        let next = to_come.last().map(|(_, wanted)| wanted.at);
        let ends = seen.running.values().map(|(_, end)| *end).min();
        let Some(now) = next.into_iter().chain(ends).min() else { break };
        let over: Vec<_> =
            seen.running.iter().filter(|(_, (_, end))| *end == now).map(|(id, _)| *id).collect();
        for id in over {
            let (errand, _) = seen.running.remove(&id).unwrap();
            queue.end(&errand.key, false);
        }
        while let Some((number, wanted)) = to_come.pop_if(|(_, wanted)| wanted.at == now) {
            let id = Uuid::from_u128(number);
            let errand = Errand { key: (wanted.errand.key.0.clone(), id), ..wanted.errand.clone() };
            seen.waiting.insert(id, errand.clone());
            queue.offer(errand);
        }
        while let Some(errand) = queue.begin() {
            let id = errand.key.1;
            assert_eq!(seen.waiting.remove(&id), Some(errand.clone()), "only what waits begins");
            let takes = all[usize::try_from(id.as_u128()).unwrap()].takes;
            seen.running.insert(id, (errand, now + takes));
            assert_eq!(began.insert(id, now), None, "nothing begins twice");
        }
        look(&seen);
    }
    assert!(is_empty(&queue), "nothing is left over");
    began.into_values().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whoever_waits_waits_for_their_lane_or_for_places_of_their_own(
        places in 1..6_usize, all in proptest::collection::vec(wanted(0..20, 60), 0..200),
    ) {
        let beside = (places / 4).max(1);
        turn_through(places, &all, |seen| {
            let lanes: BTreeSet<_> = seen.running.values().map(|(errand, _)| &errand.lane).collect();
            assert_eq!(lanes.len(), seen.running.len(), "one effect a lane");
            let usual = seen.running(|errand| !errand.urgent);
            assert!(usual <= 16 * places);
            for errand in seen.waiting.values().filter(|errand| !lanes.contains(&errand.lane)) {
                let own = |other: &Errand| other.key.0 == errand.key.0 && other.calls == errand.calls;
                let taken = seen.running(own);
                if errand.urgent {
                    assert_eq!(taken, places + beside);
                    assert!(seen.running(|other| own(other) && other.urgent) >= beside);
                } else {
                    let before = seen.waiting.values().any(|other| other.urgent && other.lane == errand.lane);
                    assert!(taken >= places || usual == 16 * places || before);
                }
            }
            for (errand, _) in seen.running.values() {
                let own = |other: &Errand| other.key.0 == errand.key.0 && other.calls == errand.calls;
                assert!(seen.running(own) <= places + beside);
                assert!(seen.running(|other| own(other) && !other.urgent) <= places);
            }
        });
    }

    #[test]
    fn a_revocation_begins_at_once_whatever_storm_others_make_and_however_slow_a_vendor_is(
        places in 1..6_usize, slow in proptest::collection::vec(wanted(0..24, 1_000_000), 0..300),
        own in proptest::collection::vec(wanted(24..25, 1_000_000), 0..60), at in 0..200_u32,
    ) {
        // Tenant 24 has a storm of its own, too, of what takes no access away.
        let own = own.into_iter().map(|mut wanted| {
            wanted.errand.urgent = false;
            wanted
        });
        let mut all: Vec<_> = slow.into_iter().chain(own).collect();
        let revoked = Errand {
            key: (tenant(24), Uuid::nil()),
            lane: "24 revoked".to_owned(),
            duty: Duty::Work(0),
            calls: CALLS[0],
            urgent: true,
        };
        all.push(Wanted { errand: revoked, at, takes: 1 });
        let began = turn_through(places, &all, |_| {});
        prop_assert_eq!(began.last(), Some(&at));
    }

    #[test]
    fn in_a_lane_what_takes_access_away_comes_first_and_otherwise_who_came_first(
        all in proptest::collection::vec(wanted(0..2, 20), 0..120),
    ) {
        let began = turn_through(2, &all, |_| {});
        for (one, began_one) in all.iter().zip(&began) {
            for (other, began_other) in all.iter().zip(&began) {
                let waited_together = one.errand.lane == other.errand.lane && one.at <= *began_other;
                let first = (one.errand.urgent && !other.errand.urgent)
                    || one.errand.urgent == other.errand.urgent && one.at < other.at;
                prop_assert!(!(waited_together && first) || began_one <= began_other);
            }
        }
    }
}
