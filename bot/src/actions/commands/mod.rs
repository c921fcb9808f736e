//! What is said of actions.

mod list;
mod run;

use crate::commands::CommandSpec;

/// All of them.
pub(super) const ALL: &[CommandSpec] = &[list::SPEC, run::SPEC];
