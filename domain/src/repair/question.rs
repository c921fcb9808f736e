//! What the rules are asked about a plan: of each thing it touches, whether this person may propose it, and who countersigns.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Drift, Item, Plan, Remedy};
use crate::envelope::ActorKind;
use crate::names::PrincipalId;
use crate::rules::{Approvers, Part, Question, Refusal, RuleSet, Ruling, Terms, Value};
use crate::tenant::{People, Person};

/// The annotation by which whoever may countersign something else with the same thing may countersign a repair, too:
/// `@or_approvers("admin")`.
pub const OR_APPROVERS: &str = "or_approvers";

/// What rules can speak of because of them.
pub const RULES: Part = Part {
    schema: include_str!("rules.cedarschema"),
    annotations: &[],
    by_itself: Some(("repair_access", include_str!("default.cedar"))),
};

/// What the rules say to a plan as it is: of all that it touches, the strictest. Where so few people are here that nobody could
/// ever countersign it, that is said at once.
pub fn ruling<D: Drift>(plan: &Plan<D>, people: &People, rules: &RuleSet) -> Ruling {
    let refused = |policies: Vec<String>, messages: Vec<String>| {
        Ruling::Forbidden(Refusal { version: rules.version(), policies, messages })
    };
    let Some(asker) = people.people.get(&plan.requester.id) else { return refused(vec![], vec![]) };
    let mut by_thing: BTreeMap<String, Vec<&Item<D>>> = BTreeMap::new();
    for item in &plan.items {
        by_thing.entry(item.drift.place().on).or_default().push(item);
    }
    let mut together: Option<Terms> = None;
    for items in by_thing.values() {
        match on_one_thing(items, asker, rules) {
            Ruling::Allowed(terms) => {
                together = Some(match together {
                    Some(all) => all.and(terms),
                    None => terms,
                });
            }
            forbidden @ Ruling::Forbidden(_) => return forbidden,
        }
    }
    let Some(terms) = together else { return refused(vec![], vec![]) };
    if terms.auto || countersigners(plan, people, &terms) >= terms.quorum as usize {
        return Ruling::Allowed(terms);
    }
    let messages = vec![format!(
        "There are too few people here who could countersign it: it takes {}, and neither who proposes it nor whose permission it is about counts. Name others in the rules, with action == Action::\"repair_access\".",
        terms.approver_names().join(" or ")
    )];
    refused(terms.policies, messages)
}

/// Whether the rules let this person propose anything at all about a difference. To nobody else is it told that there is one.
pub fn may_propose<D: Drift>(person: &Person, drift: &D, rules: &RuleSet) -> bool {
    let remedies = [Remedy::Revert, Remedy::Adopt, Remedy::Ignore { until: Timestamp::MAX }];
    remedies.into_iter().any(|remedy| {
        let item = Item { drift: drift.clone(), remedy, seen: None, holder: None };
        matches!(on_one_thing(&[&item], person, rules), Ruling::Allowed(_))
    })
}

/// What the rules are asked of the first thing that a plan touches.
pub(super) fn first<'a, D: Drift>(plan: &'a Plan<D>, people: &'a People) -> Option<Question<'a>> {
    let first = plan.items.first()?.drift.place().on;
    let items: Vec<_> = plan.items.iter().filter(|item| item.drift.place().on == first).collect();
    question(&items, people.people.get(&plan.requester.id)?)
}

/// What the rules are asked of what a plan does with one thing.
fn question<'a, D: Drift>(items: &[&'a Item<D>], asker: &'a Person) -> Option<Question<'a>> {
    let many = |is: fn(Remedy) -> bool| {
        let items = items.iter().filter(|item| is(item.remedy));
        Value::Number(items.count() as u64)
    };
    let (action, resource) = items.first()?.drift.asked();
    let context = vec![
        ("adopts", many(|remedy| matches!(remedy, Remedy::Adopt))),
        ("reverts", many(|remedy| matches!(remedy, Remedy::Revert))),
        ("ignores", many(|remedy| matches!(remedy, Remedy::Ignore { .. }))),
    ];
    Some(Question { asker, action, resource, context })
}

/// What the rules say to what a plan does with one thing.
fn on_one_thing<D: Drift>(items: &[&Item<D>], asker: &Person, rules: &RuleSet) -> Ruling {
    match (question(items, asker).map(|question| rules.rule(&question)), items.first()) {
        (Some(Ruling::Allowed(terms)), Some(first)) => {
            Ruling::Allowed(with_approvers(terms, &first.drift, asker, rules))
        }
        (Some(forbidden), _) => forbidden,
        (None, _) => {
            let (policies, messages) = (vec![], vec![]);
            Ruling::Forbidden(Refusal { version: rules.version(), policies, messages })
        }
    }
}

/// The terms, with those among the approvers who may countersign something else with the same thing, where the rules say so.
fn with_approvers<D: Drift>(mut terms: Terms, drift: &D, asker: &Person, rules: &RuleSet) -> Terms {
    let named = terms.own.get(OR_APPROVERS).cloned().unwrap_or_default();
    for other in named {
        let Some(question) = drift.asked_of(&other, asker) else { continue };
        let Ruling::Allowed(others) = rules.rule(&question) else { continue };
        // Any of these, or all that the others must fit.
        terms.approvers = any_of(&terms.approvers, &others.approvers);
        terms.approvers_when_escalated = any_of(&terms.approvers_when_escalated, &others.approvers);
    }
    terms
}

/// Whoever fits all of one list, or all of the other: that is to fit every pair of them together. An empty list nobody fits.
fn any_of(one: &[Approvers], other: &[Approvers]) -> Vec<Approvers> {
    if one.is_empty() || other.is_empty() {
        return [one, other].concat();
    }
    let pair = |a: &Approvers, b: &Approvers| Approvers(a.0.union(&b.0).cloned().collect());
    one.iter().flat_map(|a| other.iter().map(move |b| pair(a, b))).collect()
}

/// How many people could countersign it.
fn countersigners<D: Drift>(plan: &Plan<D>, people: &People, terms: &Terms) -> usize {
    let own = |person: &Person| {
        let is_held: &dyn Fn(&PrincipalId) -> bool =
            &|id| plan.items.iter().any(|item| item.holder.as_ref() == Some(id));
        person.id == plan.requester.id
            || is_held(&person.id)
            || plan.items.iter().any(|item| item.drift.is_of(person))
    };
    let could = people
        .people
        .values()
        .filter(|person| person.kind == ActorKind::Person && terms.may_countersign(person) && !own(person));
    could.count()
}

#[cfg(test)]
mod tests;
