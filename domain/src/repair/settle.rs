//! Deciding what became of a plan's items.

use super::{Became, Drift, Item, Remedy, Repair, RepairEvent, RepairRequest, Settled};
use crate::names::PrincipalId;
use crate::request::RequestEvent;

/// What a plan can be asked besides what every request can.
#[derive(Debug, Clone, PartialEq)]
pub enum RepairCommand<D: Drift> {
    /// It is known what became of these items.
    Settle(Vec<Settled<D>>),
}

pub(super) fn decide<D: Drift>(
    repair: &RepairRequest<D>,
    RepairCommand::Settle(settled): RepairCommand<D>,
) -> Vec<RequestEvent<Repair<D>>> {
    let (Some(plan), true) = (&repair.asked, repair.is_being_carried_out()) else { return vec![] };
    let mut known: Vec<u32> = repair.own.settled.iter().map(|settled| settled.item).collect();
    let mut events = Vec::new();
    for Settled { item, became } in settled {
        let number = item as usize;
        let Some(planned) = plan.items.get(number).filter(|_| !known.contains(&item)) else { continue };
        let shown = plan.found(number, repair.findings.as_ref()).unwrap_or(&planned.drift);
        events.push(event(item, (planned, shown), became, &repair.countersigned_by));
        known.push(item);
    }
    if !events.is_empty() && known.len() == plan.items.len() {
        events.push(RepairEvent::Finished {});
    }
    events.into_iter().map(RequestEvent::Own).collect()
}

fn event<D: Drift>(
    item: u32,
    (planned, shown): (&Item<D>, &D),
    became: Became<D>,
    by: &[PrincipalId],
) -> RepairEvent<D> {
    let (drift, by) = (shown.clone(), by.to_vec());
    match (became, planned.remedy) {
        (Became::Repaired { .. }, Remedy::Adopt) => {
            RepairEvent::Adopted { item, drift, seen: planned.seen, by }
        }
        (Became::Repaired { by_hand }, Remedy::Revert) => RepairEvent::Reverted { item, drift, by_hand },
        (Became::Repaired { .. }, Remedy::Ignore { until }) => {
            RepairEvent::Ignored { item, drift, until, by }
        }
        (Became::Otherwise { found }, _) => RepairEvent::Otherwise { item, drift, found },
        (Became::LeftUndone { why }, _) => RepairEvent::LeftUndone { item, drift, why },
        (Became::HolderLeft { name }, _) => RepairEvent::HolderLeft { item, drift, name },
    }
}

#[cfg(test)]
mod tests;
