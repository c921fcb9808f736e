//! Who is told what of a ticket. Its key is known to whoever named it; its title, its status, and whether there is one at all
//! are for those who can see it.

use countersign_domain::access::{Access, Asked, Findings, Origin};
use countersign_domain::names::PrincipalId;
use countersign_domain::ports::Ticket;
use countersign_domain::tenant::{Person, Role, TenantState};
use serde_json::{Value, json};

use crate::requests::TRACKER;

/// What the vendors said, as far as whoever asks may know it: a ticket that they cannot see was not found. A ticket that asks
/// by itself is seen by who wrote it.
pub fn found_for(asked: &Asked, mut findings: Findings, people: &TenantState) -> Findings {
    let asker = people.people.get(&asked.requester.id);
    let sees = |ticket: &Ticket| {
        asked.origin != Origin::Chat || asker.is_some_and(|asker| ticket.reach.includes(asker, TRACKER))
    };
    findings.ticket = findings.ticket.filter(sees);
    findings
}

/// The ticket of a request, if the viewer can see it; `None` stands for everybody in a channel.
pub fn seen_by<'a>(access: &'a Access, viewer: Option<&Person>) -> Option<&'a Ticket> {
    let ticket = access.findings.as_ref()?.ticket.as_ref()?;
    let sees = match viewer {
        Some(viewer) => may_see(ticket, viewer),
        None => ticket.reach.everybody,
    };
    sees.then_some(ticket)
}

/// An auditor reads the whole log, where all of it stands.
fn may_see(ticket: &Ticket, viewer: &Person) -> bool {
    viewer.is(Role::Auditor) || ticket.reach.includes(viewer, TRACKER)
}

/// Leaves of every ticket in what an address answers no more than the viewer may see, wherever it stands.
pub fn hide(answer: &mut Value, viewer: &Person) {
    match answer {
        Value::Object(fields) => {
            let looks = ["key", "title", "stage"].iter().all(|name| fields.contains_key(*name));
            let ticket = looks.then(|| serde_json::from_value::<Ticket>(Value::Object(fields.clone())).ok());
            if let Some(ticket) = ticket.flatten() {
                if may_see(&ticket, viewer) {
                    fields.remove("reach");
                } else {
                    *answer = json!({"key": ticket.key});
                }
                return;
            }
            fields.values_mut().for_each(|field| hide(field, viewer));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, viewer)),
        _ => {}
    }
}

/// The names by which people are called on tickets.
pub fn names(people: &TenantState) -> impl Fn(&PrincipalId) -> String + '_ {
    |id| {
        let person = people.people.get(id);
        person.map_or_else(|| id.to_string(), |person| countersign_domain::words::flat(&person.name))
    }
}
