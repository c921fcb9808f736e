//! How much fits, by example and by property.

use proptest::prelude::*;

use super::super::example::{deviation, found, item, plan};
use super::super::{MOST_ITEMS, Remedy};
use super::*;
use crate::access::Deviation;
use crate::access::Permission::Write;
use crate::testing::noon;

fn over(plan: &Plan<Deviation>, found: &Found<Deviation>, elsewhere: &Elsewhere) -> (Vec<Over>, Vec<String>) {
    match beyond(plan, Some(found), elsewhere) {
        Some(Violation::BeyondTheCap { over, fits, .. }) => (over, fits),
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

#[test]
fn what_nobody_has_counted_is_nothing() {
    let (plan, found) = (plan(), found());
    let uncounted = Found { held: BTreeMap::new(), ..found };
    assert!(beyond(&plan, Some(&uncounted), &Elsewhere::default()).is_some());
    assert!(beyond(&plan, None, &Elsewhere::default()).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

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
        let Some(Violation::BeyondTheCap { fits, over, .. }) = beyond(&plan, Some(&of(&plan)), &elsewhere) else {
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
