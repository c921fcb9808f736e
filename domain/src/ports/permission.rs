//! The permission whitelist: read, write, admin, and nothing else is ever asked for. What somebody holds already can lie between
//! these, and is told, kept and brought back as what it is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What one may do with a repository. Ordered: each includes the ones before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See and clone.
    Read,
    /// Look after issues and pull requests, without pushing: nobody can ask for it.
    Triage,
    /// Push.
    Write,
    /// Look after the repository, without what could destroy it: nobody can ask for it.
    Maintain,
    /// Change settings and permissions.
    Admin,
}

impl Permission {
    /// All that can be asked for, weakest first.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];
    /// All that can be held, weakest first.
    pub const HELD: [Self; 5] = [Self::Read, Self::Triage, Self::Write, Self::Maintain, Self::Admin];

    /// What somebody holds, by our word for it: also what nobody can ask for.
    pub fn held(word: &str) -> Option<Self> {
        Self::HELD.into_iter().find(|permission| permission.as_str() == word)
    }

    /// The word for it, in chat, rules and REST alike.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Triage => "triage",
            Self::Write => "write",
            Self::Maintain => "maintain",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_between_is_held_and_never_asked_for() {
        assert!(Permission::HELD.is_sorted());
        for held in Permission::HELD {
            assert_eq!(Permission::held(held.as_str()), Some(held));
            assert_eq!(
                held.as_str().parse::<Permission>().is_ok(),
                Permission::ALL.contains(&held),
                "{held}"
            );
        }
        assert_eq!(Permission::held("owner"), None);
    }
}
