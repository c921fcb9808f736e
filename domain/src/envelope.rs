//! The envelope: one event as every store keeps it, and the leaf hash that makes a change to it visible.

mod fast;
mod json;

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::canonical;
pub use crate::digest::Digest;
use crate::names::{PrincipalId, StreamName, Tenant};
use crate::place::Identity;

/// A place in the global order of one store. Ordered and opaque: only the journal's are gapless (1, 2, 3 …),
/// so never compute with one, only compare and hand it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(u64);

impl Position {
    /// The place of an event that was read by its stream, from a store that does not say it there.
    pub const UNSAID: Self = Self(u64::MAX);

    /// A position as a store gives it out.
    pub const fn from_store(value: u64) -> Self {
        Self(value)
    }

    /// The value a store gave out, for that store and for keys that must sort by it.
    pub const fn for_store(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Position {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// What kind of principal acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A human being.
    Person,
    /// A program that asks on its own; it never countersigns.
    Agent,
    /// Countersign itself: a policy, the outbox, the scheduler.
    System,
}

/// Who acted, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The principal.
    pub id: PrincipalId,
    /// Person, agent or the system.
    pub kind: ActorKind,
    /// Where it was said: `web`, `terminal`, `api`, `slack`, `teams`, `discord`, `jira`, `scheduler`, `outbox`, …
    pub surface: String,
    /// The chat identity it was said with, and the vendor's ids of the message, where it was said in a chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<Box<Via>>,
}

/// Through which chat identity somebody acted, and by what: the vendor's own ids, which never change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Via {
    /// The vendor's id of what was sent.
    pub delivery: String,
    /// Who, to the vendor.
    pub identity: Identity,
    /// The bot's message that was used, as `<channel>/<message>`, where one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The cause of an append, the same for all its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Who acted.
    pub actor: Actor,
    /// The command's id: the same delivery twice carries the same id, and so has one effect.
    pub command: Uuid,
    /// The first cause of the whole conversation.
    pub correlation: Uuid,
    /// The event or interaction that caused this command.
    pub causation: Uuid,
    /// When it was decided.
    pub at: Timestamp,
}

/// An event that is not stored yet: what a decision yields, without its place.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Derived from the command and the event's index in it, so that a retry repeats it.
    pub id: Uuid,
    /// The stable `snake_case` name.
    pub kind: String,
    /// The version of the shape of `data`, from 1.
    pub version: u32,
    /// Who, why and when.
    pub cause: Cause,
    /// The canonical JSON of the content.
    pub data: Box<RawValue>,
}

impl NewEvent {
    /// The event number `index` of the command in `cause`. `data` is put into canonical form.
    pub fn new(cause: &Cause, index: usize, kind: &str, version: u32, data: &serde_json::Value) -> Self {
        Self {
            id: event_id(cause.command, index),
            kind: kind.to_owned(),
            version,
            cause: cause.clone(),
            data: canonical::to_raw(data),
        }
    }

    /// The canonical bytes of this event at `rev` of `stream`: the envelope without `pos` and `hash`, keys sorted
    /// (RFC 8785 for the values events hold). The leaf hash is over these bytes.
    pub fn canonical_bytes(&self, stream: &StreamName, rev: u64) -> Vec<u8> {
        let unplaced = Unplaced {
            actor: &self.cause.actor,
            at: self.cause.at,
            causation: self.cause.causation,
            command: self.cause.command,
            correlation: self.cause.correlation,
            data: &self.data,
            id: self.id,
            rev,
            stream,
            tenant: stream.tenant(),
            kind: &self.kind,
            v: self.version,
        };
        // About what the other fields take.
        let mut bytes = Vec::with_capacity(self.data.get().len() + 512);
        serde_json::to_writer(&mut bytes, &unplaced).expect("plain strings and numbers always serialise");
        bytes
    }
}

/// The id of the event number `index` of a command: `UUIDv5` of both.
pub fn event_id(command: Uuid, index: usize) -> Uuid {
    Uuid::new_v5(&command, &(index as u64).to_be_bytes())
}

/// What the ids of requests and answers are derived in that a signed delivery calls for.
pub const SIGNED: Uuid = Uuid::from_u128(0x5c2e_91d4_03b7_4f6a_8d18_7be0_4a55_c9f2);

/// The id of what `cause` leads to in `step`: `UUIDv5` of both, so that a repeated reaction is the same reaction.
pub fn derived_id(cause: Uuid, step: &str) -> Uuid {
    Uuid::new_v5(&cause, step.as_bytes())
}

/// The fields that are hashed, in alphabetical order, which is the canonical one.
#[derive(Serialize)]
struct Unplaced<'a> {
    actor: &'a Actor,
    at: Timestamp,
    causation: Uuid,
    command: Uuid,
    correlation: Uuid,
    data: &'a RawValue,
    id: Uuid,
    rev: u64,
    stream: &'a StreamName,
    tenant: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    v: u32,
}

/// An event in its place: what every store keeps and every projection folds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Envelope {
    /// Who acted.
    pub actor: Actor,
    /// When it was decided (RFC 3339, UTC).
    pub at: Timestamp,
    /// The event or interaction that caused the command.
    pub causation: Uuid,
    /// The command it came from.
    pub command: Uuid,
    /// The first cause of the whole conversation.
    pub correlation: Uuid,
    /// The content, as canonical JSON.
    pub data: Box<RawValue>,
    /// `UUIDv5` of the command and the event's index in it.
    pub id: Uuid,
    /// The revision in its stream, from 0.
    pub rev: u64,
    /// The stream.
    pub stream: StreamName,
    /// The tenant; always the stream's own.
    pub tenant: Tenant,
    /// The stable `snake_case` name.
    #[serde(rename = "type")]
    pub kind: String,
    /// The version of the shape of `data`.
    pub v: u32,
    /// The leaf hash: SHA-256 over `0x00` and the canonical envelope without `pos` and `hash`.
    pub hash: Digest,
    /// The place in the global order.
    pub pos: Position,
}

impl Envelope {
    /// The envelope in `json`, an object with these fields. The form that stores write is read fastest.
    pub fn from_json(json: &[u8]) -> Result<Self, serde_json::Error> {
        fast::parse(json).map_or_else(|| serde_json::from_slice(json), Ok)
    }

    /// What this event says about its cause, to be handed on.
    pub fn cause(&self) -> Cause {
        Cause {
            actor: self.actor.clone(),
            command: self.command,
            correlation: self.correlation,
            causation: self.causation,
            at: self.at,
        }
    }

    /// The leaf hash that the content calls for; equal to `hash` unless something was changed.
    pub fn expected_hash(&self) -> Digest {
        let event = NewEvent {
            id: self.id,
            kind: self.kind.clone(),
            version: self.v,
            cause: self.cause(),
            data: self.data.clone(),
        };
        Digest::of_leaf(&event.canonical_bytes(&self.stream, self.rev))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> NewEvent {
        let command = Uuid::from_u128(7);
        let cause = Cause {
            actor: Actor {
                id: "erin".parse().unwrap(),
                kind: ActorKind::Person,
                surface: "web".into(),
                via: None,
            },
            command,
            correlation: command,
            causation: command,
            at: "2026-03-01T10:00:00Z".parse().unwrap(),
        };
        NewEvent::new(&cause, 0, "thing_done", 1, &serde_json::json!({"b": 1, "a": {"z": "é", "y": [true]}}))
    }

    #[test]
    fn the_canonical_form_is_sorted_and_stable() {
        let bytes = event().canonical_bytes(&"acme.thing-1".parse().unwrap(), 0);
        insta::assert_snapshot!(String::from_utf8(bytes).unwrap(), @r#"{"actor":{"id":"erin","kind":"person","surface":"web"},"at":"2026-03-01T10:00:00Z","causation":"00000000-0000-0000-0000-000000000007","command":"00000000-0000-0000-0000-000000000007","correlation":"00000000-0000-0000-0000-000000000007","data":{"a":{"y":[true],"z":"é"},"b":1},"id":"23221892-8abf-562f-b19b-0c13e3237033","rev":0,"stream":"acme.thing-1","tenant":"acme","type":"thing_done","v":1}"#);
    }

    /// The event as a store writes it.
    fn stored(event: &NewEvent, more: &str) -> String {
        let bytes = event.canonical_bytes(&"acme.thing-1".parse().unwrap(), 7);
        let hash = Digest::of_leaf(&bytes);
        let text = String::from_utf8(bytes).unwrap();
        format!("{},\"hash\":\"{hash}\"{more},\"pos\":9}}", text.strip_suffix('}').unwrap())
    }

    #[test]
    fn an_envelope_reads_the_same_in_its_fast_form_and_in_any_other() {
        let mut escaped = event();
        escaped.kind = "with \"quotes\" and \\".to_owned();
        let mut said = event();
        said.cause.actor.via = Some(Box::new(Via {
            delivery: "a \"delivery\", and {more".to_owned(),
            identity: Identity::new(crate::place::SurfaceKind::Slack, "T1", "U1").unwrap(),
            message: Some("D1/1.2".to_owned()),
        }));
        for (event, more, is_fast) in [
            (event(), "", true),
            (event(), ",\"more\":2", true),
            (said.clone(), "", true),
            (said, ",\"more\":1", true),
            (escaped, "", false),
        ] {
            let line = stored(&event, more);
            assert_eq!(fast::parse(line.as_bytes()).is_some(), is_fast, "{line}");
            let spaced = line.replacen('{', "{ ", 1);
            assert!(fast::parse(spaced.as_bytes()).is_none());
            let [one, two] = [&line, &spaced].map(|text| Envelope::from_json(text.as_bytes()).unwrap());
            assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&two).unwrap());
            assert_eq!((one.rev, one.pos, one.hash), (7, Position(9), one.expected_hash()));
        }
    }

    #[test]
    fn what_is_not_an_envelope_is_refused() {
        let line = stored(&event(), "");
        for length in 0..line.len() {
            if line.is_char_boundary(length) {
                assert!(Envelope::from_json(&line.as_bytes()[..length]).is_err(), "{length}");
            }
        }
        for (from, to) in [
            ("acme.thing", "Acme.thing"),
            ("\"rev\":7", "\"rev\":07"),
            ("person", "robot"),
            ("\"pos\":9}", "\"pos\":9}x"),
        ] {
            assert!(Envelope::from_json(line.replace(from, to).as_bytes()).is_err(), "{to}");
        }
    }

    #[test]
    fn a_retry_repeats_the_id() {
        assert_eq!(event_id(Uuid::from_u128(1), 0), event_id(Uuid::from_u128(1), 0));
        assert_ne!(event_id(Uuid::from_u128(1), 0), event_id(Uuid::from_u128(1), 1));
    }
}
