//! What Bedrock in miniature knows, and what it will say.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What it knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BedrockState {
    /// The key that is let in, by its id.
    pub key_id: String,
    /// The model there is.
    pub model: String,
    /// What it answers next.
    pub next: VecDeque<StreamReply>,
    /// What the guardrail says of texts that have this in them.
    pub guardrail: BTreeMap<String, Value>,
    /// What the knowledge base has found of whatever it is asked.
    pub chunks: Vec<StoredChunk>,
}

/// A piece of a text in the knowledge base.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredChunk {
    /// What was said of its text: which edition it is.
    pub edition: String,
    /// The piece.
    pub text: String,
    /// How well it fits.
    pub score: f64,
}

impl Default for BedrockState {
    fn default() -> Self {
        let (key_id, model) = ("AKIDMINI".to_owned(), "mini".to_owned());
        Self { key_id, model, next: VecDeque::new(), guardrail: BTreeMap::new(), chunks: vec![] }
    }
}

/// One answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StreamReply {
    /// Its events.
    pub events: Vec<StreamEvent>,
    /// Behind so many bytes the connection is lost.
    pub cut_after: Option<usize>,
    /// Whether it says nothing more behind them, and does not end.
    pub silent: bool,
}

/// An event of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamEvent {
    /// Its name: `contentBlockDelta`, `chunk`; of an error, the error's.
    pub name: String,
    /// What it says.
    pub says: Value,
    /// Whether it is an error.
    #[serde(default)]
    pub is_error: bool,
}

impl StreamEvent {
    /// An event.
    pub fn new(name: &str, says: Value) -> Self {
        Self { name: name.to_owned(), says, is_error: false }
    }

    /// An error in the middle of an answer.
    pub fn error(name: &str) -> Self {
        Self { name: name.to_owned(), says: json!({"message": "no"}), is_error: true }
    }
}

impl StreamReply {
    /// A model's answer of one piece of text.
    pub fn said(text: &str) -> Self {
        Self::converse(
            vec![StreamEvent::new(
                "contentBlockDelta",
                json!({"contentBlockIndex": 0, "delta": {"text": text}}),
            )],
            "end_turn",
        )
    }

    /// A model's answer of these events, which ends for this reason.
    pub fn converse(says: Vec<StreamEvent>, why: &str) -> Self {
        let begin = StreamEvent::new("messageStart", json!({"role": "assistant"}));
        let stop = StreamEvent::new("messageStop", json!({ "stopReason": why }));
        let usage = json!({"inputTokens": 7, "outputTokens": 3, "totalTokens": 10});
        let told = StreamEvent::new("metadata", json!({"usage": usage, "metrics": {"latencyMs": 5}}));
        let events = std::iter::once(begin).chain(says).chain([stop, told]).collect();
        Self { events, ..Self::default() }
    }

    /// An agent's answer of these pieces.
    pub fn chunks(pieces: &[&str]) -> Self {
        use base64::Engine as _;
        let coded = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        let chunk = |piece: &&str| StreamEvent::new("chunk", json!({"bytes": coded(piece)}));
        Self { events: pieces.iter().map(chunk).collect(), ..Self::default() }
    }
}
