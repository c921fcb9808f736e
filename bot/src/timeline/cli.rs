//! `countersign integrations`: the deliveries that a running bot could not read, and reading them again.

use clap::{Args, Subcommand};
use serde_json::json;
use uuid::Uuid;

use crate::cli::block_on;
use crate::cli::bot::BotArgs;
use crate::cli::output::{Column, Form, cell, moment, write_text};

/// What to do with what other systems tell.
#[derive(Debug, Subcommand)]
pub(crate) enum Integrations {
    /// List the deliveries that could not be read, the newest first
    Parked(Listed),
    /// Read a parked delivery again
    Requeue(Requeue),
}

/// How many, and how.
#[derive(Debug, Args)]
pub(crate) struct Listed {
    /// How many at most
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    #[command(flatten)]
    bot: BotArgs,
    #[command(flatten)]
    form: Form,
}

/// Which delivery.
#[derive(Debug, Args)]
pub(crate) struct Requeue {
    /// The id that `parked` lists
    id: Uuid,
    #[command(flatten)]
    bot: BotArgs,
}

const COLUMNS: &[Column] = &[
    Column { title: "id", cell: |item| cell(&item["id"]) },
    Column { title: "since", cell: |item| moment(&item["since"]) },
    Column { title: "integration", cell: |item| cell(&item["source"]["integration"]) },
    Column { title: "event", cell: |item| cell(&item["source"]["event"]) },
    Column { title: "place", cell: |item| cell(&item["unread"]["place"]) },
    Column { title: "why", cell: |item| cell(&item["unread"]["why"]) },
    Column { title: "kept", cell: |item| cell(&item["is_kept"]) },
];

impl Integrations {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Parked(Listed { limit, bot, form }) => {
                let list = bot.bot()?;
                let listing =
                    block_on(list.list("/api/v1/integrations/parked", &[], usize::try_from(limit)?))?;
                listing.write(form, COLUMNS, json!({}), "No delivery is parked.")
            }
            Self::Requeue(Requeue { id, bot }) => {
                let path = format!("/api/v1/integrations/parked/{id}/requeue");
                block_on(bot.bot()?.post(&path, &json!({})))?;
                write_text(&format!("{id} is read, and what it tells stands in the timeline."))
            }
        }
    }
}
