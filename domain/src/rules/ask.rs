//! Asking Cedar: one question in, one ruling out.

use std::collections::{HashMap, HashSet};
use std::error::Error;

use cedar_policy::{
    AuthorizationError, Authorizer, Context, Decision, Entities, Entity, EntityId, EntityUid, PolicyId,
    Request, Response, RestrictedExpression,
};

use super::compile::{Compiled, Rule};
use super::schema::NAMES;
use super::strictest::strictest;
use super::terms::{Refusal, Ruling};
use crate::access::Permission;
use crate::envelope::ActorKind;
use crate::tenant::{Person, Role};

/// Whom an access is for.
#[derive(Debug, Clone, Copy)]
pub enum Beneficiary<'a> {
    /// A person of the tenant, perhaps the asker.
    Person(&'a Person),
    /// Somebody whom the tenant does not know, by their account at the forge. They are never the asker, and in no group.
    Unknown(&'a str),
}

/// One request for access, as far as the rules look at it.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Who asks.
    pub asker: &'a Person,
    /// Whom the access is for.
    pub subject: Beneficiary<'a>,
    /// What is asked for.
    pub permission: Permission,
    /// The repository's name.
    pub repository: &'a str,
    /// For how long, in minutes.
    pub minutes: Option<u64>,
    /// The ticket's key.
    pub ticket: Option<&'a str>,
}

/// What the compiled rules say to a question. Whatever keeps them from a clear answer forbids.
pub(super) fn rule(compiled: &Compiled, question: &Question<'_>) -> Ruling {
    let response = match (request(question), entities(question)) {
        (Ok(request), Ok(entities)) => {
            Authorizer::new().is_authorized(&request, &compiled.policies, &entities)
        }
        (Err(error), _) | (_, Err(error)) => {
            let messages = vec![format!("The rules could not be asked: {error}")];
            return Ruling::Forbidden(Refusal { version: compiled.version, policies: Vec::new(), messages });
        }
    };
    if let Some(refusal) = undecided(compiled, &response) {
        return Ruling::Forbidden(refusal);
    }
    let rules = in_order(compiled, response.diagnostics().reason());
    match response.decision() {
        Decision::Allow => Ruling::Allowed(strictest(compiled.version, &rules)),
        Decision::Deny => Ruling::Forbidden(Refusal {
            version: compiled.version,
            policies: rules.iter().map(|(name, _)| (*name).to_owned()).collect(),
            messages: rules.iter().filter_map(|(_, rule)| rule.annotations.message.clone()).collect(),
        }),
    }
}

/// Cedar skips a policy that it cannot evaluate, such as one whose numbers overflow. It could have been a `forbid`.
fn undecided(compiled: &Compiled, response: &Response) -> Option<Refusal> {
    let errors: Vec<_> = response.diagnostics().errors().collect();
    if errors.is_empty() {
        return None;
    }
    let failed = errors.into_iter().map(|AuthorizationError::PolicyEvaluationError(error)| error.policy_id());
    let rules = in_order(compiled, failed);
    let names = rules.iter().map(|(name, _)| (*name).to_owned());
    let messages = rules.iter().map(|(name, _)| format!("The rule `{name}` could not be evaluated."));
    Some(Refusal { version: compiled.version, policies: names.collect(), messages: messages.collect() })
}

/// The rules of these ids with their names, in the order of the text.
fn in_order<'a>(compiled: &'a Compiled, ids: impl Iterator<Item = &'a PolicyId>) -> Vec<(&'a str, &'a Rule)> {
    let mut rules: Vec<_> = ids.filter_map(|id| Some((id.as_ref(), compiled.rules.get(id)?))).collect();
    rules.sort_by_key(|(_, rule)| rule.index);
    rules
}

fn request(question: &Question<'_>) -> Result<Request, Box<dyn Error>> {
    let subject = question.subject;
    let boolean = RestrictedExpression::new_bool;
    let mut pairs = vec![
        ("has_ticket", boolean(question.ticket.is_some())),
        ("for_self", boolean(subject.is(question.asker))),
        ("subject", RestrictedExpression::new_entity_uid(subject.uid())),
    ];
    if let Some(minutes) = question.minutes {
        let minutes = i64::try_from(minutes).unwrap_or(i64::MAX);
        pairs.push(("minutes", RestrictedExpression::new_long(minutes)));
    }
    if let Some(ticket) = question.ticket {
        pairs.push(("ticket", RestrictedExpression::new_string(ticket.to_owned())));
    }
    let context = Context::from_pairs(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)))?;
    let asker = person_uid(question.asker);
    Ok(Request::new(
        asker,
        action_uid(question.permission),
        repository_uid(question.repository),
        context,
        None,
    )?)
}

/// Everything Cedar looks up for the question: the people with their groups, the repository, the action.
fn entities(question: &Question<'_>) -> Result<Entities, Box<dyn Error>> {
    let mut entities =
        vec![person(question.asker)?, repository(question.repository)?, action(question.permission)];
    match question.subject {
        Beneficiary::Person(subject) if subject.id != question.asker.id => entities.push(person(subject)?),
        Beneficiary::Person(_) => {}
        unknown @ Beneficiary::Unknown(_) => entities.push(stranger(unknown)?),
    }
    Ok(Entities::from_entities(entities, None)?)
}

impl Beneficiary<'_> {
    fn is(self, asker: &Person) -> bool {
        matches!(self, Self::Person(person) if person.id == asker.id)
    }

    fn uid(self) -> EntityUid {
        match self {
            Self::Person(person) => person_uid(person),
            // No principal's id has a slash, so nobody can be called like that.
            Self::Unknown(account) => person_entity(&format!("account/{account}")),
        }
    }
}

/// Somebody whom the tenant does not know: no person, no agent, in no group, with no role.
fn stranger(unknown: Beneficiary<'_>) -> Result<Entity, Box<dyn Error>> {
    let uid = unknown.uid();
    let attributes = HashMap::from([
        ("id".to_owned(), text(uid.id().unescaped())),
        ("kind".to_owned(), text("unknown")),
        ("roles".to_owned(), RestrictedExpression::new_set([])),
    ]);
    Ok(Entity::new(uid, attributes, HashSet::new())?)
}

fn person(person: &Person) -> Result<Entity, Box<dyn Error>> {
    let kind = match person.kind {
        ActorKind::Person => "person",
        ActorKind::Agent => "agent",
        ActorKind::System => "system",
    };
    let roles = person.roles.iter().map(|role| match role {
        Role::Admin => text("admin"),
        Role::Auditor => text("auditor"),
    });
    let attributes = HashMap::from([
        ("id".to_owned(), text(person.id.as_str())),
        ("kind".to_owned(), text(kind)),
        ("roles".to_owned(), RestrictedExpression::new_set(roles)),
    ]);
    let groups = person
        .groups
        .iter()
        .map(|name| EntityUid::from_type_name_and_id(NAMES.group.clone(), EntityId::new(name)));
    Ok(Entity::new(person_uid(person), attributes, groups.collect())?)
}

fn repository(name: &str) -> Result<Entity, Box<dyn Error>> {
    let attributes = HashMap::from([("name".to_owned(), text(name))]);
    Ok(Entity::new(repository_uid(name), attributes, HashSet::new())?)
}

fn action(permission: Permission) -> Entity {
    let above_read = (permission > Permission::Read).then(|| NAMES.action_uid("above_read"));
    Entity::new_no_attrs(action_uid(permission), above_read.into_iter().collect())
}

fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

fn person_uid(person: &Person) -> EntityUid {
    person_entity(person.id.as_str())
}

fn person_entity(id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(NAMES.person.clone(), EntityId::new(id))
}

fn repository_uid(name: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(NAMES.repository.clone(), EntityId::new(name))
}

fn action_uid(permission: Permission) -> EntityUid {
    NAMES.action_uid(permission.as_str())
}
