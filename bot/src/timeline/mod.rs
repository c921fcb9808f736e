//! The timeline of what happens outside: how it is asked for in a sentence, and how an operator looks after what could not be read.

pub(crate) mod cli;
pub(crate) mod commands;
pub(crate) mod http;
