//! The places in which effects are performed: each tenant has its own, and of these some for each vendor's role.
//!
//! So neither one tenant's storm nor one slow vendor takes the places of others, and beside all of them there are places that
//! only what takes access away may take. Whoever waits for a model takes nothing of the machine meanwhile, and may wait for minutes: for
//! models there are more places, and they are counted apart, so that neither the ninth who asks waits for eight slow answers, nor anything
//! else for however many.

use std::collections::{BTreeMap, HashMap};

use countersign_domain::names::Tenant;
use countersign_domain::ports::VendorRole;

use super::{Calls, Errand};

/// All tenants together have so many times the places of one, for what takes no access away: the machine is one.
const TOGETHER: usize = 16;
/// For so many places there is one more for what takes access away, and at least one.
const KEPT_FREE: usize = 4;
/// Of what only waits for a model there may be so many times more.
const WAITING: usize = 8;

/// Which places are taken.
pub(super) struct Places {
    /// How many a tenant has for what calls the same vendors.
    own: usize,
    taken: HashMap<Tenant, BTreeMap<Calls, usize>>,
    /// By what takes no access away, of all tenants.
    usual: usize,
    /// The same, by what waits for a model.
    waiting: usize,
}

/// Whether all that is done is to wait for a model.
fn waits(calls: Calls) -> bool {
    calls == [VendorRole::Model]
}

impl Places {
    pub(super) fn new(own: usize) -> Self {
        Self { own: own.max(1), taken: HashMap::new(), usual: 0, waiting: 0 }
    }

    /// Whether there is one for what takes access away.
    pub(super) fn has_urgent(&self, tenant: &Tenant, calls: Calls) -> bool {
        self.taken(tenant, calls) < self.own_for(calls) + self.beside()
    }

    /// Whether there is one for anything else.
    pub(super) fn has_usual(&self, tenant: &Tenant, calls: Calls) -> bool {
        let own = self.own_for(calls);
        let of_all = if waits(calls) { self.waiting } else { self.usual };
        of_all < own.saturating_mul(TOGETHER) && self.taken(tenant, calls) < own
    }

    pub(super) fn take(&mut self, errand: &Errand) {
        let own = self.taken.entry(errand.key.0.clone()).or_default();
        *own.entry(errand.calls).or_default() += 1;
        *self.of_all(errand.calls) += usize::from(!errand.urgent);
    }

    pub(super) fn give_back(&mut self, errand: &Errand) {
        *self.of_all(errand.calls) -= usize::from(!errand.urgent);
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

    /// How many a tenant has for what calls these.
    fn own_for(&self, calls: Calls) -> usize {
        if waits(calls) { self.own.saturating_mul(WAITING) } else { self.own }
    }

    /// Those that all tenants have taken together of the same sort.
    fn of_all(&mut self, calls: Calls) -> &mut usize {
        if waits(calls) { &mut self.waiting } else { &mut self.usual }
    }

    fn taken(&self, tenant: &Tenant, calls: Calls) -> usize {
        self.taken.get(tenant).and_then(|own| own.get(calls)).copied().unwrap_or_default()
    }

    #[cfg(test)]
    pub(super) fn are_free(&self) -> bool {
        self.taken.is_empty() && self.usual == 0 && self.waiting == 0
    }
}
