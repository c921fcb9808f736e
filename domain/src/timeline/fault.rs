//! What is not done with a delivery or an alert, and why.

use serde::{Deserialize, Serialize};

use crate::denied::{self, Own};
use crate::text::{flat, plain};

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "code", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Fault {
    /// It is not parked.
    DeliveryNotParked,
    /// It was too large to be kept.
    DeliveryNotKept,
    /// It cannot be read now, either.
    DeliveryStillUnread {
        /// Where in it.
        place: String,
        /// What is wrong there.
        why: String,
    },
    /// The alarm is not on.
    AlertNotOn,
    /// Somebody looks after it.
    AlertAcknowledgedAlready {
        /// The name people see.
        name: String,
    },
    /// Nobody hears of it for longer than that makes sense.
    MutedTooLong,
}

impl denied::Fault for Fault {
    fn of(own: &Own) -> Option<Self> {
        own.read()
    }

    fn said(&self) -> String {
        match self {
            Self::DeliveryNotParked => {
                "It is not parked: what it tells of stands in the timeline already, or it never came.".to_owned()
            }
            Self::DeliveryNotKept => {
                "It was too large to be kept, so it cannot be read again here. Have its vendor send it again under a new delivery."
                    .to_owned()
            }
            Self::DeliveryStillUnread { place, why } => format!(
                "It still cannot be read: at {}, {}. It stays parked; a newer version of the bot may read it.",
                plain(place),
                flat(why)
            ),
            Self::AlertNotOn => "The alarm is not on any more, so there is nothing to look after.".to_owned(),
            Self::AlertAcknowledgedAlready { name } => format!("{} looks after it already.", flat(name)),
            Self::MutedTooLong => {
                "An alarm is muted for 30 days at most: what nobody wants to hear for longer is to be changed or taken away where it is set."
                    .to_owned()
            }
        }
    }
}
