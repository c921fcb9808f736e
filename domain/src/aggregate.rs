//! The one shape of every decision: `decide` turns a command into events or a denial, `evolve` turns events into state.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use strum::VariantNames;
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

/// What can have happened to one aggregate: each event has a name and a content, and both stand in the log for ever.
pub trait Event: Clone + std::fmt::Debug + PartialEq + Send + Sync + 'static {
    /// Its name in the log.
    fn name(&self) -> Cow<'static, str>;

    /// Its content, a JSON object.
    fn content(&self) -> Value;

    /// The event of this name with this content, JSON; `None` where the name is none of this aggregate's.
    fn read(name: &str, content: &str) -> Option<Result<Self, serde_json::Error>>;

    /// Every name there is.
    fn names() -> Vec<String>;
}

/// An enum that serde tags as `{"type": …, "data": …}`: its variants, in snake case, are its events' names.
pub trait Tagged:
    Serialize + DeserializeOwned + VariantNames + Clone + std::fmt::Debug + PartialEq + Send + Sync + 'static
{
}

impl<E: Tagged> Event for E
where
    for<'a> &'a E: Into<&'static str>,
{
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.into())
    }

    fn content(&self) -> Value {
        content_of(self)
    }

    fn read(name: &str, content: &str) -> Option<Result<Self, serde_json::Error>> {
        E::VARIANTS.contains(&name).then(|| read_tagged(name, content))
    }

    fn names() -> Vec<String> {
        E::VARIANTS.iter().map(ToString::to_string).collect()
    }
}

/// The content of an event that serde tags.
pub(crate) fn content_of(event: &impl Serialize) -> Value {
    let mut tagged = serde_json::to_value(event).expect("events are plain data with text keys");
    tagged.get_mut("data").map_or_else(|| Value::Object(serde_json::Map::new()), Value::take)
}

/// The event that serde tags so.
pub(crate) fn read_tagged<E: DeserializeOwned>(name: &str, content: &str) -> Result<E, serde_json::Error> {
    // Put together at once: every event that is read comes by here.
    serde_json::from_str(&[r#"{"type":""#, name, r#"","data":"#, content, "}"].concat())
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
            let name = event.name();
            NewEvent::new(cause, index, &name, upcast::newest(&name), &event.content())
        })
        .collect()
}

/// The event in an envelope, in its newest shape.
pub fn decode<E: Event>(envelope: &Envelope) -> Result<E, DecodeError> {
    let data = upcast::upcast(&envelope.kind, envelope.v, &envelope.data)?;
    let unreadable = |why: String| DecodeError::Shape {
        id: envelope.id,
        kind: envelope.kind.clone(),
        v: envelope.v,
        stream: envelope.stream.to_string(),
        why,
    };
    E::read(&envelope.kind, &data)
        .unwrap_or_else(|| Err(serde::de::Error::custom("no event here has this name")))
        .map_err(|error| unreadable(error.to_string()))
}

/// The state after these envelopes of one stream.
pub fn fold<'a, A: Aggregate>(envelopes: impl IntoIterator<Item = &'a Envelope>) -> Result<A, DecodeError> {
    let mut state = A::default();
    for envelope in envelopes {
        state.evolve(&decode(envelope)?, envelope.at);
    }
    Ok(state)
}
