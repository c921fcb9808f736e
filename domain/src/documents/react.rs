//! What follows from what happens to a document: it is read, put into the index, countersigned, and then takes the place of the version
//! before it. Who gets that place is decided in the stream of the version that has it, so two that want it at once have one winner.

use jiff::Timestamp;

use super::{
    Document, DocumentCommand, DocumentEvent, DocumentRequest, DocumentRequestEvent, Effect, FollowUp,
};
use crate::names::PrincipalId;
use crate::reaction::{Reaction, Then};
use crate::request::{Code, RequestEvent};

/// What follows from `event`, which led to `document`.
pub fn react<E: From<Effect>, F: From<crate::request::FollowUp<Document>>>(
    document: &DocumentRequest,
    event: &DocumentRequestEvent,
    _at: Timestamp,
    _name: &dyn Fn(&PrincipalId) -> String,
) -> Vec<Reaction<E, F>> {
    let Some(asked) = &document.asked else { return vec![] };
    let code = asked.code.clone();
    let perform = |step, effect: Effect| Reaction::new(step, Then::Perform(effect.into()));
    let tell = |step, code: Code, command: DocumentCommand| {
        let follow_up = FollowUp::Tell { code, name: step, command: Box::new(command.into()) };
        Reaction::new(step, Then::FollowUp(follow_up.into()))
    };
    match event {
        RequestEvent::Requested { .. } => vec![perform("read", Effect::ReadDocument { code })],
        RequestEvent::Own(DocumentEvent::Extracted { .. }) => {
            vec![perform("index", Effect::IndexDocument { code })]
        }
        RequestEvent::Approved { .. } => vec![match &asked.replaces {
            None => tell("go_live", code, DocumentCommand::GoLive),
            Some(before) => tell("give_way", before.request.clone(), DocumentCommand::GiveWay { to: code }),
        }],
        RequestEvent::Own(DocumentEvent::Replaced { by }) => {
            vec![
                tell("go_live", by.clone(), DocumentCommand::GoLive),
                perform("forget", Effect::ForgetDocument { code }),
            ]
        }
        RequestEvent::Own(DocumentEvent::PassedOver { by }) => {
            vec![tell("overtake", by.clone(), DocumentCommand::Overtake)]
        }
        // What never becomes live is not kept in the index.
        RequestEvent::Own(DocumentEvent::Retired { .. } | DocumentEvent::Overtaken {})
        | RequestEvent::Denied { .. }
        | RequestEvent::Withdrawn { .. }
        | RequestEvent::Lapsed { .. }
        | RequestEvent::Closed { .. } => vec![perform("forget", Effect::ForgetDocument { code })],
        _ => vec![],
    }
}
