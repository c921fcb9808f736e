//! `countersign rules list | show | diff`: the versions of the rules there were, of a running bot or of a folder.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use countersign_domain::denied::Violation;
use countersign_domain::rule_change::{Compared, words as said};
use countersign_domain::rules::{RuleSet, differences};
use countersign_domain::words::violation;
use serde_json::{Value, json};

use super::read;
use super::replay::policies;
use crate::cli::block_on;
use crate::cli::output::{Column, Form, Listing, cell, moment, write_json, write_text};
use crate::cli::refused::Refused;
use crate::cli::source::{Source, SourceArgs};
use crate::rule_change::versions::{self, Version};

/// Whose.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    form: Form,
}

/// Which one.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The version [default: the one in force]
    #[arg(long, value_name = "NUMBER")]
    version: Option<u64>,
    #[command(flatten)]
    source: SourceArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which two.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The earlier version [default: the one before the later one; with a file: the one in force]
    #[arg(long, value_name = "NUMBER")]
    from: Option<u64>,
    /// The later version [default: the one in force]
    #[arg(long, value_name = "NUMBER", conflicts_with = "against")]
    to: Option<u64>,
    /// A file of rules in the place of the later version
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    #[command(flatten)]
    source: SourceArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Two texts that are the same.
const SAME: &str = "nothing changes, to the letter";

const COLUMNS: &[Column] = &[
    Column { title: "version", cell: |item| cell(&item["version"]) },
    Column { title: "in force from", cell: |item| moment(&item["at"]) },
    Column { title: "proposed by", cell: |item| cell(&item["by"]) },
    Column { title: "countersigned by", cell: |item| countersigned_by(item) },
    Column { title: "request", cell: |item| cell(&item["request"]) },
];

fn countersigned_by(item: &Value) -> String {
    let by = item["countersigned_by"].as_array().into_iter().flatten().map(cell);
    by.collect::<Vec<_>>().join(", ")
}

impl List {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let items = match self.source.source()? {
            Source::Bot(bot) => {
                let mut answer = block_on(bot.get("/api/v1/rules/versions", &[]))?;
                answer["items"].as_array_mut().map(std::mem::take).unwrap_or_default()
            }
            Source::Folder(folder) => {
                let all = block_on(async { Ok(versions::versions(&folder.log, &folder.tenant).await?) })?;
                all.iter().rev().map(serde_json::to_value).collect::<Result<_, _>>()?
            }
        };
        Listing { items, ..Listing::default() }.write(
            self.form,
            COLUMNS,
            json!({}),
            "There are no rules yet.",
        )
    }
}

impl Show {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let (version, text) = Versions::of(&self.source)?.text(self.version)?;
        if self.json {
            write_json(&json!({ "version": version, "text": text }))
        } else {
            write_text(text.trim_end())
        }
    }
}

impl Diff {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let versions = Versions::of(&self.source)?;
        let (before, after) = if let Some(file) = &self.against {
            let before = versions.text(self.from)?;
            let after = (before.0 + 1, read(file)?);
            (before, after)
        } else {
            let after = versions.text(self.to)?;
            let before = self.from.unwrap_or_else(|| after.0.saturating_sub(1));
            if before == 0 {
                return Err(
                    Refused(format!("There is nothing before version {} of the rules.", after.0)).into()
                );
            }
            (versions.text(Some(before))?, after)
        };
        let compiled = |(version, text): &(u64, String)| {
            RuleSet::compile(*version, text).map_err(|faults| Refused(faults.to_string()))
        };
        let (old, new) = (compiled(&before)?, compiled(&after)?);
        let changes = differences(Some(&old), &new);
        if self.json {
            return write_json(&json!({ "from": before.0, "to": after.0, "changes": changes }));
        }
        let compared = Compared { changes, ..Compared::default() };
        let to = match &self.against {
            Some(file) => file.display().to_string(),
            None => after.0.to_string(),
        };
        let extent = if before.1 == after.1 { SAME.to_owned() } else { said::extent(&compared) };
        let mut lines = vec![format!("From version {} to {to}: {extent}.", before.0)];
        lines.extend(policies(&compared.changes));
        write_text(&lines.join("\n"))
    }
}

/// Where versions are read from.
enum Versions {
    Bot(crate::cli::bot::Bot),
    Folder(Vec<Version>),
}

impl Versions {
    fn of(source: &SourceArgs) -> anyhow::Result<Self> {
        Ok(match source.source()? {
            Source::Bot(bot) => Self::Bot(bot),
            Source::Folder(folder) => {
                Self::Folder(block_on(async { Ok(versions::versions(&folder.log, &folder.tenant).await?) })?)
            }
        })
    }

    /// The number and the text of this version, or of the one in force.
    fn text(&self, version: Option<u64>) -> anyhow::Result<(u64, String)> {
        match self {
            Self::Bot(bot) => {
                let path = match version {
                    Some(version) => format!("/api/v1/rules/versions/{version}"),
                    None => "/api/v1/rules".to_owned(),
                };
                let answer: Value = block_on(bot.get(&path, &[]))?;
                let text = answer["text"].as_str().context("the bot's answer has no text")?;
                Ok((answer["version"].as_u64().unwrap_or_default(), text.to_owned()))
            }
            Self::Folder(all) => {
                let found = match version {
                    Some(version) => all.iter().find(|one| one.version == version),
                    None => all.last(),
                };
                let given = || version.map_or_else(|| "in force".to_owned(), |version| version.to_string());
                let unknown = || Refused(violation(&Violation::UnknownVersion { given: given() }));
                let found = found.ok_or_else(unknown)?;
                Ok((found.version, found.text.clone()))
            }
        }
    }
}
