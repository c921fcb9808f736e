//! Events, appends and names for tests of a store.

use countersign_domain::envelope::{Actor, ActorKind, Cause, Envelope, NewEvent, Position};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::{Append, EventStore, Expected};
use serde_json::{Value, json};
use uuid::Uuid;

/// A tenant that no other test has.
pub fn tenant() -> Tenant {
    format!("t{}", Uuid::new_v4().simple()).parse().expect("a letter and 32 digits are a tenant")
}

/// The stream `thing-<id>` of a tenant.
pub fn stream(tenant: &Tenant, id: &str) -> StreamName {
    StreamName::new(tenant, "thing", id).expect("the tests use valid ids")
}

/// An append to `stream` of one event for each number. The same stream and numbers give the same ids.
pub fn append(stream: &str, expected: Expected, numbers: &[u64]) -> Append {
    let stream: StreamName = stream.parse().expect("the tests use valid streams");
    let events = numbers.iter().map(|number| event(&stream, *number)).collect();
    Append { stream, expected, events, urgent: false }
}

/// The event `number` of a stream; its data holds the number.
pub fn event(stream: &StreamName, number: u64) -> NewEvent {
    event_with(stream, number, &json!({ "number": number, "text": "ünïcödé ✓" }))
}

/// The event `number` of a stream with other data.
pub fn event_with(stream: &StreamName, number: u64, data: &Value) -> NewEvent {
    let command = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{stream}#{number}").as_bytes());
    let cause = Cause {
        actor: Actor {
            id: "erin".parse().expect("a valid name"),
            kind: ActorKind::Person,
            surface: "web".to_owned(),
            via: None,
        },
        command,
        correlation: command,
        causation: command,
        at: "2026-03-01T10:00:00.5Z".parse().expect("a valid time"),
    };
    NewEvent::new(&cause, 0, "thing_done", 1, data)
}

/// The number that [`event`] put into the data.
pub fn number(envelope: &Envelope) -> Option<u64> {
    serde_json::from_str::<Value>(envelope.data.get()).ok()?.get("number")?.as_u64()
}

/// Everything of one tenant after a position, read `page` events at a time, each checked against its hash.
pub async fn read_tenant(
    store: &dyn EventStore,
    tenant: &Tenant,
    mut after: Option<Position>,
    page: usize,
) -> Vec<Envelope> {
    let mut found = Vec::new();
    loop {
        let events = store.read_all(after, page).await.expect("the log can be read");
        assert!(events.len() <= page, "a page holds at most what was asked for");
        let Some(last) = events.last() else { return found };
        assert!(events.iter().all(|event| Some(event.pos) > after), "a page starts after the position given");
        assert!(events.is_sorted_by(|a, b| a.pos < b.pos), "positions rise");
        after = Some(last.pos);
        events.iter().for_each(check);
        found.extend(events.into_iter().filter(|event| event.tenant == *tenant));
    }
}

/// A stream from a revision on, each event checked against its hash.
pub async fn read(store: &dyn EventStore, stream: &StreamName, from: u64, limit: usize) -> Vec<Envelope> {
    let events = store.read_stream(stream, from, limit).await.expect("the stream can be read");
    for (rev, event) in (from..).zip(&events) {
        check(event);
        assert_eq!(
            (&event.stream, event.rev),
            (stream, rev),
            "a stream's events come in order, without gaps"
        );
    }
    events
}

/// The content of an envelope has the hash it carries, and its tenant is its stream's.
pub fn check(event: &Envelope) {
    assert_eq!(event.hash, event.expected_hash(), "the hash of {} at {}", event.stream, event.pos);
    assert_eq!(event.tenant.as_str(), event.stream.tenant(), "the tenant of {}", event.stream);
}
