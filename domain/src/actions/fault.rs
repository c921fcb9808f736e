//! What speaks against an action, and against nothing else.

use serde::{Deserialize, Serialize};

use super::ArgumentFault;
use crate::denied::{self, Own};
use crate::text::{flat, plain};

/// Why an action is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "code", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Fault {
    /// There is no such action.
    UnknownAction {
        /// As given.
        given: String,
    },
    /// Its arguments are not as they must be.
    BadArguments {
        /// Each.
        faults: Vec<ArgumentFault>,
    },
    /// What would be done is not what the entry and the arguments make of it.
    NotAsPlanned,
    /// The rules do not let them.
    MayNotAct {
        /// Which action.
        action: String,
    },
    /// Words of others came before it, and the rules would ask nobody.
    SomebodyMustLook,
}

impl denied::Fault for Fault {
    fn of(own: &Own) -> Option<Self> {
        own.read()
    }

    fn is_about_who(&self) -> bool {
        matches!(self, Self::MayNotAct { .. })
    }

    fn said(&self) -> String {
        match self {
            Self::UnknownAction { given } => format!("There is no action {}.", plain(given)),
            Self::BadArguments { faults } => {
                let each = faults.iter().map(|ArgumentFault { field, why }| match flat(field) {
                    field if field.is_empty() => flat(why),
                    field => format!("{field} {}", flat(why)),
                });
                format!("{}.", each.collect::<Vec<_>>().join("; "))
            }
            Self::NotAsPlanned => {
                "What would be done is not what was asked for. Ask for it anew.".to_owned()
            }
            Self::MayNotAct { action } => {
                format!("The rules do not let you do {}. An admin can change the rules.", plain(action))
            }
            Self::SomebodyMustLook => {
                "It was proposed after words that others wrote, so somebody else must countersign it, and the rules name nobody. Ask \
                 for it yourself, in your own words."
                    .to_owned()
            }
        }
    }
}
