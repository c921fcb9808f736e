//! A card: one outbound thing, independent of the surface. Each surface renders it; none adds to what it says.
//!
//! A card holds plain text and escapes nothing: whoever renders it does. What people wrote stands in it in quotation marks,
//! on one line ([`quoted`](crate::words::quoted)) or on several that each begin with one ([`prose`](crate::words::prose)), so
//! that no text of theirs can look like the bot's own structure.

mod parts;
mod samples;
mod short;

use serde::{Deserialize, Serialize};

pub use self::parts::{Part, parts};
pub use self::samples::samples;
pub use self::short::short;
use crate::code::Code;

/// The word of every kind for what was denied.
const DENIED: &str = "denied";

/// One outbound thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Everything one needs, as plain text: for terminals, notifications and screen readers.
    pub text: String,
    /// What it is about, in a few words.
    pub title: String,
    /// How it feels.
    pub tone: Tone,
    /// The request's code, on a card of a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// How the request stands, in its kind's own word, on a card of a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Whether it says that what was asked for was not done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refused: bool,
    /// Whether it shows how the request stands, and is to change with it. What was told about a request is, in what it says of that,
    /// until nothing can happen to the request any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub live: bool,
    /// What is known, by name.
    pub fields: Vec<CardField>,
    /// What is said about it, one sentence or example a line.
    pub lines: Vec<String>,
    /// What this viewer can do now.
    pub buttons: Vec<Button>,
    /// How each of those who see the same message is shown a card of their own, where their surface can do that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh: Option<Refresh>,
}

impl Card {
    /// Whether it shows a request that was denied: of all kinds that is the same word.
    pub fn is_denied(&self) -> bool {
        self.status.as_deref() == Some(DENIED)
    }
}

/// How viewers of one message are shown cards of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refresh {
    /// What asking for one's own card sends back: opaque, as the references of buttons.
    pub reference: String,
    /// Those who have something to do with it, by the surface's ids of them: they are shown theirs unasked.
    pub viewers: Vec<String>,
}

/// A name and its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardField {
    /// The name.
    pub label: String,
    /// The value, on one line, or on those of what is quoted.
    pub value: String,
    /// Where the value leads: an address that a vendor gave. What people write is never one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// What is said of the value, behind it: a ticket's title behind its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl CardField {
    /// The value, and what is said of it.
    pub fn said(&self) -> String {
        match &self.note {
            Some(note) => format!("{} {note}", self.value),
            None => self.value.clone(),
        }
    }
}

/// How a card feels, for its colour; never the only sign, the words say it too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// For information.
    #[default]
    Neutral,
    /// Somebody or something is awaited.
    Waiting,
    /// It is as it was asked for.
    Good,
    /// It was refused, or it failed.
    Bad,
}

/// Something to press.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// How it looks.
    pub style: ButtonStyle,
    /// The sentence that pressing it says, in the name of who presses it.
    pub say: String,
    /// Whether it counts only in the console, where who presses it proves once more who they are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub proof: bool,
    /// Whether who presses it is asked for the reason first, which whom it concerns will read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks_why: bool,
}

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonStyle {
    /// The expected next step.
    Primary,
    /// It takes something away.
    Danger,
    /// Anything else.
    Plain,
}
