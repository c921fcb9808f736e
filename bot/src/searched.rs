//! Which repositories there are by name, as the forge said it a moment ago: one sentence may be looked through for them more than once,
//! and sentences follow each other.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use countersign_domain::names::Tenant;
use jiff::{SignedDuration, Timestamp};

use crate::patience::patiently;
use crate::world::World;

/// So many repositories are known by name, where a sentence is looked through for them: as many as the forge names at once.
pub(crate) const KNOWN: usize = 100;
/// What the forge said counts for so long: a repository that is new by then is asked for by its name, which is looked up anyway.
const FRESH: SignedDuration = SignedDuration::from_mins(1);

/// What was named, and when, by tenant and by what it was searched for.
type Named = HashMap<(Tenant, String), (Timestamp, Vec<String>)>;

/// What the forge named lately.
#[derive(Debug, Default)]
pub(crate) struct Searched(Mutex<Named>);

impl Searched {
    fn known(&self, thing: &(Tenant, String), now: Timestamp) -> Option<Vec<String>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(thing).filter(|(at, _)| is_fresh(*at, now)).map(|(_, names)| names.clone())
    }

    fn keep(&self, thing: (Tenant, String), now: Timestamp, names: Vec<String>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (at, _)| is_fresh(*at, now));
        all.insert(thing, (now, names));
    }
}

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    at <= now && now.duration_since(at) < FRESH
}

/// The names of the repositories that hold this text, at most [`KNOWN`] of them; none where the forge cannot say that now.
pub(crate) async fn names(world: &World, tenant: &Tenant, text: &str) -> Vec<String> {
    let Some(vendors) = world.vendors(tenant) else { return vec![] };
    let (searched, thing, now) =
        (&world.looked.searched, (tenant.clone(), text.to_lowercase()), world.clock.now());
    if let Some(names) = searched.known(&thing, now) {
        return names;
    }
    match patiently(vendors.forge.vendor(), vendors.forge.search(text, KNOWN)).await {
        Ok(names) => {
            searched.keep(thing, now, names.clone());
            names
        }
        Err(error) => {
            tracing::info!(%tenant, "repositories could not be searched: {error}");
            vec![]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_forge_named_counts_for_a_minute_and_for_its_own_tenant() {
        let at = |second| Timestamp::from_second(second).expect("a valid instant");
        let of = |tenant: &str| (tenant.parse::<Tenant>().expect("a tenant's name"), "infra".to_owned());
        let searched = Searched::default();
        searched.keep(of("acme"), at(100), vec!["infra".to_owned()]);
        assert_eq!(searched.known(&of("acme"), at(159)), Some(vec!["infra".to_owned()]));
        assert_eq!(searched.known(&of("acme"), at(160)), None);
        assert_eq!(
            searched.known(&of("acme"), at(99)),
            None,
            "a clock that was put back makes nothing fresh"
        );
        assert_eq!(searched.known(&of("globex"), at(100)), None);
        searched.keep(of("globex"), at(200), vec![]);
        assert_eq!(searched.0.lock().expect("nobody broke it").len(), 1, "what is old is forgotten");
    }
}
