//! The fields of what is asked for, by name.

use serde::{Deserialize, Serialize};

/// The fields of an access request, by the names people know them by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Whose access.
    User,
    /// Which repository.
    Repository,
    /// Which permission.
    Permission,
    /// For how long.
    Duration,
    /// Under which ticket.
    Ticket,
    /// Why.
    Reason,
}

impl Field {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Repository => "repository",
            Self::Permission => "permission",
            Self::Duration => "duration",
            Self::Ticket => "ticket",
            Self::Reason => "reason",
        }
    }
}
