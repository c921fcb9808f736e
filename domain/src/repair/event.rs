//! What a countersignature is asked for, and what can happen to a plan that was approved. Names and shapes are for ever.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Drift, Remedy};
use crate::aggregate::Tagged;
use crate::names::PrincipalId;

/// What a countersignature is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proposal {
    /// To carry out the plan.
    Repair,
}

/// What was being done when an effect had to be parked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Looking at what is held.
    Checking,
    /// Putting it right.
    Repairing,
}

/// What happens to a plan once it was approved. Of each item one of these is said, by its number from 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "type", content = "data", rename_all = "snake_case", bound = "")]
#[strum(serialize_all = "snake_case")]
pub enum RepairEvent<D: Drift> {
    /// The log takes over what is held: from now on that is how it is meant.
    Adopted {
        /// Which item.
        item: u32,
        /// What was different.
        drift: D,
        /// Since when it was seen, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Option<Timestamp>,
        /// Who countersigned that.
        by: Vec<PrincipalId>,
    },
    /// What was held was set back to what the log wants, and read back.
    Reverted {
        /// Which item.
        item: u32,
        /// What was different.
        drift: D,
        /// An operator said that it was done by hand: nobody read it back.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_hand: bool,
    },
    /// Nobody speaks of it until then, as long as it stays what it is.
    Ignored {
        /// Which item.
        item: u32,
        /// What is different.
        drift: D,
        /// Until when.
        until: Timestamp,
        /// Who countersigned that.
        by: Vec<PrincipalId>,
    },
    /// Nothing was done: it is otherwise than was countersigned.
    Otherwise {
        /// Which item.
        item: u32,
        /// What was countersigned; as it was when the plan was made, where nothing was different then.
        drift: D,
        /// What is different now; nothing where nothing is.
        found: Option<D>,
    },
    /// Nothing was done: an operator gave it up.
    LeftUndone {
        /// Which item.
        item: u32,
        /// What is different.
        drift: D,
        /// Why.
        why: String,
    },
    /// Nothing was done: whose it is does not belong here any more.
    HolderLeft {
        /// Which item.
        item: u32,
        /// What is different.
        drift: D,
        /// The name people saw.
        name: String,
    },
    /// Something was said of every item.
    Finished {},
    /// Somebody who countersigned it left, or might not any more, before it was begun: nothing of it is done.
    CalledOff {
        /// Who.
        who: PrincipalId,
        /// The name people saw.
        name: String,
    },
}

impl<D: Drift> Tagged for RepairEvent<D> {}

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", bound = "")]
pub enum Became<D: Drift> {
    /// It was done, as the plan says.
    Repaired {
        /// An operator said so, and nobody read it back.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_hand: bool,
    },
    /// It was otherwise than was countersigned, so nothing was done.
    Otherwise {
        /// What is different now.
        found: Option<D>,
    },
    /// An operator gave it up.
    LeftUndone {
        /// Why.
        why: String,
    },
    /// Whose it is does not belong here any more, so nothing was done.
    HolderLeft {
        /// The name people saw.
        name: String,
    },
}

/// An item of which it is known what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Settled<D: Drift> {
    /// Its number in the plan, from 0.
    pub item: u32,
    /// What became of it.
    pub became: Became<D>,
}

/// What those whom a plan concerns are told once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepairNews {
    /// It was carried out.
    Repaired,
    /// Nothing of it was done, because somebody left.
    CalledOff,
}

impl<D: Drift> RepairEvent<D> {
    /// The item that it is about, and what became of that.
    pub fn settled(&self) -> Option<Settled<D>> {
        let (item, became) = match self {
            Self::Adopted { item, .. } | Self::Ignored { item, .. } => {
                (*item, Became::Repaired { by_hand: false })
            }
            Self::Reverted { item, by_hand, .. } => (*item, Became::Repaired { by_hand: *by_hand }),
            Self::Otherwise { item, found, .. } => (*item, Became::Otherwise { found: found.clone() }),
            Self::LeftUndone { item, why, .. } => (*item, Became::LeftUndone { why: why.clone() }),
            Self::HolderLeft { item, name, .. } => (*item, Became::HolderLeft { name: name.clone() }),
            Self::Finished {} | Self::CalledOff { .. } => return None,
        };
        Some(Settled { item, became })
    }

    /// How the difference was put right, and which it was; nothing where it was not.
    pub const fn remedy(&self) -> Option<(Remedy, &D)> {
        match self {
            Self::Adopted { drift, .. } => Some((Remedy::Adopt, drift)),
            Self::Reverted { drift, .. } => Some((Remedy::Revert, drift)),
            Self::Ignored { drift, until, .. } => Some((Remedy::Ignore { until: *until }, drift)),
            Self::Otherwise { .. }
            | Self::LeftUndone { .. }
            | Self::HolderLeft { .. }
            | Self::Finished {}
            | Self::CalledOff { .. } => None,
        }
    }
}
