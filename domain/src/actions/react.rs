//! What follows from what happens to an action: it is rehearsed once it was asked for, and done once it was countersigned.

use jiff::Timestamp;

use super::{ActionRequest, ActionRequestEvent, Effect};
use crate::names::PrincipalId;
use crate::reaction::{Reaction, Then};
use crate::request::RequestEvent;

/// What follows from `event`, which led to `action`.
pub fn react<E: From<Effect>, F>(
    action: &ActionRequest,
    event: &ActionRequestEvent,
    _at: Timestamp,
    _name: &dyn Fn(&PrincipalId) -> String,
) -> Vec<Reaction<E, F>> {
    let Some(run) = &action.asked else { return vec![] };
    let code = run.code.clone();
    let (step, effect) = match event {
        RequestEvent::Requested { .. } => ("rehearse", Effect::RehearseAction { code }),
        RequestEvent::Approved { .. } => ("do", Effect::DoAction { code, action: run.entry.name.clone() }),
        _ => return vec![],
    };
    vec![Reaction::new(step, Then::Perform(effect.into()))]
}
