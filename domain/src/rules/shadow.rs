//! Policies that say less than they seem to, because another one of the same rule set covers all they speak of.
//!
//! Only what can be seen without trying is told: a policy covers another where it is about as much or more, and asks for no
//! more. So nothing is told that is not so, and not everything that is so is told.

use std::collections::{BTreeSet, HashSet};

use cedar_policy::{ActionConstraint, Effect, EntityUid, Policy, PrincipalConstraint, ResourceConstraint};

use super::compile::{Compiled, Rule};
use super::language::Language;
use crate::person::Person;

/// One policy in the shadow of another.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shadow<'a> {
    pub(super) policy: &'a str,
    pub(super) by: &'a str,
    /// Whether it never allows anything; else its `@auto` never counts.
    pub(super) is_whole: bool,
}

/// A policy, with all of it that is compared with every other one.
struct One<'a> {
    name: &'a str,
    is_auto: bool,
    is_permit: bool,
    actions: HashSet<EntityUid>,
    principal: PrincipalConstraint,
    resource: ResourceConstraint,
    /// What it says beside its scope; nothing where it says nothing.
    conditions: Option<String>,
}

/// Every policy that another one covers: a `permit` where a `forbid` fits always, and an `@auto` where another `permit` always
/// wants a countersignature.
pub(super) fn shadows(compiled: &Compiled) -> Vec<Shadow<'_>> {
    let all = One::all(compiled);
    let mut shadows = Vec::new();
    for one in all.iter().filter(|one| one.is_permit) {
        let covers = |cover: &&One<'_>| cover.name != one.name && cover.covers(one);
        let forbid = all.iter().filter(|cover| !cover.is_permit).find(covers);
        let asks = |cover: &&One<'_>| one.is_auto && cover.is_permit && !cover.is_auto;
        let found = forbid.map(|by| (by, true));
        let found = found.or_else(|| all.iter().filter(asks).find(covers).map(|by| (by, false)));
        shadows.extend(found.map(|(by, is_whole)| Shadow { policy: one.name, by: by.name, is_whole }));
    }
    shadows
}

/// What the policies are about, as far as it can be told without trying them. Policies are compared with each other once; each person is
/// asked once about whom they are about, and the rest is told by bits: thousands of policies and of people are within bounds.
pub(super) struct Scopes {
    /// Whom policies are about, each of them once.
    whom: Vec<PrincipalConstraint>,
    /// By their places in that: whom each policy is about that permits something which only the rules can allow, and whom those are about
    /// that forbid all of that.
    permits: BTreeSet<(usize, Places)>,
}

impl Scopes {
    pub(super) fn of(compiled: &Compiled) -> Self {
        let (all, mut whom) = (One::all(compiled), Vec::new());
        let places: Vec<usize> = all.iter().map(|one| place_in(&mut whom, &one.principal)).collect();
        let (unnamed, many) = (&compiled.language.unnamed, whom.len());
        let is_asked_for = |one: &One<'_>| one.actions.iter().any(|action| unnamed.has(action));
        let placed = || all.iter().zip(places.iter().copied());
        let permits = placed().filter(|(one, _)| one.is_permit && is_asked_for(one));
        let with_forbids = permits.map(|(permit, place)| {
            let forbids = placed().filter(|(one, _)| !one.is_permit && one.covers_what_is_done(permit));
            (place, Places::of(many, forbids.map(|(_, place)| place)))
        });
        let permits = with_forbids.collect();
        Self { whom, permits }
    }

    /// Whether there may be anything that this person can ask for: a policy permits them something that only the rules can allow, and
    /// none forbids them all of that. What conditions come to is not tried, so that a no is surely one.
    pub(super) fn may_allow_anything(&self, person: &Person) -> bool {
        let many = self.whom.len();
        let own = Places::of(many, (0..many).filter(|place| is_of(&self.whom[*place], person)));
        self.permits.iter().any(|(whom, forbids)| own.has(*whom) && !own.meets(forbids))
    }
}

/// Where this stands in a list, to which it is added where it is not there.
fn place_in(whom: &mut Vec<PrincipalConstraint>, one: &PrincipalConstraint) -> usize {
    whom.iter().position(|known| known == one).unwrap_or_else(|| {
        whom.push(one.clone());
        whom.len() - 1
    })
}

/// Places in a list, a bit for each.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Places(Vec<u64>);

impl Places {
    /// These in a list of so many.
    fn of(many: usize, places: impl Iterator<Item = usize>) -> Self {
        let mut words = vec![0_u64; many.div_ceil(64)];
        for place in places {
            words[place / 64] |= 1_u64 << (place % 64);
        }
        Self(words)
    }

    fn has(&self, place: usize) -> bool {
        (self.0[place / 64] >> (place % 64)) & 1 == 1
    }

    fn meets(&self, others: &Self) -> bool {
        self.0.iter().zip(&others.0).any(|(own, other)| own & other != 0)
    }
}

/// Whether a policy about these speaks of this person.
fn is_of(principal: &PrincipalConstraint, person: &Person) -> bool {
    use PrincipalConstraint as C;
    #[cfg(test)]
    PEOPLE_ASKED.set(PEOPLE_ASKED.get() + 1);
    match principal {
        C::Any | C::Is(_) => true,
        C::Eq(uid) | C::In(uid) | C::IsIn(_, uid) => match uid.type_name().basename() {
            "Group" => person.groups.contains(uid.id().unescaped()),
            _ => person.id.as_str() == uid.id().unescaped(),
        },
    }
}

impl<'a> One<'a> {
    /// Every policy, in the order of the text.
    fn all(compiled: &'a Compiled) -> Vec<Self> {
        let one = |(name, rule, policy): (&'a str, &Rule, &Policy)| Self {
            name,
            is_auto: rule.annotations.auto,
            is_permit: policy.effect() == Effect::Permit,
            actions: acts(compiled.language, policy),
            principal: policy.principal_constraint(),
            resource: policy.resource_constraint(),
            conditions: policy.has_non_scope_constraint().then(|| conditions(policy)),
        };
        compiled.in_order().into_iter().map(one).collect()
    }
}

impl One<'_> {
    /// Whether whatever fits `one` fits this as well.
    fn covers(&self, one: &Self) -> bool {
        covers_principal(&self.principal, &one.principal) && self.covers_what_is_done(one)
    }

    /// The same, whoever asks.
    fn covers_what_is_done(&self, one: &Self) -> bool {
        #[cfg(test)]
        COMPARED.set(COMPARED.get() + 1);
        covers_resource(&self.resource, &one.resource)
            && (self.conditions.is_none() || self.conditions == one.conditions)
            && one.actions.is_subset(&self.actions)
    }
}

fn covers_principal(cover: &PrincipalConstraint, one: &PrincipalConstraint) -> bool {
    *cover == PrincipalConstraint::Any || cover == one
}

fn covers_resource(cover: &ResourceConstraint, one: &ResourceConstraint) -> bool {
    use ResourceConstraint as C;
    match (cover, one) {
        (C::Any, _) => true,
        (C::Is(kind), C::Eq(uid) | C::In(uid)) => kind == uid.type_name(),
        _ => cover == one,
    }
}

/// What is done, as the policy says it beside its scope.
fn conditions(policy: &Policy) -> String {
    let json = policy.to_json().ok();
    json.and_then(|json| Some(json.get("conditions")?.to_string())).unwrap_or_else(|| policy.to_string())
}

/// Every single action that the policy is about.
fn acts(language: &Language, policy: &Policy) -> HashSet<EntityUid> {
    let single = |actions: &cedar_policy::Entities, groups: &[EntityUid]| {
        let all = actions.iter().map(cedar_policy::Entity::uid);
        let fits = |uid: &EntityUid| {
            let mut ancestors = actions.ancestors(uid).into_iter().flatten();
            groups.contains(uid) || ancestors.any(|group| groups.contains(group))
        };
        all.filter(fits).collect()
    };
    match policy.action_constraint() {
        ActionConstraint::Any => language.unnamed.actions.iter().map(cedar_policy::Entity::uid).collect(),
        ActionConstraint::Eq(action) => single(&language.whole.actions, &[action]),
        ActionConstraint::In(actions) => single(&language.whole.actions, &actions),
    }
}

#[cfg(test)]
thread_local! {
    /// How often two policies were compared on this thread.
    static COMPARED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    /// How often it was asked whether a policy speaks of a person.
    static PEOPLE_ASKED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;
    use crate::access::example::person;
    use crate::rules::RuleSet;

    /// So many policies that permit, each of which all of so many others forbid, to a group each.
    fn rules(permits: usize, forbids: usize) -> RuleSet {
        let mut text = String::new();
        for n in 0..permits {
            let permit = r#"permit (principal, action == Action::"read", resource);"#;
            writeln!(text, "@id(\"p{n}\") @auto {permit}").unwrap();
        }
        for n in 0..forbids {
            writeln!(text, "@id(\"f{n}\") forbid (principal in Group::\"g{n}\", action, resource);").unwrap();
        }
        RuleSet::compile(1, &text).unwrap_or_else(|faults| panic!("{faults}\n{text}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn policies_are_compared_once_however_many_people_there_are(
            permits in 1..9_usize,
            forbids in 0..70_usize,
            people in 0..40_usize,
        ) {
            let rules = rules(permits, forbids);
            let before = (COMPARED.get(), PEOPLE_ASKED.get());
            let scopes = Scopes::of(rules.compiled());
            for n in 0..people {
                let group = format!("g{n}");
                let is_free = scopes.may_allow_anything(&person("erin", &[&group]));
                prop_assert_eq!(is_free, n >= forbids, "{}", group);
            }
            prop_assert_eq!(COMPARED.get() - before.0, permits * forbids);
            prop_assert_eq!(PEOPLE_ASKED.get() - before.1, people * (1 + forbids), "and each about each group once");
        }
    }
}
