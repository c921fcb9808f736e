//! A roster in memory, for several bots in one process.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use countersign_domain::ports::StoreError;
use countersign_domain::roster::{Kept, Roster, Rosters};

/// Keeps the roster for as long as the process lives.
#[derive(Debug, Default)]
pub struct MemoryRosters(Mutex<Kept>);

#[async_trait]
impl Rosters for MemoryRosters {
    async fn load(&self) -> Result<Kept, StoreError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    async fn replace(&self, rev: Option<u64>, roster: &Roster) -> Result<bool, StoreError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.rev != rev {
            return Ok(false);
        }
        *kept = Kept { rev: Some(rev.map_or(0, |rev| rev + 1)), roster: roster.clone() };
        Ok(true)
    }
}
