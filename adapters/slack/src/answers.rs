//! Slack's answers, as far as the bot reads them. Whatever else stands in them may change or be of a kind unknown here.

use serde::Deserialize;

/// Whether it worked. It stands in every answer.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) ok: bool,
    pub(crate) error: Option<String>,
    pub(crate) needed: Option<String>,
    #[serde(default)]
    response_metadata: Metadata,
}

/// What an answer says about itself.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Metadata {
    #[serde(default)]
    messages: Vec<String>,
    #[serde(default)]
    pub(crate) next_cursor: String,
}

impl Outcome {
    /// What Slack says beside the word.
    pub(crate) fn messages(&self) -> impl Iterator<Item = &str> {
        self.response_metadata.messages.iter().map(String::as_str)
    }
}

/// Nothing more is of interest.
#[derive(Debug, Deserialize)]
pub(crate) struct Done {}

/// `chat.postMessage`.
#[derive(Debug, Deserialize)]
pub(crate) struct PostedAnswer {
    pub(crate) channel: String,
    pub(crate) ts: String,
}

/// `chat.postEphemeral`.
#[derive(Debug, Deserialize)]
pub(crate) struct EphemeralAnswer {
    pub(crate) message_ts: String,
}

/// `conversations.open`.
#[derive(Debug, Deserialize)]
pub(crate) struct OpenAnswer {
    pub(crate) channel: Id,
}

/// Something with an id.
#[derive(Debug, Deserialize)]
pub(crate) struct Id {
    pub(crate) id: String,
}

/// `usergroups.users.list`.
#[derive(Debug, Deserialize)]
pub(crate) struct MembersAnswer {
    pub(crate) users: Vec<String>,
}

/// `conversations.info`.
#[derive(Debug, Deserialize)]
pub(crate) struct ChannelAnswer {
    pub(crate) channel: Channel,
}

/// What may stand against posting in a channel; of what Slack does not say, nothing does.
#[derive(Debug, Deserialize)]
pub(crate) struct Channel {
    is_archived: Option<bool>,
    is_member: Option<bool>,
}

impl Channel {
    /// Why the app could not post in it.
    pub(crate) fn obstacle(&self) -> Option<&'static str> {
        if self.is_archived == Some(true) {
            return Some("it is archived");
        }
        (self.is_member == Some(false)).then_some("the app is not in it: invite it")
    }
}

/// `auth.test`.
#[derive(Debug, Deserialize)]
pub(crate) struct AuthAnswer {
    pub(crate) team_id: String,
    pub(crate) team: String,
    pub(crate) user_id: String,
}

/// `views.open`, `views.update`, `views.publish`.
#[derive(Debug, Deserialize)]
pub(crate) struct ViewAnswer {
    pub(crate) view: Id,
}

/// `conversations.history`, `conversations.replies`.
#[derive(Debug, Deserialize)]
pub(crate) struct HistoryAnswer {
    /// Each read by itself, so that an odd one is odd alone.
    pub(crate) messages: Vec<serde_json::Value>,
    #[serde(default)]
    pub(crate) response_metadata: Option<Metadata>,
}

/// A message among others.
#[derive(Debug, Deserialize)]
pub(crate) struct HistoryMessage {
    pub(crate) ts: String,
    pub(crate) thread_ts: Option<String>,
    pub(crate) subtype: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) user_team: Option<String>,
    pub(crate) team: Option<String>,
    pub(crate) bot_id: Option<String>,
    #[serde(default)]
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) files: serde_json::Value,
    pub(crate) metadata: Option<MessageMetadata>,
}

/// What an app keeps with a message.
#[derive(Debug, Deserialize)]
pub(crate) struct MessageMetadata {
    pub(crate) event_type: String,
    #[serde(default)]
    pub(crate) event_payload: serde_json::Value,
}

/// `users.info`.
#[derive(Debug, Deserialize)]
pub(crate) struct UserAnswer {
    pub(crate) user: User,
}

/// Somebody (<https://docs.slack.dev/reference/objects/user-object>).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "they are Slack's")]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) team_id: Option<String>,
    pub(crate) name: String,
    pub(crate) real_name: Option<String>,
    pub(crate) deleted: bool,
    pub(crate) is_bot: bool,
    pub(crate) is_restricted: bool,
    pub(crate) is_ultra_restricted: bool,
    pub(crate) is_stranger: bool,
    pub(crate) is_email_confirmed: bool,
    pub(crate) profile: UserProfile,
}

/// What somebody shows.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct UserProfile {
    pub(crate) display_name: Option<String>,
    pub(crate) real_name: Option<String>,
    pub(crate) email: Option<String>,
}

/// `oauth.v2.access`.
#[derive(Deserialize)]
pub(crate) struct TokenAnswer {
    pub(crate) access_token: secrecy::SecretString,
    pub(crate) refresh_token: secrecy::SecretString,
    pub(crate) expires_in: i64,
}

/// `apps.connections.open`.
#[derive(Deserialize)]
pub(crate) struct ConnectionAnswer {
    pub(crate) url: secrecy::SecretString,
}
