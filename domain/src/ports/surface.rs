//! A surface: where people talk to the bot. One [`Interaction`] comes in, one [`Card`](crate::card::Card) goes out.

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Attached, CallError, Examined};
use crate::card::Card;
use crate::form::Filled;
use crate::names::BadName;

/// Whose surface it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SurfaceKind {
    /// Slack.
    Slack,
    /// Microsoft Teams.
    Teams,
    /// Discord.
    Discord,
}

impl SurfaceKind {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Slack, Self::Teams, Self::Discord];

    /// The word in events, addresses and configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Discord => "discord",
        }
    }

    /// The name people know.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Slack => "Slack",
            Self::Teams => "Microsoft Teams",
            Self::Discord => "Discord",
        }
    }
}

impl fmt::Display for SurfaceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SurfaceKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// Who somebody is at a surface, by the vendor's ids, which never change: a Slack team and user, an Entra tenant and
/// object, a Discord user (whose workspace is `discord`, since there the same person is the same on every server).
/// Written `slack/T024BE7LD/W012A3CDE`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Identity {
    /// Where.
    pub surface: SurfaceKind,
    /// In which workspace.
    pub workspace: String,
    /// Who.
    pub user: String,
}

/// The longest id of a vendor's, in bytes.
const ID_MAX: usize = 128;

impl Identity {
    /// The identity of these ids: 1 to 128 printable ASCII characters each, without `/`.
    pub fn new(
        surface: SurfaceKind,
        workspace: impl Into<String>,
        user: impl Into<String>,
    ) -> Result<Self, BadName> {
        let identity = Self { surface, workspace: workspace.into(), user: user.into() };
        for part in [&identity.workspace, &identity.user] {
            let fits = |byte: u8| byte.is_ascii_graphic() && !b"/\"\\".contains(&byte);
            if part.is_empty() || part.len() > ID_MAX || !part.bytes().all(fits) {
                return Err(BadName::new(
                    "chat identity",
                    part,
                    "an id has 1 to 128 printable ASCII characters",
                ));
            }
        }
        Ok(identity)
    }
}

impl Identity {
    /// As people read it: `the Slack account W012A3CDE`.
    pub fn spoken(&self) -> String {
        format!("the {} account {}", self.surface.name(), self.user)
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.surface, self.workspace, self.user)
    }
}

impl FromStr for Identity {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let bad = || BadName::new("chat identity", text, "it must be `<surface>/<workspace>/<user>`");
        let (surface, rest) = text.split_once('/').ok_or_else(bad)?;
        let (workspace, user) = rest.split_once('/').ok_or_else(bad)?;
        Self::new(surface.parse().map_err(|()| bad())?, workspace, user)
    }
}

impl TryFrom<String> for Identity {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}

impl From<Identity> for String {
    fn from(identity: Identity) -> Self {
        identity.to_string()
    }
}

/// Where something was said, or is to be shown.
///
/// | `channel` | `only` | |
/// |---|---|---|
/// | some | none | everybody there sees it |
/// | some | some | only this person sees it, beside what everybody sees; where a surface cannot do that, it is said to them in private |
/// | none | some | the private talk with this person, which the surface opens if there is none yet |
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Whose.
    pub surface: SurfaceKind,
    /// The workspace: a Slack team, an Entra tenant; `discord` on Discord.
    pub workspace: String,
    /// The channel, group or private talk, by the vendor's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The message whose thread it is in, where it is in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// The only one who sees it, by the vendor's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// What else it takes to get there: the service address of a Teams conversation. Verified when it was learnt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
}

impl Place {
    /// Where it is, in words.
    pub fn in_words(&self) -> String {
        match (&self.channel, self.is_private()) {
            (_, true) => format!("{} in private", self.surface.name()),
            (Some(channel), false) => format!("{} in the channel {channel}", self.surface.name()),
            (None, false) => self.surface.name().to_owned(),
        }
    }

    /// The private talk with somebody.
    pub fn direct(identity: &Identity) -> Self {
        Self {
            surface: identity.surface,
            workspace: identity.workspace.clone(),
            channel: None,
            thread: None,
            only: Some(identity.user.clone()),
            via: None,
        }
    }

    /// Whether only one person sees it.
    pub const fn is_private(&self) -> bool {
        self.only.is_some()
    }

    /// The place as one text, the same for the same place however one gets there.
    pub fn key(&self) -> String {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        let Self { surface, workspace, channel, thread, only, .. } = self;
        format!("{surface}/{workspace}/{}/{}/{}", part(channel), part(thread), part(only))
    }

    /// A channel that everybody in it sees.
    pub fn channel(surface: SurfaceKind, workspace: &str, channel: &str) -> Self {
        Self {
            surface,
            workspace: workspace.to_owned(),
            channel: Some(channel.to_owned()),
            thread: None,
            only: None,
            via: None,
        }
    }
}

/// A message that the bot posted, as its surface can find it again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Posted {
    /// The channel or private talk it is in.
    pub channel: String,
    /// Its id there; a Slack timestamp, an activity, a Discord message.
    pub message: String,
    /// What else it takes to get there, as in [`Place::via`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
}

/// One inbound thing, verified and read. Nothing in it is believed of a person but the ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interaction {
    /// The vendor's id of it: the same when the vendor sends it again.
    pub delivery: String,
    /// Who did it.
    pub identity: Identity,
    /// What the vendor says of them, where it makes them somebody the bot does not work for.
    pub stranger: Option<Stranger>,
    /// Where they did it, and so where the answer belongs.
    pub place: Place,
    /// The private talk with them.
    pub direct: Place,
    /// The bot's message that they used, where they used one.
    pub message: Option<Posted>,
    /// What they did.
    pub act: Act,
}

/// What somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// They said something to the bot, whose mention is taken away.
    Said(String),
    /// The same, with files.
    Attached {
        /// What they said.
        text: String,
        /// The files, at least one.
        files: Vec<Attached>,
    },
    /// They pressed a button; this is what it holds.
    Pressed(String),
    /// They pressed a button that asks for the reason, and gave it, or left it empty.
    Explained {
        /// What the button holds.
        reference: String,
        /// What they wrote.
        reason: String,
    },
    /// They sent a form.
    Filled(Filled),
    /// They reacted to a message of the bot, or took that back.
    Reacted {
        /// What it means.
        feeling: Feeling,
        /// Whether they took it back.
        taken_back: bool,
    },
}

impl Act {
    /// They said something, perhaps with files.
    pub fn said(text: String, files: Vec<Attached>) -> Self {
        if files.is_empty() { Self::Said(text) } else { Self::Attached { text, files } }
    }

    /// What they said, where they said something.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Said(text) | Self::Attached { text, .. } => Some(text),
            Self::Pressed(_) | Self::Explained { .. } | Self::Filled(_) | Self::Reacted { .. } => None,
        }
    }

    /// The same act, said in other words.
    #[must_use]
    pub fn in_other_words(self, words: impl FnOnce(&str) -> String) -> Self {
        match self {
            Self::Said(text) => Self::Said(words(&text)),
            Self::Attached { text, files } => Self::Attached { text: words(&text), files },
            other => other,
        }
    }
}

/// What a reaction means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feeling {
    /// Yes: 👍.
    Yes,
    /// No: 👎.
    No,
}

impl Feeling {
    /// What a reaction with this emoji, or of this name without colons and skin tone, means; most mean nothing: cards name the
    /// two that count, and a check mark says to many no more than that something was seen.
    pub fn of(name: &str) -> Option<Self> {
        let name = name.split("::").next().unwrap_or(name);
        let name =
            name.trim_end_matches(|c: char| ('\u{1f3fb}'..='\u{1f3ff}').contains(&c) || c == '\u{fe0f}');
        match name {
            "+1" | "thumbsup" | "like" | "👍" => Some(Self::Yes),
            "-1" | "thumbsdown" | "👎" => Some(Self::No),
            _ => None,
        }
    }
}

/// Somebody the bot does not work for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stranger {
    /// A program.
    Bot,
    /// A guest of the workspace.
    Guest,
    /// Somebody of another organisation, in a channel that both share.
    External,
    /// Somebody whose account was switched off.
    Deactivated,
}

/// What a surface says of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The name that is shown; it may be anybody's.
    pub name: String,
    /// The e-mail address, only where the vendor has verified it.
    pub email: Option<String>,
    /// Whether the bot does not work for them.
    pub stranger: Option<Stranger>,
}

/// Something that was said while the bot could not listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// When.
    pub at: Timestamp,
    /// What, with the delivery id it would have come with.
    pub interaction: Interaction,
}

/// One tenant's surface of one vendor, as the bot speaks to it. A card's buttons hold opaque references already.
#[async_trait]
pub trait Surface: Send + Sync {
    /// Whether the bot can work with it: who it is there, and what is missing.
    async fn examine(&self) -> Result<Examined, CallError>;

    /// Posts a card. The surface keeps `key` with the message where it can, so that [`find`](Self::find) finds it.
    async fn post(&self, to: &Place, card: &Card, key: Uuid) -> Result<Posted, CallError>;

    /// The message that a doubtful post with this key came to; `None` where it is surely absent, and where this
    /// surface cannot look: a card twice does no harm, a card never does.
    async fn find(&self, to: &Place, key: Uuid) -> Result<Option<Posted>, CallError>;

    /// Puts a card in the place of what a message shows. `false` where the message is not there any more.
    async fn update(&self, message: &Posted, card: &Card) -> Result<bool, CallError>;

    /// What is known of somebody; `None` where there is nobody of these ids.
    async fn profile(&self, identity: &Identity) -> Result<Option<Profile>, CallError>;

    /// The members of a group of the vendor's: a Slack user group, a Discord role. By user ids.
    async fn members(&self, group: &str) -> Result<Vec<String>, CallError>;

    /// What people said to the bot in a private talk or channel after `since`, oldest first; nothing where the vendor
    /// offers no history.
    async fn missed(&self, place: &Place, since: Timestamp) -> Result<Vec<Missed>, CallError>;

    /// The content of a file that somebody attached, of at most so many bytes; only from where this vendor hands files out.
    async fn file(&self, file: &Attached, most: usize) -> Result<Vec<u8>, CallError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_written_and_read() {
        let identity = Identity::new(SurfaceKind::Slack, "T024", "U123").unwrap();
        assert_eq!(identity.to_string(), "slack/T024/U123");
        assert_eq!("slack/T024/U123".parse::<Identity>(), Ok(identity));
        for bad in ["slack/T024", "irc/T/U", "slack//U", "slack/T/a b", "slack/T/U/V", "slack/T/ü"] {
            assert!(bad.parse::<Identity>().is_err(), "{bad}");
        }
    }

    #[test]
    fn skin_tones_do_not_change_what_a_reaction_means() {
        for yes in ["+1", "+1::skin-tone-3", "👍🏽", "👍", "thumbsup", "like"] {
            assert_eq!(Feeling::of(yes), Some(Feeling::Yes), "{yes}");
        }
        assert_eq!(Feeling::of("thumbsdown"), Some(Feeling::No));
    }

    #[test]
    fn trust_c5_only_the_two_reactions_that_cards_name_decide() {
        for seen in
            ["✅", "✔️", "white_check_mark", "heavy_check_mark", "x", "❌", "eyes", "ok_hand", "heart", ""]
        {
            assert_eq!(Feeling::of(seen), None, "{seen}");
        }
    }
}
