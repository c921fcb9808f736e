//! `countersign store`: whether the log on this disk is whole, how fast this disk lets it be, and moving it elsewhere.

mod address;
mod bench;
mod migrate;
mod progress;
mod reached;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::folder::reader;
use super::source::data_folder;

/// What to do with the log.
#[derive(Debug, Subcommand)]
pub(super) enum Store {
    /// Say all damage there is, and change nothing
    Check(Check),
    /// Measure durable appends, replay, restart and memory on this disk; takes some minutes
    Bench(bench::Bench),
    /// Copy a log into another store, event by event, and prove that both are the same; run it again to go on
    Migrate(migrate::Migrate),
}

/// Which folder.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The data folder, or a copy of it; a bot may be running on it
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Store {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Check(Check { data, json }) => {
                super::audit::report(&reader(&data_folder(data))?.check()?, json)
            }
            Self::Bench(command) => command.run(),
            Self::Migrate(command) => command.run(),
        }
    }
}
