//! What an answer is once it was held against what it cites: its text, where each part of it comes from, and what of it nobody can
//! find anywhere.

use serde::{Deserialize, Serialize};

use super::Offer;
use crate::envelope::Digest;
use crate::ports::{ByteRange, Edition};

/// An answer, as it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What it comes to.
    pub kind: AnswerKind,
    /// What is said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Where it comes from, in the order of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<Citation>,
    /// Sentences of the text that stand in nothing that was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsupported: Vec<ByteRange>,
    /// How many citations were taken out because nothing was there that they named, or not what they quoted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub false_citations: u32,
    /// Documents that may not be read any more, and whose part was taken out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<Edition>,
    /// What who asked can do by a press.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<Offer>,
    /// What a fallback has to say to who asked, each in a sentence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What an answer comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AnswerKind {
    /// It is known.
    #[default]
    Known,
    /// It is not: a gap.
    Unknown,
    /// It may be known to who asked, and not to everybody here.
    AskInPrivate,
    /// Something is asked back, or offered.
    Offered,
}

/// Where a part of an answer comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// The part, in bytes of the answer.
    pub of: ByteRange,
    /// The document.
    pub edition: Edition,
    /// What it is called.
    pub title: String,
    /// Where in its extracted text.
    pub at: ByteRange,
    /// Of these bytes: whoever doubts it can look.
    pub quote: Digest,
    /// How surely.
    pub support: Support,
}

/// How surely something stands in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    /// In other words.
    Near,
    /// Word by word.
    Exact,
}
