//! What looking found before an action, and what can happen to it besides what can to every request. Names and shapes are for ever.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Action, Run};
use crate::aggregate::Tagged;
use crate::request::{Command, Evidence, Request, RequestEvent};

/// A request that an action be done.
pub type ActionRequest = Request<Action>;
/// What can have happened to it.
pub type ActionRequestEvent = RequestEvent<Action>;
/// What it can be asked to do.
pub type ActionRequestCommand = Command<Action>;

/// What was answered to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The status, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What was said, at most 500 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub said: String,
}

/// What looking found: part of what is decided on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rehearsed {
    /// What would be done, as whoever does it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<Answered>,
    /// How it stands before, where that can be looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
}

impl Evidence<Run> for Rehearsed {
    type Difference = Otherwise;

    /// How it stood before is what is decided on; what a rehearsal says in passing is not compared.
    fn differences(_: &Run, shown: &Self, found: &Self, _: &[String]) -> Vec<Otherwise> {
        if shown.before == found.before {
            return vec![];
        }
        vec![Otherwise { shown: shown.before.clone(), now: found.before.clone() }]
    }
}

/// It stands otherwise than was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Otherwise {
    /// As it was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Value>,
    /// As it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Value>,
}

/// What is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proposal {
    /// To do it.
    Do,
}

/// What was being done when something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Finding out what would be done.
    Rehearsing,
    /// Doing it.
    Doing,
}

/// What becomes of an action once it was countersigned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ActionEvent {
    /// It is done, and seen to be where that can be looked at.
    Done {
        /// What was answered.
        answered: Answered,
        /// What was seen after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Option<Value>,
    },
}

impl Tagged for ActionEvent {}

/// What it is told once it was countersigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionCommand {
    /// It is done.
    Confirm {
        /// What was answered.
        answered: Answered,
        /// What was seen after it.
        seen: Option<Value>,
    },
}

impl From<ActionCommand> for ActionRequestCommand {
    fn from(command: ActionCommand) -> Self {
        Self::Own(command)
    }
}

/// What those are told who have to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionNews {
    /// It is done.
    Done,
}
