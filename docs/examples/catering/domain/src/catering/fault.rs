//! What speaks against an order, and against nothing else.

use serde::{Deserialize, Serialize};

use crate::denied::{self, Own};

/// Why lunch is not ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "code", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Fault {
    /// So many guests are none, or more than the kitchen can feed.
    GuestsOutOfRange {
        /// For how many it was asked.
        asked: u32,
        /// For how many it can be.
        most: u32,
    },
}

impl denied::Fault for Fault {
    fn of(own: &Own) -> Option<Self> {
        own.read()
    }

    fn said(&self) -> String {
        let Self::GuestsOutOfRange { asked, most } = self;
        format!("Lunch can be ordered for 1 to {most} guests, not for {asked}.")
    }
}
