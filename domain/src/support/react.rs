//! What follows from what happens to a ticket: those whose turn it is hear of it, and so does the tracker where it stands as well.

use super::words::{linked_there, made_there, said_there};
use super::{Effect, Pages, Saying, Side, Sight, Solved, There, Ticket, TicketEvent};
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
    /// Something happened to an issue of the tracker: where a ticket stands there, it is looked at.
    Touched {
        /// The key.
        key: String,
    },
    /// Let a ticket know under which key it was made in the tracker.
    Made {
        /// Which ticket.
        number: u64,
        /// The key.
        key: String,
    },
    /// Let a ticket take in what was seen there.
    TakeThere {
        /// Which ticket.
        number: u64,
        /// What.
        sight: Box<Sight>,
    },
    /// Let a ticket know that we moved it there.
    TakeMoved {
        /// Which ticket.
        number: u64,
        /// Its key there.
        key: String,
        /// How it stands.
        there: There,
    },
}

/// What follows from `event`, which led to this state of the ticket of this number. In the tracker people are called by the `name`
/// they have here.
pub fn react<W: From<Effect>, F: From<FollowUp>>(
    number: u64,
    ticket: &Ticket,
    event: &TicketEvent,
    name: &dyn Fn(&PrincipalId) -> String,
) -> Vec<Reaction<W, F>> {
    let tell = hears(event).map(|hears| {
        let tell = FollowUp::Tell { number, hears, event: Box::new(event.clone()) };
        Reaction::new("tell", Then::FollowUp(tell.into()))
    });
    let outside = wished(number, ticket, event, name).into_iter();
    let outside = outside.map(|(step, effect)| Reaction::new(step, Then::Perform(effect.into())));
    tell.into_iter().chain(outside).collect()
}

/// What is wished of the outside. What came from there, or was moved there by a person, is told nobody there.
fn wished(
    number: u64,
    ticket: &Ticket,
    event: &TicketEvent,
    name: &dyn Fn(&PrincipalId) -> String,
) -> Vec<(&'static str, Effect)> {
    use TicketEvent as E;
    let (opened, key) = (ticket.opened.as_ref(), ticket.key.as_ref());
    let say = |key: &String, saying: &Saying| {
        let paragraphs = said_there(&name(&saying.by), saying);
        ("say", Effect::SayThere { number, key: key.clone(), nth: saying.nth, paragraphs })
    };
    let said = |by: &PrincipalId, resolves, text: &str| {
        let saying = Saying { nth: ticket.mirror.said, by: by.clone(), resolves, text: text.to_owned() };
        key.map(|key| say(key, &saying))
    };
    let moved = || {
        let belongs = key.filter(|_| ticket.belongs_there().is_some());
        belongs.map(|key| ("move", Effect::MoveThere { number, key: key.clone() }))
    };
    match event {
        E::TicketMirrored { project } => {
            let (Some(opened), project) = (opened, project.clone()) else { return vec![] };
            let (title, paragraphs) = (opened.subject.clone(), made_there(&name(&opened.by), opened));
            vec![("make", Effect::MakeThere { number, project, title, paragraphs })]
        }
        E::TicketLinked { key, by } => {
            let linked = opened.zip(by.as_ref()).map(|(opened, by)| {
                let paragraphs = linked_there(&name(by), &name(&opened.by), opened);
                ("say", Effect::SayThere { number, key: key.clone(), nth: 0, paragraphs })
            });
            let unsaid = ticket.mirror.unsaid.iter().map(|saying| say(key, saying));
            let look = ("look", Effect::LookThere { number, key: key.clone() });
            linked.into_iter().chain(unsaid).chain([look]).collect()
        }
        E::TicketReplied { by, text, .. } => said(by, false, text).into_iter().collect(),
        E::TicketResolved { by, how, .. } => said(by, true, how).into_iter().chain(moved()).collect(),
        E::TicketAssigned { to: Some(_), .. } => moved().into_iter().collect(),
        // What was resolved before was moved then, or left where a person had put it.
        E::TicketClosed { .. } if ticket.mirror.solved == Solved::Not => moved().into_iter().collect(),
        // What was done here before it was known how it stands there.
        E::TrackerSeen { .. } if ticket.mirror.is_first_sight => moved().into_iter().collect(),
        E::TicketPaged { promise, by: Pages::Webhook {}, times, .. } => {
            vec![("wake", Effect::WakeSomebody { number, promise: *promise, times: *times })]
        }
        _ => vec![],
    }
}

/// Whose turn it is now, or who is to know.
fn hears(event: &TicketEvent) -> Option<Hears> {
    use TicketEvent as E;
    Some(match event {
        // What is promised is known from here on, and who works on it.
        E::TicketAssigned { by, to: Some(to), .. } if by != to => Hears::One(to.clone()),
        E::TicketReplied { side: Side::Staff, .. }
        | E::TrackerCommented { side: Side::Staff, .. }
        | E::TicketResolved { .. }
        | E::TicketResolvedThere { .. } => Hears::Asker,
        E::TicketTriaged { by: None, .. }
        | E::TicketReplied { side: Side::Asker, .. }
        | E::TrackerCommented { side: Side::Asker, .. }
        | E::SlaWarned { .. }
        | E::SlaBreached { .. } => Hears::Desk,
        E::TicketEscalated { to, .. } => Hears::Groups(to.clone()),
        E::TicketPaged { by: Pages::Group { group }, .. } => Hears::Groups(vec![group.clone()]),
        // Of the others somebody hears by what came with them: that it waits, goes on or is open again, by what was said.
        E::TicketOpened(_)
        | E::TicketTriaged { .. }
        | E::TicketAssigned { .. }
        | E::TicketWaiting { .. }
        | E::TicketResumed { .. }
        | E::TicketReopened { .. }
        | E::TicketClosed { .. }
        | E::TicketLinked { .. }
        | E::TicketMirrored { .. }
        | E::TrackerSeen { .. }
        | E::TicketPaged { .. }
        | E::TicketAcknowledged { .. }
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
