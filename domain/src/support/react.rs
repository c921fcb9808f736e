//! What follows from what happens to a ticket: those whose turn it is hear of it.

use super::{Side, TicketEvent};
use crate::names::PrincipalId;
use crate::reaction::{Reaction, Then};

/// Whoever hears of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hears {
    /// Who asked.
    Asker,
    /// Who looks after it; all who may, where nobody does yet.
    Desk,
    /// This one.
    One(PrincipalId),
    /// The members of these groups.
    Groups(Vec<String>),
}

/// What follows up on what happened to a ticket.
#[derive(Debug, Clone, PartialEq)]
pub enum FollowUp {
    /// Tell of it.
    Tell {
        /// Of which ticket.
        number: u64,
        /// Whom.
        hears: Hears,
        /// What happened.
        event: Box<TicketEvent>,
    },
}

/// What follows from `event`, which happened to the ticket of this number.
pub fn react<W, F: From<FollowUp>>(number: u64, event: &TicketEvent) -> Vec<Reaction<W, F>> {
    let Some(hears) = hears(event) else { return vec![] };
    let tell = FollowUp::Tell { number, hears, event: Box::new(event.clone()) };
    vec![Reaction::new("tell", Then::FollowUp(tell.into()))]
}

/// Whose turn it is now, or who is to know.
fn hears(event: &TicketEvent) -> Option<Hears> {
    use TicketEvent as E;
    Some(match event {
        // What is promised is known from here on, and who works on it.
        E::TicketTriaged { by: None, .. } => Hears::Desk,
        E::TicketAssigned { by, to: Some(to), .. } if by != to => Hears::One(to.clone()),
        E::TicketReplied { side: Side::Staff, .. } | E::TicketResolved { .. } => Hears::Asker,
        E::TicketReplied { side: Side::Asker, .. } | E::SlaWarned { .. } | E::SlaBreached { .. } => {
            Hears::Desk
        }
        E::TicketEscalated { to, .. } => Hears::Groups(to.clone()),
        // Of the others somebody hears by what came with them: that it waits, goes on or is open again, by what was said.
        E::TicketOpened(_)
        | E::TicketTriaged { .. }
        | E::TicketAssigned { .. }
        | E::TicketWaiting { .. }
        | E::TicketResumed { .. }
        | E::TicketReopened { .. }
        | E::TicketClosed { .. }
        | E::TicketLinked { .. }
        | E::SlaMet { .. } => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::example::every_event;
    use super::*;

    #[test]
    fn whose_turn_it_is_hears_of_it_once() {
        let heard: Vec<_> = every_event()
            .iter()
            .filter_map(|event| Some((<&'static str>::from(event), hears(event)?)))
            .collect();
        let asker = heard.iter().filter(|(_, hears)| *hears == Hears::Asker).map(|(name, _)| *name);
        assert!(asker.clone().any(|name| name == "ticket_resolved"), "{heard:?}");
        assert!(
            heard
                .iter()
                .any(|(name, hears)| *name == "ticket_escalated" && matches!(hears, Hears::Groups(_)))
        );
        assert!(heard.iter().any(|(name, hears)| *name == "sla_breached" && *hears == Hears::Desk));
        assert!(!heard.iter().any(|(name, _)| *name == "sla_met"), "what is kept is no news");
    }
}
