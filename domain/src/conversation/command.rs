//! What can be done in a conversation. Who acts, what was found and said, and what is left of whoever asked come in with it.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::price::is_free;
use super::{AgentName, Asked, Held, Known, Limit, Source};
use crate::audience::Audience;
use crate::envelope::Digest;
use crate::names::PrincipalId;
use crate::person::Person;
use crate::ports::{
    Claimed, Crossing, Ended, Finding, Generation, ModelFaultKind, ModelName, Place, PolicyName, ToolCall,
    Usage,
};

/// The commands.
#[derive(Debug, Clone, PartialEq)]
pub enum ConversationCommand {
    /// Ask something.
    Ask {
        /// The turn.
        turn: Uuid,
        /// What.
        asked: Box<Asked>,
        /// Where; nothing where it is no chat.
        place: Option<Place>,
        /// Who answers, where nobody has before.
        agent: AgentName,
        /// How much may be asked, and was.
        limits: Vec<Limit>,
    },
    /// Take in what was found.
    TakeFound {
        /// In which turn.
        turn: Uuid,
        /// What.
        found: Box<Found>,
        /// Whoever asked, as they are now; nothing where they left.
        asker: Option<Box<Person>>,
    },
    /// Take in what a model came to.
    TakeStep {
        /// In which turn.
        turn: Uuid,
        /// Which step.
        step: NonZeroU32,
        /// What.
        said: Box<Said>,
        /// The passages that it was given, as they are now.
        passages: Vec<Held>,
        /// What is known of each of its calls.
        known: Vec<Option<Known>>,
        /// Whoever asked, as they are now; nothing where they left.
        asker: Option<Box<Person>>,
    },
    /// Nobody could do what was to be done.
    Fail {
        /// In which turn.
        turn: Uuid,
        /// What it is, in a word.
        class: String,
    },
    /// Let nothing of a turn go on.
    Stop {
        /// Who wants that.
        by: Box<Person>,
        /// Which; the last one of theirs where nothing is said.
        turn: Option<Uuid>,
        /// What had been said until then.
        kept: String,
    },
    /// Somebody left.
    Leave {
        /// Who.
        id: PrincipalId,
        /// The name people saw.
        name: String,
    },
    /// Say how good an answer is.
    Rate {
        /// Who.
        by: Box<Person>,
        /// Of which turn.
        turn: Uuid,
        /// Whether it is.
        good: bool,
        /// Why.
        reason: Option<String>,
    },
    /// Let others read it as well.
    Share {
        /// Who wants that.
        by: Box<Person>,
        /// Which turn.
        turn: Uuid,
        /// Where; nothing where it is no chat.
        place: Option<Place>,
        /// The conversation there.
        into: Uuid,
        /// Who reads it there.
        audience: Audience,
    },
    /// Let a person look after it.
    HandOver {
        /// Who wants that.
        by: Box<Person>,
        /// The turn that was not enough.
        turn: Uuid,
        /// What the ticket is opened for.
        marker: Uuid,
        /// Whether what was said before it stays out of the ticket.
        alone: bool,
    },
    /// The ticket is there.
    Ticketed {
        /// The turn.
        turn: Uuid,
        /// Its number.
        number: u64,
    },
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// How what was asked was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screened: Option<Screening>,
    /// By what it was searched; nothing where it was not, because what was asked does not cross over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<Generation>,
    /// What was found.
    pub passages: Vec<Source>,
    /// Whether who asked could read more in private.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub elsewhere: bool,
}

/// How a text was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screening {
    /// Where it crosses over.
    pub at: Crossing,
    /// By which policy.
    pub policy: PolicyName,
    /// What was found.
    pub found: Vec<Finding>,
    /// What is left of it; nothing where it does not cross over, or nothing was masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked: Option<String>,
    /// Whether it does not cross over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refused: bool,
}

/// What a model came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It has said its part.
    Done(Box<Spoken>),
    /// It has not.
    Failed {
        /// What may be concluded.
        fault: ModelFaultKind,
        /// What was said, for those who run the bot.
        detail: String,
    },
}

/// What a model has said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// Which model.
    pub model: ModelName,
    /// All text, as it may go to the person.
    pub text: String,
    /// Where it says it has it from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claimed>,
    /// What it wants done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<ToolCall>,
    /// Of all that it was given.
    pub prompt: Digest,
    /// Why it ended.
    pub why: Ended,
    /// What it took.
    pub usage: Usage,
    /// What that cost, in millionths, by the prices of the time.
    #[serde(default, skip_serializing_if = "is_free")]
    pub micros: u64,
    /// The vendor's id of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    /// What a fallback has to say to who asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// How its text was looked at on the way to the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screened: Option<Screening>,
}
