//! A guardrail: what text may cross from one side to another, and what of it is masked on the way.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{ByteRange, CallError};
use crate::text::flat;

/// Where a text goes over from one side to the other.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Crossing {
    /// What a person said, on its way to the model.
    Asked,
    /// What somebody else wrote (a document, what a tool answered), on its way to the model.
    Untrusted,
    /// The arguments of a call, on their way to a tool.
    Called,
    /// What the model said, on its way to the person.
    Answered,
}

impl Crossing {
    /// Whether nothing crosses while nobody can look: what leaves for a tool or a person is never taken back.
    pub const fn shuts_on_failure(self) -> bool {
        matches!(self, Self::Called | Self::Answered)
    }
}

/// What is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Screened<'a> {
    /// Where it crosses.
    pub at: Crossing,
    /// The text.
    pub text: &'a str,
    /// What it is to be grounded in, where that can be looked at: the passages of an answer.
    pub sources: &'a [&'a str],
}

/// What becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It crosses as it is.
    Passed,
    /// It crosses with these parts masked.
    Masked {
        /// The whole text, with the masks.
        text: String,
        /// What was masked, by bytes of the text as it was, in order, never overlapping.
        what: Vec<Finding>,
    },
    /// It does not cross. What it was is withheld, and the talk goes on without it.
    Refused {
        /// Because of what, at least one.
        what: Vec<Finding>,
    },
}

/// Something that was found in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What: a kind of the policy's own is `other`, with the vendor's name for it.
    pub kind: FindingKind,
    /// Where, in bytes of the text that was looked at; `None` where it is the whole of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<ByteRange>,
}

/// What can be found in a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A number of a payment card, by its check digit.
    Card,
    /// A bank account, by its check digits.
    BankAccount,
    /// A number that a state gave to somebody.
    NationalId,
    /// A credential: a token, a password, a private key.
    Secret,
    /// A subject that the tenant's agent does not talk about.
    DeniedTopic(String),
    /// Something harmful.
    Harmful(String),
    /// Words that would give a model orders.
    Injection,
    /// What nobody sees, and a model reads.
    Hidden,
    /// What is not in the sources.
    Ungrounded,
    /// Nobody could look, so nothing was let over.
    Unseen,
    /// What only this vendor's policy knows, by its name there.
    Other(String),
}

impl FindingKind {
    /// As people say it, in the middle of a sentence.
    pub fn in_words(&self) -> String {
        let words = match self {
            Self::Email => "an e-mail address",
            Self::Phone => "a telephone number",
            Self::Card => "the number of a payment card",
            Self::BankAccount => "a bank account",
            Self::NationalId => "a number that a state gave to somebody",
            Self::Secret => "a secret",
            Self::DeniedTopic(topic) => {
                return format!("a subject that is not talked about ({})", flat(topic));
            }
            Self::Harmful(what) => return format!("something harmful ({})", flat(what)),
            Self::Injection => "words that would give a model orders",
            Self::Hidden => "what nobody sees",
            Self::Ungrounded => "what stands in no source",
            Self::Unseen => "what nobody could look at",
            Self::Other(name) => return flat(name),
        };
        words.to_owned()
    }
}

/// Which policy has looked: it stands in the log beside what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyName {
    /// Whose: `built_in`, `bedrock`.
    pub by: String,
    /// Its version.
    pub version: String,
}

/// The guardrail of one tenant's agent.
#[async_trait]
pub trait Guardrail: Send + Sync {
    /// Which policy it is.
    fn policy(&self) -> PolicyName;

    /// Looks at a text. The same text at the same crossing under the same policy is always judged alike.
    async fn screen(&self, screened: Screened<'_>) -> Result<Verdict, CallError>;
}
