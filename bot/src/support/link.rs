//! Whether a ticket of the tracker can be linked to one of ours: where it is, and whoever says so can see it there.

use countersign_domain::names::Tenant;
use countersign_domain::ports::vendor;
use countersign_domain::support::Ticket;
use countersign_domain::tenant::Person;
use countersign_domain::words::flat;
use countersign_projections::help_desk;

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
    (number, ticket): (u64, &Ticket),
    key: &str,
) -> Linkable {
    let key = key.trim().to_uppercase();
    // Whoever may not is told so by the ticket, and nothing of what there is.
    if !ticket.level.as_ref().is_some_and(|level| level.is_staff(person)) {
        return Linkable::Yes(key);
    }
    let vendors = requests.world.vendors(tenant);
    let Some(tracker) = vendors.and_then(|vendors| vendors.tracker.as_ref()) else {
        let next = "The configuration names no tracker for your organisation.".to_owned();
        return Linkable::No { title: "There is no tracker here", next };
    };
    match patiently(tracker.vendor(), tracker.ticket(&key)).await {
        Ok(Some(issue)) if issue.reach.includes(person, TRACKER) => free(requests, tenant, number, issue.key),
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

/// One issue is one ticket.
fn free(requests: &Requests, tenant: &Tenant, number: u64, key: String) -> Linkable {
    let rows = requests.world.projections.rows(help_desk::NAME);
    match help_desk::ticket_of_key(&*rows, tenant, &key) {
        Ok(Some(other)) if other != number => {
            let next = format!("{} is ticket {other} of the help desk already. Name it there.", flat(&key));
            Linkable::No { title: "It is not linked", next }
        }
        Ok(_) => Linkable::Yes(key),
        Err(error) => {
            tracing::error!(%tenant, "which ticket stands in the tracker cannot be read: {error}");
            let next = "I cannot look which ticket it is now. Say it again later.".to_owned();
            Linkable::No { title: "It is not linked yet", next }
        }
    }
}
