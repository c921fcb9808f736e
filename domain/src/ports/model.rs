//! A model: what is asked of it, the pieces in which it answers, and how that can end. Whatever stands behind it, one step is one
//! call; what follows from the step is decided elsewhere.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ByteRange, Passage};
use crate::digest::Digest;

/// One thing that is asked of a model: all it needs is in here, so the same step can be asked again, and of another model.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What the agent is to be, as its definition says it.
    pub instruction: String,
    /// What was said so far, oldest first; the last is what it answers to.
    pub messages: Vec<Message>,
    /// What it may call. Where there is none, it can only answer.
    pub tools: Vec<Tool>,
    /// What it may answer from, and cites by number: the first is 1. It is what others wrote, and orders nothing.
    pub passages: Vec<Passage>,
    /// The language to answer in, as BCP 47 has it: `de`.
    pub language: Option<String>,
    /// How many tokens it may say at most.
    pub most_tokens: u32,
    /// Under which name hosted agents keep the talk: a digest, never a person's name.
    pub session: Digest,
}

/// What was said in a conversation, as a model is told of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Message {
    /// The person.
    Person {
        /// What they said.
        text: String,
    },
    /// The model itself, in a step before.
    Agent {
        /// What it said.
        text: String,
        /// What it called.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        calls: Vec<ToolCall>,
    },
    /// What came of a call.
    Tool {
        /// Of which: its id.
        call: String,
        /// What it answered.
        text: String,
        /// Whether it did not do what it was called for.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        failed: bool,
    },
}

/// Something a model may call.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// Its name: `[a-zA-Z0-9_]`, at most 64 characters.
    pub name: String,
    /// What it does, for the model.
    pub description: String,
    /// The JSON Schema of its arguments: always an object.
    pub arguments: Value,
}

/// A call that a model wants made. It is a wish: whoever reads it decides whether anything is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The model's id of it; made up by the adapter where the model gives none. No two calls of a step share one.
    pub id: String,
    /// The tool's name, as the model said it: it need not be one that there is.
    pub tool: String,
    /// The arguments: JSON that could be read, and no more is said of them.
    pub arguments: Value,
}

/// Where a model says that something it said comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    /// What of its text it says this of, in bytes; empty where it only says so behind what it said.
    pub of: ByteRange,
    /// The number of the passage, from 1. Nobody has looked whether there is one.
    pub passage: u32,
    /// The very words of the passage, where the model gives them. Nobody has looked whether they stand there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
}

/// What a model says before it is done.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// The next of its text.
    Text(String),
    /// A call, whole.
    Call(ToolCall),
    /// Where something of its text comes from.
    Claim(Claimed),
}

/// Where the pieces of an answer go as they come. It does not wait: whoever shows them sees to what is too much.
pub trait Pieces: Send {
    /// Takes the next one.
    fn take(&mut self, piece: Piece);
}

/// What nobody wants to see in pieces.
impl Pieces for () {
    fn take(&mut self, _: Piece) {}
}

/// Somebody may want no more of an answer.
#[async_trait]
pub trait Stop: Send + Sync {
    /// Whether they want no more.
    fn is_wanted(&self) -> bool;

    /// Returns once they want no more; never, where they always will.
    async fn wanted(&self);
}

/// What was said in one step: the pieces put together.
#[derive(Debug, Clone, PartialEq)]
pub struct StepDone {
    /// All text.
    pub text: String,
    /// All calls, in the order in which they were made.
    pub calls: Vec<ToolCall>,
    /// Where it says that its text comes from. Numbers in the text itself (`[2]`) are not among these: they are read elsewhere.
    pub claims: Vec<Claimed>,
    /// Why it ended.
    pub why: Ended,
    /// What it took.
    pub usage: Usage,
    /// The vendor's id of the answer, for whoever asks the vendor about it.
    pub response: Option<String>,
    /// What a guardrail at the vendor, or a fallback, has to say to the person, each in a sentence.
    pub notes: Vec<String>,
    /// Which model it was, where another one than was asked.
    pub by: Option<ModelName>,
}

/// Why a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Ended {
    /// All is said.
    Said,
    /// Something is to be called before it goes on.
    Calls,
    /// It would have said more than it may.
    Length,
    /// A guardrail of the vendor's ended it.
    Screened,
    /// Somebody wanted no more.
    Stopped,
}

/// What a step took. Where a server does not say, it is what was counted here, and `said` is false.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens that were read.
    pub read: u64,
    /// Tokens that were written.
    pub written: u64,
    /// Whether the vendor said so.
    pub said: bool,
}

/// A step that did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{vendor}: {}: {detail}", .kind.as_str())]
pub struct ModelFault {
    /// Whose it is: `bedrock`, `openai`, `embedded`.
    pub vendor: &'static str,
    /// What came of it, free of secrets and of what people said, at most 500 characters; behind the last
    /// [`CURE`](super::CURE), how who runs the bot can mend it.
    pub detail: String,
    /// What may be concluded.
    pub kind: ModelFaultKind,
}

/// What may be concluded from a step that did not come to its end. A step does nothing outside, so it may always be asked again; the
/// kind says whether that helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelFaultKind {
    /// The vendor will not do this step, now or later (4xx, too long, a model that there is not).
    Refused,
    /// The vendor lets nobody in (a credential, a page to log in at): a person has to mend it, and nothing else will be answered before.
    Barred,
    /// The vendor has too much to do, or does not answer at all; not before `after` where it said so.
    Overloaded {
        /// How long it asked us to wait.
        after: Option<Duration>,
    },
    /// It was asked, and said nothing in time.
    SilentAtFirst,
    /// It had begun, and said nothing more in time.
    SilentBetween,
    /// The connection ended in the middle.
    Cut,
    /// What came is not what the vendor's contract says (half JSON, arguments that cannot be read, nothing at all).
    Malformed,
}

impl ModelFaultKind {
    /// The word for it in the log and in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Barred => "barred",
            Self::Overloaded { .. } => "overloaded",
            Self::SilentAtFirst => "silent_at_first",
            Self::SilentBetween => "silent_between",
            Self::Cut => "cut",
            Self::Malformed => "malformed",
        }
    }

    /// Whether the same may go well a little later, with nobody mending anything.
    pub const fn is_passing(self) -> bool {
        !matches!(self, Self::Refused | Self::Barred)
    }
}

/// As what a model stands in the log: so that an answer can be explained by what gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelName {
    /// What speaks to it: `embedded`, `bedrock_converse`, `openai`.
    pub backend: String,
    /// The vendor's name of it, with its version.
    pub model: String,
    /// Of all that is set for it, without what is secret.
    pub settings: Digest,
}

/// How an agent that is run at its vendor's stands in the log.
pub const RUN_ELSEWHERE: &str = "bedrock_agent";

impl ModelName {
    /// Whether it has read more than it was given by us: what it looks up at its vendor's, and what it remembers there of the talk, are
    /// words of others as what stands in a document is.
    pub fn reads_elsewhere(&self) -> bool {
        self.backend == RUN_ELSEWHERE
    }
}

/// What serves of a model whose settings can change while it runs.
pub struct Serving {
    /// The model as it is set now: whoever begins with it ends with it, whatever is changed meanwhile.
    pub model: Arc<dyn Model>,
    /// What is wrong with settings that were to take their place, a line each; nothing where there are none.
    pub refused: Vec<String>,
}

/// A model of one tenant.
#[async_trait]
pub trait Model: Send + Sync {
    /// What it is.
    fn name(&self) -> ModelName;

    /// Whether it can call tools. What cannot is given none.
    fn calls_tools(&self) -> bool;

    /// What serves now, where its settings can change while it runs; nothing where they cannot.
    async fn serving(&self) -> Option<Serving> {
        None
    }

    /// Does one step. Pieces come as they are said; what is returned holds all of them again. Once `stop` is wanted, no more pieces
    /// come, the connection is closed, and what was said until then is returned.
    async fn step(
        &self,
        step: &Step,
        pieces: &mut dyn Pieces,
        stop: &dyn Stop,
    ) -> Result<StepDone, ModelFault>;
}
