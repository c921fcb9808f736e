//! What an operator is said no to for, who helps an effect along.

use serde::{Deserialize, Serialize};

use crate::denied::{self, Own};
use crate::words::spoken;

/// Why nobody's word counts for an effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "code", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Fault {
    /// The effect is not parked, so nobody needs to help it.
    NotParked {
        /// How it stands.
        state: String,
    },
    /// An operator says that something was done by hand, and it can be seen that it is not.
    NotDone {
        /// What is there.
        shown: String,
        /// What should be.
        wanted: String,
    },
}

impl denied::Fault for Fault {
    fn of(own: &Own) -> Option<Self> {
        own.read()
    }

    fn said(&self) -> String {
        match self {
            Self::NotParked { state } => {
                format!("This effect is not parked, it is {}; there is nothing to decide.", spoken(state))
            }
            Self::NotDone { shown, wanted } => format!(
                "I have looked, and that is not done: {} is there, and it should be {}. Do it and say so again; or have it tried \
                 again (“requeue”), or give it up (“abandoned”).",
                spoken(shown),
                spoken(wanted)
            ),
        }
    }
}
