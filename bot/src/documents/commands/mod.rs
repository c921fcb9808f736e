//! What is said of documents.

mod add;
mod draft;
mod list;
mod narrow;
mod retire;
mod review;
mod show;

use crate::commands::CommandSpec;

/// All of them.
pub(super) const ALL: &[CommandSpec] =
    &[add::SPEC, draft::SPEC, list::SPEC, narrow::SPEC, retire::SPEC, review::SPEC, show::SPEC];
