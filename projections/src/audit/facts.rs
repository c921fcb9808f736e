//! What events say of whom, where and under which ticket: read from no more of their content than that needs.

use std::collections::BTreeSet;

use countersign_domain::access::{Findings, Subject};
use countersign_domain::aggregate::{Aggregate as _, DecodeError};
use countersign_domain::capabilities::Drift;
use countersign_domain::envelope::Envelope;
use countersign_domain::names::PrincipalId;
use countersign_domain::ports::Identity;
use countersign_domain::repair::{Drift as _, Plan};
use countersign_domain::tenant::{People, TOGETHER};
use countersign_domain::upcast;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::posting::Term;
use crate::access::{forge_names, repository_term};
use crate::projection::ProjectionError;

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
    pub(super) fn terms(&self) -> impl Iterator<Item = Term<'_>> {
        let users = self.users.iter().map(|user| Term::User(user));
        let concerned = self.concerned.iter().map(|id| Term::Concerns(id.as_str()));
        let repository = self.repositories.iter().map(|name| Term::Repository(name));
        users.chain(concerned).chain(repository).chain(self.ticket.as_deref().map(Term::Ticket))
    }
}

/// A request's first event, of which no more is read than `A` wants.
#[derive(Deserialize)]
struct Requested<A> {
    asked: A,
}

/// Who asked.
#[derive(Deserialize)]
struct Asker {
    id: PrincipalId,
}

/// What a request's first event says of it.
pub(super) fn asked_facts(envelope: &Envelope) -> Result<Facts, DecodeError> {
    #[derive(Deserialize)]
    struct Asked {
        requester: Asker,
        subject: Subject,
        repository: Option<String>,
        ticket: Option<String>,
    }
    let asked = content::<Requested<Asked>>(envelope)?.asked;
    let subject = asked.subject;
    let users = [asked.requester.id.to_string(), subject.account.clone(), subject.name];
    Ok(Facts {
        user: Some(subject.principal.as_ref().map_or(subject.account, ToString::to_string)),
        users: users.into_iter().chain(subject.principal.as_ref().map(ToString::to_string)).collect(),
        repositories: asked.repository.iter().map(|name| repository_term(name)).collect(),
        repository: asked.repository,
        ticket: asked.ticket,
        concerned: subject.principal.into_iter().chain([asked.requester.id]).collect(),
    })
}

/// What a repair's first event says of it: on which repositories it is, and about whom.
pub(super) fn repair_facts(envelope: &Envelope) -> Result<Facts, DecodeError> {
    let asked = content::<Requested<Plan<Drift>>>(envelope)?.asked;
    let mut facts = Facts::default();
    for item in &asked.items {
        for thing in item.drift.things() {
            match thing.kind {
                "repository" => drop(facts.repositories.insert(thing.id.to_lowercase())),
                _ => drop(facts.users.insert(thing.id)),
            }
        }
        facts.users.extend(item.holder.as_ref().map(ToString::to_string));
        facts.concerned.extend(item.holder.clone());
    }
    facts.repository = asked.items.first().map(|item| item.drift.on().to_owned());
    facts.users.insert(asked.requester.id.to_string());
    facts.concerned.insert(asked.requester.id);
    Ok(facts)
}

/// What a request's first event says that is about nothing but the tenant itself: who proposed it.
pub(super) fn proposer_facts(envelope: &Envelope) -> Result<Facts, DecodeError> {
    #[derive(Deserialize)]
    struct Asked {
        requester: Asker,
    }
    let id = content::<Requested<Asked>>(envelope)?.asked.requester.id;
    Ok(Facts { users: [id.to_string()].into(), concerned: [id].into(), ..Facts::default() })
}

/// What the vendors' answer adds: whose access it is, and on what, under every name of theirs.
pub(super) fn learn_checked(facts: &mut Facts, envelope: &Envelope) -> Result<(), DecodeError> {
    #[derive(Deserialize)]
    struct Checked {
        findings: Box<Findings>,
        subject: Option<Subject>,
    }
    let Checked { findings, subject } = content(envelope)?;
    facts.users.extend(findings.user.iter().flat_map(forge_names).map(str::to_owned));
    if let Some(repository) = findings.repository {
        facts.repositories.extend([repository.name.to_lowercase(), repository.key().to_owned()]);
        facts.repository = Some(repository.name);
    }
    if let Some(ticket) = findings.ticket {
        facts.ticket = Some(ticket.key);
    }
    if let Some(subject) = subject {
        let user = subject.principal.as_ref().map_or(subject.account.as_str(), PrincipalId::as_str);
        facts.user = Some(user.to_owned());
        facts.users.extend([user.to_owned(), subject.account, subject.name]);
        facts.concerned.extend(subject.principal);
    }
    Ok(())
}

/// What an event says by itself: a webhook's form, a person recorded, whose a chat account is.
pub(super) fn own_facts(envelope: &Envelope) -> Result<Facts, ProjectionError> {
    Ok(match (envelope.stream.category(), envelope.kind.as_str()) {
        ("webhook", "webhook_received") => webhook_facts(envelope)?,
        (People::CATEGORY | TOGETHER, "person_recorded" | "person_removed") => person_facts(envelope)?,
        (People::CATEGORY | TOGETHER, "account_bound" | "account_unbound" | "link_offered") => {
            account_facts(envelope)?
        }
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
