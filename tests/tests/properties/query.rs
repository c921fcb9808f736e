//! Every question to the audit is answered exactly, of whatever past (27).

use std::collections::{BTreeMap, BTreeSet};

use countersign_domain::access::{AccessEvent, AccessRequest, Asked};
use countersign_domain::aggregate::{self, Aggregate as _};
use countersign_domain::capabilities::{AnyEvent, AnyRequest, EffectEvent};
use countersign_domain::effect::Wish as _;
use countersign_domain::envelope::{ActorKind, Envelope};
use countersign_domain::record::Record;
use countersign_domain::request::Code;
use countersign_domain::tenant::{People, PeopleEvent};
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::vendors::account;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use uuid::Uuid;

use crate::deeds::{PEOPLE, act, deed, last_code, searched};
use crate::support::{Outcome, on_stage};

/// What an auditor could know of an event by reading the log from end to end.
#[derive(Debug)]
struct Known {
    envelope: Envelope,
    code: Option<Code>,
    /// Every name of whoever did it, of whoever asked, and of whose access it is.
    users: BTreeSet<String>,
    /// Every name of the repository.
    repositories: BTreeSet<String>,
    ticket: Option<String>,
    /// Whom it concerns.
    concerned: BTreeSet<String>,
}

/// What the log says of one request in all.
#[derive(Default)]
struct Story {
    state: AccessRequest,
    first: Option<Asked>,
    /// What is about no access: a change of the rules.
    other: Option<AnyRequest>,
    concerned: BTreeSet<String>,
}

impl Story {
    fn hear(&mut self, envelope: &Envelope) {
        if envelope.actor.kind != ActorKind::System {
            self.concerned.insert(envelope.actor.id.to_string());
        }
        let event = match aggregate::decode(envelope).expect("an event") {
            AnyEvent::Access(event) => event,
            other => {
                self.other.evolve(&other, envelope.at);
                self.concerned.extend(self.proposed_by());
                return;
            }
        };
        if let AccessEvent::Requested { asked } = &event {
            self.first = Some(Asked::clone(asked));
        }
        self.state.evolve(&event, envelope.at);
        let asked = self.state.asked.as_ref().expect("it was asked");
        self.concerned.insert(asked.requester.id.to_string());
        self.concerned.extend(asked.subject.principal.iter().map(ToString::to_string));
    }

    fn proposed_by(&self) -> Option<String> {
        Some(self.other.as_ref()?.requester()?.id.to_string())
    }

    fn asked(&self) -> impl Iterator<Item = &Asked> {
        self.first.iter().chain(&self.state.asked)
    }

    fn users(&self) -> BTreeSet<String> {
        let of = |asked: &Asked| {
            let Asked { requester, subject, .. } = asked;
            let names = [requester.id.to_string(), subject.account.clone(), subject.name.clone()];
            names.into_iter().chain(subject.principal.as_ref().map(ToString::to_string)).collect::<Vec<_>>()
        };
        let found = self.state.findings.as_ref().and_then(|findings| findings.user.as_ref());
        let found = found.into_iter().flat_map(|user| {
            let bare = user
                .aliases
                .iter()
                .filter_map(|id| id.strip_prefix('{')?.strip_suffix('}').map(str::to_owned));
            let names = [user.account.clone(), user.name.clone()].into_iter().chain(user.nickname.clone());
            names.chain(user.aliases.iter().cloned()).chain(bare).collect::<Vec<_>>()
        });
        self.asked().flat_map(of).chain(found).chain(self.proposed_by()).collect()
    }

    fn repositories(&self) -> BTreeSet<String> {
        let found = self.state.findings.as_ref().and_then(|findings| findings.repository.as_ref());
        let found =
            found.into_iter().flat_map(|found| [Some(found.name.clone()), found.id.clone()]).flatten();
        self.asked().filter_map(|asked| asked.repository.clone()).chain(found).collect()
    }
}

/// Reads the log from end to end: what each request is about, and which request each event belongs to.
fn read(log: Vec<Envelope>) -> Vec<Known> {
    let mut stories: BTreeMap<Code, Story> = BTreeMap::new();
    let mut conversations: BTreeMap<Uuid, Code> = BTreeMap::new();
    let mut effects: BTreeMap<String, Code> = BTreeMap::new();
    for envelope in &log {
        match envelope.stream.category() {
            "request" => {
                let code: Code = envelope.stream.id().parse().expect("a code");
                stories.entry(code.clone()).or_default().hear(envelope);
                if envelope.kind == "access_requested" {
                    conversations.entry(envelope.correlation).or_insert(code);
                }
            }
            "effect" => {
                if let EffectEvent::EffectClaimed { effect, .. } =
                    aggregate::decode(envelope).expect("an event")
                {
                    let code =
                        effect.code().expect("nobody talks to this bot, so every effect is a request's");
                    effects.insert(envelope.stream.id().to_owned(), code.clone());
                }
            }
            _ => {}
        }
    }
    let of = |envelope: &Envelope| match envelope.stream.category() {
        "request" => envelope.stream.id().parse().ok(),
        "effect" => effects.get(envelope.stream.id()).cloned(),
        "people" | "rules" | "settings" => None,
        "denial" => match aggregate::decode(envelope).expect("a denial") {
            Record::CommandDenied { stream: Some(stream), .. } => match stream.split_once(".request-") {
                Some((_, code)) => code.parse().ok(),
                None => conversations.get(&envelope.correlation).cloned(),
            },
            _ => conversations.get(&envelope.correlation).cloned(),
        },
        _ => conversations.get(&envelope.correlation).cloned(),
    };
    let known = |envelope: Envelope| {
        let code = of(&envelope);
        let story = code.as_ref().map(|code| &stories[code]);
        let actor = envelope.actor.id.to_string();
        let own = own_names(&envelope);
        let users =
            story.map(Story::users).unwrap_or_default().into_iter().chain(own.users).chain([actor.clone()]);
        let repositories =
            story.map(Story::repositories).unwrap_or_default().into_iter().chain(own.repository);
        let concerned = story.map(|story| story.concerned.clone()).unwrap_or_default();
        Known {
            users: users.map(|user| user.to_lowercase()).collect(),
            repositories: repositories.map(|name| name.to_lowercase()).collect(),
            ticket: story.and_then(|story| story.state.asked.as_ref()?.ticket.clone()).or(own.ticket),
            concerned: concerned.into_iter().chain(own.concerned).chain([actor]).collect(),
            code,
            envelope,
        }
    };
    log.into_iter().map(known).collect()
}

/// What an event names by itself.
#[derive(Default)]
struct Own {
    users: Vec<String>,
    repository: Option<String>,
    ticket: Option<String>,
    concerned: Option<String>,
}

fn own_names(envelope: &Envelope) -> Own {
    if envelope.stream.category() == People::CATEGORY {
        return match aggregate::decode(envelope).expect("an event") {
            PeopleEvent::PersonRecorded { person } => {
                let (id, accounts) = (person.id.to_string(), person.accounts.into_values());
                let users = accounts.chain([id.clone(), person.name]).collect();
                Own { users, concerned: Some(id), ..Own::default() }
            }
            _ => Own::default(),
        };
    }
    if envelope.kind != "webhook_received" {
        return Own::default();
    }
    match aggregate::decode(envelope).expect("a record") {
        Record::WebhookReceived { request: Some(request), .. } => Own {
            users: request.form.user.into_iter().chain(request.reporter).collect(),
            repository: request.form.repository,
            ticket: request.form.ticket,
            concerned: None,
        },
        _ => Own::default(),
    }
}

/// A name to look for, and all the names that mean the same.
type Meant = (String, Vec<String>);

fn user(choice: usize) -> Meant {
    let person = |written: String, id: &str| {
        let all = vec![written.clone(), id.to_owned(), account(id)];
        (written, all)
    };
    let of = |text: &str| (text.to_owned(), vec![text.to_owned()]);
    match choice {
        0 => person("demo-employee".to_owned(), "demo-employee"),
        1 => person("DEMO-Approver".to_owned(), "demo-approver"),
        2 => person(account("demo-approver"), "demo-approver"),
        3 => person("Erin Employee".to_owned(), "demo-employee"),
        4 => person("rita auditor".to_owned(), "demo-auditor"),
        5 => person("demo-admin".to_owned(), "demo-admin"),
        6 => of("countersign"),
        _ => of("nobody"),
    }
}

/// The repository, in one of the ways to write it.
fn repository(stage: &Stage, choice: usize) -> Meant {
    let id = format!("{{{}}}", stage.demo.bitbucket.state().repository_uuid("payments-api"));
    let of = |written: &str| (written.to_owned(), vec!["payments-api".to_owned()]);
    match choice {
        0 => of("payments-api"),
        1 => of("Payments-API"),
        2 => of("acme/payments-api"),
        3 => (id.clone(), vec![id]),
        4 => ("web-shop".to_owned(), vec!["web-shop".to_owned()]),
        _ => ("none".to_owned(), vec!["none".to_owned()]),
    }
}

const KINDS: [&str; 10] = [
    "access_requested",
    "access_granted",
    "access_denied",
    "command_denied",
    "effect_claimed",
    "effect_succeeded",
    "access_ended",
    "webhook_received",
    "rules_published",
    "question_asked",
];

/// A question, drawn before the past is known: places in it instead of values.
#[derive(Debug, Clone)]
struct Question {
    user: Option<usize>,
    repository: Option<usize>,
    ticket: Option<Index>,
    code: Option<Index>,
    kinds: Vec<usize>,
    talk: Option<Index>,
    from: Option<Index>,
    to: Option<Index>,
    newest: bool,
    limit: usize,
    by: &'static str,
}

fn question() -> impl Strategy<Value = Question> {
    let place = || prop::option::weighted(0.25, any::<Index>());
    let choice = |of: usize| prop::option::weighted(0.4, 0..of);
    let by = prop::sample::select(vec!["demo-auditor", "demo-admin", "demo-employee", "demo-approver2"]);
    let names = (choice(8), choice(6), place(), place());
    let times = (place(), place(), place());
    (names, prop::collection::vec(0..KINDS.len(), 0..3), times, any::<bool>(), 1..40_usize, by).prop_map(
        |((user, repository, ticket, code), kinds, (talk, from, to), newest, limit, by)| Question {
            user,
            repository,
            ticket,
            code,
            kinds,
            talk,
            from,
            to,
            newest,
            limit,
            by,
        },
    )
}

/// The question as it is asked, and which events answer it.
fn asked<'a>(stage: &Stage, past: &'a [Known], question: &Question) -> (String, Vec<&'a Known>) {
    let at = |place: Index| &past[place.index(past.len())];
    let mut query = String::new();
    let mut fitting: Vec<&Known> = past.iter().collect();
    let mut only = |name: &str, value: &str, fits: &dyn Fn(&Known) -> bool| {
        let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        query.extend(["&", name, "=", &value]);
        fitting.retain(|known| fits(known));
    };
    let meant =
        |names: &[String], of: &BTreeSet<String>| names.iter().any(|name| of.contains(&name.to_lowercase()));
    if let Some((written, names)) = question.user.map(user) {
        only("user", &written, &|known| meant(&names, &known.users));
    }
    if let Some((written, names)) = question.repository.map(|choice| repository(stage, choice)) {
        only("repository", &written, &|known| meant(&names, &known.repositories));
    }
    if let Some(ticket) = question.ticket.and_then(|place| at(place).ticket.as_ref()) {
        only("ticket", &ticket.to_lowercase(), &|known| known.ticket.as_ref() == Some(ticket));
    }
    if let Some(code) = question.code.and_then(|place| at(place).code.as_ref()) {
        only("code", &code.to_string(), &|known| known.code.as_ref() == Some(code));
    }
    if !question.kinds.is_empty() {
        let kinds: Vec<&str> = question.kinds.iter().map(|index| KINDS[*index]).collect();
        only("type", &kinds.join(","), &|known| kinds.contains(&known.envelope.kind.as_str()));
    }
    if let Some(talk) = question.talk.map(|place| at(place).envelope.correlation) {
        only("correlation", &talk.to_string(), &|known| known.envelope.correlation == talk);
    }
    let time = |place: Index| -> Timestamp { at(place).envelope.at };
    let (from, to) = match (question.from.map(time), question.to.map(time)) {
        // That nothing can fit then is told, and no question.
        (Some(from), Some(to)) if from > to => (Some(to), Some(from)),
        times => times,
    };
    if let Some(from) = from {
        only("from", &from.to_string(), &|known| from <= known.envelope.at);
    }
    if let Some(to) = to {
        only("to", &to.to_string(), &|known| known.envelope.at <= to);
    }
    if question.newest {
        query.push_str("&order=newest");
        fitting.reverse();
    }
    // Who has no such office sees what concerns them.
    if !["demo-auditor", "demo-admin"].contains(&question.by) {
        fitting.retain(|known| known.concerned.contains(question.by));
    }
    (query, fitting)
}

/// By user, repository, ticket, code, type, conversation and time, alone and together, under every name of each, in both
/// directions, in pages of any size, for whoever asks, and whatever happened until then: the audit answers exactly the events
/// that reading the whole log would find, of those that they may see.
#[test]
fn a27_audit_log_query_correctness() {
    let deeds = prop::collection::vec((deed(), prop::sample::select(PEOPLE.to_vec()), 1..400_i64), 0..4);
    let questions = prop::collection::vec(question(), 1..4);
    // The past grows from case to case, until a stage is over.
    on_stage((deeds, questions), async |stage, (deeds, questions)| {
        for (deed, by, minutes) in deeds {
            let last = last_code(stage).await;
            act(stage, deed, by, Uuid::new_v4(), &last).await;
            stage.later(SignedDuration::from_mins(minutes)).await;
        }
        let log = stage.log_after(None).await;
        let past = read(log.into_iter().filter(|envelope| envelope.tenant == tenant()).collect());
        for question in &questions {
            answers(stage, &past, question).await?;
        }
        Ok(())
    });
}

async fn answers(stage: &Stage, past: &[Known], question: &Question) -> Outcome {
    let (query, expected) = asked(stage, past, question);
    let found = searched(stage, question.by, &query, question.limit).await?;
    let name = |kind: &str, position: &Value| format!("{position} {kind}");
    let found: Vec<_> =
        found.iter().map(|item| name(item["type"].as_str().unwrap_or_default(), &item["position"])).collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|known| name(&known.envelope.kind, &serde_json::json!(known.envelope.pos)))
        .collect();
    prop_assert_eq!(found, expected, "{} asked {}", question.by, query);
    Ok(())
}
