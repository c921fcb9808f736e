//! What the Discord sandbox knows, in the shape that people read and write under `/_sandbox`.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::control::Shown;
use crate::{Messages, SharedFile};

/// When Discord's time begins, in milliseconds.
const EPOCH: i64 = 1_420_070_400_000;

/// Everything the Discord sandbox knows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscordState {
    /// The application, whose bot has the same id.
    pub application: String,
    /// The one server.
    pub guild: String,
    /// The people and programs, the bot among them.
    #[serde(default)]
    pub users: Vec<DiscordUser>,
    /// The roles of the server.
    #[serde(default)]
    pub roles: Vec<DiscordRole>,
    /// The channels, threads and private talks.
    #[serde(default)]
    pub channels: Vec<DiscordChannel>,
    /// The messages, oldest first.
    #[serde(default)]
    pub messages: Messages<DiscordMessage>,
    /// The slash commands that were registered, as Discord shows them.
    #[serde(default)]
    pub commands: Vec<Value>,
    /// The interactions, oldest first, with what the bot answered.
    #[serde(default)]
    pub interactions: Vec<Arc<DiscordInteraction>>,
    /// Files that people attached, by their ids.
    #[serde(default)]
    pub files: BTreeMap<String, Arc<SharedFile>>,
    /// The last id that was given.
    #[serde(default)]
    pub last_id: u64,
}

/// Somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DiscordUser {
    /// The id, which never changes.
    pub id: String,
    /// The name they log in with.
    pub username: String,
    /// The name people see.
    pub name: String,
    /// Whether it is a program.
    pub bot: bool,
    /// Whether they are not on the server.
    pub elsewhere: bool,
    /// Whether they did not agree to the server's rules yet.
    pub pending: bool,
    /// Their name on the server.
    pub nick: Option<String>,
    /// Their roles.
    pub roles: Vec<String>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscordRole {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
}

/// A channel, a thread, or a private talk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DiscordChannel {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The channel that it is a thread of.
    pub thread_of: Option<String>,
    /// With whom the bot talks there in private.
    pub with: Option<String>,
    /// Whether nobody may write there but who administrates.
    pub silent: bool,
}

/// A message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DiscordMessage {
    /// The id, which tells the time.
    pub id: String,
    /// Where.
    pub channel: String,
    /// Who wrote it.
    pub author: String,
    /// The text.
    pub content: String,
    /// The embeds, as they were posted.
    pub embeds: Vec<Value>,
    /// The files that came with it, as messages tell of them.
    pub attachments: Vec<Value>,
    /// The rows of buttons, as they were posted.
    pub components: Vec<Value>,
    /// The only one who sees it.
    pub only: Option<String>,
    /// The interaction it answers.
    pub answers: Option<String>,
    /// The message that it replies to.
    pub replies_to: Option<String>,
    /// Whether it only says that the bot is at it.
    pub thinking: bool,
    /// What the bot gave to find it again.
    pub nonce: Option<String>,
    /// When it was edited last.
    pub edited: Option<Timestamp>,
    /// Who reacted, with which emoji.
    pub reactions: Vec<(String, String)>,
}

/// Something that somebody did with the bot, and what came of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DiscordInteraction {
    /// The id.
    pub id: String,
    /// What kind: 1 a ping, 2 a command, 3 a button, 4 typing, 5 a form.
    pub kind: u8,
    /// Who.
    pub user: String,
    /// Where.
    pub channel: String,
    /// The message whose button it was.
    pub message: Option<String>,
    /// What the bot answered at once.
    pub answer: Option<Value>,
    /// After how many milliseconds; the person sees "failed" where it took more than 3,000.
    pub answered_after_ms: Option<u64>,
    /// Whether it can be answered no more.
    pub expired: bool,
}

impl DiscordState {
    /// A server with nobody but the bot on it.
    pub fn new(application: &str, guild: &str) -> Self {
        let bot = DiscordUser {
            id: application.to_owned(),
            username: "countersign".to_owned(),
            name: "Countersign".to_owned(),
            bot: true,
            ..DiscordUser::default()
        };
        Self {
            application: application.to_owned(),
            guild: guild.to_owned(),
            users: vec![bot],
            ..Self::default()
        }
    }

    /// With one more person.
    #[must_use]
    pub fn person(mut self, id: &str, name: &str, roles: &[&str]) -> Self {
        self.users.push(DiscordUser {
            id: id.to_owned(),
            username: name.to_lowercase(),
            name: name.to_owned(),
            roles: roles.iter().map(|&role| role.to_owned()).collect(),
            ..DiscordUser::default()
        });
        self
    }

    /// With one more channel.
    #[must_use]
    pub fn channel(mut self, id: &str, name: &str) -> Self {
        self.channels.push(DiscordChannel {
            id: id.to_owned(),
            name: name.to_owned(),
            ..DiscordChannel::default()
        });
        self
    }

    /// A new id: later ones are greater, and tell the time.
    pub(crate) fn next_id(&mut self) -> String {
        let passed = Timestamp::now().as_millisecond() - EPOCH;
        let id = u64::try_from(passed).unwrap_or_default() << 22;
        self.last_id = id.max(self.last_id + 1);
        self.last_id.to_string()
    }

    pub(crate) fn user(&self, id: &str) -> Option<&DiscordUser> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(crate) fn find_channel(&self, id: &str) -> Option<&DiscordChannel> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    pub(crate) fn message(&self, id: &str) -> Option<&DiscordMessage> {
        self.messages.find(|message| message.id == id).map(Arc::as_ref)
    }

    pub(crate) fn message_mut(&mut self, id: &str) -> Option<&mut DiscordMessage> {
        self.messages.find_mut(|message| message.id == id)
    }

    /// Keeps one more message.
    pub(crate) fn keep(&mut self, message: Arc<DiscordMessage>) {
        self.messages.push_in(message, self.channels.len(), |message| message.channel.as_str());
    }

    /// The private talk of the bot with somebody, opened where there is none.
    pub(crate) fn talk(&mut self, user: &str) -> DiscordChannel {
        if let Some(found) = self.channels.iter().find(|channel| channel.with.as_deref() == Some(user)) {
            return found.clone();
        }
        let channel =
            DiscordChannel { id: self.next_id(), with: Some(user.to_owned()), ..Default::default() };
        self.channels.push(channel.clone());
        channel
    }
}

impl Shown for DiscordState {}

/// The time that an id tells.
pub(crate) fn time_of(id: &str) -> Timestamp {
    let passed = id.parse::<u64>().unwrap_or_default() >> 22;
    Timestamp::from_millisecond(EPOCH + i64::try_from(passed).unwrap_or_default()).unwrap_or_default()
}
