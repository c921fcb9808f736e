//! What follows outside from a repair's events: looking at what is held, and putting each item right.

use jiff::Timestamp;

use super::{Became, Drift, Effect, FollowUp, Repair, RepairCommand, RepairRequest, Repaired, Settled};
use crate::names::PrincipalId;
use crate::reaction::{Reaction, Then};
use crate::request::{Command, RequestEvent};

/// What follows from `event`, which led to `repair`.
pub fn react<D, E, F>(
    repair: &RepairRequest<D>,
    event: &RequestEvent<Repair<D>>,
    _at: Timestamp,
    _name: &dyn Fn(&PrincipalId) -> String,
) -> Vec<Reaction<E, F>>
where
    D: Drift,
    E: From<Effect<D>>,
    F: From<FollowUp<D>> + From<D::FollowUp>,
{
    let Some(plan) = &repair.asked else { return vec![] };
    let code = || plan.code.clone();
    match event {
        RequestEvent::Requested { asked } => {
            let drifts = asked.items.iter().map(|item| item.drift.clone()).collect();
            let look = Effect::LookAtDrift { code: code(), drifts };
            vec![Reaction::new("look_at_drift", Then::Perform(look.into()))]
        }
        RequestEvent::Approved { .. } => carry_out(repair),
        RequestEvent::Own(own) => {
            let Some((remedy, drift)) = own.remedy() else { return vec![] };
            let repaired = Repaired { code: &plan.code, remedy, by: &repair.countersigned_by };
            let steps = drift.repaired(repaired).into_iter();
            steps.map(|(step, own)| Reaction::new(step, Then::FollowUp(own.into()))).collect()
        }
        _ => vec![],
    }
}

/// Each item is put right by an effect of its own; what is not different any more needs none.
fn carry_out<D, E, F>(repair: &RepairRequest<D>) -> Vec<Reaction<E, F>>
where
    D: Drift,
    E: From<Effect<D>>,
    F: From<FollowUp<D>>,
{
    let Some(plan) = &repair.asked else { return vec![] };
    let (mut reactions, mut over) = (Vec::new(), Vec::new());
    for (number, (item, planned)) in (0_u32..).zip(&plan.items).enumerate() {
        match plan.found(number, repair.findings.as_ref()) {
            Some(shown) => {
                let (code, shown, remedy) = (plan.code.clone(), shown.clone(), planned.remedy);
                let effect = Effect::Repair { code, item, shown, remedy };
                reactions.push(Reaction::new("repair", Then::Perform(effect.into())));
            }
            None => over.push(Settled { item, became: Became::Otherwise { found: None } }),
        }
    }
    if !over.is_empty() {
        let command = Box::new(Command::Own(RepairCommand::Settle(over)));
        let tell = FollowUp::Tell { code: plan.code.clone(), name: "settle", command };
        reactions.push(Reaction::new("settle", Then::FollowUp(tell.into())));
    }
    reactions
}

#[cfg(test)]
mod tests;
