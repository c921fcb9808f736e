//! What is not done in a conversation, and why.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Limited, Whose};
use crate::denied::{self, Own};
use crate::text::{flat, instant};

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "code", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Fault {
    /// So much may be asked in a while, and has been.
    LimitReached {
        /// Whose limit it is.
        whose: Whose,
        /// Of what.
        what: Limited,
        /// How much.
        most: u64,
        /// When it begins anew.
        until: Timestamp,
    },
    /// As much was had as there is for a day.
    DayLimitReached {
        /// Whose limit it is.
        whose: Whose,
        /// Of what.
        what: Limited,
        /// How much.
        most: u64,
        /// The time zone at whose midnight it begins anew: of who asks, for what is theirs.
        zone: String,
    },
    /// They have asked something else, and that is still being answered.
    StillAnswering {
        /// What they asked, as it begins.
        asked: String,
    },
    /// It is longer than anybody asks.
    QuestionTooLong {
        /// How many characters it has.
        length: usize,
        /// How many it may have.
        max: usize,
    },
    /// There is no such turn, as far as they may know.
    UnknownTurn,
    /// It is being answered already, or was.
    TurnOver,
    /// It is not answered yet.
    TurnNotOver,
    /// It is somebody else's.
    NotYourTurn,
}

impl denied::Fault for Fault {
    fn of(own: &Own) -> Option<Self> {
        own.read()
    }

    fn is_about_who(&self) -> bool {
        matches!(self, Self::NotYourTurn)
    }

    fn said(&self) -> String {
        match self {
            Self::LimitReached { whose, what, most, until } => limit_reached(*whose, *what, *most, *until),
            Self::DayLimitReached { whose, what, most, zone } => {
                day_limit_reached(*whose, *what, *most, zone)
            }
            Self::StillAnswering { asked } => format!(
                "I am still answering “{}”. Say “stop”, or wait a moment and ask again.",
                flat(asked).replace(['“', '”', '"'], "'")
            ),
            Self::QuestionTooLong { length, max } => {
                format!(
                    "That has {length} characters; please ask in at most {max}. What is longer is better a file."
                )
            }
            Self::UnknownTurn => "I do not find that answer any more. Ask once more.".to_owned(),
            Self::TurnOver => "That is answered already; there is nothing to stop.".to_owned(),
            Self::TurnNotOver => "That is not answered yet. A moment, please.".to_owned(),
            Self::NotYourTurn => {
                "That was asked by somebody else. Ask it yourself, and the answer is yours.".to_owned()
            }
        }
    }
}

/// What is possible meanwhile.
const MEANWHILE: &str = "Commands go on as always, and “open ticket saying …” reaches a person.";

fn limit_reached(whose: Whose, what: Limited, most: u64, until: Timestamp) -> String {
    let had = had(whose, what, most);
    format!("{had}, which is all there is until {}. {MEANWHILE}", instant(until))
}

fn day_limit_reached(whose: Whose, what: Limited, most: u64, zone: &str) -> String {
    let time = if whose == Whose::Person { " your time" } else { "" };
    let had = had(whose, what, most);
    format!(
        "{had} today, which is all there is for a day. It begins anew at 00:00{time} ({}). {MEANWHILE}",
        flat(zone)
    )
}

/// `You have had 50 questions`.
fn had(whose: Whose, what: Limited, most: u64) -> String {
    let much = match what {
        Limited::Turns => format!("{most} questions"),
        Limited::Tokens => format!("as much reading and writing as {most} tokens"),
        Limited::Money => "as much as was set aside for answers".to_owned(),
    };
    let whose = match whose {
        Whose::Person => "You have had",
        Whose::Agent => "I have had",
        Whose::Tenant => "All of you together have had",
    };
    format!("{whose} {much}")
}
