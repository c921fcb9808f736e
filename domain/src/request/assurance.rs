//! How surely a countersignature is the person's own.

use serde::{Deserialize, Serialize};

/// How surely it was them, the weakest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// A reaction under a message: one slip of the finger. Enough only where the rule says so.
    Reacted,
    /// A sentence, or a button of a card.
    #[default]
    Said,
    /// In the console, having proved once more who they are.
    Confirmed,
}

impl Assurance {
    /// Whether it is the usual one, which events leave out.
    pub fn is_said(&self) -> bool {
        *self == Self::Said
    }
}
