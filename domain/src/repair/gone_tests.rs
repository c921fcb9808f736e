//! What a plan is worth once people are gone, who may propose one at all, and by what it is found.

use super::example::{Event, OfAccess, admin, deviation, plan};
use super::question::may_propose;
use super::words::{not_for, told};
use super::*;
use crate::access::Deviation;
use crate::access::Permission::Write;
use crate::access::example::person;
use crate::effect::{self, EffectEvent, Wish as _};
use crate::request::{Content as _, Kind as _, Request};
use crate::rules::RuleSet;
use crate::tenant::{People, Person};
use crate::testing::{given, noon};

fn people(all: &[Person]) -> People {
    all.iter().cloned().collect()
}

/// What somebody holds on infra, and what is to be done about it.
fn of(holder: Option<&str>, remedy: Remedy) -> Item<Deviation> {
    let holder = holder.map(|id| id.parse().unwrap());
    Item { holder, ..super::example::item(deviation("eve", Some(Write)), remedy) }
}

#[test]
fn trust_a4_nothing_is_given_to_or_left_with_who_is_gone_and_what_is_theirs_is_taken() {
    let (here, gone) = (people(&[admin("eve")]), people(&[admin("ada")]));
    for remedy in [Remedy::Adopt, Remedy::Ignore { until: noon() }] {
        assert_eq!(of(Some("eve"), remedy).not_for(&here), None);
        assert_eq!(of(Some("eve"), remedy).not_for(&gone).unwrap().who, admin("eve").id);
        assert_eq!(of(None, remedy).not_for(&gone), None, "whose it is nobody knows");
    }
    let set_back = of(Some("eve"), Remedy::Revert);
    assert!(set_back.left(&gone).is_some() && set_back.left(&here).is_none());
    assert_eq!(set_back.not_for(&gone), None, "what would be taken is taken");
    let lacking = Deviation { wanted: Some(Write), ..deviation("eve", None) };
    assert!(Item { drift: lacking, ..set_back }.not_for(&gone).is_some(), "nothing is given");
    assert!(not_for("Eve").starts_with("Eve does not belong here any more: nothing is given"));
}

#[test]
fn trust_a4_a_plan_is_over_where_it_is_about_nobody_who_is_still_here() {
    let gone = |holders: [Option<&str>; 2]| {
        let items = holders.map(|holder| of(holder, Remedy::Adopt)).into();
        let asked = Event::Requested { asked: Box::new(Plan { items, ..plan() }) };
        let state = given::<Request<OfAccess>>([asked]);
        OfAccess::gone(state.state(), &people(&[admin("ada")]))
    };
    assert_eq!(gone([Some("eve"), Some("mallory")]).unwrap().who, admin("eve").id);
    assert_eq!(gone([Some("eve"), Some("ada")]), None);
    assert_eq!(gone([Some("ada"), Some("eve")]), None);
    assert_eq!(gone([Some("eve"), None]), None);
}

#[test]
fn repair_is_proposed_by_whom_the_rules_let_and_nobody_else_is_told_that_there_is_a_difference() {
    let text = r#"@id("ops") @approvers("role:admin") @quorum("1")
        permit (principal in Group::"ops", action == Action::"repair_access", resource);"#;
    let rules = RuleSet::compile(1, text).unwrap_or_else(|faults| panic!("{faults}"));
    let may = |person: &Person| may_propose(person, &deviation("eve", Some(Write)), &rules);
    assert!(may(&person("olga", &["ops"])));
    assert!(!may(&person("bob", &["interns"])));
}

#[test]
fn repair_is_found_by_all_that_its_plan_is_about() {
    let things = plan().facts().things;
    for item in plan().items {
        let own = item.drift.things();
        assert!(!own.is_empty() && own.iter().all(|thing| things.contains(thing)), "{things:?}");
    }
}

#[test]
fn what_an_operator_vouches_for_is_told_to_the_repair_and_what_was_given_up_without_a_word_says_so() {
    let effect = Effect::Repair {
        code: plan().code,
        item: 0,
        shown: deviation("eve", Some(Write)),
        remedy: Remedy::Revert,
    };
    let note = Some("by hand".to_owned());
    let vouched = EffectEvent::EffectVouched { effect, by: admin("ada").id, note };
    assert_eq!(effect::react(&vouched).len(), 1);
    assert!(Effect::<Deviation>::changes(&EffectPlan::Look), "what does not say so counts as a change");
    let failed = |why: &str| Event::Failed { phase: Phase::Repairing, why: why.to_owned(), given_up: true };
    let said = |why| told(&failed(why), &ToString::to_string);
    assert_eq!(said(""), "It was given up.");
    assert_eq!(said("no use"), "It was given up: “no use”");
    // It is never the answer to what was said: others were asked.
    let asked = given::<Request<OfAccess>>([Event::Requested { asked: Box::new(plan()) }]);
    assert!(!OfAccess::is_answer(asked.state(), &RepairEvent::Finished {}));
}
