//! What the rules are asked about access.

use std::borrow::Cow;

use super::drift::ANNOTATIONS;
use super::{Asked, Permission, RepositoryName};
use crate::ports::FORGES;
use crate::rules::{Part, Question, Resource, Somebody, Value};
use crate::tenant::{People, Person};

/// Whoever of a tenant has this account at its forge. A tenant has one forge, and no two forges write an account the same way.
pub fn by_forge_account<'a>(people: &'a People, account: &str) -> Option<&'a Person> {
    FORGES.iter().find_map(|forge| people.by_account(forge, account))
}

/// What rules can speak of because of it, also where they name no action.
pub const RULES: Part =
    Part { schema: include_str!("rules.cedarschema"), annotations: ANNOTATIONS, by_itself: None };

/// A wish for access, as far as the rules look at it.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    /// Who asks.
    pub asker: &'a Person,
    /// Whom it is for.
    pub subject: Somebody<'a>,
    /// What is asked for.
    pub permission: Permission,
    /// The repository's name.
    pub repository: &'a str,
    /// For how long, in minutes.
    pub minutes: Option<u64>,
    /// The ticket's key.
    pub ticket: Option<&'a str>,
}

impl<'a> Sought<'a> {
    /// The question.
    pub fn question(self) -> Question<'a> {
        let mut context = vec![
            ("has_ticket", Value::Flag(self.ticket.is_some())),
            ("for_self", Value::Flag(self.subject.is(self.asker))),
            ("subject", Value::Somebody(self.subject)),
        ];
        context.extend(self.minutes.map(|minutes| ("minutes", Value::Number(minutes))));
        context.extend(self.ticket.map(|ticket| ("ticket", Value::Text(Cow::Borrowed(ticket)))));
        Question {
            asker: self.asker,
            action: self.permission.as_str(),
            resource: repository(Cow::Borrowed(self.repository)),
            context,
        }
    }
}

/// A repository, as the rules look at it.
pub(super) fn repository(name: Cow<'_, str>) -> Resource<'_> {
    Resource { kind: "Repository", attributes: vec![("name", Value::Text(name.clone()))], id: name }
}

/// What the rules are asked about a request, for `minutes` if that differs from what was asked; nothing where its content is
/// not good enough to ask them.
pub fn question<'a>(asked: &'a Asked, minutes: Option<u64>, people: &'a People) -> Option<Question<'a>> {
    let named = asked.repository.as_deref()?;
    let sought = Sought {
        asker: people.people.get(&asked.requester.id)?,
        subject: subject(asked, people)?,
        permission: asked.permission?,
        repository: named,
        minutes: minutes.or(asked.minutes),
        ticket: asked.ticket.as_deref(),
    };
    let mut question = sought.question();
    // Before it was looked up, the name may be an address.
    if let Ok(name) = named.parse::<RepositoryName>() {
        question.resource = repository(Cow::Owned(name.key().to_owned()));
    }
    Some(question)
}

/// Who shall have it, as the directory is now: a person, or somebody whom the tenant does not know; nobody where the person is
/// not there any more. Nobody is taken for anybody else.
fn subject<'a>(asked: &'a Asked, people: &'a People) -> Option<Somebody<'a>> {
    let subject = &asked.subject;
    let person = match &subject.principal {
        Some(id) => Some(people.people.get(id)?),
        None => by_forge_account(people, &subject.account),
    };
    Some(person.map_or(Somebody::Unknown(&subject.account), Somebody::Person))
}
