//! Golden files: one envelope of every event type and version, kept for ever. What was written once must be read for ever,
//! and mean the same.
//!
//! A new event type: add it to the samples of its kind or below, run the tests with `GOLDEN=write`, and commit the new file. An existing
//! file is never written again.

mod faults;
mod optional;
mod whole;

use std::path::{Path, PathBuf};

use jiff::ToSpan;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::access::example::{asked, findings, person, terms};
use crate::access::{
    self, AccessEvent, ComparisonEvent, Deviation, Difference, Ending, GrantEvent, How, Lasting, Longer,
    Permission, Phase, Proposal, Restored, Spot, WhyCompared,
};
use crate::aggregate::{Event, decode, encode};
use crate::alarm::{About, AlarmEvent};
use crate::capabilities::{Drift, EffectEvent, try_on_every_kind};
use crate::conversation::{self, ConversationEvent};
use crate::denied::{Field, Violation};
use crate::effect::Resolution;
use crate::envelope::{Actor, ActorKind, Cause, Digest, Envelope, Position};
use crate::names::PrincipalId;
use crate::ports::{Identity, PermissionPlan, Place, Posted, SurfaceKind};
use crate::question::{About as Asks, Offer, Question, QuestionEvent, Wish};
use crate::record::{Heard, Record, Said, TicketRequest};
use crate::request::law::{Checked, Trial, Tried};
use crate::request::{Assurance, Code, Kind, RequestEvent};
use crate::rules::Ruling;
use crate::support::{self, NumberEvent, TicketEvent};
use crate::tenant::{
    Away, BoundBy, PeopleEvent, Preferences, PublishedBy, QuietHours, RulebookEvent, SettingsEvent,
    UnboundWhy,
};
use crate::testing::noon;
use optional::Fields;

fn identity() -> Identity {
    Identity::new(SurfaceKind::Slack, "T1", "U1").unwrap()
}

fn ada() -> PrincipalId {
    "ada".parse().unwrap()
}

pub(crate) fn access() -> Vec<AccessEvent> {
    use AccessEvent as E;
    let until = noon() + 48.hours();
    let terms = Box::new(terms());
    let by = ada();
    let violations = vec![Violation::from(crate::access::Fault::UnknownUser { user: "erni".to_owned() })];
    let given_back = Ending::GivenBack { by: by.clone() };
    vec![
        E::Requested { asked: Box::new(asked()) },
        E::Checked { findings: Box::new(findings()), ruling: Some(Ruling::Allowed((*terms).clone())) },
        E::Rechecked { terms: terms.clone() },
        E::EvidenceChanged {
            findings: Box::new(findings()),
            differences: vec![Difference::TicketStatus {
                ticket: "OPS-17".to_owned(),
                from: "In Progress".to_owned(),
                to: "To Do".to_owned(),
                closed: false,
            }],
            voided: vec![by.clone()],
        },
        E::Waiting {
            proposal: Proposal::Grant,
            by: by.clone(),
            terms,
            due: until,
            escalate_at: Some(noon()),
            why: None,
        },
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
        E::Own(GrantEvent::Shortened { who: by.clone(), name: "Ada".to_owned(), until }),
        E::Reminded { times: 1 },
        E::Announced { by: by.clone() },
        E::Own(GrantEvent::EndsSoon { until }),
        E::Approved { by: vec![by.clone()], fixed: Lasting { minutes: 2880 } },
        E::Denied {
            proposal: Proposal::Grant,
            by: Some(by.clone()),
            reason: Some("not now".to_owned()),
            violations,
            rules: None,
        },
        E::Withdrawn { proposal: Proposal::Extension(Longer::by(60)), by: by.clone() },
        E::Lapsed { proposal: Proposal::Grant },
        E::Own(GrantEvent::Granted {
            permission: Permission::Write,
            holds: Some(Permission::Write),
            before: Some(Permission::Read),
            until,
            by_hand: false,
        }),
        E::Failed { phase: Phase::Granting, why: "403".to_owned(), given_up: false },
        E::Vouched { phase: Phase::Ending, note: "by hand".to_owned() },
        E::Delayed { vendor: "bitbucket".to_owned() },
        E::Own(GrantEvent::Extended { by: vec![by.clone()], until, why: None }),
        E::Own(GrantEvent::Ending {
            ending: Ending::Revoked { by, reason: Some("left the team".to_owned()) },
        }),
        E::Own(GrantEvent::Ended { ending: given_back, left: None, by_hand: false }),
    ]
}

/// A plan about a permission that no event gives.
fn drift() -> Drift {
    let (account, repository) = ("acc-eve".to_owned(), "infra".to_owned());
    let (repository_id, wanted, present) = (Some("{1}".to_owned()), None, Some(Permission::Write));
    let (name, how) = ("Eve".to_owned(), How::Unknown);
    Deviation { account, name, holder: None, repository, repository_id, wanted, present, how, put_back: None }
        .into()
}

fn effect() -> Vec<EffectEvent> {
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
        E::EffectDeferred { why: why.clone(), retry_at: noon(), pause: None },
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

fn people() -> Vec<PeopleEvent> {
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

fn rules() -> Vec<RulebookEvent> {
    let text = "// nothing is allowed".to_owned();
    vec![RulebookEvent::RulesPublished { version: 1, text, change: None }]
}

fn settings() -> Vec<SettingsEvent> {
    vec![SettingsEvent::TenantCreated { name: "Acme".to_owned() }]
}

/// An operator says that it was done, and so the bot sees it.
fn looked_at() -> EffectEvent {
    let Some(EffectEvent::EffectResolved { effect, by, resolution, note, .. }) = effect().pop() else {
        unreachable!("it is the last sample")
    };
    let before = Some(Permission::Read);
    let outcome = access::Outcome::PermissionIs { now: Some(Permission::Write), before };
    EffectEvent::EffectResolved { effect, by, resolution, outcome: Some(outcome.into()), note, before: None }
}

/// Rules that came into force by a change that was countersigned.
fn countersigned_rules() -> RulebookEvent {
    let change = PublishedBy {
        request: Code::candidate(Uuid::from_u128(2), 0),
        proposed_by: ada(),
        countersigned_by: vec!["bob".parse().unwrap()],
    };
    let (version, text) = (2, "// nothing is allowed".to_owned());
    RulebookEvent::RulesPublished { version, text, change: Some(change) }
}

fn question() -> Vec<QuestionEvent> {
    let by = Uuid::from_u128(7);
    let wish = Wish {
        form: crate::access::example::form(),
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
    });
    vec![
        QuestionEvent::QuestionAsked { question },
        QuestionEvent::QuestionAnswered { by, answer: "web-shop".to_owned() },
        QuestionEvent::QuestionDropped { by },
    ]
}

fn record() -> Vec<Record> {
    let body = Digest::of(b"body");
    let request = TicketRequest {
        reporter: Some("acc-erin".to_owned()),
        form: crate::access::example::form(),
        ..TicketRequest::default()
    };
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
        Record::RefusalsCounted {
            kind: "sign-in".to_owned(),
            times: 1917,
            from: vec!["192.0.2.7".to_owned()],
            since: noon(),
        },
    ]
}

fn alarm() -> Vec<AlarmEvent> {
    let about = || About::Ending { code: Code::candidate(Uuid::from_u128(1), 0) };
    let why = || "it answered 400 Bad Request".to_owned();
    vec![
        AlarmEvent::AlarmRaised { about: About::Vendor { vendor: "bitbucket".to_owned() }, why: why() },
        AlarmEvent::AlarmRepeated { about: about(), why: why(), since: noon() },
        AlarmEvent::AlarmOver { about: about() },
    ]
}

fn comparison() -> Vec<ComparisonEvent> {
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

/// An event as it stands in the log.
pub(crate) fn envelope<E: Event>(event: E) -> Envelope {
    let cause = Cause {
        actor: Actor { id: ada(), kind: ActorKind::Person, surface: "web".to_owned(), via: None },
        command: Uuid::from_u128(1),
        correlation: Uuid::from_u128(2),
        causation: Uuid::from_u128(3),
        at: noon(),
    };
    let new = encode(&[event], &cause).remove(0);
    let stream = "acme.golden-1".parse().unwrap();
    let hash = Digest::of_leaf(&new.canonical_bytes(&stream, 0));
    Envelope {
        actor: cause.actor.clone(),
        at: cause.at,
        causation: cause.causation,
        command: cause.command,
        correlation: cause.correlation,
        data: new.data,
        id: new.id,
        rev: 0,
        tenant: "acme".parse().unwrap(),
        stream,
        kind: new.kind,
        v: new.version,
        hash,
        pos: Position::from_store(1),
    }
}

fn asked_to_write() -> bool {
    std::env::var_os("GOLDEN").is_some_and(|word| word == "write")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

/// A sample that holds what the first one of its type had no place for: under a name of its own.
fn check_also(name: &str, sample: impl Event) {
    let path = folder().join(format!("{name}.json"));
    if !path.exists() && asked_to_write() {
        std::fs::write(&path, serde_json::to_string(&envelope(sample)).unwrap() + "\n").unwrap();
    }
    assert!(path.exists(), "{name} has no golden file: run the tests once with GOLDEN=write");
}

fn check<E: Event>(samples: Vec<E>) {
    let mut missing = E::names();
    for sample in samples {
        let envelope = envelope(sample);
        missing.retain(|kind| *kind != envelope.kind);
        let path = folder().join(format!("{}.v{}.json", envelope.kind, envelope.v));
        if !path.exists() && asked_to_write() {
            std::fs::write(&path, serde_json::to_string(&envelope).unwrap() + "\n").unwrap();
        }
        assert!(path.exists(), "{} has no golden file: run the tests once with GOLDEN=write", envelope.kind);
    }
    assert!(missing.is_empty(), "these event types have no sample: {missing:?}");
    for path in std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()) {
        let golden = stored(&path);
        assert_eq!(
            golden.hash,
            golden.expected_hash(),
            "{}: its hash does not fit its content",
            path.display()
        );
        if !E::names().contains(&golden.kind) {
            continue;
        }
        let event: E = decode(&golden).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        if golden.v == crate::upcast::newest(&golden.kind) {
            assert_eq!(
                event.content(),
                meant(&path, &golden),
                "{}: it is read, but means something else now",
                path.display()
            );
        }
    }
}

/// What older versions wrote otherwise than it is written now, by the name of its golden file; and the file that says the same as it
/// is written now.
const OTHERWISE: [(&str, &str); 1] =
    [("interaction_received.v1.form_without_name", "interaction_received.v1.form")];

/// The content of a golden file, as it is written now.
fn meant(path: &Path, golden: &Envelope) -> Value {
    let mut all = OTHERWISE.iter();
    let older = all.find(|(older, _)| path.file_stem().is_some_and(|name| name == *older));
    let now = older.map(|(_, now)| stored(&folder().join(format!("{now}.json"))));
    serde_json::from_str(now.as_ref().unwrap_or(golden).data.get()).unwrap()
}

fn stored(path: &Path) -> Envelope {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What the golden files hold.
fn golden_files() -> Vec<Envelope> {
    let paths = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| stored(&path)).collect()
}

/// Notes the fields of what a golden file holds, where it is one of these.
fn note<E: Event + Serialize>(golden: &Envelope, fields: &Fields) {
    if E::names().contains(&golden.kind) {
        fields.note(&golden.kind, &decode::<E>(golden).unwrap());
    }
}

/// The same of an event of a request.
fn note_of<K: Kind<Event: Serialize>>(golden: &Envelope, fields: &Fields) {
    if RequestEvent::<K>::names().contains(&golden.kind) {
        match decode::<RequestEvent<K>>(golden).unwrap() {
            RequestEvent::Own(own) => fields.note(&golden.kind, &own),
            life => fields.note(&golden.kind, &life),
        }
    }
}

/// The events of every kind of request, each with what its first sample has no place for.
struct Written;

impl Trial for Written {
    fn on<K: Tried>(&mut self) -> Checked {
        whole::life::<K>();
        faults::check::<K>();
        check(K::every_event());
        Ok(())
    }
}

/// The fields of every kind's events.
struct Noted<'a>(&'a Fields);

impl Trial for Noted<'_> {
    fn on<K: Tried>(&mut self) -> Checked {
        for golden in &golden_files() {
            note_of::<K>(golden, self.0);
        }
        Ok(())
    }
}

#[test]
fn every_field_that_may_be_left_out_stands_in_a_golden_file_with_a_value() {
    let fields = Fields::default();
    for golden in &golden_files() {
        note::<EffectEvent>(golden, &fields);
        note::<PeopleEvent>(golden, &fields);
        note::<RulebookEvent>(golden, &fields);
        note::<SettingsEvent>(golden, &fields);
        note::<QuestionEvent>(golden, &fields);
        note::<Record>(golden, &fields);
        note::<AlarmEvent>(golden, &fields);
        note::<ComparisonEvent>(golden, &fields);
        note::<ConversationEvent>(golden, &fields);
        note::<TicketEvent>(golden, &fields);
        note::<NumberEvent>(golden, &fields);
    }
    try_on_every_kind(&mut Noted(&fields)).expect("no law is asked");
    let missing = fields.never_with_a_value();
    assert!(missing.is_empty(), "no golden file would notice if these were called otherwise: {missing:#?}");
}

#[test]
fn the_list_of_types_is_what_there_are_golden_files_of() {
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut kinds: Vec<_> =
        files.map(|file| file.to_string_lossy().split('.').next().unwrap_or_default().to_owned()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(*crate::kinds::KINDS, kinds);
}

#[test]
fn every_event_ever_written_is_still_read_and_means_the_same() {
    try_on_every_kind(&mut Written).expect("no law is asked");
    check(effect());
    check_also("rules_published.v1.countersigned", countersigned_rules());
    check_also("rule_change_checked.v1.cut", crate::rule_change::example::cut_short());
    check_also("effect_resolved.v1.looked_at", looked_at());
    whole::check();
    for (older, _) in OTHERWISE {
        assert!(
            folder().join(format!("{older}.json")).exists(),
            "what older versions wrote is read for ever: {older}"
        );
    }
    check(people());
    check(rules());
    check(settings());
    check(question());
    check(record());
    check(alarm());
    check(comparison());
    check(conversation::example::every_event());
    check(support::example::every_event());
    check(vec![NumberEvent::TicketNumbered { number: 7, marker: Uuid::from_u128(9) }]);
    faults::check_beside("conversation", conversation::example::faults());
    faults::check_beside("support", support::example::faults());
}
