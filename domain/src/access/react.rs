//! What follows from an access request's events: look-ups, permissions, and the ticket's comments and moves.

use jiff::Timestamp;

use super::event::{AccessEvent, Proposal};
use super::{Access, Asked};
use crate::effect::{Effect, PermissionTask};
use crate::ports::TicketMove;
use crate::reaction::{Reaction, Wish};
use crate::words;

/// What follows from `event`, which led to `state` at `at`.
pub fn react(state: &Access, event: &AccessEvent, at: Timestamp) -> Vec<Reaction> {
    let Some(asked) = &state.asked else { return vec![] };
    let mut reactions: Vec<_> = outside(asked, event).into_iter().collect();
    if let Some(ticket) = ticket(state) {
        let effects = [
            moved(event).map(|to| {
                (
                    "move_ticket",
                    Effect::MoveTicket { code: asked.code.clone(), ticket: ticket.to_owned(), to },
                )
            }),
            words::ticket_news(state, event, at).map(|paragraphs| {
                (
                    "comment",
                    Effect::Comment { code: asked.code.clone(), ticket: ticket.to_owned(), paragraphs },
                )
            }),
        ];
        reactions.extend(
            effects.into_iter().flatten().map(|(step, effect)| Reaction::new(step, Wish::Perform(effect))),
        );
    }
    reactions
}

/// What must be done at the forge, or looked up.
fn outside(asked: &Asked, event: &AccessEvent) -> Option<Reaction> {
    let code = asked.code.clone();
    let account = asked.subject.account.clone();
    let (step, effect) = match event {
        AccessEvent::AccessRequested { asked } => (
            "look_up",
            Effect::LookUp {
                code,
                account,
                repository: asked.repository.clone(),
                ticket: asked.ticket.clone(),
            },
        ),
        AccessEvent::AccessApproved { .. } => {
            let permission = asked.permission?;
            let task = PermissionTask::Grant { permission };
            ("grant", Effect::SetPermission { code, account, repository: asked.repository.clone()?, task })
        }
        AccessEvent::AccessEnding { .. } => {
            let task = PermissionTask::End;
            ("end", Effect::SetPermission { code, account, repository: asked.repository.clone()?, task })
        }
        _ => return None,
    };
    Some(Reaction::new(step, Wish::Perform(effect)))
}

/// The ticket to keep informed: only one that the tracker has said exists.
fn ticket(state: &Access) -> Option<&str> {
    state.findings.as_ref()?.ticket.as_ref().map(|ticket| ticket.key.as_str())
}

/// Where the ticket moves. Never backwards: started, then done one way or the other.
fn moved(event: &AccessEvent) -> Option<TicketMove> {
    match event {
        AccessEvent::AccessWaiting { proposal: Proposal::Grant, .. } => Some(TicketMove::Started),
        AccessEvent::AccessGranted { .. } => Some(TicketMove::Granted),
        AccessEvent::AccessDenied { proposal: Proposal::Grant, .. }
        | AccessEvent::AccessWithdrawn { proposal: Proposal::Grant, .. }
        | AccessEvent::AccessLapsed { proposal: Proposal::Grant } => Some(TicketMove::Declined),
        _ => None,
    }
}
