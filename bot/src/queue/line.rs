//! A line of lanes that are ready: each tenant has its turn, however much the others have waiting.

use std::collections::{BTreeMap, HashMap, VecDeque};

use countersign_domain::names::Tenant;

use super::Calls;

/// A lane that is ready, and the number of its turn.
pub(super) struct Ready {
    pub(super) turn: u64,
    pub(super) lane: String,
}

/// What is ready of one tenant, apart by whom it calls: what waits for one vendor stands in nobody's way to another.
type OfTenant = BTreeMap<Calls, VecDeque<Ready>>;

/// What is ready, of all tenants.
#[derive(Default)]
pub(super) struct Line {
    /// Those who have something ready; the first has its turn next.
    tenants: VecDeque<Tenant>,
    ready: HashMap<Tenant, OfTenant>,
}

impl Line {
    pub(super) fn push(&mut self, tenant: &Tenant, calls: Calls, ready: Ready) {
        if !self.ready.contains_key(tenant) {
            self.tenants.push_back(tenant.clone());
        }
        self.ready.entry(tenant.clone()).or_default().entry(calls).or_default().push_back(ready);
    }

    /// The lane that may begin now: the one that has waited longest, of the first tenant that has one; that tenant is the last
    /// to have its turn again. Of what is ready, not all counts still: a lane may have had its turn elsewhere meanwhile.
    pub(super) fn next(
        &mut self,
        counts: impl Fn(&Ready) -> bool,
        has_place: impl Fn(&Tenant, Calls) -> bool,
    ) -> Option<String> {
        for _ in 0..self.tenants.len() {
            let tenant = self.tenants.pop_front()?;
            let own = self.ready.get_mut(&tenant)?;
            let next = next_of(own, &counts, |calls| has_place(&tenant, calls));
            if own.is_empty() {
                self.ready.remove(&tenant);
            } else {
                self.tenants.push_back(tenant);
            }
            if next.is_some() {
                return next;
            }
        }
        None
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.tenants.is_empty() && self.ready.is_empty()
    }
}

fn next_of(
    own: &mut OfTenant,
    counts: impl Fn(&Ready) -> bool,
    has_place: impl Fn(Calls) -> bool,
) -> Option<String> {
    own.retain(|_, ready| {
        while ready.front().is_some_and(|first| !counts(first)) {
            ready.pop_front();
        }
        !ready.is_empty()
    });
    let turn = |ready: &VecDeque<Ready>| ready.front().map(|first| first.turn);
    let able = own.iter().filter(|(calls, _)| has_place(calls));
    let calls = able.min_by_key(|(_, ready)| turn(ready)).map(|(calls, _)| *calls)?;
    let ready = own.get_mut(calls)?;
    let next = ready.pop_front().map(|first| first.lane);
    if ready.is_empty() {
        own.remove(calls);
    }
    next
}
