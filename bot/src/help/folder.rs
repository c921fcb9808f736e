//! A folder whose files are brought by themselves: what is told of it, and what was found when it was looked at last.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use countersign_domain::audience::Acl;
use countersign_domain::names::PrincipalId;
use jiff::{SignedDuration, Timestamp};

/// A folder, and what is said of the files in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderSettings {
    /// Where it is.
    pub path: PathBuf,
    /// In whose name its files are brought.
    pub owner: PrincipalId,
    /// The collection of those that are new.
    pub collection: String,
    /// Who may read them.
    pub readers: Acl,
    /// So often it is looked at.
    pub every: SignedDuration,
    /// So many of its files are looked at, by the order of their names.
    pub most_files: usize,
}

/// What was found in it when it was looked at last.
#[derive(Debug, Default)]
pub struct Watched(Mutex<Look>);

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// When; nothing where it was never looked at.
    pub at: Option<Timestamp>,
    /// Why it cannot be looked at: its disk may be gone. Nothing is concluded of any file then.
    pub absent: Option<String>,
    /// The files that are not brought, each with why.
    pub left: Vec<(String, String)>,
    /// Those that answers are taken from and that lie there no more, each with the code of its document.
    pub gone: Vec<(String, String)>,
}

impl Watched {
    /// What was found last.
    pub fn last(&self) -> Look {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps what was found now, and says what was found before.
    pub(crate) fn found(&self, look: Look) -> Look {
        std::mem::replace(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner), look)
    }
}
