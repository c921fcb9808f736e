//! Histories for the read models' tests: whole lives of access requests, mixed at will, in a store in memory.

#![allow(dead_code, clippy::allow_attributes, reason = "each program uses a part of this")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::HashMap;
use std::sync::Arc;

use countersign_domain::access::{
    AccessEvent, Asked, ComparisonEvent, Deviation, Effect, Ending, Findings, GrantEvent, How, Lasting,
    Outcome, Permission, PermissionTask, Plan, Proposal, Subject,
};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::aggregate::{Event, encode};
use countersign_domain::capabilities::{Drift, EffectEvent, Repair};
use countersign_domain::denied::Violation;
use countersign_domain::envelope::{Actor, ActorKind, Cause, Digest, Position};
use countersign_domain::names::{PrincipalId, StreamName, Tenant};
use countersign_domain::ports::{Append, EventStore, Expected, PermissionPlan};
use countersign_domain::record::{Record, TicketRequest};
use countersign_domain::repair::{self, Found, Item, Remedy, RepairEvent};
use countersign_domain::request::{Code, Nothing, Origin, RequestEvent, Requester};
use countersign_domain::rules::{Approvers, OnLeave, Ruling, Terms};
use countersign_domain::tenant::{
    People, PeopleEvent, Person, Rulebook, RulebookEvent, Settings, SettingsEvent,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

pub(crate) const REPOSITORIES: [&str; 3] = ["payments-api", "web-shop", "infra"];

/// The instant at which every history begins; each event is a minute later than the one before.
pub(crate) fn start() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

pub(crate) fn tenant(name: &str) -> Tenant {
    name.parse().unwrap()
}

pub(crate) fn id(name: &str) -> PrincipalId {
    name.parse().unwrap()
}

pub(crate) fn code(n: u64) -> Code {
    Code::candidate(Uuid::from_u128(u128::from(n)), 0)
}

/// One thing that happens: in which stream, who did it, in which conversation.
#[derive(Debug, Clone)]
pub(crate) struct Happening {
    pub(crate) stream: (&'static str, String),
    pub(crate) actor: String,
    pub(crate) correlation: Uuid,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Access(AccessEvent),
    Repair(RequestEvent<Repair>),
    Effect(EffectEvent),
    People(PeopleEvent),
    Rules(RulebookEvent),
    Settings(SettingsEvent),
    Record(Record),
    Comparison(ComparisonEvent),
}

/// A log being written.
pub(crate) struct History<S> {
    pub(crate) store: Arc<S>,
    revs: HashMap<StreamName, u64>,
    commands: u128,
    /// The time of the next event.
    pub(crate) now: Timestamp,
}

impl<S: EventStore> History<S> {
    pub(crate) fn new(store: S) -> Self {
        Self { store: Arc::new(store), revs: HashMap::new(), commands: 0, now: start() }
    }

    pub(crate) async fn happen(&mut self, tenant: &Tenant, happening: &Happening) -> Position {
        let append = self.append(tenant, happening);
        self.store.append(append).await.unwrap().position
    }

    /// The append of a happening, to be done before the stream's next one.
    pub(crate) fn append(&mut self, tenant: &Tenant, happening: &Happening) -> Append {
        self.commands += 1;
        let command = Uuid::from_u128(self.commands << 32);
        let kind = match happening.actor.as_str() {
            "outbox" | "policy" => ActorKind::System,
            _ => ActorKind::Person,
        };
        let actor = Actor { id: id(&happening.actor), kind, surface: "web".to_owned(), via: None };
        let correlation = happening.correlation;
        let cause = Cause { actor, command, correlation, causation: command, at: self.now };
        self.now = self.now.checked_add(SignedDuration::from_secs(60)).unwrap();
        let events = match &happening.what {
            What::Access(event) => encode_one(event, &cause),
            What::Repair(event) => encode_one(event, &cause),
            What::Effect(event) => encode_one(event, &cause),
            What::People(event) => encode_one(event, &cause),
            What::Rules(event) => encode_one(event, &cause),
            What::Settings(event) => encode_one(event, &cause),
            What::Record(event) => encode_one(event, &cause),
            What::Comparison(event) => encode_one(event, &cause),
        };
        let stream = StreamName::new(tenant, happening.stream.0, &happening.stream.1).unwrap();
        let last = self.revs.get(&stream).copied();
        self.revs.insert(stream.clone(), last.map_or(0, |rev| rev + 1));
        Append { stream, expected: Expected::after(last), events, urgent: false }
    }
}

fn encode_one<E: Event>(event: &E, cause: &Cause) -> Vec<countersign_domain::envelope::NewEvent> {
    encode(std::slice::from_ref(event), cause)
}

pub(crate) fn terms() -> Terms {
    Terms {
        version: 3,
        policies: vec!["write-needs-one".to_owned()],
        auto: false,
        quorum: 1,
        approvers_when_escalated: vec![],
        approvers: vec![Approvers(["group:approvers".to_owned()].into())],
        max_minutes: Some(7 * 24 * 60),
        max_total_minutes: None,
        reason_required: false,
        escalate_after_minutes: Some(60),
        escalate_to: vec!["group:admins".to_owned()],
        remind_after_minutes: None,
        reaction: true,
        step_up: false,
        ticket_status: vec![],
        ticket: vec![],
        messages: vec![],
        on_leave: OnLeave::End,
        while_member: vec![],
        own: [].into(),
    }
}

/// From this number on, requests are of many people for many repositories, each under a ticket of its own.
pub(crate) const MANY: u64 = 1000;

fn who(n: u64) -> String {
    if n < MANY { PEOPLE[usize::try_from(n % 4).unwrap()].to_owned() } else { format!("user{}", n % 997) }
}

fn repository(n: u64) -> String {
    if n < MANY {
        REPOSITORIES[usize::try_from(n / 4 % 3).unwrap()].to_owned()
    } else {
        format!("repository-{}", n % 199)
    }
}

pub(crate) fn asked(n: u64) -> Asked {
    let person = &who(n);
    Asked {
        code: code(n),
        requester: Requester { id: id(person), kind: ActorKind::Person, name: name(person), known: true },
        subject: Subject {
            principal: Some(id(person)),
            account: format!("{{{person}}}"),
            name: name(person),
        },
        permission: Some(Permission::ALL[usize::try_from(n % 3).unwrap()]),
        repository: Some(repository(n)),
        minutes: Some(2 * 24 * 60),
        until: None,
        ticket: Some(format!("OPS-{}", if n < MANY { n % 5 } else { n })),
        reason: Some("rollout".to_owned()),
        faults: vec![],
        at: start(),
        origin: Origin::Chat,
        written: None,
    }
}

pub(crate) const PEOPLE: [&str; 4] = ["erin", "sam", "kim", "lee"];

fn name(person: &str) -> String {
    format!("{}{} Example", person[..1].to_uppercase(), &person[1..])
}

pub(crate) fn person(who: &str) -> Person {
    Person {
        id: id(who),
        kind: ActorKind::Person,
        name: name(who),
        groups: ["developers".to_owned()].into(),
        roles: [].into(),
        accounts: [("bitbucket".to_owned(), format!("{{{who}}}"))].into(),
    }
}

/// The whole life of the request number `n`: a webhook, the asking, the look-up, the countersignature, the grant,
/// a refused second countersignature, and the end.
pub(crate) fn life(tenant: &Tenant, n: u64) -> Vec<Happening> {
    let asking = Uuid::from_u128(0x0A << 64 | u128::from(n));
    let approving = Uuid::from_u128(0x0B << 64 | u128::from(n));
    let asked = asked(n);
    let person = &who(n);
    let access = |actor: &str, correlation, event| Happening {
        stream: ("request", code(n).stream_id().to_owned()),
        actor: actor.to_owned(),
        correlation,
        what: What::Access(event),
    };
    let mut life = vec![webhook(n, asking)];
    life.push(access(person, asking, AccessEvent::Requested { asked: Box::new(asked.clone()) }));
    life.extend(effect(n, 1, asking, &look_up(&asked), &Plan::Read, Outcome::Found(Box::default())));
    let ruling = Some(Ruling::Allowed(terms()));
    life.push(access(
        "policy",
        asking,
        AccessEvent::Checked { findings: Box::<Findings>::default(), ruling },
    ));
    life.push(access("policy", asking, waiting(person)));
    let receipt = Digest::of(b"shown");
    life.push(access(
        "max",
        approving,
        AccessEvent::Countersigned {
            by: id("max"),
            receipt,
            assurance: countersign_domain::request::Assurance::Said,
            stands_in_for: None,
        },
    ));
    life.push(access(
        "max",
        approving,
        AccessEvent::Approved { by: vec![id("max")], fixed: Lasting { minutes: 2880 } },
    ));
    life.push(denial(tenant, n));
    let permission = asked.permission.unwrap();
    let grant = set(&asked, PermissionTask::Grant { permission });
    let plan = plan(&asked, None, Some(permission));
    life.extend(effect(
        n,
        2,
        approving,
        &grant,
        &plan,
        Outcome::PermissionIs { now: Some(permission), before: None },
    ));
    let until = start().checked_add(SignedDuration::from_hours(48)).unwrap();
    life.push(access(
        "policy",
        approving,
        AccessEvent::Own(GrantEvent::Granted {
            permission,
            holds: Some(permission),
            before: None,
            until,
            by_hand: false,
        }),
    ));
    let ending = Ending::Revoked { by: id("ada"), reason: Some("the rollout is over".to_owned()) };
    life.push(access("ada", approving, AccessEvent::Own(GrantEvent::Ending { ending: ending.clone() })));
    life.extend(effect(
        n,
        3,
        approving,
        &set(&asked, PermissionTask::End),
        &Plan::Read,
        Outcome::PermissionIs { now: None, before: None },
    ));
    life.push(access(
        "policy",
        approving,
        AccessEvent::Own(GrantEvent::Ended { ending, left: None, by_hand: false }),
    ));
    life
}

/// The whole life of the repair number `n`: proposed, countersigned, and what was held adopted.
pub(crate) fn repair(n: u64) -> Vec<Happening> {
    let person = &who(n);
    let drift: Drift = Deviation {
        account: format!("{{{person}}}"),
        name: name(person),
        holder: None,
        repository: repository(n),
        repository_id: None,
        wanted: None,
        present: Some(Permission::Admin),
        how: How::Unknown,
        put_back: None,
    }
    .into();
    let item = Item { drift: drift.clone(), remedy: Remedy::Adopt, seen: None, holder: Some(id(person)) };
    let asked = repair::Plan {
        code: code(n),
        requester: Requester { id: id("olga"), kind: ActorKind::Person, name: name("olga"), known: true },
        items: vec![item],
        reason: None,
    };
    let findings = Found { items: vec![Some(drift.clone())], ..Found::default() };
    let (by, receipt) = (vec![id("max")], Digest::of(b"shown"));
    let assurance = countersign_domain::request::Assurance::Said;
    let events = vec![
        RequestEvent::Requested { asked: Box::new(asked) },
        RequestEvent::Checked { findings: Box::new(findings), ruling: Some(Ruling::Allowed(terms())) },
        RequestEvent::Waiting {
            proposal: repair::Proposal::Repair,
            by: id("olga"),
            terms: Box::new(terms()),
            due: start().checked_add(SignedDuration::from_hours(24)).unwrap(),
            escalate_at: Some(start().checked_add(SignedDuration::from_hours(1)).unwrap()),
            why: None,
        },
        RequestEvent::Countersigned { by: id("max"), receipt, assurance, stands_in_for: None },
        RequestEvent::Approved { by: by.clone(), fixed: Nothing {} },
        RequestEvent::Own(RepairEvent::Adopted { item: 0, drift, seen: None, by }),
        RequestEvent::Own(RepairEvent::Finished {}),
    ];
    let happening = |event| Happening {
        stream: ("request", code(n).stream_id().to_owned()),
        actor: "olga".to_owned(),
        correlation: Uuid::from_u128(0x0C << 64 | u128::from(n)),
        what: What::Repair(event),
    };
    events.into_iter().map(happening).collect()
}

fn waiting(by: &str) -> AccessEvent {
    AccessEvent::Waiting {
        proposal: Proposal::Grant,
        by: id(by),
        terms: Box::new(terms()),
        due: start().checked_add(SignedDuration::from_hours(24)).unwrap(),
        escalate_at: Some(start().checked_add(SignedDuration::from_hours(1)).unwrap()),
        why: None,
    }
}

fn plan(asked: &Asked, present: Option<Permission>, wanted: Option<Permission>) -> Plan {
    let repository = asked.repository.as_deref().unwrap();
    Plan::Permission(PermissionPlan::between(&asked.subject.account, repository, present, wanted))
}

fn look_up(asked: &Asked) -> Effect {
    Effect::LookUp {
        code: asked.code.clone(),
        account: asked.subject.account.clone(),
        repository: asked.repository.clone(),
        ticket: asked.ticket.clone(),
    }
}

fn set(asked: &Asked, task: PermissionTask) -> Effect {
    Effect::SetPermission {
        code: asked.code.clone(),
        account: asked.subject.account.clone(),
        repository: asked.repository.clone().unwrap(),
        repository_id: None,
        task,
    }
}

/// The id of the effect number `step` of the request number `n`.
pub(crate) fn effect_id(n: u64, step: u64) -> Uuid {
    Uuid::from_u128(0x0E << 64 | u128::from(n) << 8 | u128::from(step))
}

fn effect(
    n: u64,
    step: u64,
    correlation: Uuid,
    effect: &Effect,
    plan: &Plan,
    outcome: Outcome,
) -> Vec<Happening> {
    let happening = |event| Happening {
        stream: ("effect", effect_id(n, step).to_string()),
        actor: "outbox".to_owned(),
        correlation,
        what: What::Effect(event),
    };
    let retry_at = start().checked_add(SignedDuration::from_hours(2)).unwrap();
    vec![
        happening(EffectEvent::EffectClaimed { effect: effect.clone().into(), worker: "one".to_owned() }),
        happening(EffectEvent::EffectDeferred { why: "busy".to_owned(), retry_at, pause: None }),
        happening(EffectEvent::EffectAttempted {
            attempt: 1,
            plan: plan.clone().into(),
            worker: "one".to_owned(),
        }),
        happening(EffectEvent::EffectSucceeded { effect: effect.clone().into(), outcome: outcome.into() }),
    ]
}

pub(crate) fn webhook(n: u64, correlation: Uuid) -> Happening {
    let form = countersign_domain::access::Form {
        repository: asked(n).repository,
        ticket: asked(n).ticket,
        ..Default::default()
    };
    Happening {
        stream: ("webhook", format!("delivery-{n}")),
        actor: "jira:app".to_owned(),
        correlation,
        what: What::Record(Record::WebhookReceived {
            vendor: "jira".to_owned(),
            delivery: n.to_string(),
            body: Digest::of(b"body"),
            request: Some(TicketRequest {
                reporter: Some("jira-17".to_owned()),
                form,
                ..TicketRequest::default()
            }),
            news: None,
        }),
    }
}

/// Somebody else tries to countersign the request number `n`, and may not.
pub(crate) fn denial(tenant: &Tenant, n: u64) -> Happening {
    Happening {
        stream: ("denial", format!("command-{n}")),
        actor: "nosy".to_owned(),
        correlation: Uuid::from_u128(0x0D << 64 | u128::from(n)),
        what: What::Record(Record::CommandDenied {
            command: "approve".to_owned(),
            stream: Some(format!("{tenant}.request-{}", code(n).stream_id())),
            violations: vec![Violation::OwnRequest],
        }),
    }
}

/// What happens in one of a tenant's streams.
pub(crate) fn of_tenant(actor: &str, event: impl Into<What>) -> Happening {
    let what = event.into();
    let category = match what {
        What::People(_) => People::CATEGORY,
        What::Rules(_) => Rulebook::CATEGORY,
        What::Settings(_) => Settings::CATEGORY,
        _ => panic!("{what:?} happens to something else than a tenant"),
    };
    Happening {
        stream: (category, "main".to_owned()),
        actor: actor.to_owned(),
        correlation: Uuid::from_u128(1),
        what,
    }
}

impl From<PeopleEvent> for What {
    fn from(event: PeopleEvent) -> Self {
        Self::People(event)
    }
}

impl From<RulebookEvent> for What {
    fn from(event: RulebookEvent) -> Self {
        Self::Rules(event)
    }
}

impl From<SettingsEvent> for What {
    fn from(event: SettingsEvent) -> Self {
        Self::Settings(event)
    }
}

/// The number whose life is a repair's where lives are mixed.
const A_REPAIR: u64 = 3;

/// Lives of requests in two tenants, mixed: each pick is the next step of one of them.
#[derive(Default)]
pub(crate) struct Mix {
    lives: HashMap<(bool, u8), std::vec::IntoIter<Happening>>,
}

impl Mix {
    pub(crate) async fn step<S: EventStore>(&mut self, history: &mut History<S>, pick: (bool, u8)) {
        let tenant = tenant(if pick.0 { "acme2" } else { "acme" });
        let n = u64::from(pick.1);
        let whole = || if n == A_REPAIR { repair(n) } else { life(&tenant, n) };
        let life = self.lives.entry(pick).or_insert_with(|| whole().into_iter());
        if let Some(happening) = life.next() {
            history.happen(&tenant, &happening).await;
        }
    }
}

pub(crate) async fn mix<S: EventStore>(history: &mut History<S>, picks: &[(bool, u8)]) {
    let mut mix = Mix::default();
    for pick in picks {
        mix.step(history, *pick).await;
    }
}

/// Folds envelopes in memory, one after another.
pub(crate) fn fold<'a>(
    projection: &dyn countersign_projections::Projection,
    envelopes: impl IntoIterator<Item = &'a countersign_domain::envelope::Envelope>,
) -> countersign_projections::MemoryRows {
    let mut rows = countersign_projections::MemoryRows::default();
    for envelope in envelopes {
        projection.apply(&envelope.clone().into(), &mut rows).unwrap();
    }
    rows
}
