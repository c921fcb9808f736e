//! What events say of whom, where and under which ticket: read from no more of their content than that needs.

use std::collections::BTreeSet;

use countersign_domain::aggregate::{Aggregate as _, DecodeError};
use countersign_domain::envelope::Envelope;
use countersign_domain::names::PrincipalId;
use countersign_domain::ports::Identity;
use countersign_domain::record::Record;
use countersign_domain::request::{self, Thing};
use countersign_domain::tenant::People;
use countersign_domain::upcast;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::posting::Term;
use crate::projection::ProjectionError;
use crate::repository::repository_term;

/// What events are found by, and shown with: of a request, or of an event that stands for itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts {
    /// Whose access it is: the principal, or else the account.
    pub(super) user: Option<String>,
    /// All texts that mean who asked and whose access it is.
    pub(super) users: BTreeSet<String>,
    /// The repository.
    pub(super) repository: Option<String>,
    /// All texts that mean the repository: what was typed, the forge's name, and its immutable id.
    #[serde(default)]
    pub(super) repositories: BTreeSet<String>,
    /// The ticket.
    pub(super) ticket: Option<String>,
    /// Whom it concerns: who asked, whose access it is, and who decided on it.
    pub(super) concerned: BTreeSet<PrincipalId>,
}

impl Facts {
    /// Adds what an event of its request tells.
    pub(super) fn learn(&mut self, told: request::Facts) {
        let ids = |wanted: &str| -> Vec<&str> {
            let things = told.things.iter().filter(|Thing { kind, .. }| *kind == wanted);
            things.map(|Thing { id, .. }| id.as_str()).collect()
        };
        let (repositories, tickets) = (ids("repository"), ids("ticket"));
        if let Some(shown) = repositories.first() {
            self.repository = Some((*shown).to_owned());
        }
        if let Some(shown) = tickets.first() {
            self.ticket = Some((*shown).to_owned());
        }
        self.repositories.extend(repositories.into_iter().map(repository_term));
        self.users.extend(ids("account").into_iter().map(str::to_owned));
        self.users.extend(told.people);
        self.user = told.whose.or_else(|| self.user.take());
        self.concerned.extend(told.concerned);
    }

    pub(super) fn terms(&self) -> impl Iterator<Item = Term<'_>> {
        let users = self.users.iter().map(|user| Term::User(user));
        let concerned = self.concerned.iter().map(|id| Term::Concerns(id.as_str()));
        let repository = self.repositories.iter().map(|name| Term::Repository(name));
        users.chain(concerned).chain(repository).chain(self.ticket.as_deref().map(Term::Ticket))
    }
}

/// What an event says by itself: a webhook's form, a person recorded or erased, whose a chat account is.
pub(super) fn own_facts(envelope: &Envelope) -> Result<Facts, ProjectionError> {
    Ok(match (envelope.stream.category(), envelope.kind.as_str()) {
        (Record::WEBHOOK, _) => webhook_facts(envelope)?,
        (People::CATEGORY, "person_recorded" | "person_removed") => person_facts(envelope)?,
        (People::CATEGORY, "account_bound" | "account_unbound" | "link_offered") => account_facts(envelope)?,
        (Record::ERASURE, _) => erased_facts(envelope)?,
        _ => Facts::default(),
    })
}

fn webhook_facts(envelope: &Envelope) -> Result<Facts, DecodeError> {
    #[derive(Deserialize)]
    struct Received {
        request: Option<countersign_domain::record::TicketRequest>,
    }
    let Some(request) = content::<Received>(envelope)?.request else { return Ok(Facts::default()) };
    let form = request.form;
    Ok(Facts {
        user: form.user.clone().or_else(|| request.reporter.clone()),
        users: form.user.into_iter().chain(request.reporter).collect(),
        repositories: form.repository.iter().map(|name| repository_term(name)).collect(),
        repository: form.repository,
        ticket: form.ticket,
        concerned: BTreeSet::new(),
    })
}

fn person_facts(envelope: &Envelope) -> Result<Facts, DecodeError> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum About {
        Recorded { person: Box<countersign_domain::tenant::Person> },
        Removed { id: PrincipalId },
    }
    let (id, others) = match content(envelope)? {
        About::Recorded { person } => {
            (person.id, person.accounts.into_values().chain([person.name]).collect())
        }
        About::Removed { id } => (id, vec![]),
    };
    Ok(Facts {
        user: Some(id.to_string()),
        users: others.into_iter().chain([id.to_string()]).collect(),
        concerned: BTreeSet::from([id]),
        ..Facts::default()
    })
}

/// Whose chat account it is about, and which.
fn account_facts(envelope: &Envelope) -> Result<Facts, DecodeError> {
    #[derive(Deserialize)]
    struct About {
        principal: PrincipalId,
        identity: Option<Identity>,
    }
    let About { principal, identity } = content(envelope)?;
    let users = identity.iter().map(ToString::to_string).chain([principal.to_string()]);
    Ok(Facts {
        user: Some(principal.to_string()),
        users: users.collect(),
        concerned: BTreeSet::from([principal]),
        ..Facts::default()
    })
}

fn erased_facts(envelope: &Envelope) -> Result<Facts, DecodeError> {
    #[derive(Deserialize)]
    struct Erased {
        person: PrincipalId,
    }
    let Erased { person } = content(envelope)?;
    Ok(Facts {
        user: Some(person.to_string()),
        users: BTreeSet::from([person.to_string()]),
        concerned: BTreeSet::from([person]),
        ..Facts::default()
    })
}

/// What is needed of an event's content, in its newest shape.
pub(super) fn content<T: DeserializeOwned>(envelope: &Envelope) -> Result<T, DecodeError> {
    let data = upcast::upcast(&envelope.kind, envelope.v, &envelope.data)?;
    serde_json::from_str(&data).map_err(|error| DecodeError::Shape {
        id: envelope.id,
        kind: envelope.kind.clone(),
        v: envelope.v,
        stream: envelope.stream.to_string(),
        why: error.to_string(),
    })
}
