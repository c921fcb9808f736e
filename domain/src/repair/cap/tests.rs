//! How much fits, by example and by property.

use proptest::prelude::*;

use super::super::example::{Event, admin, deviation, found, item, plan, terms, waiting};
use super::super::{Became, MOST_ITEMS, Remedy, RepairCommand, Settled};
use super::*;
use crate::access::Deviation;
use crate::access::Permission::Write;
use crate::access::example::staff;
use crate::aggregate::Aggregate as _;
use crate::request::{Code, Command, Nothing, Review, Stage};
use crate::rules::Ruling;
use crate::testing::noon;

fn over(plan: &Plan<Deviation>, found: &Found<Deviation>, elsewhere: &Elsewhere) -> (Vec<Over>, Vec<String>) {
    match beyond(plan, Some(found), elsewhere).and_then(|violation| violation.own()) {
        Some(Fault::BeyondTheCap { over, fits, .. }) => (over, fits),
        other => panic!("it fits: {other:?}"),
    }
}

#[test]
fn one_thing_may_always_be_changed_and_never_more_than_the_share() {
    let share = |percent, held| Share::percent(percent).unwrap().of(held);
    assert_eq!([share(20, 0), share(20, 4), share(20, 9), share(20, 10), share(100, 7)], [1, 1, 1, 2, 7]);
    assert_eq!(Share::default().of(1_000), 1, "nobody said how much");
    assert_eq!(Share::percent(101), None);
    assert_eq!(Share::percent(20).unwrap().to_string(), "20 %");
}

#[test]
fn a_plan_beyond_the_share_is_refused_with_what_would_fit() {
    let (plan, found) = (plan(), found());
    assert_eq!(beyond(&plan, Some(&found), &Elsewhere::default()), None, "two of ten are a fifth");
    let small = Found { held: [("{1}".to_owned(), 9)].into(), ..found };
    let (where_, fits) = over(&plan, &small, &Elsewhere::default());
    let on = Some("infra".to_owned());
    assert_eq!(where_, [Over { on, changes: 2, elsewhere: 0, held: 9, most: 1 }]);
    assert_eq!(fits, [format!("revert {}", mark(&plan.items[0].drift))]);
}

#[test]
fn what_the_tenant_holds_in_all_is_a_limit_too_however_many_repositories_there_are() {
    let on = |number: u32| {
        let id = Some(format!("{{{number}}}"));
        let drift = Deviation { repository_id: id, ..deviation("eve", Some(Write)) };
        item(drift, Remedy::Revert)
    };
    let plan = Plan { items: (1..=9).map(on).collect(), ..plan() };
    let items = plan.items.iter().map(|item| Some(item.drift.clone())).collect();
    let (where_, fits) = over(&plan, &Found { items, ..found() }, &Elsewhere::default());
    assert_eq!(where_, [Over { on: None, changes: 9, elsewhere: 0, held: 40, most: 8 }]);
    assert_eq!(fits.len(), 8);
}

#[test]
fn what_other_plans_change_at_the_same_time_counts_and_what_nothing_is_done_about_does_not() {
    let (plan, found) = (plan(), found());
    let elsewhere = Elsewhere([("{1}".to_owned(), 1)].into());
    let (where_, fits) = over(&plan, &found, &elsewhere);
    assert_eq!((where_[0].elsewhere, where_[0].most, fits.len()), (1, 2, 1));
    let other_thing = Elsewhere([("{2}".to_owned(), 7)].into());
    let (where_, fits) = over(&plan, &found, &other_thing);
    assert_eq!(where_, [Over { on: None, changes: 2, elsewhere: 7, held: 40, most: 8 }]);
    assert_eq!(fits.len(), 1);
    let ignored = |item: Item<Deviation>| Item { remedy: Remedy::Ignore { until: noon() }, ..item };
    let ignoring = Plan { items: plan.items.clone().into_iter().map(ignored).collect(), ..plan.clone() };
    assert_eq!(beyond(&ignoring, Some(&found), &Elsewhere([("{1}".to_owned(), 2)].into())), None);
    let gone = Found { items: vec![found.items[0].clone(), None, None], ..found };
    assert_eq!(beyond(&plan, Some(&gone), &elsewhere), None, "the other is as the log wants it");
}

/// A plan that sets these back, by repository and account, and is approved.
fn approved(number: u128, places: &[(u32, u32)], held: &[u64], share: Share) -> RepairRequest<Deviation> {
    let drifts = places.iter().map(|(on, by)| {
        let account = format!("{number} {by}");
        Deviation { repository_id: Some(on.to_string()), ..deviation(&account, Some(Write)) }
    });
    let items: Vec<_> = drifts.map(|drift| item(drift, Remedy::Revert)).collect();
    let found = Found {
        items: items.iter().map(|item| Some(item.drift.clone())).collect(),
        held: (0_u32..).map(|on| on.to_string()).zip(held.iter().copied()).collect(),
        in_all: held.iter().sum(),
        share,
    };
    let plan = Plan { code: Code::candidate(uuid::Uuid::from_u128(number), 0), items, ..plan() };
    let mut history = waiting();
    history[0] = Event::Requested { asked: Box::new(plan) };
    history[1] = Event::Checked { findings: Box::new(found), ruling: Some(Ruling::Allowed(terms())) };
    history.push(Event::Approved { by: vec![admin("heidi").id], fixed: Nothing {} });
    let mut repair = RepairRequest::default();
    for event in &history {
        repair.evolve(event, noon());
    }
    repair
}

/// Looks at a plan once more before it is begun, beside what was approved before it.
fn look_once_more(repair: &mut RepairRequest<Deviation>, before: Elsewhere) {
    let people = std::sync::Arc::new(staff(&[admin("grace"), admin("heidi")]));
    let review = Review { people, open: None, granted: None, past: before };
    let events = repair.decide(Command::Review(Box::new(review)), noon()).unwrap();
    for event in &events {
        repair.evolve(event, noon());
    }
}

#[test]
fn what_counts_of_a_plan_is_what_it_changes_or_has_changed() {
    let all = Share::percent(100).unwrap();
    let mut repair = approved(1, &[(1, 1), (1, 2), (1, 3), (2, 1)], &[9, 9, 9], all);
    let counted =
        |repair: &RepairRequest<Deviation>| Elsewhere::of([repair]).0.into_iter().collect::<Vec<_>>();
    let on = |on: &str, number: u64| (on.to_owned(), number);
    assert_eq!(counted(&repair), [on("1", 3), on("2", 1)]);
    let settled = |item, became| Settled { item, became };
    let became = vec![
        settled(0, Became::Repaired { by_hand: false }),
        settled(1, Became::Otherwise { found: None }),
        settled(2, Became::LeftUndone { why: "nobody knows".to_owned() }),
    ];
    let events = repair.decide(Command::Own(RepairCommand::Settle(became)), noon()).unwrap();
    for event in &events {
        repair.evolve(event, noon());
    }
    assert_eq!(counted(&repair), [on("1", 2), on("2", 1)], "what was otherwise was left as it was");
    let mut left = approved(1, &[(1, 1), (1, 2)], &[9, 9], all);
    let gone = vec![settled(0, Became::HolderLeft { name: "Eve".to_owned() })];
    for event in left.decide(Command::Own(RepairCommand::Settle(gone)), noon()).unwrap() {
        left.evolve(&event, noon());
    }
    assert_eq!(counted(&left), [on("1", 1)], "of whom has left nothing was set back");
    let mut denied = approved(2, &[(1, 1), (1, 2)], &[1, 1], Share::default());
    look_once_more(&mut denied, Elsewhere::default());
    assert_eq!((denied.stage, counted(&denied)), (Stage::Denied, vec![]), "nothing of it is done");
}

#[test]
fn what_nobody_has_counted_is_nothing() {
    let (plan, found) = (plan(), found());
    let uncounted = Found { held: BTreeMap::new(), ..found };
    assert!(beyond(&plan, Some(&uncounted), &Elsewhere::default()).is_some());
    assert!(beyond(&plan, None, &Elsewhere::default()).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    /// However many plans are approved at the same moment, by bots that knew nothing of each other, and in whichever order they are
    /// begun: what they change together is within the share.
    #[test]
    fn plans_that_are_approved_at_once_are_within_the_share_together(
        plans in prop::collection::vec(prop::collection::btree_set((0..3u32, 0..4u32), 1..6), 1..7),
        held in prop::collection::vec(0..40u64, 3),
        percent in 0..=100u8,
        order in prop::collection::vec(any::<prop::sample::Index>(), 12),
    ) {
        let share = Share::percent(percent).unwrap();
        let place = |set: &std::collections::BTreeSet<(u32, u32)>| set.iter().copied().collect::<Vec<_>>();
        let mut all: Vec<_> =
            (1..).zip(&plans).map(|(number, set)| approved(number, &place(set), &held, share)).collect();
        // Each is looked at as often as it has items, at any time, and at least once.
        let last = 0..all.len();
        for which in order.iter().map(|index| index.index(plans.len())).chain(last) {
            let before = Elsewhere::of(&all[..which]);
            look_once_more(&mut all[which], before);
        }
        let begun: Vec<_> = all.iter().filter(|repair| repair.is_being_carried_out()).collect();
        let Elsewhere(changed) = Elsewhere::of(begun.iter().copied());
        for (on, changes) in &changed {
            let most = share.of(held[on.parse::<usize>().unwrap()]);
            prop_assert!(*changes <= most, "{changes} on {on}, of which {most} may be");
        }
        let in_all: u64 = changed.values().sum();
        prop_assert!(in_all <= share.of(held.iter().sum()), "{in_all} in all");
        // The first one is never held up by others.
        let first = beyond(all[0].asked.as_ref().unwrap(), all[0].findings.as_ref(), &Elsewhere::default());
        prop_assert_eq!(first.is_none(), all[0].is_being_carried_out());
    }

    /// Whatever is planned, a plan of exactly what is said to fit is within the share; and nothing is refused that is.
    #[test]
    fn what_is_said_to_fit_does(
        places in prop::collection::btree_set((0..4u32, 0..12u32), 1..MOST_ITEMS),
        ignored in prop::collection::vec(any::<bool>(), MOST_ITEMS),
        held in prop::collection::vec(0..60u64, 4),
        percent in 0..=100u8,
        others in prop::collection::vec(0..3u64, 4),
    ) {
        let items = places.iter().zip(ignored).map(|((on, by), ignored)| {
            let drift = Deviation { repository_id: Some(on.to_string()), ..deviation(&by.to_string(), Some(Write)) };
            item(drift, if ignored { Remedy::Ignore { until: noon() } } else { Remedy::Revert })
        });
        let plan = Plan { items: items.collect(), ..plan() };
        let by_name = |numbers: &[u64]| (0_u32..).map(|on| on.to_string()).zip(numbers.iter().copied()).collect();
        let of = |plan: &Plan<Deviation>| Found {
            items: plan.items.iter().map(|item| Some(item.drift.clone())).collect(),
            held: by_name(&held),
            in_all: held.iter().sum(),
            share: Share::percent(percent).unwrap(),
        };
        let elsewhere = Elsewhere(by_name(&others));
        let refused = beyond(&plan, Some(&of(&plan)), &elsewhere).and_then(|violation| violation.own());
        let Some(Fault::BeyondTheCap { fits, over, .. }) = refused else {
            let changes = plan.items.iter().filter(|item| item.remedy.changes()).count() as u64;
            let most = Share::percent(percent).unwrap().of(held.iter().sum());
            prop_assert!(changes == 0 || changes + others.iter().sum::<u64>() <= most);
            return Ok(());
        };
        prop_assert!(over.iter().all(|over| over.changes + over.elsewhere > over.most));
        let kept = |item: &Item<Deviation>| fits.contains(&format!("revert {}", mark(&item.drift)));
        let less = Plan { items: plan.items.iter().filter(|item| kept(item)).cloned().collect(), ..plan.clone() };
        prop_assert!(less.items.len() < plan.items.iter().filter(|item| item.remedy.changes()).count());
        if !less.items.is_empty() {
            prop_assert_eq!(beyond(&less, Some(&of(&less)), &elsewhere), None);
        }
    }
}
