//! `countersign effects`: what a running bot does outside, and what becomes of what is parked.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use uuid::Uuid;

use super::block_on;
use super::bot::BotArgs;
use super::output::{Column, Form, cell, moment, write_text};
use super::table::plain;

/// What to do with effects.
#[derive(Debug, Subcommand)]
pub(super) enum Effects {
    /// List effects, the newest first
    List(List),
    /// Try a parked effect again
    Requeue(Requeue),
    /// Say what became of a parked effect
    Resolve(Resolve),
}

/// Which effects.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Only those in this state: claimed, attempted, deferred, unknown, succeeded, parked, resolved
    #[arg(long)]
    state: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    #[command(flatten)]
    bot: BotArgs,
    #[command(flatten)]
    form: Form,
}

/// Which effect.
#[derive(Debug, Args)]
pub(super) struct Requeue {
    /// The effect's id
    id: Uuid,
    #[command(flatten)]
    bot: BotArgs,
}

/// Which effect, and what became of it.
#[derive(Debug, Args)]
pub(super) struct Resolve {
    /// The effect's id
    id: Uuid,
    /// What became of it
    resolution: Resolution,
    /// Why
    #[arg(long, default_value = "")]
    note: String,
    #[command(flatten)]
    bot: BotArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Resolution {
    /// It was done by hand
    Done,
    /// It shall not be done
    Abandoned,
}

const COLUMNS: &[Column] = &[
    Column { title: "id", cell: |item| cell(&item["id"]) },
    Column { title: "state", cell: |item| cell(&item["state"]) },
    Column { title: "kind", cell: |item| cell(&item["kind"]) },
    Column { title: "request", cell: |item| cell(&item["code"]) },
    Column { title: "attempts", cell: |item| cell(&item["attempts"]) },
    Column { title: "updated", cell: |item| moment(&item["updated"]) },
    Column { title: "due", cell: |item| moment(&item["due"]) },
    Column { title: "why", cell: |item| cell(&item["why"]) },
];

impl Effects {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List(List { state, limit, bot, form }) => {
                let listing = block_on(bot.bot()?.list(
                    "/api/v1/effects",
                    &[("state", state)],
                    usize::try_from(limit)?,
                ))?;
                listing.write(form, COLUMNS, json!({}), "There is no such effect.")
            }
            Self::Requeue(Requeue { id, bot }) => {
                block_on(bot.bot()?.post(&format!("/api/v1/effects/{id}/requeue"), &json!({})))?;
                write_text(&format!("{id} is tried again."))
            }
            Self::Resolve(Resolve { id, resolution, note, bot }) => {
                let resolution = match resolution {
                    Resolution::Done => "done",
                    Resolution::Abandoned => "abandoned",
                };
                let body = json!({ "resolution": resolution, "note": note });
                let answer = block_on(bot.bot()?.post(&format!("/api/v1/effects/{id}/resolve"), &body))?;
                let resolved = || format!("{id} is resolved: {resolution}.");
                write_text(&answer["told"].as_str().map_or_else(resolved, plain))
            }
        }
    }
}
