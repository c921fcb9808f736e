//! A tenant: its people and its rules, versioned and kept as events.

mod aggregate;
mod binding;
mod leaving;
mod missed;
mod naming;
mod person;
mod preferences;

pub use aggregate::{PublishedRules, TenantCommand, TenantEvent, TenantState};
pub use binding::{Binding, BoundBy, LINK_MINUTES, Link, UnboundWhy};
pub use missed::{LINK_LOCKED, LINK_TRIES, Missed};
pub use person::{Person, Role};
pub use preferences::{Away, Preferences, QuietHours};

use crate::reaction::{Reaction, Then};

/// What follows from a tenant's event: new rules, and other people, are looked at with everything that waits or is in force.
pub fn react<E, F>(event: &TenantEvent) -> Vec<Reaction<E, F>> {
    match event {
        TenantEvent::RulesPublished { .. } => vec![Reaction::new("recheck", Then::Review)],
        TenantEvent::PersonRecorded { .. } | TenantEvent::GroupSynced { .. } => {
            vec![Reaction::new("review", Then::Review)]
        }
        TenantEvent::AccountUnbound { identity, principal, why: UnboundWhy::Vendor, .. } => {
            let (id, surface) = (principal.clone(), identity.surface);
            vec![Reaction::new("switched_off", Then::SwitchedOff { id, surface })]
        }
        TenantEvent::PersonRemoved { id } => vec![Reaction::new("leave", Then::Leave { id: id.clone() })],
        _ => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::example::erin;
    use crate::ports::{Identity, SurfaceKind};

    #[test]
    fn trust_a4_when_rules_or_people_change_everything_is_looked_at_again() {
        let id = erin().id;
        let identity = Identity::new(SurfaceKind::Slack, "T1", "U1").unwrap();
        let unbound = |why| TenantEvent::AccountUnbound {
            identity: identity.clone(),
            principal: id.clone(),
            by: None,
            why,
        };
        let switched_off = Then::<(), ()>::SwitchedOff { id: id.clone(), surface: SurfaceKind::Slack };
        for (event, wish) in [
            (TenantEvent::RulesPublished { version: 2, text: String::new() }, Some(Then::Review)),
            (TenantEvent::PersonRecorded { person: erin() }, Some(Then::Review)),
            (TenantEvent::GroupSynced { group: "leads".to_owned(), members: [].into() }, Some(Then::Review)),
            (TenantEvent::PersonRemoved { id: id.clone() }, Some(Then::Leave { id: id.clone() })),
            (unbound(UnboundWhy::Vendor), Some(switched_off)),
            (unbound(UnboundWhy::Asked), None),
            (unbound(UnboundWhy::Replaced), None),
            (TenantEvent::TenantCreated { name: "Acme".to_owned() }, None),
        ] {
            let wishes: Vec<_> = react(&event).into_iter().map(|reaction| reaction.then).collect();
            assert_eq!(wishes, Vec::from_iter(wish), "{event:?}");
        }
    }
}
