//! Policies that say less than they seem to, because another one of the same rule set covers all they speak of.
//!
//! Only what can be seen without trying is told: a policy covers another where it is about as much or more, and asks for no
//! more. So nothing is told that is not so, and not everything that is so is told.

use cedar_policy::{ActionConstraint, Effect, EntityUid, Policy, PrincipalConstraint, ResourceConstraint};

use super::compile::{Compiled, Rule};
use super::schema::{UNNAMED, WHOLE};

/// One policy in the shadow of another.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shadow<'a> {
    pub(super) policy: &'a str,
    pub(super) by: &'a str,
    /// Whether it never allows anything; else its `@auto` never counts.
    pub(super) is_whole: bool,
}

/// Every policy that another one covers: a `permit` where a `forbid` fits always, and an `@auto` where another `permit` always
/// wants a countersignature.
pub(super) fn shadows(compiled: &Compiled) -> Vec<Shadow<'_>> {
    let rules = compiled.in_order();
    let is_permit = |policy: &Policy| policy.effect() == Effect::Permit;
    let mut shadows = Vec::new();
    for (name, rule, policy) in rules.iter().filter(|(_, _, policy)| is_permit(policy)) {
        let covering = || rules.iter().filter(|(other, _, cover)| other != name && covers(cover, policy));
        let forbid = covering().find(|(_, _, cover)| !is_permit(cover));
        let asks = |(_, other, cover): &&(&str, &Rule, &Policy)| is_permit(cover) && !other.annotations.auto;
        let strict = covering().find(asks).filter(|_| rule.annotations.auto);
        let found = forbid.map(|(by, ..)| (*by, true)).or(strict.map(|(by, ..)| (*by, false)));
        shadows.extend(found.map(|(by, is_whole)| Shadow { policy: name, by, is_whole }));
    }
    shadows
}

/// Whether whatever fits `one` fits `cover` as well.
fn covers(cover: &Policy, one: &Policy) -> bool {
    let actions = acts(cover);
    acts(one).iter().all(|action| actions.contains(action))
        && covers_principal(&cover.principal_constraint(), &one.principal_constraint())
        && covers_resource(&cover.resource_constraint(), &one.resource_constraint())
        && (!cover.has_non_scope_constraint() || conditions(cover) == conditions(one))
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
fn conditions(policy: &Policy) -> Option<serde_json::Value> {
    policy.to_json().ok()?.get("conditions").cloned()
}

/// Every single action that the policy is about.
fn acts(policy: &Policy) -> Vec<EntityUid> {
    let single = |actions: &cedar_policy::Entities, groups: &[EntityUid]| {
        let all = actions.iter().map(cedar_policy::Entity::uid);
        let fits = |uid: &EntityUid| {
            let mut ancestors = actions.ancestors(uid).into_iter().flatten();
            groups.contains(uid) || ancestors.any(|group| groups.contains(group))
        };
        all.filter(fits).collect()
    };
    match policy.action_constraint() {
        ActionConstraint::Any => UNNAMED.actions.iter().map(cedar_policy::Entity::uid).collect(),
        ActionConstraint::Eq(action) => single(&WHOLE.actions, &[action]),
        ActionConstraint::In(actions) => single(&WHOLE.actions, &actions),
    }
}
