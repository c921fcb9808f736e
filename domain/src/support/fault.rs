//! What is not done with a ticket, and why.

use serde::{Deserialize, Serialize};

use crate::denied::{self, Own};

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "code", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Fault {
    /// There is no such ticket, as far as they may know.
    NoSuchTicket {
        /// The number as given.
        given: String,
    },
    /// Only those who look after tickets may.
    NotOfTheDesk {
        /// What was tried, as people say it.
        action: String,
    },
    /// It is over.
    TicketClosed {
        /// Its number.
        number: u64,
    },
    /// There is nothing in it.
    NothingSaid,
    /// It is longer than anybody reads.
    TicketTextTooLong {
        /// How many characters it has.
        length: usize,
        /// How many it may have.
        max: usize,
    },
    /// It stands under another key in the tracker.
    LinkedAlready {
        /// That key.
        key: String,
    },
    /// Nobody is being woken for it.
    NobodyPaged,
    /// Whoever it was to be given to does not look after tickets.
    CannotBeAssigned {
        /// The name people see.
        name: String,
    },
}

impl denied::Fault for Fault {
    fn of(own: &Own) -> Option<Self> {
        own.read()
    }

    fn is_about_who(&self) -> bool {
        matches!(self, Self::NotOfTheDesk { .. })
    }

    fn said(&self) -> String {
        match self {
            Self::NoSuchTicket { given } => {
                format!("There is no ticket {} of yours. “tickets” lists them.", crate::text::plain(given))
            }
            Self::NotOfTheDesk { action } => {
                format!(
                    "Only those who look after tickets {action}, so nothing was done, and nobody was told. Whoever opened a ticket \
                     reaches them by “reply to ticket … saying …” on it."
                )
            }
            Self::TicketClosed { number } => {
                format!(
                    "Ticket {number} is closed. Open another one, and name {number} in it: whoever takes it reads both."
                )
            }
            Self::NothingSaid => "There is nothing in it. Say in a few words what it is about.".to_owned(),
            Self::TicketTextTooLong { length, max } => {
                format!(
                    "It has {length} characters; please say it in at most {max}, and put the rest into a file."
                )
            }
            Self::LinkedAlready { key } => format!(
                "It is {} in the tracker already, and a ticket stands under one key there. Name the other one in a reply.",
                crate::text::plain(key)
            ),
            Self::NobodyPaged => {
                "Nobody is being woken for it, so there is nothing to be heard of.".to_owned()
            }
            Self::CannotBeAssigned { name } => format!(
                "{} does not look after tickets, so it cannot be theirs. Members of the desk's groups and administrators do.",
                crate::text::flat(name)
            ),
        }
    }
}
