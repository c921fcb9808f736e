//! Where the past is read from: a folder, also while a bot writes to it, or a running bot.

use std::path::PathBuf;

use clap::Args;

use super::bot::{Bot, BotArgs};
use super::folder::Folder;
use crate::config::{Config, Flags, Sources};

/// A folder, or a bot.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SourceArgs {
    /// Read this data folder, or a copy of it; no bot is needed, and one may be running [default: the bot at `COUNTERSIGN_URL` where that is set, else `COUNTERSIGN_DATA`, else
    /// what countersign.toml says, else countersign-data]
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["url", "speaker", "token"])]
    pub(crate) data: Option<PathBuf>,
    /// Of a folder with several tenants: which one [default: the only one; `_installation` is what belongs to none]
    #[arg(long, value_name = "TENANT")]
    pub(crate) tenant: Option<String>,
    #[command(flatten)]
    pub(crate) bot: BotArgs,
}

/// Where the past is read from.
pub(crate) enum Source {
    Folder(Folder),
    Bot(Bot),
}

impl SourceArgs {
    /// Whether it is a bot that is asked.
    pub(crate) fn asks_bot(&self) -> bool {
        self.bot.is_given() || self.data.is_none() && super::bot::is_in_environment()
    }

    /// The bot, where the command line speaks of one, or no folder and the environment does; else the folder.
    pub(crate) fn source(&self) -> anyhow::Result<Source> {
        if self.asks_bot() {
            return Ok(Source::Bot(self.bot.bot()?));
        }
        let tenant = self.tenant.as_deref().map(str::parse).transpose()?;
        Ok(Source::Folder(Folder::open(&data_folder(self.data.clone()), tenant)?))
    }
}

/// The data folder: as given, or else as the environment or the configuration say. A configuration with faults keeps
/// nobody from reading the past.
pub(crate) fn data_folder(given: Option<PathBuf>) -> PathBuf {
    let sources = || Sources::of_process(None, Flags::default());
    let from_variable =
        || std::env::var_os("COUNTERSIGN_DATA").filter(|data| !data.is_empty()).map(PathBuf::from);
    given.or_else(from_variable).unwrap_or_else(|| Config::load(&sources()).unwrap_or_default().data)
}
