//! A tenant: its people and its rules, versioned and kept as events.

mod aggregate;
mod binding;
mod leaving;
mod missed;
mod person;
mod preferences;

pub use aggregate::{PublishedRules, TenantCommand, TenantEvent, TenantState};
pub use binding::{Binding, BoundBy, LINK_MINUTES, Link, UnboundWhy};
pub use missed::{LINK_LOCKED, LINK_TRIES, Missed};
pub use person::{Person, Role};
pub use preferences::{Away, Preferences, QuietHours};

use crate::reaction::{Reaction, Wish};

/// What follows from a tenant's event: new rules, and other people, are looked at with everything that waits or is in force.
pub fn react(event: &TenantEvent) -> Vec<Reaction> {
    match event {
        TenantEvent::RulesPublished { .. } => vec![Reaction::new("recheck", Wish::Review)],
        TenantEvent::PersonRecorded { .. } | TenantEvent::GroupSynced { .. } => {
            vec![Reaction::new("review", Wish::Review)]
        }
        TenantEvent::AccountUnbound { identity, principal, why: UnboundWhy::Vendor, .. } => {
            let (id, surface) = (principal.clone(), identity.surface);
            vec![Reaction::new("switched_off", Wish::SwitchedOff { id, surface })]
        }
        TenantEvent::PersonRemoved { id } => vec![Reaction::new("leave", Wish::Leave { id: id.clone() })],
        _ => vec![],
    }
}
