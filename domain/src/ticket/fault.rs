//! What keeps a ticket from being read as a request.

use serde::{Deserialize, Serialize};

use crate::denied::{self, Own};
use crate::words::quoted;

/// Why nothing is asked for by a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "code", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Fault {
    /// The title of the ticket that asks holds a character that could deceive a reader.
    MisleadingTitle {
        /// The code point, as `U+202E`.
        character: String,
        /// Where, in characters from 1.
        place: usize,
    },
    /// The title may say something that the form does not. It stands on the ticket, and nowhere else.
    UnreadTitle,
    /// A line of the ticket that may belong to what it asks for, and that nobody can place.
    UnreadLine {
        /// The line.
        line: String,
    },
    /// It was to begin at a time, and begins when it is countersigned.
    BeginsLater {
        /// The time as given.
        given: String,
    },
}

impl denied::Fault for Fault {
    fn of(own: &Own) -> Option<Self> {
        own.read()
    }

    fn said(&self) -> String {
        match self {
            Self::MisleadingTitle { character, place } => format!(
                "The ticket's title holds the invisible character {character} at place {place}, which could mislead readers; please \
                 leave it out."
            ),
            Self::UnreadTitle => "The ticket's title may say something that the form does not, and I leave nothing out unsaid. Say it in \
                 one of the lines below, or take it out of the title."
                .to_owned(),
            Self::UnreadLine { line } => format!(
                "I do not know what {} means for it, and leave nothing out unsaid. Say it in one of the lines below, or take it out.",
                quoted(line)
            ),
            Self::BeginsLater { given } => format!(
                "Access begins as soon as it is countersigned. It cannot begin later, so I did not take {} as its start.",
                quoted(given)
            ),
        }
    }
}
