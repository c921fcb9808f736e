//! Where several bots on one log keep their [`Roster`].

use async_trait::async_trait;

use super::Roster;
use crate::ports::StoreError;

/// A roster, and which one it is: it is replaced by naming the one that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Its revision; `None` where there was none yet.
    pub rev: Option<u64>,
    /// What it says.
    pub roster: Roster,
}

/// Keeps the roster, one for all bots on a log.
#[async_trait]
pub trait Rosters: Send + Sync {
    /// The present one; an empty one, where there was none yet.
    async fn load(&self) -> Result<Kept, StoreError>;

    /// Replaces the one at `rev`; `false` where somebody else was first, and nothing was replaced.
    async fn replace(&self, rev: Option<u64>, roster: &Roster) -> Result<bool, StoreError>;
}
