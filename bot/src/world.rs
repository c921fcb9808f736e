//! Every outside thing, in one struct: what production, the demo and the tests put together differently, and nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign_domain::effect::BackoffPolicy;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Clock, EventStore, Forge, Secrets, Tracker};
use countersign_projections::Projections;

/// What the bot runs in.
#[derive(Clone)]
pub struct World {
    /// The log.
    pub store: Arc<dyn EventStore>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The read models.
    pub projections: Arc<Projections>,
    /// Credentials.
    pub secrets: Arc<dyn Secrets>,
    /// The vendors of each tenant.
    pub tenants: Arc<BTreeMap<Tenant, Vendors>>,
    /// How many effects are performed at once, at least 1.
    pub abreast: usize,
    /// How the outbox tries again.
    pub backoff: BackoffPolicy,
    /// Uniform in 0..1, for jitter only.
    pub random: Arc<dyn Fn() -> f64 + Send + Sync>,
    /// The name this bot claims effects under.
    pub worker: String,
}

/// The systems of one tenant.
#[derive(Clone)]
pub struct Vendors {
    /// Where the repositories are.
    pub forge: Arc<dyn Forge>,
    /// Where the tickets are, if anywhere.
    pub tracker: Option<Arc<dyn Tracker>>,
}

impl World {
    /// The vendors of a tenant; `None` where the configuration names none.
    pub fn vendors(&self, tenant: &Tenant) -> Option<&Vendors> {
        self.tenants.get(tenant)
    }
}
