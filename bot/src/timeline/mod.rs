//! The timeline of what happens outside: how it is asked for in a sentence, and how an operator looks after what could not be read.

mod card;
pub(crate) mod cli;
pub(crate) mod commands;
mod follow;
pub(crate) mod http;
mod named;
mod suspects;

pub(crate) use card::{card_of, shown_at};
pub(crate) use follow::follow_up;
