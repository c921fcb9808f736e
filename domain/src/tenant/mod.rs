//! A tenant: its people and its rules, versioned and kept as events.

mod aggregate;
mod person;

pub use aggregate::{PublishedRules, TenantCommand, TenantEvent, TenantState};
pub use person::{Person, Role};

use crate::reaction::{Reaction, Wish};

/// What follows from a tenant's event: new rules are asked about everything that waits.
pub fn react(event: &TenantEvent) -> Vec<Reaction> {
    match event {
        TenantEvent::RulesPublished { .. } => vec![Reaction::new("recheck", Wish::RecheckWaiting)],
        _ => vec![],
    }
}
