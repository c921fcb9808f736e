//! The places in which effects are performed: each tenant has its own, and of these some for each vendor's role.
//!
//! So neither one tenant's storm nor one slow vendor takes the places of others, and beside all of them there are places that
//! only what takes access away may take.

use std::collections::{BTreeMap, HashMap};

use countersign_domain::names::Tenant;

use super::{Calls, Errand};

/// All tenants together have so many times the places of one, for what takes no access away: the machine is one.
const TOGETHER: usize = 16;
/// For so many places there is one more for what takes access away, and at least one.
const KEPT_FREE: usize = 4;

/// Which places are taken.
pub(super) struct Places {
    /// How many a tenant has for what calls the same vendors.
    own: usize,
    taken: HashMap<Tenant, BTreeMap<Calls, usize>>,
    /// By what takes no access away, of all tenants.
    usual: usize,
}

impl Places {
    pub(super) fn new(own: usize) -> Self {
        Self { own: own.max(1), taken: HashMap::new(), usual: 0 }
    }

    /// Whether there is one for what takes access away.
    pub(super) fn has_urgent(&self, tenant: &Tenant, calls: Calls) -> bool {
        self.taken(tenant, calls) < self.own + self.beside()
    }

    /// Whether there is one for anything else.
    pub(super) fn has_usual(&self, tenant: &Tenant, calls: Calls) -> bool {
        self.usual < self.own.saturating_mul(TOGETHER) && self.taken(tenant, calls) < self.own
    }

    pub(super) fn take(&mut self, errand: &Errand) {
        let own = self.taken.entry(errand.key.0.clone()).or_default();
        *own.entry(errand.calls).or_default() += 1;
        self.usual += usize::from(!errand.urgent);
    }

    pub(super) fn give_back(&mut self, errand: &Errand) {
        self.usual -= usize::from(!errand.urgent);
        let Some(own) = self.taken.get_mut(&errand.key.0) else { return };
        if let Some(taken) = own.get_mut(errand.calls) {
            *taken -= 1;
        }
        own.retain(|_, taken| *taken > 0);
        if own.is_empty() {
            self.taken.remove(&errand.key.0);
        }
    }

    /// How many there are beside the usual ones, for what takes access away.
    pub(super) fn beside(&self) -> usize {
        (self.own / KEPT_FREE).max(1)
    }

    fn taken(&self, tenant: &Tenant, calls: Calls) -> usize {
        self.taken.get(tenant).and_then(|own| own.get(calls)).copied().unwrap_or_default()
    }

    #[cfg(test)]
    pub(super) fn are_free(&self) -> bool {
        self.taken.is_empty() && self.usual == 0
    }
}
