//! Asking Cedar: one question in, one ruling out.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::error::Error;

use cedar_policy::{
    AuthorizationError, Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicyId, Request,
    Response, RestrictedExpression,
};

use super::compile::{Compiled, Rule};
use super::language::{self, Vocabulary};
use super::strictest::strictest;
use super::terms::{Refusal, Ruling};
use crate::envelope::ActorKind;
use crate::person::{Person, Role};

/// What the rules are asked: may this be asked for, and who countersigns it?
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// Who asks.
    pub asker: &'a Person,
    /// What they want to do, as the schema names it: `write`, `publish_rules`.
    pub action: &'static str,
    /// With what.
    pub resource: Resource<'a>,
    /// What else is known, by the schema's names.
    pub context: Vec<(&'static str, Value<'a>)>,
}

/// What is done something with.
#[derive(Debug, Clone)]
pub struct Resource<'a> {
    /// Its kind, as the schema names it: `Repository`.
    pub kind: &'static str,
    /// Which of them.
    pub id: Cow<'a, str>,
    /// What is known of it, by the schema's names.
    pub attributes: Vec<(&'static str, Value<'a>)>,
}

/// Something that is known.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// Yes or no.
    Flag(bool),
    /// How much, or how many.
    Number(u64),
    /// A text.
    Text(Cow<'a, str>),
    /// Who.
    Somebody(Somebody<'a>),
}

/// Whom a question names besides who asks.
#[derive(Debug, Clone, Copy)]
pub enum Somebody<'a> {
    /// A person of the tenant, perhaps the asker.
    Person(&'a Person),
    /// Somebody whom the tenant does not know, by their account at the forge. They are never the asker, and in no group.
    Unknown(&'a str),
}

/// Why a question is none.
type Fault = Box<dyn Error>;

/// What the compiled rules say to a question. Whatever keeps them from a clear answer forbids. An action that they name
/// nowhere, though it is not access, is left to the rules that the program has for it.
pub(super) fn rule(compiled: &Compiled, question: &Question<'_>) -> Ruling {
    let action = language::action(question.action);
    match compiled.language.of_the_program(&action).filter(|_| !compiled.names(&action)) {
        Some(rules) => decide(rules.compiled(), compiled.version, question),
        None => decide(compiled, compiled.version, question),
    }
}

fn decide(compiled: &Compiled, version: u64, question: &Question<'_>) -> Ruling {
    let (words, unnamed) = (&compiled.language.whole, &compiled.language.unnamed);
    let policies =
        if unnamed.has(&language::action(question.action)) { &compiled.policies } else { &compiled.naming };
    let response = match (request(words, question), entities(words, question)) {
        (Ok(request), Ok(entities)) => Authorizer::new().is_authorized(&request, policies, &entities),
        (Err(error), _) | (_, Err(error)) => {
            let messages = vec![format!("The rules could not be asked: {error}")];
            return Ruling::Forbidden(Refusal { version, policies: Vec::new(), messages });
        }
    };
    if let Some(refusal) = undecided(compiled, version, &response) {
        return Ruling::Forbidden(refusal);
    }
    let rules = in_order(compiled, response.diagnostics().reason());
    match response.decision() {
        Decision::Allow => Ruling::Allowed(strictest(version, &rules)),
        Decision::Deny => Ruling::Forbidden(Refusal {
            version,
            policies: rules.iter().map(|(name, _)| (*name).to_owned()).collect(),
            messages: rules.iter().filter_map(|(_, rule)| rule.annotations.message.clone()).collect(),
        }),
    }
}

/// Cedar skips a policy that it cannot evaluate, such as one whose numbers overflow. It could have been a `forbid`.
fn undecided(compiled: &Compiled, version: u64, response: &Response) -> Option<Refusal> {
    let errors: Vec<_> = response.diagnostics().errors().collect();
    if errors.is_empty() {
        return None;
    }
    let failed = errors.into_iter().map(|AuthorizationError::PolicyEvaluationError(error)| error.policy_id());
    let rules = in_order(compiled, failed);
    let names = rules.iter().map(|(name, _)| (*name).to_owned());
    let messages = rules.iter().map(|(name, _)| format!("The rule `{name}` could not be evaluated."));
    Some(Refusal { version, policies: names.collect(), messages: messages.collect() })
}

/// The rules of these ids with their names, in the order of the text.
fn in_order<'a>(compiled: &'a Compiled, ids: impl Iterator<Item = &'a PolicyId>) -> Vec<(&'a str, &'a Rule)> {
    let mut rules: Vec<_> = ids.filter_map(|id| Some((id.as_ref(), compiled.rules.get(id)?))).collect();
    rules.sort_by_key(|(_, rule)| rule.index);
    rules
}

fn request(words: &Vocabulary, question: &Question<'_>) -> Result<Request, Fault> {
    let pairs =
        question.context.iter().map(|(name, value)| Ok(((*name).to_owned(), value.expression(words)?)));
    let context = Context::from_pairs(pairs.collect::<Result<Vec<_>, Fault>>()?)?;
    let (asker, resource) = (person_uid(words, question.asker)?, question.resource.uid(words)?);
    Ok(Request::new(asker, language::action(question.action), resource, context, None)?)
}

/// Everything Cedar looks up for the question: the people with their groups, the resource, the action.
fn entities(words: &Vocabulary, question: &Question<'_>) -> Result<Entities, Fault> {
    let action = words.actions.get(&language::action(question.action));
    let action = action.ok_or_else(|| format!("there is no action {}", question.action))?;
    let mut entities = vec![person(words, question.asker)?, question.resource.entity(words)?, action.clone()];
    for (_, value) in &question.context {
        match value {
            Value::Somebody(Somebody::Person(other)) if other.id != question.asker.id => {
                entities.push(person(words, other)?);
            }
            Value::Somebody(unknown @ Somebody::Unknown(_)) => entities.push(stranger(words, *unknown)?),
            _ => {}
        }
    }
    Ok(Entities::from_entities(entities, None)?)
}

impl Value<'_> {
    fn expression(&self, words: &Vocabulary) -> Result<RestrictedExpression, Fault> {
        Ok(match self {
            Self::Flag(flag) => RestrictedExpression::new_bool(*flag),
            Self::Number(number) => {
                RestrictedExpression::new_long(i64::try_from(*number).unwrap_or(i64::MAX))
            }
            Self::Text(value) => text(value),
            Self::Somebody(somebody) => RestrictedExpression::new_entity_uid(somebody.uid(words)?),
        })
    }
}

impl Resource<'_> {
    fn uid(&self, words: &Vocabulary) -> Result<EntityUid, Fault> {
        entity(words, self.kind, &self.id)
    }

    fn entity(&self, words: &Vocabulary) -> Result<Entity, Fault> {
        let attributes =
            self.attributes.iter().map(|(name, value)| Ok(((*name).to_owned(), value.expression(words)?)));
        let attributes = attributes.collect::<Result<HashMap<_, _>, Fault>>()?;
        Ok(Entity::new(self.uid(words)?, attributes, HashSet::new())?)
    }
}

impl Somebody<'_> {
    /// Whether this is the person.
    pub fn is(self, other: &Person) -> bool {
        matches!(self, Self::Person(person) if person.id == other.id)
    }

    fn uid(self, words: &Vocabulary) -> Result<EntityUid, Fault> {
        match self {
            Self::Person(person) => person_uid(words, person),
            // No principal's id has a slash, so nobody can be called like that.
            Self::Unknown(account) => entity(words, PERSON, &format!("account/{account}")),
        }
    }
}

/// Somebody whom the tenant does not know: no person, no agent, in no group, with no role.
fn stranger(words: &Vocabulary, unknown: Somebody<'_>) -> Result<Entity, Fault> {
    let uid = unknown.uid(words)?;
    let attributes = HashMap::from([
        ("id".to_owned(), text(uid.id().unescaped())),
        ("kind".to_owned(), text("unknown")),
        ("roles".to_owned(), RestrictedExpression::new_set([])),
    ]);
    Ok(Entity::new(uid, attributes, HashSet::new())?)
}

fn person(words: &Vocabulary, person: &Person) -> Result<Entity, Fault> {
    let kind = match person.kind {
        ActorKind::Person => "person",
        ActorKind::Agent => "agent",
        ActorKind::System => "system",
    };
    let roles = person.roles.iter().map(|role| text(Role::as_str(*role)));
    let attributes = HashMap::from([
        ("id".to_owned(), text(person.id.as_str())),
        ("kind".to_owned(), text(kind)),
        ("roles".to_owned(), RestrictedExpression::new_set(roles)),
    ]);
    let groups = person.groups.iter().map(|name| entity(words, GROUP, name));
    Ok(Entity::new(person_uid(words, person)?, attributes, groups.collect::<Result<_, _>>()?)?)
}

const PERSON: &str = "Person";
const GROUP: &str = "Group";

fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

fn person_uid(words: &Vocabulary, person: &Person) -> Result<EntityUid, Fault> {
    entity(words, PERSON, person.id.as_str())
}

fn entity(words: &Vocabulary, kind: &str, id: &str) -> Result<EntityUid, Fault> {
    words.entity(kind, id).ok_or_else(|| format!("there is no kind of thing called {kind}").into())
}
