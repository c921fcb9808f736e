//! Our own tickets: how they are opened, listed, answered and resolved, whatever that is said in, and who hears of what.

pub(crate) mod commands;
mod follow;
pub(crate) mod http;
mod open;
mod tell;
mod wanted;

pub(crate) use follow::follow_up;
pub(crate) use open::{open, subject};
