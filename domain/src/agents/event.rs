//! What can happen to an agent that is asked for besides what can to every request. Names and shapes are for ever.

use serde::{Deserialize, Serialize};

use super::Agent;
use crate::aggregate::Tagged;
use crate::names::PrincipalId;
use crate::person::Person;
use crate::request::{Code, Command, Request, RequestEvent};

/// A request for an agent.
pub type AgentRequest = Request<Agent>;
/// What can have happened to it.
pub type AgentRequestEvent = RequestEvent<Agent>;
/// What it can be asked to do.
pub type AgentRequestCommand = Command<Agent>;

/// What is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proposal {
    /// To put it in force.
    Publish,
}

/// What was being done when something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Looking whether it can run.
    Checking,
    /// Putting it in force.
    Publishing,
    /// Taking it out of force.
    TakingOut,
}

/// What becomes of an agent once it was countersigned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AgentEvent {
    /// It is in force, and was read back as it was countersigned.
    Published {
        /// As this version.
        version: u32,
    },
    /// It is not, for another one is by now in the place that it was to have.
    Overtaken {
        /// The last version of its name.
        now: u32,
    },
    /// Another version is in its place.
    Replaced {
        /// By which request.
        by: Code,
    },
    /// Where a vendor runs it, it is otherwise than it was made.
    Drifted {
        /// How.
        found: String,
    },
    /// It is there as it was made once more.
    Restored {},
    /// It answers nobody any more.
    Retired {
        /// Who wanted that.
        by: PrincipalId,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

impl Tagged for AgentEvent {}

/// What it is told once it was countersigned.
#[derive(Debug, Clone, PartialEq)]
pub enum AgentCommand {
    /// It is in force.
    Confirm {
        /// As this version.
        version: u32,
    },
    /// Another one is by now in the place that it was to have.
    Overtake {
        /// The last version of its name.
        now: u32,
    },
    /// Another version is in its place.
    GiveWay {
        /// By which request.
        to: Code,
    },
    /// This is otherwise where a vendor runs it than it was made; nothing is.
    NoteDrift {
        /// How.
        found: Option<String>,
    },
    /// Let it answer nobody any more.
    Retire {
        /// Who wants that.
        by: Box<Person>,
        /// Why.
        reason: Option<String>,
    },
}

impl From<AgentCommand> for AgentRequestCommand {
    fn from(command: AgentCommand) -> Self {
        Self::Own(command)
    }
}

/// What those are told who have to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentNews {
    /// It is in force.
    Published,
    /// It is not, for another one was first.
    Overtaken,
    /// Where a vendor runs it, it is otherwise than it was made.
    Drifted,
    /// It answers nobody any more.
    Retired,
}
