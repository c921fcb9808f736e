//! What stands in the four files.

use std::collections::BTreeMap;
use std::time::Duration;

use countersign_outbound::Patience;
use serde::Deserialize;
use serde_json::{Map, Value};

/// `config.json`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    /// What the model is called, for the log.
    #[serde(default)]
    pub(super) model: String,
    pub(super) endpoint: Endpoint,
    /// What templates can name as `{{parameters.…}}`.
    #[serde(default)]
    pub(super) parameters: Map<String, Value>,
    #[serde(default)]
    pub(super) timeouts: Timeouts,
    #[serde(default)]
    pub(super) retry: Retry,
    pub(super) response: Response,
}

/// Where it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Endpoint {
    pub(super) url: String,
    /// Which of `payload.json`'s templates is sent there.
    #[serde(default = "chat")]
    pub(super) payload: String,
}

fn chat() -> String {
    "chat".to_owned()
}

/// How long to wait, in seconds.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the file names them so")]
pub(super) struct Timeouts {
    first_seconds: u64,
    between_seconds: u64,
    whole_seconds: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        let Patience { first, between, whole } = Patience::default();
        let [first_seconds, between_seconds, whole_seconds] =
            [first, between, whole].map(|time| time.as_secs());
        Self { first_seconds, between_seconds, whole_seconds }
    }
}

impl Timeouts {
    pub(super) const fn patience(self) -> Patience {
        Patience {
            first: Duration::from_secs(self.first_seconds),
            between: Duration::from_secs(self.between_seconds),
            whole: Duration::from_secs(self.whole_seconds),
        }
    }

    pub(super) const fn any_is_none(self) -> bool {
        self.first_seconds == 0 || self.between_seconds == 0 || self.whole_seconds == 0
    }
}

/// How often a call that was definitely not done is made again before anything is said.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Retry {
    pub(super) attempts: u32,
    pub(super) wait_seconds: u64,
}

/// How its answers are made.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Response {
    pub(super) kind: Kind,
    /// Where the text stands: of the whole answer, or of each event.
    pub(super) text: String,
    /// Whether each event holds all text so far, and not only what is new.
    #[serde(default)]
    pub(super) grows: bool,
    /// Where calls stand, in the shape that OpenAI gave them.
    #[serde(default)]
    pub(super) calls: Option<String>,
    /// What says that it is done: without it, the end of the answer does.
    #[serde(default)]
    pub(super) done: Option<Done>,
    /// Where it says what went wrong.
    #[serde(default)]
    pub(super) error: Option<String>,
    /// Where it says how many tokens it took.
    #[serde(default)]
    pub(super) read_tokens: Option<String>,
    #[serde(default)]
    pub(super) written_tokens: Option<String>,
}

/// How an answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// All at once.
    Whole,
    /// As events.
    Sse,
    /// A line of JSON each.
    Ndjson,
}

/// What says that an answer is done.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub(super) enum Done {
    /// An event that is just this text: `[DONE]`.
    Text(String),
    /// An event that holds something there; this value, where one is named.
    At(DoneAt),
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DoneAt {
    pub(super) at: String,
    #[serde(default)]
    pub(super) is: Option<Value>,
}

/// `header.json`: names and what they say. `{{secret:name}}` is the secret of this name.
pub(super) type Header = BTreeMap<String, String>;

/// `payload.json`: a template for each kind of call.
pub(super) type Payload = BTreeMap<String, Value>;

/// `prompts.json`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the file names them so")]
pub(super) struct Prompts {
    /// What it is always told.
    pub(super) system_instructions: String,
    /// What templates can name as `{{system_prompts.…}}`.
    pub(super) system_prompts: BTreeMap<String, String>,
    /// What templates can name as `{{custom_prompts.…}}`.
    pub(super) custom_prompts: BTreeMap<String, String>,
}
