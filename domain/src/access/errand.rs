//! What access does by itself because of what became of what it wished, besides what every kind does.

use super::{Access, ComparisonEvent, Permission, Spot};
use crate::names::PrincipalId;
use crate::request::{self, Code};

/// What follows up on what access wished.
pub type FollowUp = request::FollowUp<Access>;

/// What only access does.
#[derive(Debug, Clone, PartialEq)]
pub enum Errand {
    /// What was different at the forge is there as the log wants it now.
    Settle(Spot),
    /// What has to end there and waits for an operator is tried once more.
    Revisit(Vec<Spot>),
    /// What was taken away there past the log has ended: every access that gives more than is left.
    TakenAway {
        /// Where.
        spot: Spot,
        /// What is left.
        left: Option<Permission>,
        /// By which repair.
        code: Code,
        /// Who countersigned that.
        by: Vec<PrincipalId>,
    },
    /// This has begun to wait, to be in force, or is over: the cards of what else of the same person's is open on the same repository
    /// name what is open beside it, and what waits of that is looked at again where something else is held now.
    Beside(Code),
    /// Tell the administrators what a comparison with the forge came to.
    TellOfComparison(Box<ComparisonEvent>),
}
