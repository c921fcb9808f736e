//! What the Slack sandbox knows, in the shape that people read and write under `/_sandbox`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::control::Shown;
use crate::{Messages, SharedFile};

/// Everything the Slack sandbox knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlackState {
    /// The workspace's id.
    pub team: String,
    /// Its name.
    pub team_name: String,
    /// The app in it.
    pub bot: SlackBot,
    /// What the app's token may do, as every answer says it; where this is not known, none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// The people in it, and who shares channels with them.
    #[serde(default)]
    pub users: Vec<SlackPerson>,
    /// Channels and private talks by their ids.
    #[serde(default)]
    pub channels: BTreeMap<String, SlackChannel>,
    /// User groups by their ids.
    #[serde(default)]
    pub groups: BTreeMap<String, SlackGroup>,
    /// Open forms by their ids.
    #[serde(default)]
    pub views: BTreeMap<String, Arc<SlackView>>,
    /// Home tabs by user.
    #[serde(default)]
    pub homes: BTreeMap<String, Arc<SlackView>>,
    /// Files that people shared, by their ids.
    #[serde(default)]
    pub files: BTreeMap<String, Arc<SharedFile>>,
    /// How many ids were made.
    #[serde(default)]
    pub made: u64,
}

/// The app in the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlackBot {
    /// Its user: `U0BOT`.
    pub user: String,
    /// Its bot id: `B0BOT`.
    pub id: String,
    /// The app's id: `A0APP`.
    pub app: String,
    /// The name people see.
    pub name: String,
}

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlackPerson {
    /// The id: `U0ERIN`.
    pub id: String,
    /// The name people see; two may have the same.
    pub name: String,
    /// The e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Whether they showed that the address is theirs.
    #[serde(default)]
    pub email_confirmed: bool,
    /// What they are to the workspace.
    #[serde(default)]
    pub kind: SlackPersonKind,
}

/// What somebody is to the workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlackPersonKind {
    /// One of them.
    #[default]
    Member,
    /// A guest.
    Guest,
    /// A program.
    Bot,
    /// Switched off.
    Deactivated,
    /// Of the workspace with this id, with which channels are shared.
    External(String),
}

/// A channel or a private talk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlackChannel {
    /// Its name; in a private talk, the other one's id.
    pub name: String,
    /// What it is.
    #[serde(default)]
    pub kind: SlackChannelKind,
    /// Who is in it, by id.
    #[serde(default)]
    pub members: BTreeSet<String>,
    /// Whether another workspace shares it.
    #[serde(default)]
    pub shared: bool,
    /// What was said, in order.
    #[serde(default)]
    pub messages: Messages<SlackMessage>,
}

/// What a channel is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlackChannelKind {
    /// Open to the workspace.
    #[default]
    Public,
    /// For its members.
    Private,
    /// Between the app and one person.
    Direct,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlackMessage {
    /// Its id in the channel.
    pub ts: String,
    /// Whose it is.
    pub user: String,
    /// Its text; of a message with blocks, the fallback.
    pub text: String,
    /// What it shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Value>,
    /// The thread it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_ts: Option<String>,
    /// The files that came with it, as messages tell of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Value>,
    /// What the app keeps with it.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub metadata: Value,
    /// Who reacted with what.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reactions: BTreeMap<String, BTreeSet<String>>,
    /// The only one who sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// Whether it was changed.
    #[serde(default)]
    pub edited: bool,
}

/// A user group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlackGroup {
    /// Its handle, without the `@`.
    pub handle: String,
    /// Who is in it, by id.
    #[serde(default)]
    pub users: Vec<String>,
}

/// A form on somebody's screen, or somebody's Home tab.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlackView {
    /// Its id.
    pub id: String,
    /// Who sees it.
    pub user: String,
    /// Its version.
    pub hash: String,
    /// What it shows.
    pub view: Value,
    /// What is filled in so far, by block.
    #[serde(default)]
    pub filled: BTreeMap<String, String>,
    /// What the app found wrong with it, by block.
    #[serde(default)]
    pub errors: BTreeMap<String, String>,
}

impl SlackChannel {
    /// Adds a message at the end.
    pub(crate) fn push(&mut self, message: SlackMessage) {
        self.messages.push(Arc::new(message));
    }

    /// The message with this id, to be changed.
    pub(crate) fn message_mut(&mut self, ts: &str) -> Option<&mut SlackMessage> {
        self.messages.find_mut(|message| message.ts == ts)
    }
}

impl SlackState {
    /// A workspace with an app and nobody in it.
    pub fn new(team: &str) -> Self {
        let bot = SlackBot {
            user: "U0BOT".to_owned(),
            id: "B0BOT".to_owned(),
            app: "A0APP".to_owned(),
            name: "countersign".to_owned(),
        };
        Self {
            team: team.to_owned(),
            team_name: "Acme".to_owned(),
            bot,
            scopes: None,
            users: vec![],
            channels: BTreeMap::new(),
            groups: BTreeMap::new(),
            views: BTreeMap::new(),
            homes: BTreeMap::new(),
            files: BTreeMap::new(),
            made: 0,
        }
    }

    /// With one more person in it.
    #[must_use]
    pub fn with(mut self, id: &str, name: &str, kind: SlackPersonKind) -> Self {
        let email = Some(format!("{}@example.com", name.to_lowercase()));
        self.users.push(SlackPerson {
            id: id.to_owned(),
            name: name.to_owned(),
            email,
            email_confirmed: true,
            kind,
        });
        self
    }

    /// With a channel that the app and these people are in.
    #[must_use]
    pub fn with_channel(mut self, id: &str, name: &str, members: &[&str]) -> Self {
        let members = members.iter().copied().chain([&*self.bot.user]).map(str::to_owned).collect();
        let channel = SlackChannel {
            name: name.to_owned(),
            kind: SlackChannelKind::Public,
            members,
            shared: false,
            messages: Messages::default(),
        };
        self.channels.insert(id.to_owned(), channel);
        self
    }

    /// The person with this id.
    pub fn user(&self, id: &str) -> Option<&SlackPerson> {
        self.users.iter().find(|user| user.id == id)
    }

    /// The message with this id in a channel.
    pub fn message(&self, channel: &str, ts: &str) -> Option<&SlackMessage> {
        self.channels.get(channel)?.messages.find(|message| message.ts == ts).map(Arc::as_ref)
    }

    /// The private talk between the app and somebody, begun where there is none.
    pub(super) fn direct(&mut self, user: &str) -> String {
        let is_theirs =
            |channel: &SlackChannel| channel.kind == SlackChannelKind::Direct && channel.name == user;
        if let Some((id, _)) = self.channels.iter().find(|(_, channel)| is_theirs(channel)) {
            return id.clone();
        }
        let id = self.id("D");
        let members = [user.to_owned(), self.bot.user.clone()].into();
        let kind = SlackChannelKind::Direct;
        let talk = SlackChannel {
            name: user.to_owned(),
            kind,
            members,
            shared: false,
            messages: Messages::default(),
        };
        self.channels.insert(id.clone(), talk);
        id
    }

    /// A new id.
    pub(super) fn id(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}{:08}", self.made)
    }

    /// The id of a new message: the time, and never the same twice.
    pub(super) fn ts(&mut self) -> String {
        self.made += 1;
        format!("{}.{:06}", Timestamp::now().as_second(), self.made % 1_000_000)
    }
}

impl Shown for SlackState {}
