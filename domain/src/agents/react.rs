//! What follows from what happens to an agent: it is looked at once it was asked for, put in force once it was countersigned, and then
//! what was in its place gives way; what is retired is taken out.

use jiff::Timestamp;

use super::{Agent, AgentCommand, AgentEvent, AgentRequest, AgentRequestEvent, Effect, FollowUp};
use crate::names::PrincipalId;
use crate::reaction::{Reaction, Then};
use crate::request::RequestEvent;

/// What follows from `event`, which led to `request`.
pub fn react<E: From<Effect>, F: From<crate::request::FollowUp<Agent>>>(
    request: &AgentRequest,
    event: &AgentRequestEvent,
    _at: Timestamp,
    _name: &dyn Fn(&PrincipalId) -> String,
) -> Vec<Reaction<E, F>> {
    let Some(draft) = &request.asked else { return vec![] };
    let (code, agent) = (draft.code.clone(), draft.definition.name.clone());
    let (step, effect) = match event {
        RequestEvent::Requested { .. } => ("check", Effect::CheckAgent { code, agent }),
        RequestEvent::Approved { .. } => ("publish", Effect::PublishAgent { code, agent }),
        RequestEvent::Own(AgentEvent::Retired { .. }) => ("retire", Effect::RetireAgent { code, agent }),
        RequestEvent::Own(AgentEvent::Published { .. }) => {
            let before = draft.before.as_ref().and_then(|before| before.request.clone());
            return before.map(|before| give_way(before, code)).into_iter().collect();
        }
        _ => return vec![],
    };
    vec![Reaction::new(step, Then::Perform(effect.into()))]
}

/// Lets the request of the version before know that another is in its place.
fn give_way<E, F: From<crate::request::FollowUp<Agent>>>(
    before: crate::request::Code,
    to: crate::request::Code,
) -> Reaction<E, F> {
    const STEP: &str = "give_way";
    let command = Box::new(AgentCommand::GiveWay { to }.into());
    Reaction::new(STEP, Then::FollowUp(FollowUp::Tell { code: before, name: STEP, command }.into()))
}
