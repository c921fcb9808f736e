//! A tenant's policy, in Cedar: who may ask for what, and who must countersign.
//!
//! [`Language::compile`] takes the text and says every fault with its line; [`RuleSet::rule`] asks Cedar about one
//! [`Question`] and answers with a [`Ruling`]: forbidden, or allowed under [`Terms`]. A ruling is plain data, so
//! that events can keep it and last quarter can be replayed against other rules.
//!
//! What is asked for is a capability's: each has its [`Part`] of the [`Language`]: of the schema, annotations of
//! its own ([`Terms::own`]), and rules that hold where a tenant's name its actions nowhere.

mod annotations;
mod ask;
mod compile;
mod difference;
mod language;
mod lines;
mod literal;
mod people;
mod shadow;
mod source;
mod strictest;
mod terms;
#[cfg(test)]
mod tests;
mod warning;
mod written;

pub use annotations::{KNOWN as ANNOTATIONS, Own};
pub use ask::{Question, Resource, Somebody, Value};
pub use compile::RuleSet;
pub use difference::{Line, PolicyChange, What, differences, line_by_line};
pub use language::{Language, Part};
pub use terms::{Approvers, OnLeave, Refusal, Ruling, Shortfall, Terms, ticket_example};
pub use warning::{Asking, Warning, shut_out, warnings};
pub use written::unreadable;

pub use crate::denied::{RuleFault, RuleFaults};

/// A new tenant's starting point: the commented rule set that the demo uses as well.
pub const EXAMPLE: &str = include_str!("example.cedar");
