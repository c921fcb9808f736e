//! What came of a plan: the fold of the events that only repairs have.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Became, Drift, RepairEvent, Settled};
use crate::request::{Leaver, Request, Stage};

/// A request for a repair.
pub type RepairRequest<D> = Request<Repair<D>>;

/// What came of a plan that was approved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Repair<D: Drift> {
    /// What became of each item, in the order in which that was known.
    #[serde(default)]
    pub settled: Vec<Settled<D>>,
    /// The name of who left, so that nothing of it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called_off: Option<String>,
}

impl<D: Drift> Default for Repair<D> {
    fn default() -> Self {
        Self { settled: vec![], called_off: None }
    }
}

impl<D: Drift> Repair<D> {
    /// What became of the item of this number.
    pub fn settled(&self, item: u32) -> Option<&Settled<D>> {
        self.settled.iter().find(|settled| settled.item == item)
    }

    pub(super) fn apply(&mut self, event: &RepairEvent<D>, _at: Timestamp) -> Option<Stage> {
        match event {
            RepairEvent::Finished {} => return Some(Stage::Standing),
            RepairEvent::CalledOff { name, .. } => {
                self.called_off = Some(name.clone());
                return Some(Stage::Over);
            }
            of_an_item => self.settled.extend(of_an_item.settled()),
        }
        None
    }
}

impl<D: Drift> RepairRequest<D> {
    /// Whether it was approved and is being carried out, be it that something of it failed.
    pub fn is_being_carried_out(&self) -> bool {
        let is_at_it = self.is_approved() || self.own.has_begun_to_settle();
        is_at_it && matches!(self.stage, Stage::Working | Stage::Failed)
    }

    /// Whether an item is still to be carried out, exactly as it was countersigned.
    pub fn is_to_be_done(&self, item: u32) -> bool {
        self.is_being_carried_out() && self.own.settled(item).is_none()
    }
}

impl<D: Drift> RepairRequest<D> {
    /// Whether an item changes something, or did, as far as is known. Of what an operator gave up that is not known.
    pub(super) fn is_counted(&self, item: u32) -> bool {
        match self.own.settled(item).map(|settled| &settled.became) {
            None => self.is_being_carried_out(),
            Some(Became::Otherwise { .. } | Became::HolderLeft { .. }) => false,
            Some(Became::Repaired { .. } | Became::LeftUndone { .. }) => true,
        }
    }
}

impl<D: Drift> Repair<D> {
    pub(super) const fn has_begun_to_settle(&self) -> bool {
        !self.settled.is_empty()
    }
}

/// That nothing of it is done because somebody who countersigned it left, or might not any more.
pub(super) fn called_off<D: Drift>(Leaver { who, name }: Leaver) -> RepairEvent<D> {
    RepairEvent::CalledOff { who, name }
}
