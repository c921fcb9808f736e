//! What follows from what happens to a change of the rules.

use jiff::Timestamp;

use super::{Effect, RuleChangeEvent, RuleChangeRequest};
use crate::names::PrincipalId;
use crate::reaction::{Reaction, Then};

/// What follows from `event`, which led to `change`: it is compared once it was asked for, and published once it was approved.
pub fn react<E: From<Effect>, F>(
    change: &RuleChangeRequest,
    event: &RuleChangeEvent,
    _at: Timestamp,
    _name: &dyn Fn(&PrincipalId) -> String,
) -> Vec<Reaction<E, F>> {
    let Some(code) = change.asked.as_ref().map(|draft| draft.code.clone()) else { return vec![] };
    let (step, effect) = match event {
        RuleChangeEvent::Requested { .. } => ("compare", Effect::CompareRules { code }),
        RuleChangeEvent::Approved { .. } => ("publish", Effect::PublishRules { code }),
        _ => return vec![],
    };
    vec![Reaction::new(step, Then::Perform(effect.into()))]
}
