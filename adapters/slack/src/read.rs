//! Reads what Slack delivers, over HTTP or in Socket Mode, into one [`Delivery`].
//!
//! Only the parts that the bot needs are read, since Slack adds to all of them without notice. Names are not read at all:
//! who did it is the user's id alone.

pub(crate) mod act;
mod event;
mod interactive;
mod shape;

use countersign_domain::ports::{Identity, Place, Stranger, SurfaceKind};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::delivery::{Delivery, Unreadable, Who};
use crate::inbound::Verified;

/// Reads the deliveries to one workspace.
#[derive(Debug, Clone)]
pub struct Reader {
    team: String,
}

/// In which envelope a payload came in Socket Mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Envelope {
    /// An event.
    EventsApi,
    /// A press, a form, a shortcut.
    Interactive,
    /// The slash command.
    SlashCommands,
}

impl Reader {
    /// For the workspace with this id.
    pub fn new(team: impl Into<String>) -> Self {
        Self { team: team.into() }
    }

    /// Reads what [`Signatures::verify`](crate::Signatures::verify) found to be Slack's.
    pub fn http(&self, verified: Verified<'_>) -> Result<Delivery, Unreadable> {
        if !verified.is_form() {
            return self.event(&json(verified.body())?);
        }
        let fields: Vec<(String, String)> =
            url::form_urlencoded::parse(verified.body()).into_owned().collect();
        let field = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value);
        if let Some(payload) = field("payload") {
            return self.interactive(&json(payload.as_bytes())?);
        }
        if field("ssl_check").is_some() {
            return Ok(Delivery::Ignored);
        }
        let fields = fields.into_iter().map(|(name, value)| (name, Value::String(value)));
        self.command(&Value::Object(fields.collect()))
    }

    /// Reads the payload of an envelope in Socket Mode, whose connection was opened with the app's token.
    pub fn socket(&self, envelope: Envelope, payload: &Value) -> Result<Delivery, Unreadable> {
        match envelope {
            Envelope::EventsApi => self.event(payload),
            Envelope::Interactive => self.interactive(payload),
            Envelope::SlashCommands => self.command(payload),
        }
    }

    /// Refuses what is for another workspace.
    fn ours(&self, team: Option<&str>) -> Result<(), Unreadable> {
        match team {
            Some(team) if team == self.team => Ok(()),
            Some(_) => Err(Unreadable::OtherWorkspace),
            None => Err(Unreadable::Missing("workspace")),
        }
    }

    /// Somebody with this id, whose own workspace may be said, in a channel that may be shared with others.
    fn who(&self, user: Option<&str>, theirs: Option<&str>, shared: bool) -> Result<Who, Unreadable> {
        let user = user.ok_or(Unreadable::Missing("user"))?;
        let identity = Identity::new(SurfaceKind::Slack, &*self.team, user)
            .map_err(|_| Unreadable::Shape { what: "the user" })?;
        Ok(Who { identity, stranger: external(theirs, &self.team, shared) })
    }

    fn channel(&self, channel: &str) -> Place {
        Place::channel(SurfaceKind::Slack, &self.team, channel)
    }
}

/// Whether somebody is of another organisation: their workspace is another, or it is not said in a channel that is shared.
pub(crate) fn external(theirs: Option<&str>, team: &str, shared: bool) -> Option<Stranger> {
    match theirs {
        Some(theirs) => theirs != team,
        None => shared,
    }
    .then_some(Stranger::External)
}

/// Whether a message of this subtype is something that somebody says.
pub(crate) fn is_speech(subtype: Option<&str>) -> bool {
    matches!(subtype, None | Some("file_share" | "thread_broadcast" | "me_message"))
}

/// The thread an answer belongs to: the message's own, and in a channel the message itself begins one.
pub(crate) fn thread(direct: bool, thread: Option<&str>, ts: &str) -> Option<String> {
    thread.or((!direct).then_some(ts)).map(ToOwned::to_owned)
}

fn json(body: &[u8]) -> Result<Value, Unreadable> {
    serde_json::from_slice(body)
        .map_err(|error| Unreadable::NotJson { line: error.line(), column: error.column() })
}

/// A part of a delivery in its shape. What serde would say may quote what somebody wrote.
fn shaped<T: DeserializeOwned>(value: &Value, what: &'static str) -> Result<T, Unreadable> {
    T::deserialize(value).map_err(|_| Unreadable::Shape { what })
}

#[cfg(test)]
mod tests;
