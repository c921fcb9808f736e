//! What is said of the rules alone: a row each in the command table.

pub(crate) mod rules_back;
pub(crate) mod rules_propose;
