//! The one shape of every decision: `decide` turns a command into events or a denial, `evolve` turns events into state.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::denied::Denied;
use crate::envelope::{Cause, Envelope, NewEvent};
use crate::upcast::{self, UpcastError};

/// What is kept consistent as one: its state is the fold of its stream, and nothing else.
///
/// Synchronous on purpose: whatever a decision needs to know (time, ids, directory, rules) comes in with the command.
pub trait Aggregate: Default + Clone + Send + Sync + 'static {
    /// The category in the stream's name.
    const CATEGORY: &'static str;
    /// What it can be asked to do.
    type Command: Send;
    /// What can have happened to it.
    type Event: Event;

    /// The events that follow from the command, none where there is nothing to do; or the reasons why not, for the person.
    fn decide(&self, command: Self::Command, now: Timestamp) -> Result<Vec<Self::Event>, Denied>;

    /// Applies what has happened, at the time it was decided.
    fn evolve(&mut self, event: &Self::Event, at: Timestamp);

    /// Whether the command takes access away and so may use the log's reserve of space.
    fn is_urgent(&self, _command: &Self::Command) -> bool {
        false
    }
}

/// The events of one aggregate: an enum that serde tags as `{"type": …, "data": …}`.
pub trait Event:
    Serialize + DeserializeOwned + Clone + std::fmt::Debug + PartialEq + Send + Sync + 'static
{
}

/// An event that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The type is not one of this aggregate's, or its content has another shape.
    #[error("event {id} ({kind} v{v}) of {stream} cannot be read: {why}")]
    Shape {
        /// The event.
        id: Uuid,
        /// Its type.
        kind: String,
        /// Its version.
        v: u32,
        /// Its stream.
        stream: String,
        /// What serde says.
        why: String,
    },
    /// No way leads from its version to today's.
    #[error(transparent)]
    Upcast(#[from] UpcastError),
}

/// The events as they go to the store, all from one command.
pub fn encode<E: Event>(events: &[E], cause: &Cause) -> Vec<NewEvent> {
    events
        .iter()
        .enumerate()
        .map(|(index, event)| {
            let tagged = serde_json::to_value(event).expect("events are plain data with text keys");
            let kind = tagged.get("type").and_then(Value::as_str).unwrap_or_default();
            let data = tagged.get("data").cloned().unwrap_or_else(|| Value::Object(serde_json::Map::new()));
            NewEvent::new(cause, index, kind, upcast::newest(kind), &data)
        })
        .collect()
}

/// The event in an envelope, in its newest shape.
pub fn decode<E: Event>(envelope: &Envelope) -> Result<E, DecodeError> {
    let data = upcast::upcast(&envelope.kind, envelope.v, &envelope.data)?;
    let text = format!(r#"{{"type":"{}","data":{}}}"#, envelope.kind, data);
    serde_json::from_str(&text).map_err(|error| DecodeError::Shape {
        id: envelope.id,
        kind: envelope.kind.clone(),
        v: envelope.v,
        stream: envelope.stream.to_string(),
        why: error.to_string(),
    })
}

/// The state after these envelopes of one stream.
pub fn fold<'a, A: Aggregate>(envelopes: impl IntoIterator<Item = &'a Envelope>) -> Result<A, DecodeError> {
    let mut state = A::default();
    for envelope in envelopes {
        state.evolve(&decode(envelope)?, envelope.at);
    }
    Ok(state)
}
