//! Whether a ticket of the tracker can be linked to one of ours: where it is, and whoever says so can see it there.

use countersign_domain::names::Tenant;
use countersign_domain::ports::vendor;
use countersign_domain::tenant::Person;
use countersign_domain::words::flat;

use crate::patience::patiently;
use crate::requests::Requests;
use crate::resolve::TRACKER;

/// Whether it can.
pub(super) enum Linkable {
    /// Under this key, which is the one that it has now.
    Yes(String),
    /// Not, or not now.
    No {
        /// In short.
        title: &'static str,
        /// What helps.
        next: String,
    },
}

/// One that they cannot see is told in the same words as one that there is not.
pub(super) async fn linkable(
    requests: &Requests,
    (tenant, person): (&Tenant, &Person),
    key: &str,
) -> Linkable {
    let key = key.trim().to_uppercase();
    let vendors = requests.world.vendors(tenant);
    let Some(tracker) = vendors.and_then(|vendors| vendors.tracker.as_ref()) else {
        let next = "The configuration names no tracker for your organisation.".to_owned();
        return Linkable::No { title: "There is no tracker here", next };
    };
    match patiently(tracker.vendor(), tracker.ticket(&key)).await {
        Ok(Some(ticket)) if ticket.reach.includes(person, TRACKER) => Linkable::Yes(ticket.key),
        Ok(_) => {
            let name = vendor(tracker.vendor());
            let next = format!(
                "I find no {} that you can see in {name}. Check the key, or ask whose ticket it is to make you a watcher.",
                flat(&key)
            );
            Linkable::No { title: "It is not linked", next }
        }
        Err(error) => {
            tracing::warn!(%tenant, "a ticket that is to be linked cannot be looked up: {error}");
            let name = vendor(tracker.vendor());
            let next = format!(
                "{name} does not answer now, so I cannot look whether there is {}. Say it again later.",
                flat(&key)
            );
            Linkable::No { title: "It is not linked yet", next }
        }
    }
}
