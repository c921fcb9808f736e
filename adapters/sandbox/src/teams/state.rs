//! What the Teams sandbox knows, in the shape that people read and write under `/_sandbox`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::control::Shown;
use crate::{Messages, SharedFile};

/// The first message's id: Teams counts milliseconds.
const FIRST: u64 = 1_772_366_400_000;

/// Everything the Teams sandbox knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamsState {
    /// The Microsoft Entra tenant.
    pub tenant: String,
    /// The bot's application id.
    pub app_id: String,
    /// The name people see on the bot.
    #[serde(default = "countersign")]
    pub bot_name: String,
    /// The people.
    #[serde(default)]
    pub users: Vec<TeamsUser>,
    /// The channels, group chats and private talks.
    #[serde(default)]
    pub talks: Vec<Talk>,
    /// What was said last, oldest first.
    #[serde(default)]
    pub messages: Messages<TeamsMessage>,
    /// Files that people sent, by their ids.
    #[serde(default)]
    pub files: BTreeMap<String, Arc<SharedFile>>,
    /// The id of the last message or delivery.
    #[serde(default = "first")]
    pub last: u64,
}

/// Somebody in Teams.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamsUser {
    /// The id in Teams: `29:…`; made from the name where it is empty.
    #[serde(default)]
    pub id: String,
    /// The Entra object.
    pub object: String,
    /// The name people see.
    pub name: String,
    /// The principal name: `erin@acme.example`.
    pub principal: String,
    /// Whether it is a guest.
    #[serde(default)]
    pub guest: bool,
}

/// A place to talk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Talk {
    /// The id: `19:…@thread.tacv2`, `a:1…`.
    pub id: String,
    /// Who else is there.
    pub kind: TalkKind,
    /// The name people see.
    #[serde(default)]
    pub name: String,
    /// Who is there, by their Teams ids.
    #[serde(default)]
    pub members: Vec<String>,
}

/// Who else is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TalkKind {
    /// The bot alone.
    Personal,
    /// The members of a chat.
    GroupChat,
    /// The members of a team.
    Channel,
}

/// A message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamsMessage {
    /// Its id.
    pub id: String,
    /// The talk it is in.
    pub talk: String,
    /// The message that began the thread, in a channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// Whose it is: `28:…` is the bot.
    pub from: String,
    /// What it says.
    #[serde(default)]
    pub text: String,
    /// The card in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Value>,
    /// The card as some viewers see it, by their Teams ids.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub seen: BTreeMap<String, Value>,
    /// Who reacted how.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<(String, String)>,
    /// Whether it was changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub edited: bool,
}

impl TeamsState {
    /// An empty tenant with this bot.
    pub fn new(tenant: impl Into<String>, app_id: impl Into<String>) -> Self {
        Self {
            tenant: tenant.into(),
            app_id: app_id.into(),
            bot_name: countersign(),
            users: vec![],
            talks: vec![],
            messages: Messages::default(),
            files: BTreeMap::new(),
            last: first(),
        }
    }

    /// The user with this Teams id, Entra object or name.
    pub fn user(&self, who: &str) -> Option<&TeamsUser> {
        self.users.iter().find(|user| [&user.id, &user.object, &user.name].iter().any(|id| *id == who))
    }

    /// The talk with this id or name.
    pub fn talk(&self, which: &str) -> Option<&Talk> {
        self.talks.iter().find(|talk| talk.id == which || talk.name == which)
    }

    /// The message with this id.
    pub fn message(&self, id: &str) -> Option<&TeamsMessage> {
        self.messages.find(|message| message.id == id).map(Arc::as_ref)
    }

    pub(super) fn message_mut(&mut self, id: &str) -> Option<&mut TeamsMessage> {
        self.messages.find_mut(|message| message.id == id)
    }

    /// Keeps one more message.
    pub(super) fn keep(&mut self, message: TeamsMessage) {
        self.messages.push_in(Arc::new(message), self.talks.len(), |message| message.talk.as_str());
    }

    /// The bot as Teams calls it.
    pub fn bot(&self) -> String {
        format!("28:{}", self.app_id)
    }

    /// The next id.
    pub(super) fn next(&mut self) -> String {
        self.last += 1;
        self.last.to_string()
    }

    /// The private talk with somebody, which is the same for ever.
    pub(super) fn personal(&mut self, user: &TeamsUser) -> Talk {
        let id = format!("a:1{}", user.object);
        if let Some(talk) = self.talk(&id) {
            return talk.clone();
        }
        let talk = Talk {
            id,
            kind: TalkKind::Personal,
            name: format!("{} and {}", user.name, self.bot_name),
            members: vec![user.id.clone()],
        };
        self.talks.push(talk.clone());
        talk
    }
}

impl Shown for TeamsState {
    fn complete(&mut self) {
        for user in self.users.iter_mut().filter(|user| user.id.is_empty()) {
            let name: String = user.name.chars().filter(char::is_ascii_alphanumeric).collect();
            user.id = format!("29:1{}", name.to_ascii_lowercase());
        }
    }
}

fn countersign() -> String {
    "Countersign".to_owned()
}

const fn first() -> u64 {
    FIRST
}
