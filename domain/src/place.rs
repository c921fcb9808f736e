//! Where people talk, and who they are there: by the ids of the vendors, which never change.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

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
        let surface = self.surface.name();
        match (&self.channel, self.is_private()) {
            (None, true) => format!("{surface} in private"),
            (Some(channel), true) => {
                format!("{surface} in the channel {channel}, where nobody else sees it,")
            }
            (Some(channel), false) => format!("{surface} in the channel {channel}"),
            (None, false) => surface.to_owned(),
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

    /// Whether only one person sees what the bot says there. That is so as well beside what everybody sees; but what *they* write
    /// there, everybody reads, and the bot does not hear it: it is no private talk ([`Place::is_direct`]).
    pub const fn is_private(&self) -> bool {
        self.only.is_some()
    }

    /// Whether it is the private talk with somebody: nobody else is there, whatever is said by whom, and the bot hears all of it.
    pub const fn is_direct(&self) -> bool {
        self.only.is_some() && self.channel.is_none()
    }

    /// Whether only one person sees what the bot says there, among others who see nothing of it.
    pub const fn is_aside(&self) -> bool {
        self.only.is_some() && self.channel.is_some()
    }

    /// Whether it is in this channel: the channel itself, or a thread of it, however one gets there.
    pub fn is_in(&self, channel: &Self) -> bool {
        let is_there = self.surface == channel.surface && self.workspace == channel.workspace;
        is_there && self.channel.is_some() && self.channel == channel.channel
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_b6_what_one_person_sees_among_others_is_no_private_talk() {
        let erin = Identity::new(SurfaceKind::Slack, "T1", "U1").unwrap();
        let (direct, channel) = (Place::direct(&erin), Place::channel(SurfaceKind::Slack, "T1", "C1"));
        let whisper = Place { only: direct.only.clone(), ..channel.clone() };
        let all = [&direct, &whisper, &channel];
        assert_eq!(all.map(Place::is_private), [true, true, false]);
        assert_eq!(all.map(Place::is_direct), [true, false, false]);
        assert_eq!(all.map(Place::is_aside), [false, true, false]);
        assert_eq!(direct.in_words(), "Slack in private");
        assert_eq!(whisper.in_words(), "Slack in the channel C1, where nobody else sees it,");
    }

    #[test]
    fn a_thread_is_in_its_channel_however_one_gets_there_and_a_private_talk_in_none() {
        let erin = Identity::new(SurfaceKind::Teams, "T1", "U1").unwrap();
        let channel = |workspace, channel| Place::channel(SurfaceKind::Teams, workspace, channel);
        let here = channel("T1", "C1");
        let thread =
            Place { thread: Some("1".to_owned()), via: Some("https://x".to_owned()), ..here.clone() };
        assert!(here.is_in(&here) && thread.is_in(&here));
        let elsewhere = Place { surface: SurfaceKind::Slack, ..here.clone() };
        for other in [channel("T1", "C2"), channel("T2", "C1"), elsewhere, Place::direct(&erin)] {
            assert!(!thread.is_in(&other) && !other.is_in(&here), "{other:?}");
        }
        assert!(!Place::direct(&erin).is_in(&Place::direct(&erin)));
    }

    #[test]
    fn an_identity_is_written_and_read() {
        let identity = Identity::new(SurfaceKind::Slack, "T024", "U123").unwrap();
        assert_eq!(identity.to_string(), "slack/T024/U123");
        assert_eq!("slack/T024/U123".parse::<Identity>(), Ok(identity));
        for bad in ["slack/T024", "irc/T/U", "slack//U", "slack/T/a b", "slack/T/U/V", "slack/T/ü"] {
            assert!(bad.parse::<Identity>().is_err(), "{bad}");
        }
    }
}
