//! What is said no for because of who people are, where they talk, and what they want of the bot.

use serde::{Deserialize, Serialize};

use crate::denied::{self, Own};
use crate::place::SurfaceKind;
use crate::text::{list, plain, quoted};

/// Why somebody is not found, not known from now on, or not obeyed in what they want of the bot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "code", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Fault {
    /// Several people go by this name, and nobody but who said it can tell which is meant.
    SeveralPeople {
        /// The name as given.
        given: String,
        /// Each of them, told apart.
        people: Vec<String>,
    },
    /// Somebody was mentioned whose chat account is nobody's here yet.
    NotLinked {
        /// Where they chat.
        surface: SurfaceKind,
    },
    /// The link code is none, was used, or is too old.
    LinkNotGood,
    /// Somebody had the chat account forgotten: only a link code makes it known again.
    Forgotten,
    /// The chat account is somebody else's already.
    LinkTaken,
    /// The place is none whose time is known.
    BadZone {
        /// What was given.
        given: String,
    },
    /// Hours that end when they begin.
    NoHours {
        /// When they begin, and end.
        given: String,
    },
    /// The group does not exist.
    UnknownGroup {
        /// The group as given.
        group: String,
    },
}

impl denied::Fault for Fault {
    fn of(own: &Own) -> Option<Self> {
        own.read()
    }

    fn said(&self) -> String {
        match self {
            Self::SeveralPeople { given, people } => format!(
                "Several people go by {}: {}. Say which one you mean by what stands in brackets.",
                plain(given),
                list(people)
            ),
            Self::NotLinked { surface } => format!(
                "I do not know who that is yet. They can link their {} account: they say “link” in the console, and then say the \
                 code to me in private. Or an administrator names it among their accounts in the configuration.",
                surface.name()
            ),
            Self::LinkNotGood => {
                "This link code is not good (any more): each is good once, for ten minutes. Say “link” in the console for a new one."
                    .to_owned()
            }
            Self::Forgotten => {
                "This chat account was unlinked; say “link” in the console to link it again.".to_owned()
            }
            Self::LinkTaken => {
                "This chat account is linked to somebody else already. An admin can end that with “unlink”.".to_owned()
            }
            Self::BadZone { given } => format!(
                "{} is no place whose time I know: say it like “Europe/Berlin” or “America/New_York”.",
                quoted(given)
            ),
            Self::NoHours { given } => format!(
                "From {0} to {0} is no time at all: say when the quiet hours begin and when they end, like “quiet from 22:00 to \
                 7:00”.",
                plain(given)
            ),
            Self::UnknownGroup { group } => format!(
                "Nobody here is in a group {}. Only a group can stand in for somebody: name one.",
                plain(group)
            ),
        }
    }
}
