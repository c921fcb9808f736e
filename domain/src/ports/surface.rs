//! A surface: where people talk to the bot. One [`Interaction`] comes in, one [`Card`](crate::card::Card) goes out.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Attached, CallError, Examined, Identity, Place, Posted};
use crate::card::Card;
use crate::form::Filled;

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

    /// The members of a group of the vendor's: a Slack user group, a Discord role, a Teams channel. By user ids; `None` where there
    /// is surely no such group.
    async fn members(&self, group: &str) -> Result<Option<Vec<String>>, CallError>;

    /// Whether there is a group of the vendor's; who is in it is not wanted.
    async fn has_group(&self, group: &str) -> Result<bool, CallError> {
        Ok(self.members(group).await?.is_some())
    }

    /// Why the bot could not speak in a channel, in words with the cure; `None` where nothing speaks against it.
    async fn obstacle(&self, channel: &Place) -> Result<Option<String>, CallError>;

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
