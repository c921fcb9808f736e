//! The permission whitelist: read, write, admin, and nothing else.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What one may do with a repository. Ordered: each includes the ones before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See and clone.
    Read,
    /// Push.
    Write,
    /// Change settings and permissions.
    Admin,
}

impl Permission {
    /// All there are, weakest first.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// The word for it, in chat, rules and REST alike.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that is not on the list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a permission: use read, write or admin")]
pub struct NotAPermission(pub String);

impl std::str::FromStr for Permission {
    type Err = NotAPermission;

    fn from_str(text: &str) -> Result<Self, NotAPermission> {
        Self::ALL
            .into_iter()
            .find(|permission| permission.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| NotAPermission(text.to_owned()))
    }
}
