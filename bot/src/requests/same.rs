//! The same asked for once more while it is open is the same request: the second is answered with the first.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use countersign_domain::access::{Asked, Status};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_projections::access::{self, RequestFilter};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{Requests, Touched};
use crate::engine::Failure;

/// While it is in one of these, it is under way and nobody has it yet.
const OPEN: [Status; 3] = [Status::Checking, Status::Waiting, Status::Granting];
/// So many rows are read at once.
const PAGE: usize = 100;
/// So many people can ask at the same moment.
const TURNS: usize = 64;

/// Whoever asks twice at once does so one after the other, or neither would see the other.
#[derive(Clone)]
pub(super) struct Turns(Arc<Vec<Arc<Mutex<()>>>>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new((0..TURNS).map(|_| Arc::default()).collect()))
    }
}

impl Turns {
    /// Somebody's turn, for as long as this is there.
    pub(super) async fn turn(&self, tenant: &Tenant, who: &PrincipalId) -> OwnedMutexGuard<()> {
        let mut hasher = DefaultHasher::new();
        (tenant, who).hash(&mut hasher);
        let place = usize::try_from(hasher.finish() % TURNS as u64).unwrap_or_default();
        Arc::clone(&self.0[place]).lock_owned().await
    }
}

impl Requests {
    /// The open request in which the same is asked for already. One with faults is denied at once, and waits for nobody.
    pub(super) async fn same_open(&self, tenant: &Tenant, asked: &Asked) -> Result<Option<Touched>, Failure> {
        if !asked.faults.is_empty() {
            return Ok(None);
        }
        if let Some(head) = self.world.store.head().await? {
            self.world.projections.wait_for(head).await?;
        }
        let rows = self.world.projections.rows(access::NAME);
        let concerning = Some(asked.requester.id.clone());
        let filter = RequestFilter { concerning, statuses: OPEN.to_vec(), ..RequestFilter::default() };
        let mut after = None::<String>;
        loop {
            let page = access::list(&*rows, tenant, &filter, after.as_deref(), PAGE)?;
            let same = |other: &Asked| other.is_same(asked);
            if let Some(row) = page.items.into_iter().find(|row| row.access.asked.as_ref().is_some_and(same))
            {
                let state = self.state(tenant, &row.code).await?;
                if OPEN.contains(&state.status()) {
                    return Ok(Some(Touched { code: row.code, state, position: None }));
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(None),
            }
        }
    }
}
