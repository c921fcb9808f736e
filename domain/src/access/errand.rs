//! What access does by itself because of what became of what it wished, besides what every kind does.

use super::{Access, ComparisonEvent, Spot};
use crate::request;

/// What follows up on what access wished.
pub type FollowUp = request::FollowUp<Access>;

/// What only access does.
#[derive(Debug, Clone, PartialEq)]
pub enum Errand {
    /// What was different at the forge is there as the log wants it now.
    Settle(Spot),
    /// Tell the administrators what a comparison with the forge came to.
    TellOfComparison(Box<ComparisonEvent>),
}
