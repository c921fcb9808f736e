//! An append made ready for storing: checked, and brought into the bytes that are hashed and kept.

use countersign_domain::envelope::{Digest, NewEvent};
use countersign_domain::names::StreamName;
use countersign_domain::ports::{Append, Expected, StoreError};
use uuid::Uuid;

/// The largest event a store takes: 1 MiB of canonical JSON.
pub const MAX_EVENT_BYTES: usize = 1 << 20;

/// One event of a [`Prepared`] append.
#[derive(Debug, Clone)]
pub struct PreparedEvent {
    /// The event's own id.
    pub id: Uuid,
    /// The canonical envelope without `hash` and `pos`.
    pub canonical: Vec<u8>,
    /// The leaf hash over `canonical`.
    pub hash: Digest,
}

/// An append that may be stored if its stream is where it is expected to be. Any thread can make one, so the one
/// thread that writes has little left to do.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// Where to.
    pub stream: StreamName,
    /// What the stream must be at.
    pub expected: Expected,
    /// The events, never none.
    pub events: Vec<PreparedEvent>,
    /// Whether it may use the space kept in reserve.
    pub urgent: bool,
}

impl Prepared {
    /// Checks and serialises an append.
    pub fn new(append: &Append) -> Result<Self, StoreError> {
        let first = append.expected.next();
        let events: Result<Vec<_>, _> =
            (first..).zip(&append.events).map(|(rev, event)| prepare(&append.stream, rev, event)).collect();
        let (stream, expected, urgent) = (append.stream.clone(), append.expected, append.urgent);
        match events {
            Ok(events) if events.is_empty() => Err(invalid(&stream, "it holds no event".to_owned())),
            Ok(events) => Ok(Self { stream, expected, events, urgent }),
            Err(why) => Err(invalid(&stream, why)),
        }
    }

    /// The revision of its last event.
    pub fn last_rev(&self) -> u64 {
        self.expected.next() + self.events.len() as u64 - 1
    }
}

fn invalid(stream: &StreamName, why: String) -> StoreError {
    StoreError::Invalid { stream: stream.clone(), why }
}

fn prepare(stream: &StreamName, rev: u64, event: &NewEvent) -> Result<PreparedEvent, String> {
    let canonical = event.canonical_bytes(stream, rev);
    if canonical.len() > MAX_EVENT_BYTES {
        let (kind, size) = (&event.kind, canonical.len());
        return Err(format!("its event `{kind}` has {size} bytes, more than {MAX_EVENT_BYTES}"));
    }
    // Inside a JSON text, what stands before the space can only be white space that is not canonical; a line break
    // among it would end the event's line early. Everything else stands in a text as it is, U+007F too. (All are looked at: a
    // search that ends at the first one takes many times longer.)
    if canonical.iter().map(|byte| u8::from(*byte < b' ')).fold(0, |found, own| found | own) != 0 {
        return Err(format!("the data of its event `{}` is not canonical JSON", event.kind));
    }
    Ok(PreparedEvent { id: event.id, hash: Digest::of_leaf(&canonical), canonical })
}
