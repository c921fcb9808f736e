//! The shapes of deliveries, as far as they are read. Every part may be missing, so that what is missing can be named.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// Around an event (<https://docs.slack.dev/apis/events-api/#events-JSON>).
#[derive(Deserialize)]
pub(super) struct Outer {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) challenge: Option<String>,
    pub(super) team_id: Option<String>,
    pub(super) event_id: Option<String>,
    pub(super) event: Option<Value>,
    #[serde(default)]
    pub(super) authorizations: Vec<Authorization>,
    #[serde(default)]
    pub(super) is_ext_shared_channel: bool,
}

/// For whom of the app's installations an event is.
#[derive(Deserialize)]
pub(super) struct Authorization {
    pub(super) team_id: Option<String>,
    pub(super) user_id: Option<String>,
    #[serde(default)]
    pub(super) is_bot: bool,
}

/// `message` and `app_mention`.
#[derive(Deserialize)]
pub(super) struct Message {
    pub(super) subtype: Option<String>,
    pub(super) channel: Option<String>,
    pub(super) channel_type: Option<String>,
    pub(super) user: Option<String>,
    pub(super) bot_id: Option<String>,
    pub(super) team: Option<String>,
    pub(super) user_team: Option<String>,
    pub(super) source_team: Option<String>,
    pub(super) ts: Option<String>,
    pub(super) thread_ts: Option<String>,
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) files: Value,
}

/// `reaction_added` and `reaction_removed`.
#[derive(Deserialize)]
pub(super) struct Reaction {
    pub(super) user: Option<String>,
    pub(super) user_team: Option<String>,
    #[serde(rename = "reaction")]
    pub(super) name: Option<String>,
    pub(super) item_user: Option<String>,
    pub(super) item: Option<Item>,
}

/// What was reacted to.
#[derive(Deserialize)]
pub(super) struct Item {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) channel: Option<String>,
    pub(super) ts: Option<String>,
}

/// A press, a form, a shortcut, a search (<https://docs.slack.dev/reference/interaction-payloads>).
#[derive(Deserialize)]
pub(super) struct Interactive {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) team: Option<Named>,
    pub(super) user: Option<Person>,
    pub(super) trigger_id: Option<String>,
    pub(super) callback_id: Option<String>,
    pub(super) channel: Option<Named>,
    pub(super) message: Option<Shown>,
    pub(super) container: Option<Container>,
    pub(super) view: Option<View>,
    #[serde(default)]
    pub(super) actions: Vec<Action>,
    pub(super) action_id: Option<String>,
    pub(super) value: Option<String>,
}

/// Something with an id.
#[derive(Deserialize)]
pub(super) struct Named {
    pub(super) id: String,
}

/// Who did it.
#[derive(Deserialize)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) team_id: Option<String>,
}

/// The message that was used.
#[derive(Deserialize)]
pub(super) struct Shown {
    pub(super) ts: Option<String>,
    pub(super) thread_ts: Option<String>,
    #[serde(default)]
    pub(super) text: Option<String>,
}

/// What the used thing stands in.
#[derive(Deserialize)]
pub(super) struct Container {
    pub(super) message_ts: Option<String>,
    pub(super) channel_id: Option<String>,
    pub(super) thread_ts: Option<String>,
    #[serde(default)]
    pub(super) is_ephemeral: bool,
}

/// A form, or the Home tab.
#[derive(Deserialize)]
pub(super) struct View {
    pub(super) id: Option<String>,
    pub(super) hash: Option<String>,
    #[serde(default)]
    pub(super) callback_id: String,
    #[serde(default)]
    pub(super) private_metadata: String,
    pub(super) state: Option<State>,
}

/// What a form holds, by block and element.
#[derive(Deserialize, Default)]
pub(super) struct State {
    #[serde(default)]
    pub(super) values: BTreeMap<String, BTreeMap<String, Held>>,
}

/// What one element of a form holds.
#[derive(Deserialize)]
pub(super) struct Held {
    pub(super) value: Option<String>,
    pub(super) selected_option: Option<Choice>,
    pub(super) selected_user: Option<String>,
}

/// What was chosen.
#[derive(Deserialize)]
pub(super) struct Choice {
    pub(super) value: String,
}

/// What was pressed or changed.
#[derive(Deserialize)]
pub(super) struct Action {
    pub(super) action_id: Option<String>,
    pub(super) value: Option<String>,
}

/// The slash command (<https://docs.slack.dev/interactivity/implementing-slash-commands>).
#[derive(Deserialize)]
pub(super) struct Command {
    #[serde(rename = "command")]
    pub(super) name: Option<String>,
    pub(super) text: Option<String>,
    pub(super) team_id: Option<String>,
    pub(super) user_id: Option<String>,
    pub(super) channel_id: Option<String>,
    pub(super) trigger_id: Option<String>,
}
