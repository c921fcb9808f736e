//! What is said of documents.

mod list;
mod retire;

use crate::commands::CommandSpec;

/// All of them.
pub(super) const ALL: &[CommandSpec] = &[list::SPEC, retire::SPEC];
