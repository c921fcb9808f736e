//! What can have happened in a conversation. Names and shapes are for ever. What a model says as it says it is nowhere here: only what
//! a step came to.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::price::is_free;
use super::{Answer, Verdict};
use crate::aggregate::Tagged;
use crate::audience::Audience;
use crate::envelope::Digest;
use crate::names::PrincipalId;
use crate::ports::{
    ByteRange, Crossing, Edition, Ended, Finding, FindingKind, Generation, ModelFaultKind, ModelName, Place,
    PolicyName, Usage,
};

/// The agent that answers, as it was defined then.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AgentName {
    /// Its name.
    pub name: String,
    /// The version of its definition; 0 is what the program has without any.
    pub version: u32,
}

/// What somebody asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Who.
    pub by: PrincipalId,
    /// The name people see.
    pub name: String,
    /// In which words.
    pub text: String,
    /// In which language, where that could be told: `de`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Who reads the answer.
    pub audience: Audience,
    /// What it was asked before as, where it is asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Again>,
    /// Who answers it, as it was defined then; nothing where older versions asked whoever opened the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentName>,
}

/// Something that is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Again {
    /// The turn in which it was asked before.
    pub turn: Uuid,
    /// Why.
    pub why: WhyAgain,
}

/// Why something is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyAgain {
    /// Somebody wants another answer.
    Regenerated,
    /// Others are to read the answer as well: what they may not read is not in it.
    Shared,
}

/// A passage that was found, without its text: that is the document's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Of which document.
    pub edition: Edition,
    /// What that is called.
    pub title: String,
    /// Where in its extracted text.
    pub at: ByteRange,
    /// Of these bytes.
    pub sha: Digest,
    /// How well it fits, of a thousand.
    pub score: u16,
}

/// Why a turn was stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WhyStopped {
    /// Somebody wanted no more.
    Asked {
        /// Who.
        by: PrincipalId,
    },
    /// Who asked does not belong to the tenant any more.
    Left {
        /// The name people saw.
        name: String,
    },
}

/// The events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum ConversationEvent {
    /// Somebody began it.
    ConversationOpened {
        /// Where in which chat; nothing where it is the bot's own page, a terminal or a program.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<Place>,
        /// Who answers.
        agent: AgentName,
        /// Who began.
        by: PrincipalId,
    },
    /// Somebody asked something.
    TurnAsked {
        /// The turn.
        turn: Uuid,
        /// What.
        asked: Box<Asked>,
    },
    /// A text was looked at where it crosses over.
    TurnScreened {
        /// The turn.
        turn: Uuid,
        /// Where.
        at: Crossing,
        /// By which policy.
        policy: PolicyName,
        /// What was found.
        found: Vec<Finding>,
        /// The text with what was found masked, where it went over so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        masked: Option<String>,
    },
    /// The documents were searched.
    PassagesRetrieved {
        /// The turn.
        turn: Uuid,
        /// By what.
        generation: Generation,
        /// What was found, the best first.
        passages: Vec<Source>,
        /// Whether who asked could read more in private.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        elsewhere: bool,
    },
    /// A model has said its part.
    ModelStepFinished {
        /// The turn.
        turn: Uuid,
        /// The step, from 1.
        step: NonZeroU32,
        /// Which model.
        model: ModelName,
        /// What it said, as it said it.
        text: String,
        /// Of all that it was given.
        prompt: Digest,
        /// Why it ended.
        why: Ended,
        /// What it took.
        usage: Usage,
        /// What it cost, in millionths, by the prices of that time.
        #[serde(default, skip_serializing_if = "is_free")]
        micros: u64,
        /// The vendor's id of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        response: Option<String>,
    },
    /// A model did not come to its end.
    ModelStepFailed {
        /// The turn.
        turn: Uuid,
        /// The step, from 1.
        step: NonZeroU32,
        /// What may be concluded.
        fault: ModelFaultKind,
        /// What was said, for those who run the bot.
        detail: String,
    },
    /// A model wants something done.
    ToolProposed {
        /// The turn.
        turn: Uuid,
        /// The model's id of the call.
        call: String,
        /// The tool.
        tool: String,
        /// Of its arguments.
        arguments: Digest,
        /// What becomes of it.
        verdict: Verdict,
    },
    /// It was answered.
    TurnAnswered {
        /// The turn.
        turn: Uuid,
        /// With what.
        answer: Box<Answer>,
    },
    /// It was stopped: nothing of it goes on.
    TurnStopped {
        /// The turn.
        turn: Uuid,
        /// Why.
        why: WhyStopped,
        /// What had been said until then.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        kept: String,
    },
    /// It is not talked about.
    TurnRefused {
        /// The turn.
        turn: Uuid,
        /// Where it did not cross over.
        at: Crossing,
        /// Because of what.
        found: Vec<FindingKind>,
    },
    /// It could not be answered.
    TurnFailed {
        /// The turn.
        turn: Uuid,
        /// What may be concluded, in a word.
        class: String,
    },
    /// Somebody said how good an answer is.
    TurnRated {
        /// The turn.
        turn: Uuid,
        /// Who.
        by: PrincipalId,
        /// Whether it is.
        good: bool,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Others are to read it as well: it is asked again where they are.
    TurnShared {
        /// The turn.
        turn: Uuid,
        /// Who wants that.
        by: PrincipalId,
        /// Where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<Place>,
        /// The conversation there.
        into: Uuid,
        /// Who reads it there.
        audience: Audience,
    },
    /// A person is to look after it.
    ConversationHandedOver {
        /// Who wants that.
        by: PrincipalId,
        /// The turn that was not enough.
        turn: Uuid,
        /// What the ticket is opened for: the same again is the same ticket.
        marker: Uuid,
        /// Whether nothing goes along but what was asked: neither the answer, nor what was said before.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        alone: bool,
    },
    /// The ticket is there.
    ConversationTicketed {
        /// The turn.
        turn: Uuid,
        /// Its number.
        number: u64,
    },
}

impl Tagged for ConversationEvent {}

impl ConversationEvent {
    /// The turn that it is about, if about one.
    pub const fn turn(&self) -> Option<Uuid> {
        use ConversationEvent as E;
        match self {
            E::ConversationOpened { .. } => None,
            E::TurnAsked { turn, .. }
            | E::TurnScreened { turn, .. }
            | E::PassagesRetrieved { turn, .. }
            | E::ModelStepFinished { turn, .. }
            | E::ModelStepFailed { turn, .. }
            | E::ToolProposed { turn, .. }
            | E::TurnAnswered { turn, .. }
            | E::TurnStopped { turn, .. }
            | E::TurnRefused { turn, .. }
            | E::TurnFailed { turn, .. }
            | E::TurnRated { turn, .. }
            | E::TurnShared { turn, .. }
            | E::ConversationHandedOver { turn, .. }
            | E::ConversationTicketed { turn, .. } => Some(*turn),
        }
    }
}
