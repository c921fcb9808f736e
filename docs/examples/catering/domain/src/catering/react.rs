//! What follows from what happens to an order.

use jiff::Timestamp;

use super::{Catering, CateringCommand};
use crate::names::PrincipalId;
use crate::reaction::{Reaction, Then};
use crate::request::{Command, FollowUp, Nothing, Request, RequestEvent};

/// What follows from `event`, which led to `catering`: the rules are asked once it was asked for, and it is ordered once it was
/// approved. Something outside would be an effect here, `Then::Perform`.
pub fn react<E, F: From<FollowUp<Catering>>>(
    catering: &Request<Catering>,
    event: &RequestEvent<Catering>,
    _at: Timestamp,
    _name: &dyn Fn(&PrincipalId) -> String,
) -> Vec<Reaction<E, F>> {
    let Some(code) = catering.asked.as_ref().map(|order| order.code.clone()) else { return vec![] };
    let (step, follow_up) = match event {
        RequestEvent::Requested { .. } => ("check", FollowUp::Check { code, findings: Box::new(Nothing {}) }),
        RequestEvent::Approved { .. } => {
            let command = Box::new(Command::Own(CateringCommand::Order));
            ("order", FollowUp::Tell { code, name: "order", command })
        }
        _ => return vec![],
    };
    vec![Reaction::new(step, Then::FollowUp(follow_up.into()))]
}
