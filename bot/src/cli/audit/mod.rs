//! `countersign audit`: what happened, who held what at any moment, and whether the log is what was written.

mod as_of;
mod diff;
mod export;
mod file;
mod grants;
mod log;
mod verify;

use clap::Subcommand;

pub(crate) use export::lines_of;
pub(super) use grants::parse as moment;
pub(super) use verify::report;

/// What to look at.
#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// List what happened, by who, what, where, under which ticket and when
    Log(log::Log),
    /// Show the grants in force at a moment: `now`, `yesterday`, `2h ago`, `2026-03-01 10:00` (UTC), `position:1042`
    AsOf(as_of::AsOf),
    /// Compare the grants in force at two moments
    Diff(diff::Diff),
    /// Check that every event is whole and in its place: hash, position and revision (not that nobody wrote the log anew)
    Verify(verify::Verify),
    /// Write all events, whole, to be kept or checked elsewhere
    Export(export::Export),
}

impl Audit {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Log(command) => command.run(),
            Self::AsOf(command) => command.run(),
            Self::Diff(command) => command.run(),
            Self::Verify(command) => command.run(),
            Self::Export(command) => command.run(),
        }
    }
}
