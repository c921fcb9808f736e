//! Policies that say less than they seem to, because another one of the same rule set covers all they speak of.
//!
//! Only what can be seen without trying is told: a policy covers another where it is about as much or more, and asks for no
//! more. So nothing is told that is not so, and not everything that is so is told.

use std::collections::HashSet;

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

/// What the policies are about, as far as it can be told without trying them.
pub(super) struct Scopes {
    /// Whom each policy is about that permits something which only the rules can allow, and whom those are about that forbid all of that.
    /// Policies are compared with each other once, and not once for each person.
    permits: Vec<(PrincipalConstraint, Vec<PrincipalConstraint>)>,
}

impl Scopes {
    pub(super) fn of(compiled: &Compiled) -> Self {
        let (permits, forbids): (Vec<_>, Vec<_>) =
            One::all(compiled).into_iter().partition(|one| one.is_permit);
        let unnamed = &compiled.language.unnamed;
        let is_asked_for = |one: &One<'_>| one.actions.iter().any(|action| unnamed.has(action));
        let with_forbids = |permit: One<'_>| {
            let mut whom = Vec::new();
            for forbid in forbids.iter().filter(|forbid| forbid.covers_what_is_done(&permit)) {
                if !whom.contains(&forbid.principal) {
                    whom.push(forbid.principal.clone());
                }
            }
            (permit.principal, whom)
        };
        Self { permits: permits.into_iter().filter(is_asked_for).map(with_forbids).collect() }
    }

    /// Whether there may be anything that this person can ask for: a policy permits them something that only the rules can allow, and
    /// none forbids them all of that. What conditions come to is not tried, so that a no is surely one.
    pub(super) fn may_allow_anything(&self, person: &Person) -> bool {
        let is_free = |forbids: &[PrincipalConstraint]| !forbids.iter().any(|whom| is_of(whom, person));
        self.permits.iter().any(|(whom, forbids)| is_of(whom, person) && is_free(forbids))
    }
}

/// Whether a policy about these speaks of this person.
fn is_of(principal: &PrincipalConstraint, person: &Person) -> bool {
    use PrincipalConstraint as C;
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
