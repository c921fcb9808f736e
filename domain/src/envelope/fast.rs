//! Reads an envelope in exactly the form that stores write: no white space, keys in canonical order. Replaying a log
//! is mostly this, so it is worth a reader of its own; whatever looks different is left to the general one.

use std::str::FromStr;

use serde_json::value::RawValue;
use uuid::Uuid;

use super::json;
use super::{Actor, ActorKind, Digest, Envelope, Position};

/// The envelope in `json`; `None` where the form is another, which says nothing about whether it is right.
pub(super) fn parse(json: &[u8]) -> Option<Envelope> {
    let mut text = Text { rest: std::str::from_utf8(json).ok()? };
    let envelope = Envelope {
        actor: text.actor()?,
        at: text.string(r#"},"at":""#)?.parse().ok()?,
        causation: text.uuid(r#","causation":""#)?,
        command: text.uuid(r#","command":""#)?,
        correlation: text.uuid(r#","correlation":""#)?,
        data: text.json(r#","data":"#)?,
        id: text.uuid(r#","id":""#)?,
        rev: text.number(r#","rev":"#)?,
        stream: text.string(r#","stream":""#)?.parse().ok()?,
        tenant: text.string(r#","tenant":""#)?.parse().ok()?,
        kind: text.string(r#","type":""#)?.to_owned(),
        v: text.number(r#","v":"#)?,
        hash: text.digest(r#","hash":""#)?,
        pos: Position(text.position()?),
    };
    (text.rest == "}").then_some(envelope)
}

/// What is left to be read. Every method first takes the text that must come before its value.
struct Text<'a> {
    rest: &'a str,
}

impl<'a> Text<'a> {
    fn skip(&mut self, before: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(before)?;
        Some(())
    }

    /// A string without escapes, and the quote behind it.
    fn string(&mut self, before: &str) -> Option<&'a str> {
        self.skip(before)?;
        let end = json::end_of_plain(self.rest.as_bytes())?;
        let (string, rest) = self.rest.split_at(end);
        self.rest = rest.strip_prefix('"')?;
        Some(string)
    }

    fn number<T: FromStr>(&mut self, before: &str) -> Option<T> {
        self.skip(before)?;
        let end = self.rest.bytes().position(|byte| !byte.is_ascii_digit())?;
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        let is_json = digits.len() == 1 || !digits.starts_with('0');
        digits.parse().ok().filter(|_| is_json)
    }

    /// A string of this many bytes without escapes, and the quote behind it.
    fn chunk<const LENGTH: usize>(&mut self, before: &str) -> Option<&'a [u8; LENGTH]> {
        self.skip(before)?;
        let chunk = self.rest.as_bytes().first_chunk()?;
        self.rest = self.rest.get(LENGTH..)?.strip_prefix('"')?;
        Some(chunk)
    }

    fn uuid(&mut self, before: &str) -> Option<Uuid> {
        Uuid::try_parse_ascii(self.chunk::<36>(before)?).ok()
    }

    fn digest(&mut self, before: &str) -> Option<Digest> {
        Digest::from_digits(self.chunk(before)?)
    }

    /// Any JSON value, as it stands there.
    fn json(&mut self, before: &str) -> Option<Box<RawValue>> {
        self.skip(before)?;
        let value = json::value(self.rest)?;
        self.rest = &self.rest[value.get().len()..];
        Some(value)
    }

    fn actor(&mut self) -> Option<Actor> {
        const VIA: &str = r#","via":"#;
        let id = self.string(r#"{"actor":{"id":""#)?.parse().ok()?;
        let kind = match self.string(r#","kind":""#)? {
            "person" => ActorKind::Person,
            "agent" => ActorKind::Agent,
            "system" => ActorKind::System,
            _ => return None,
        };
        let surface = self.string(r#","surface":""#)?.to_owned();
        // What was said in a chat says how; that is little, and may hold anything.
        let via = if self.rest.starts_with(VIA) {
            Some(serde_json::from_str(self.json(VIA)?.get()).ok()?)
        } else {
            None
        };
        Some(Actor { id, kind, surface, via })
    }

    /// The position, after the number that the journal may put before it.
    fn position(&mut self) -> Option<u64> {
        const MORE: &str = r#","more":"#;
        if self.rest.starts_with(MORE) {
            self.number::<u64>(MORE)?;
        }
        self.number(r#","pos":"#)
    }
}
