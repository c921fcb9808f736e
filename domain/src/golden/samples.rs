//! A sample of each event that is no request's alone, and of those of access.

use jiff::ToSpan;
use uuid::Uuid;

use super::{ada, identity};
use crate::access::example::{asked, findings, form, person, terms};
use crate::access::{
    self, AccessEvent, ComparisonEvent, Deviation, Difference, Ending, GrantEvent, How, Lasting, Longer,
    Permission, Phase, Proposal, Restored, Spot, WhyCompared,
};
use crate::alarm::{About, AlarmEvent};
use crate::capabilities::{Drift, EffectEvent};
use crate::denied::{Field, Violation};
use crate::effect::Resolution;
use crate::envelope::Digest;
use crate::ports::{ModelName, PermissionPlan, Place, Posted, SurfaceKind};
use crate::question::{About as Asks, Offer, Question, QuestionEvent, Wish, Within};
use crate::record::{Heard, Record, Said, TicketRequest};
use crate::request::{Assurance, Code};
use crate::rules::Ruling;
use crate::tenant::{
    Away, BoundBy, PeopleEvent, Preferences, PublishedBy, QuietHours, RulebookEvent, SettingsEvent,
    UnboundWhy,
};
use crate::testing::noon;

pub(crate) fn access() -> Vec<AccessEvent> {
    [until_it_waits(), while_it_waits(), once_decided()].concat()
}

fn until_it_waits() -> Vec<AccessEvent> {
    use AccessEvent as E;
    let (terms, by) = (Box::new(terms()), ada());
    let differences = vec![Difference::TicketStatus {
        ticket: "OPS-17".to_owned(),
        from: "In Progress".to_owned(),
        to: "To Do".to_owned(),
        closed: false,
    }];
    vec![
        E::Requested { asked: Box::new(asked()) },
        E::Checked { findings: Box::new(findings()), ruling: Some(Ruling::Allowed((*terms).clone())) },
        E::Rechecked { terms: terms.clone() },
        E::EvidenceChanged { findings: Box::new(findings()), differences, voided: vec![by.clone()] },
        E::Waiting {
            proposal: Proposal::Grant,
            by,
            terms,
            due: noon() + 48.hours(),
            escalate_at: Some(noon()),
            why: None,
        },
    ]
}

fn while_it_waits() -> Vec<AccessEvent> {
    use AccessEvent as E;
    let by = ada();
    vec![
        E::Escalated { to: vec!["group:leads".to_owned()] },
        E::Countersigned {
            by: by.clone(),
            receipt: Digest::of(b"what was shown"),
            assurance: Assurance::Said,
            stands_in_for: None,
        },
        E::CountersignatureTakenBack { by: by.clone() },
        E::CountersignatureVoided { by: by.clone() },
        E::Closed { proposal: Proposal::Grant, who: by.clone(), name: "Ada".to_owned() },
        E::Superseded { proposal: Proposal::Grant, ticket: "OPS-17".to_owned(), asks_nothing: false },
        E::Reminded { times: 1 },
        E::Announced { by: by.clone() },
        E::Approved { by: vec![by.clone()], fixed: Lasting { minutes: 2880 } },
        E::Denied {
            proposal: Proposal::Grant,
            by: Some(by.clone()),
            reason: Some("not now".to_owned()),
            violations: vec![access::Fault::UnknownUser { user: "erni".to_owned() }.into()],
            rules: None,
        },
        E::Withdrawn { proposal: Proposal::Extension(Longer::by(60)), by },
        E::Lapsed { proposal: Proposal::Grant },
    ]
}

fn once_decided() -> Vec<AccessEvent> {
    use AccessEvent as E;
    let (by, until) = (ada(), noon() + 48.hours());
    vec![
        E::Own(GrantEvent::Granted {
            permission: Permission::Write,
            holds: Some(Permission::Write),
            before: Some(Permission::Read),
            until,
            by_hand: false,
        }),
        E::Own(GrantEvent::Shortened { who: by.clone(), name: "Ada".to_owned(), until }),
        E::Own(GrantEvent::Invited { permission: Permission::Write, until }),
        E::Own(GrantEvent::EndsSoon { until }),
        E::Failed { phase: Phase::Granting, why: "403".to_owned(), given_up: false },
        E::Vouched { phase: Phase::Ending, note: "by hand".to_owned() },
        E::Delayed { vendor: "bitbucket".to_owned() },
        E::Own(GrantEvent::Extended { by: vec![by.clone()], until, why: None }),
        E::Own(GrantEvent::Ending {
            ending: Ending::Revoked { by: by.clone(), reason: Some("left the team".to_owned()) },
        }),
        E::Own(GrantEvent::Ended { ending: Ending::GivenBack { by }, left: None, by_hand: false }),
    ]
}

/// A plan about a permission that no event gives.
pub(super) fn drift() -> Drift {
    let (account, repository) = ("acc-eve".to_owned(), "infra".to_owned());
    let (repository_id, wanted, present) = (Some("{1}".to_owned()), None, Some(Permission::Write));
    let (name, how) = ("Eve".to_owned(), How::Unknown);
    Deviation { account, name, holder: None, repository, repository_id, wanted, present, how, put_back: None }
        .into()
}

pub(super) fn effect() -> Vec<EffectEvent> {
    use EffectEvent as E;
    let effect = || access::Effect::SetPermission {
        code: Code::candidate(Uuid::from_u128(1), 0),
        account: "acc-erin".to_owned(),
        repository: "payments-api".to_owned(),
        repository_id: None,
        task: access::PermissionTask::Grant { permission: Permission::Write },
    };
    let plan = PermissionPlan::between("acc-erin", "payments-api", None, Some(Permission::Write));
    let outcome = access::Outcome::PermissionIs { now: Some(Permission::Write), before: None };
    let (why, by) = ("503".to_owned(), ada());
    let resolution = Resolution::Done;
    vec![
        E::EffectClaimed { effect: effect().into(), worker: "worker".to_owned() },
        E::EffectAttempted {
            attempt: 1,
            plan: access::Plan::Permission(plan).into(),
            worker: "worker".to_owned(),
        },
        E::EffectSucceeded { effect: effect().into(), outcome: outcome.into() },
        E::EffectDeferred { why: why.clone(), retry_at: noon(), pause: None, waits: false },
        E::EffectUnknown { why: why.clone(), look_at: noon(), ended: false },
        E::EffectParked { effect: effect().into(), why, rejected: false, told: None },
        E::EffectRequeued { by: by.clone() },
        E::EffectVouched { effect: effect().into(), by: by.clone(), note: Some("by hand".to_owned()) },
        E::EffectResolved {
            effect: effect().into(),
            by,
            resolution,
            outcome: None,
            note: Some("by hand".to_owned()),
            before: None,
        },
    ]
}

pub(super) fn people() -> Vec<PeopleEvent> {
    vec![
        PeopleEvent::PersonRecorded { person: person("ada", &["approvers"]) },
        PeopleEvent::PersonRemoved { id: ada() },
        PeopleEvent::LinkOffered { code: Digest::of(b"code"), principal: ada(), until: noon() },
        PeopleEvent::LinkMissed { identity: identity() },
        PeopleEvent::AccountBound {
            identity: identity(),
            principal: ada(),
            by: BoundBy::Code,
            direct: Place::direct(&identity()),
            code: Some(Digest::of(b"code")),
        },
        PeopleEvent::AccountUnbound {
            identity: identity(),
            principal: ada(),
            by: Some(ada()),
            why: UnboundWhy::Asked,
        },
        PeopleEvent::PreferencesChanged {
            id: ada(),
            preferences: Preferences {
                quiet: Some(QuietHours { from: 22 * 60, to: 7 * 60, zone: "Europe/Berlin".to_owned() }),
                do_not_ping: true,
                away: Some(Away { from: None, until: noon(), deputies: Some("deputies".to_owned()) }),
                zone: None,
            },
        },
        PeopleEvent::GroupSynced { group: "approvers".to_owned(), members: [ada()].into() },
        PeopleEvent::GroupJoined { group: "approvers".to_owned(), members: [ada()].into() },
        PeopleEvent::GroupLeft { group: "approvers".to_owned(), members: [ada()].into() },
    ]
}

pub(super) fn rules() -> Vec<RulebookEvent> {
    let text = "// nothing is allowed".to_owned();
    vec![RulebookEvent::RulesPublished { version: 1, text, change: None }]
}

pub(super) fn settings() -> Vec<SettingsEvent> {
    let model = ModelName {
        backend: "company_llm".to_owned(),
        model: "house-7b".to_owned(),
        settings: Digest::of(b"four files"),
    };
    vec![
        SettingsEvent::TenantCreated { name: "Acme".to_owned() },
        SettingsEvent::LlmSettingsChanged { model },
        SettingsEvent::LlmSettingsRefused { faults: vec!["payload.json:3: EOF while parsing".to_owned()] },
    ]
}

/// An operator says that it was done, and so the bot sees it.
pub(super) fn looked_at() -> EffectEvent {
    let Some(EffectEvent::EffectResolved { effect, by, resolution, note, .. }) = effect().pop() else {
        unreachable!("it is the last sample")
    };
    let before = Some(Permission::Read);
    let outcome = access::Outcome::PermissionIs { now: Some(Permission::Write), before };
    EffectEvent::EffectResolved { effect, by, resolution, outcome: Some(outcome.into()), note, before: None }
}

/// Rules that came into force by a change that was countersigned.
pub(super) fn countersigned_rules() -> RulebookEvent {
    let change = PublishedBy {
        request: Code::candidate(Uuid::from_u128(2), 0),
        proposed_by: ada(),
        countersigned_by: vec!["bob".parse().unwrap()],
    };
    let (version, text) = (2, "// nothing is allowed".to_owned());
    RulebookEvent::RulesPublished { version, text, change: Some(change) }
}

pub(super) fn question() -> Vec<QuestionEvent> {
    let by = Uuid::from_u128(7);
    let wish = Wish {
        form: form(),
        also: vec!["infra".to_owned()],
        each: true,
        unread: vec![],
        instead_of: Some(Code::candidate(Uuid::from_u128(2), 0)),
        then: vec![],
    };
    let question = Box::new(Question {
        id: Code::candidate(Uuid::from_u128(1), 0),
        about: Asks::Part(Field::Repository),
        wish: Some(Box::new(wish)),
        offers: vec![Offer { label: "web-shop".to_owned(), say: "web-shop".to_owned() }],
        within: Within::default(),
    });
    vec![
        QuestionEvent::QuestionAsked { question },
        QuestionEvent::QuestionAnswered { by, answer: "web-shop".to_owned(), question: None },
        QuestionEvent::QuestionDropped { by, question: None, elsewhere: false },
    ]
}

pub(super) fn record() -> Vec<Record> {
    let body = Digest::of(b"body");
    let request =
        TicketRequest { reporter: Some("acc-erin".to_owned()), form: form(), ..TicketRequest::default() };
    let vendor = || "jira".to_owned();
    vec![
        Record::CommandDenied {
            command: "approve".to_owned(),
            stream: None,
            violations: vec![Violation::OwnRequest],
        },
        Record::WebhookReceived {
            vendor: vendor(),
            delivery: "d-1".to_owned(),
            body,
            request: Some(request),
            news: None,
        },
        Record::WebhookRejected {
            vendor: vendor(),
            status: 401,
            why: "the signature is wrong".to_owned(),
            body,
        },
        Record::InteractionReceived(Box::new(Heard {
            delivery: "Ev1".to_owned(),
            identity: identity(),
            principal: ada(),
            place: Place::channel(SurfaceKind::Slack, "T1", "C1"),
            direct: Place::direct(&identity()),
            message: Some(Posted { channel: "C1".to_owned(), message: "1.1".to_owned(), via: None }),
            said: Said::Sentence { text: "approve K7QM2X".to_owned() },
            assurance: Assurance::Reacted,
        })),
        Record::InteractionRefused {
            surface: SurfaceKind::Slack,
            identity: Some(identity()),
            delivery: "Ev2".to_owned(),
            why: "nobody here is behind this account".to_owned(),
        },
        Record::SignedIn { method: "token".to_owned() },
        Record::SignedOut { session: Uuid::from_u128(4) },
        Record::SignInRefused { why: "unknown token".to_owned() },
        Record::HistoryRead { what: "an export".to_owned() },
        Record::SubjectErased { person: ada(), keys: vec!["0123456789abcdef".to_owned()] },
        Record::RefusalsCounted {
            kind: "sign-in".to_owned(),
            times: 1917,
            from: vec!["192.0.2.7".to_owned()],
            since: noon(),
        },
    ]
}

pub(super) fn alarm() -> Vec<AlarmEvent> {
    let about = || About::Ending { code: Code::candidate(Uuid::from_u128(1), 0) };
    let why = || "it answered 400 Bad Request".to_owned();
    vec![
        AlarmEvent::AlarmRaised { about: About::Vendor { vendor: "bitbucket".to_owned() }, why: why() },
        AlarmEvent::AlarmRepeated { about: about(), why: why(), since: noon() },
        AlarmEvent::AlarmOver { about: about() },
    ]
}

pub(super) fn comparison() -> Vec<ComparisonEvent> {
    let (repository, account) = ("payments-api".to_owned(), "acc-erin".to_owned());
    let code = Code::candidate(Uuid::from_u128(1), 0);
    let restored = Restored { acknowledged: Some(80), head: 42, until: noon() };
    let found = Deviation {
        account: account.clone(),
        name: "Erin".to_owned(),
        holder: None,
        repository: repository.clone(),
        repository_id: None,
        wanted: None,
        present: Some(Permission::Write),
        how: How::NotEnded { code, ended: noon(), left: None, again: true, unended: None, read_back: false },
        put_back: None,
    };
    vec![ComparisonEvent::AccessCompared {
        why: WhyCompared::Restored(restored),
        repositories: 2,
        accounts: 3,
        unread: [("infra".to_owned(), "it answered 500".to_owned())].into(),
        found: vec![found],
        gone: vec![Spot { repository, account }],
        lowered: vec![],
        unseen: std::collections::BTreeSet::new(),
        goes_on: false,
    }]
}
