//! Catering as a kind of request: somebody asks for lunch for guests, and whoever the rules name countersigns.

#[cfg(test)]
mod example;
mod kind;
mod order;
mod react;
mod words;

pub use kind::Catering;
pub use order::{CateringCommand, CateringEvent, Order, Proposal};
pub use react::react;
pub use words::{title, told};
