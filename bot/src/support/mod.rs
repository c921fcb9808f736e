//! Our own tickets: how they are opened, listed, answered and resolved, whatever that is said in, who hears of what, and what the
//! tracker is told where they stand there as well.

pub(crate) mod commands;
mod follow;
pub(crate) mod http;
mod link;
mod mirror;
mod open;
pub(crate) mod perform;
mod phrasings;
mod reach;
mod tell;
mod wanted;

pub(crate) use follow::follow_up;
pub(crate) use open::{open, subject};
pub(crate) use phrasings::asks_for_a_person;
pub(crate) use reach::{copied, reached};
pub(crate) use tell::{KEPT, hide_kept};
