//! What is said of the timeline.

mod changed;

use crate::commands::CommandSpec;

/// All of it.
pub(crate) const ALL: &[CommandSpec] = &[changed::SPEC];
