//! An agent for tests: how it is asked for, looked at and put in force where the laws of the life are tried on it, and what can happen
//! to it.

use uuid::Uuid;

use super::*;
use crate::access::example::{ada, person};
use crate::conversation::Allowance;
use crate::denied::Violation;
use crate::person::Person;
use crate::ports::Provisioned;
use crate::request::law::{self, Tried};
use crate::request::{Code, Nothing, RequestEvent};
use crate::rules::Ruling;
use crate::tenant::PublishedBy;
use crate::testing::noon;

pub(crate) fn definition() -> Definition {
    let a_day = Allowance { turns: Some(200), tokens: Some(100_000), micros: Some(5_000_000) };
    Definition {
        name: "travel".to_owned(),
        instruction: "Answer what people ask about trips, and cite the handbook.".to_owned(),
        backend: Some("small".to_owned()),
        tools: Some(["access".to_owned(), "run_action_restart_job".to_owned()].into()),
        collections: Some(["handbook".to_owned()].into()),
        guardrail: vec![Topic { name: "salaries".to_owned(), phrases: ["salary".to_owned()].into() }],
        limits: Limits { a_day: Some(a_day), most_tokens: Some(500), passages: Some(4) },
    }
}

pub(crate) fn draft() -> Draft {
    Agent::asked(&person("erin", &[]), &person("erin", &[]))
}

pub(crate) fn found() -> Found {
    Agent::found(&ada(), 0)
}

pub(crate) fn change(number: u128) -> PublishedBy {
    PublishedBy {
        request: Code::candidate(Uuid::from_u128(number), 0),
        proposed_by: person("erin", &[]).id,
        countersigned_by: vec![ada().id],
    }
}

pub(crate) fn provisioned() -> Provisioned {
    Provisioned { agent: "AGENT00001".to_owned(), alias: "ALIAS00001".to_owned(), version: "3".to_owned() }
}

/// It waits for somebody.
pub(crate) fn waiting(draft: Draft) -> Vec<AgentRequestEvent> {
    let (by, terms) = (draft.requester.id.clone(), crate::access::example::terms());
    let ruling = Some(Ruling::Allowed(terms.clone()));
    vec![
        RequestEvent::Requested { asked: Box::new(draft) },
        RequestEvent::Checked { findings: Box::new(found()), ruling },
        crate::request::waiting(Proposal::Publish, &by, terms, noon()),
    ]
}

/// Ada countersigned it.
pub(crate) fn approved(draft: Draft) -> Vec<AgentRequestEvent> {
    let approved = RequestEvent::Approved { by: vec![ada().id], fixed: Nothing {} };
    let by = RequestEvent::Countersigned {
        by: ada().id,
        receipt: crate::envelope::Digest::of(b"what was shown"),
        assurance: crate::request::Assurance::Said,
        stands_in_for: None,
    };
    waiting(draft).into_iter().chain([by, approved]).collect()
}

impl Tried for Agent {
    /// An agent is nobody's own but who asks for it.
    const IS_ABOUT_SOMEBODY: bool = false;

    fn asked(by: &Person, _: &Person) -> Draft {
        let before = Definition { instruction: "Answer.".to_owned(), ..definition() };
        Draft {
            code: Code::candidate(Uuid::from_u128(21), 0),
            requester: law::requester(by),
            definition: Box::new(definition()),
            base: 1,
            before: Some(Box::new(Before {
                request: Some(Code::candidate(Uuid::from_u128(20), 0)),
                definition: before,
            })),
            back_to: Some(1),
            why: Some("trips are asked about".to_owned()),
        }
    }

    fn found(_: &Person, way: u8) -> Found {
        let answers_with = ["small", "large", "embedded"][usize::from(way) % 3].to_owned();
        Found { latest: 1, in_force: true, answers_with, missing: vec![] }
    }

    fn own_events() -> Vec<AgentEvent> {
        let (by, other) = (ada().id, Code::candidate(Uuid::from_u128(22), 0));
        vec![
            AgentEvent::Published { version: 2 },
            AgentEvent::Overtaken { now: 3 },
            AgentEvent::Replaced { by: other },
            AgentEvent::Drifted { found: "the instruction is another one there".to_owned() },
            AgentEvent::Restored {},
            AgentEvent::Retired { by, reason: Some("nobody travels".to_owned()) },
        ]
    }

    fn carry_out() -> AgentCommand {
        AgentCommand::Confirm { version: 2 }
    }

    fn faults() -> Vec<Violation> {
        let (agent, given) = ("travel".to_owned(), "travle".to_owned());
        let missing =
            Missing { field: "backend".to_owned(), name: "gpt".to_owned(), here: vec!["small".to_owned()] };
        let all = [
            Fault::BadDefinition { faults: vec![("name".to_owned(), "must be short".to_owned())] },
            Fault::UnreadDefinition { why: "line 2: a quote lacks".to_owned() },
            Fault::AgentNeedsMore { missing: vec![missing] },
            Fault::AgentIsSoAlready { version: 2 },
            Fault::AgentMovedOn { agent: agent.clone(), now: 3, in_force: true },
            Fault::ManyAgents { max: 100 },
            Fault::UnknownAgent { given: given.clone() },
            Fault::UnknownAgentVersion { agent: agent.clone(), given },
            Fault::MayNotDefineAgents { agent },
            Fault::AgentNotInForce,
            Fault::NotYourAgent,
        ];
        all.into_iter().map(Violation::from).collect()
    }
}

/// One event of each type of the book.
pub(crate) fn book_events() -> Vec<AgentBookEvent> {
    vec![
        AgentBookEvent::AgentPutInForce {
            version: 2,
            definition: Box::new(definition()),
            change: Some(change(21)),
            provisioned: Some(provisioned()),
        },
        AgentBookEvent::AgentTakenOut { agent: "travel".to_owned(), version: 2 },
    ]
}
