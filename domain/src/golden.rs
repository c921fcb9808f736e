//! Golden files: one envelope of every event type and version, kept for ever. What was written once must be read for ever,
//! and mean the same.
//!
//! A new event type: add it to the samples of its kind or below, run the tests with `GOLDEN=write`, and commit the new file. An existing
//! file is never written again.

mod faults;
mod optional;
mod samples;
mod whole;

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use self::optional::Fields;
pub(crate) use self::samples::access;
use self::samples::{
    alarm, comparison, countersigned_rules, drift, effect, looked_at, people, question, record, rules,
    settings,
};
use crate::access::ComparisonEvent;
use crate::agents::{self, AgentBookEvent};
use crate::aggregate::{Event, decode, encode};
use crate::alarm::AlarmEvent;
use crate::capabilities::{EffectEvent, try_on_every_kind};
use crate::conversation::{self, ConversationEvent};
use crate::envelope::{Actor, ActorKind, Cause, Digest, Envelope, Position};
use crate::names::PrincipalId;
use crate::ports::{Identity, SurfaceKind};
use crate::question::QuestionEvent;
use crate::record::Record;
use crate::request::law::{Checked, Trial, Tried};
use crate::request::{Kind, RequestEvent};
use crate::support::{self, NumberEvent, TicketEvent};
use crate::tenant::{PeopleEvent, RulebookEvent, SettingsEvent};
use crate::testing::noon;
use crate::timeline::{self, AlertEvent, DeliveryEvent};

fn identity() -> Identity {
    Identity::new(SurfaceKind::Slack, "T1", "U1").unwrap()
}

fn ada() -> PrincipalId {
    "ada".parse().unwrap()
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
        note::<AgentBookEvent>(golden, &fields);
        note::<QuestionEvent>(golden, &fields);
        note::<Record>(golden, &fields);
        note::<AlarmEvent>(golden, &fields);
        note::<ComparisonEvent>(golden, &fields);
        note::<ConversationEvent>(golden, &fields);
        note::<TicketEvent>(golden, &fields);
        note::<NumberEvent>(golden, &fields);
        note::<AlertEvent>(golden, &fields);
        note::<DeliveryEvent>(golden, &fields);
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
    faults::check_parts();
    check(effect());
    check_also("rules_published.v1.countersigned", countersigned_rules());
    for (name, denied) in faults::added() {
        check_also(name, denied);
    }
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
    check(agents::example::book_events());
    check(question());
    check(record());
    check(alarm());
    check(comparison());
    check(conversation::example::every_event());
    for (name, sample) in conversation::example::events_since() {
        check_also(name, sample);
    }
    check(support::example::every_event());
    for (name, sample) in support::example::events_since() {
        check_also(name, sample);
    }
    check(vec![NumberEvent::TicketNumbered { number: 7, marker: Uuid::from_u128(9) }]);
    check(timeline::example::every_event());
    check(timeline::example::every_event_of_an_alert());
}
