//! `countersign projections`: how the read models of a running bot stand, folding one anew, and the digests to compare.

use clap::{Args, Subcommand};
use countersign_projections::{Moment, digest, fold_as_of};
use serde_json::{Value, json};

use super::block_on;
use super::bot::BotArgs;
use super::folder::{FolderLog, reader};
use super::output::{Column, Form, Listing, cell, write_json, write_text};
use super::source::data_folder;

/// What to do with read models.
#[derive(Debug, Subcommand)]
pub(super) enum Projections {
    /// Say how far every read model is
    List(List),
    /// Fold a read model anew beside the one in use, compare both, and switch
    Rebuild(Rebuild),
    /// Fold every read model from a folder and print its digest, to be compared with a rebuild's
    Digest(Digest),
}

/// Whose.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    bot: BotArgs,
    #[command(flatten)]
    form: Form,
}

/// Which one.
#[derive(Debug, Args)]
pub(super) struct Rebuild {
    /// Its name, as `list` shows it
    name: String,
    #[command(flatten)]
    bot: BotArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Of which folder, when.
#[derive(Debug, Args)]
pub(super) struct Digest {
    /// The data folder, or a copy of it
    #[arg(long, value_name = "FOLDER")]
    data: Option<std::path::PathBuf>,
    /// Up to this moment, written as for `audit as-of`
    #[arg(long, value_name = "MOMENT", value_parser = super::audit::moment, default_value = "now")]
    at: Moment,
    #[command(flatten)]
    form: Form,
}

const STATES: &[Column] = &[
    Column { title: "name", cell: |item| cell(&item["name"]) },
    Column { title: "version", cell: |item| cell(&item["version"]) },
    Column { title: "position", cell: |item| cell(&item["position"]) },
    Column { title: "rebuilding", cell: |item| cell(&item["rebuilding"]["position"]) },
    Column { title: "failed", cell: |item| cell(&item["failed"]) },
];

const DIGESTS: &[Column] = &[
    Column { title: "name", cell: |item| cell(&item["name"]) },
    Column { title: "version", cell: |item| cell(&item["version"]) },
    Column { title: "digest", cell: |item| cell(&item["digest"]) },
];

impl Projections {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List(List { bot, form }) => {
                let mut answer = block_on(bot.bot()?.get("/api/v1/projections", &[]))?;
                let items = answer["items"].as_array_mut().map(std::mem::take).unwrap_or_default();
                Listing { items, ..Listing::default() }.write(
                    form,
                    STATES,
                    json!({ "head": answer["head"] }),
                    "There is none.",
                )
            }
            Self::Rebuild(command) => command.run(),
            Self::Digest(command) => command.run(),
        }
    }
}

impl Rebuild {
    fn run(self) -> anyhow::Result<()> {
        let path = format!("/api/v1/projections/{}/rebuild", self.name);
        let report = block_on(self.bot.bot()?.post(&path, &json!({})))?;
        if self.json {
            return write_json(&report);
        }
        write_text(&format!(
            "{} was folded anew from {} events.\nbefore: {}\nafter:  {}\ncomparison: {}",
            self.name,
            cell(&report["events"]),
            cell(&report["before"]),
            cell(&report["after"]),
            cell(&report["comparison"]).replace('_', " ")
        ))
    }
}

impl Digest {
    fn run(self) -> anyhow::Result<()> {
        let log = FolderLog::new(reader(&data_folder(self.data))?);
        let mut items: Vec<Value> = Vec::new();
        for projection in countersign_projections::all() {
            let rows = block_on(async { Ok(fold_as_of(&log, &*projection, self.at).await?) })?;
            items.push(json!({
                "name": projection.name(), "version": projection.version(), "digest": digest(&rows)?,
            }));
        }
        Listing { items, ..Listing::default() }.write(
            self.form,
            DIGESTS,
            json!({}),
            "There is no read model.",
        )
    }
}
