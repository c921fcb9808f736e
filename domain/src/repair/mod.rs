//! Repairs: what a capability wants and the outside holds otherwise, put right by a plan that somebody else countersigns.
//!
//! A plan says of each difference whether the log takes over what is held (adopt), what is held is set back to what the log wants
//! (revert), or nobody speaks of it until some time (ignore). It is looked up again before anybody decides, and once more before
//! each of its items is carried out: what is otherwise by then is left as it is. Never more than a share of what is held is changed
//! at once. Nothing here knows which capabilities there are: what can differ is a [`Drift`].

mod cap;
mod drift;
mod effect;
mod event;
#[cfg(test)]
pub(crate) mod example;
mod fault;
mod found;
#[cfg(test)]
mod gone_tests;
mod kind;
mod plan;
mod question;
mod react;
mod settle;
mod state;
#[cfg(test)]
mod toy;
mod words;

pub use cap::{Elsewhere, Share};
pub use drift::{Drift, Place, Repaired};
pub use effect::{Effect, Outcome, Plan as EffectPlan};
pub use event::{Became, Phase, Proposal, RepairEvent, RepairNews, Settled};
pub use fault::{Fault, Over};
pub use found::{Changed, Found};
pub use kind::{IGNORED_DAYS, no_proposer};
pub use plan::{Item, MOST_ITEMS, Plan, Remedy, Step, mark};
pub use question::{OR_APPROVERS, RULES, may_propose, ruling};
pub use react::react;
pub use settle::RepairCommand;
pub use state::{Repair, RepairRequest};
pub use words::{changed, dry_run, happened, not_for, summary, told};

use crate::request;

/// What follows up on what a repair wished.
pub type FollowUp<D> = request::FollowUp<Repair<D>>;
