//! A merge for tests, and the delivery that tells of it.

use super::*;
use crate::digest::Digest;
use crate::testing::noon;

/// What came.
pub(crate) fn source() -> Source {
    Source {
        integration: "github".to_owned(),
        delivery: "72d3162e-cc78-11e3-81ab-4c9367dc0958".to_owned(),
        event: "pull_request".to_owned(),
        body: Digest::of(b"a body"),
        bytes: 6,
    }
}

/// Why it cannot be read.
pub(crate) fn unread() -> Unread {
    Unread { place: "repository.full_name".to_owned(), why: "a text is missing".to_owned() }
}

/// A pull request that was merged, with all that can be said of anything.
pub(crate) fn merged() -> Signal {
    let text = |text: &str| Some(text.to_owned());
    Signal {
        kind: SignalKind::ChangeMerged,
        at: noon(),
        time_source: TimeSource::Payload,
        subject: Subject {
            kind: "pull request".to_owned(),
            name: "Retry the ledger".to_owned(),
            link: text("https://github.com/acme/pay-api/pull/12"),
        },
        repository: text("acme/pay-api"),
        service: Some(Named { name: "payments-api".to_owned(), by: NamedBy::Configuration }),
        environment: text("production"),
        actor: text("octo"),
        status: text("success"),
        change: Some(Change {
            sha: text("a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0"),
            base: text("0b9a8f7e6d5c4b3a2f1e0d9c8b7a6f5e4d3c2b1a"),
            reference: text("main"),
            pull_request: Some(12),
            commits: Some(3),
        }),
        symptom: None,
    }
}

/// An alarm that went on.
pub(crate) fn alarm() -> Signal {
    let made_of =
        ["cloudwatch", "111111111111", "eu-central-1", "checkout-errors"].map(str::to_owned).to_vec();
    let symptom = Symptom {
        fingerprint: Symptom::fingerprint(&made_of),
        made_of,
        reason: Some("Threshold Crossed".to_owned()),
    };
    Signal {
        kind: SignalKind::AlertOpened,
        subject: Subject { kind: "alarm".to_owned(), name: "checkout-errors".to_owned(), link: None },
        symptom: Some(symptom),
        change: None,
        ..merged()
    }
}

/// One of every event.
pub(crate) fn every_event() -> Vec<DeliveryEvent> {
    let kept = Some(r#"{"action":"closed"}"#.to_owned());
    vec![
        DeliveryEvent::SignalMapped { source: source(), signals: vec![merged(), alarm()] },
        DeliveryEvent::SignalParked { source: source(), unread: unread(), kept },
    ]
}

/// What a vendor may add to either, one day: every field has a value.
pub(crate) fn mapped_whole() -> DeliveryEvent {
    let (change, alarm) = (merged(), alarm());
    let link = Some("https://eu-central-1.console.aws.amazon.com/cloudwatch".to_owned());
    let told = Signal { symptom: alarm.symptom.clone(), ..change.clone() };
    let rings = Signal { subject: Subject { link, ..alarm.subject.clone() }, change: change.change, ..alarm };
    DeliveryEvent::SignalMapped { source: source(), signals: vec![told, rings] }
}

/// One of every event of an alert.
pub(crate) fn every_event_of_an_alert() -> Vec<AlertEvent> {
    let (by, name) = (|| "ada".parse().unwrap(), || "Ada".to_owned());
    vec![
        AlertEvent::AlertOpened { signal: Box::new(alarm()), episode: 1 },
        AlertEvent::AlertRepeated { at: noon() },
        AlertEvent::AlertAcknowledged { by: by(), name: name() },
        AlertEvent::AlertMuted { by: by(), name: name(), until: noon(), why: Some("a drill".to_owned()) },
        AlertEvent::AlertCleared { at: noon() },
    ]
}

/// Everything that is said no for.
pub(crate) fn faults() -> Vec<Fault> {
    let Unread { place, why } = unread();
    let name = "Ada".to_owned();
    vec![
        Fault::DeliveryNotParked,
        Fault::DeliveryNotKept,
        Fault::DeliveryStillUnread { place, why },
        Fault::AlertNotOn,
        Fault::AlertAcknowledgedAlready { name },
        Fault::MutedTooLong,
    ]
}
