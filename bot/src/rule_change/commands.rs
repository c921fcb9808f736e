//! What is said of the rules alone.

mod rules_back;
mod rules_propose;

use crate::commands::CommandSpec;

/// Its rows of the command table.
pub(super) const ALL: &[CommandSpec] = &[rules_back::SPEC, rules_propose::SPEC];
