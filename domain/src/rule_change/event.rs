//! What can happen to a change of the rules besides what can to every request. Names and shapes are for ever.

use serde::{Deserialize, Serialize};

use super::RuleChange;
use crate::aggregate::Tagged;
use crate::names::PrincipalId;
use crate::request::{Command, Request, RequestEvent};

/// A request for other rules.
pub type RuleChangeRequest = Request<RuleChange>;
/// What can have happened to it.
pub type RuleChangeEvent = RequestEvent<RuleChange>;
/// What it can be asked to do.
pub type RuleChangeCommand = Command<RuleChange>;

/// What is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proposal {
    /// To publish the rules.
    Publish,
}

/// What was being done when something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Comparing them with the rules in force.
    Comparing,
    /// Publishing them.
    Publishing,
}

/// What becomes of rules once they were countersigned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FateEvent {
    /// They are in force.
    Published {
        /// As this version.
        version: u64,
    },
    /// They are not, for others are in force by now than those in whose place they were to be.
    Overtaken {
        /// The version in force.
        now: u64,
    },
    /// They are not, for somebody who proposed or countersigned them left before, or may not any more.
    CalledOff {
        /// Who.
        who: PrincipalId,
        /// The name people saw.
        name: String,
    },
}

impl Tagged for FateEvent {}

/// What it is told once it was countersigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublishCommand {
    /// The rules are in force.
    Confirm {
        /// As this version.
        version: u64,
    },
    /// They are not, for others are in force by now than those in whose place they were to be.
    Overtake {
        /// The version in force.
        now: u64,
    },
}

impl From<PublishCommand> for RuleChangeCommand {
    fn from(command: PublishCommand) -> Self {
        Self::Own(command)
    }
}

/// What those are told who have to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleChangeNews {
    /// The rules are in force.
    Published,
    /// They are not, for others are by now.
    Overtaken,
    /// They are not, for somebody who proposed or countersigned them left, or may not any more.
    CalledOff,
}
