//! Turns: whoever asks twice at once does so one after the other.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use countersign_domain::names::{PrincipalId, Tenant};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// So many people can ask at the same moment.
const TURNS: usize = 64;

/// Whoever asks twice at once does so one after the other, or neither would see the other.
#[derive(Clone)]
pub(crate) struct Turns(Arc<Vec<Arc<Mutex<()>>>>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new((0..TURNS).map(|_| Arc::default()).collect()))
    }
}

impl Turns {
    /// Somebody's turn, for as long as this is there.
    pub(crate) async fn turn(&self, tenant: &Tenant, who: &PrincipalId) -> OwnedMutexGuard<()> {
        let mut hasher = DefaultHasher::new();
        (tenant, who).hash(&mut hasher);
        let place = usize::try_from(hasher.finish() % TURNS as u64).unwrap_or_default();
        Arc::clone(&self.0[place]).lock_owned().await
    }
}
