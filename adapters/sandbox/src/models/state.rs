//! What a model's server knows, and what it will say.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What it knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelsState {
    /// The model there is.
    pub model: String,
    /// The key that OpenAI's way in wants.
    pub key: String,
    /// The cookie that the company's way in wants: `session=…`.
    pub cookie: String,
    /// What it answers next; when there is nothing left, it says that.
    pub next: VecDeque<Reply>,
}

impl Default for ModelsState {
    fn default() -> Self {
        Self {
            model: "mini".to_owned(),
            key: "sk-mini".to_owned(),
            cookie: "session=mini".to_owned(),
            next: VecDeque::new(),
        }
    }
}

/// One answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reply {
    /// What it says, piece by piece.
    pub says: Vec<Said>,
    /// How lines are ended.
    pub line: Line,
    /// What goes wrong.
    pub trouble: Option<Trouble>,
    /// Whether it says how many tokens it took, and goodbye.
    pub curt: bool,
}

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Said {
    /// Text.
    Text(String),
    /// A piece of a call: its place, and what is said of it in this piece.
    Call {
        /// The place.
        index: u64,
        /// The id.
        #[serde(default)]
        id: Option<String>,
        /// The name.
        #[serde(default)]
        name: Option<String>,
        /// Part of the arguments.
        #[serde(default)]
        arguments: String,
    },
    /// An event as it is.
    Event(Value),
    /// Bytes as they are, between two events.
    Raw(String),
}

/// How lines are ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// By a line feed.
    #[default]
    Lf,
    /// By both.
    CrLf,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Trouble {
    /// The connection is lost behind so many bytes.
    CutAfter(usize),
    /// Nothing more comes behind so many bytes, and nothing ends it.
    SilentAfter(usize),
    /// It ends behind so many bytes, as if it were done.
    EndsAfter(usize),
    /// It says the last piece for ever.
    Endless,
    /// A page to log in at, in the place of an answer.
    Page,
}

impl Reply {
    /// These words, one piece each.
    pub fn text(pieces: &[&str]) -> Self {
        let says = pieces.iter().map(|piece| Said::Text((*piece).to_owned())).collect();
        Self { says, ..Self::default() }
    }

    /// The same with trouble.
    #[must_use]
    pub fn with(self, trouble: Trouble) -> Self {
        Self { trouble: Some(trouble), ..self }
    }
}
