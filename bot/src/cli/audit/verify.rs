//! `countersign audit verify`: whether every event of the log, or of an export of it, is whole and in its place. That none was
//! written anew by whoever holds the folder, it does not prove.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use countersign_domain::names::Tenant;
use countersign_store::{CheckReport, Damage, JournalReader};
use serde::Serialize;
use serde_json::Value;

use super::export;
use super::file::{FileCheck, FileReport};
use crate::cli::bot::Bot;
use crate::cli::folder::FolderLog;
use crate::cli::output::{write_json, write_text};
use crate::cli::refused::Refused;
use crate::cli::source::{SourceArgs, data_folder};
use crate::cli::{block_on, folder};

/// What it proves where nothing is damaged: no more, and no less.
const PROVES: &str = "Every event is whole and in its place: hashes, positions and revisions are right.";
/// What it does not prove.
const PROVES_NOT: &str = "That nobody who holds the folder has written events anew, or cut the end off, it does not prove: for that, compare the root with one that was kept elsewhere.";

/// What is said of a log without events: of nothing, everything would be true.
const NOTHING: &str = "There is not one event in this log, so nothing was checked. A log that a bot has run on holds some: look whether this is the right folder (--data).";

/// What positions that are not there say of a log whose server counts otherwise.
const GAPS: &str = "Of a log on KurrentDB, whose positions have gaps, that says nothing.";

/// What to check.
#[derive(Debug, Args)]
pub(in crate::cli) struct Verify {
    /// An export to check (JSON Lines), in place of a folder or a bot
    #[arg(value_name = "FILE", conflicts_with_all = ["data", "url", "speaker", "token"])]
    file: Option<PathBuf>,
    #[command(flatten)]
    source: SourceArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(super) fn run(self) -> anyhow::Result<()> {
        if let Some(file) = &self.file {
            // Whoever names a folder means the log in it.
            if file.is_dir() {
                let folder = file.display();
                anyhow::bail!(
                    "{folder} is a folder, and here an export is named: “countersign audit verify --data {folder}” verifies the \
                     log in it"
                );
            }
            return told(&of_file(file)?, self.json);
        }
        if self.source.asks_bot() {
            let bot = self.source.bot.bot()?;
            return told(&block_on(of_bot(&bot))?, self.json);
        }
        let reader = folder::reader(&data_folder(self.source.data))?;
        let checked = reader.check()?;
        match self.source.tenant {
            Some(tenant) if checked.damages.is_empty() => {
                told(&of_tenant(reader, &tenant.parse()?)?, self.json)
            }
            _ => report(&checked, self.json),
        }
    }
}

/// The events of one tenant alone, as a bot exports them: with the root that verifying through a bot shows.
fn of_tenant(reader: JournalReader, tenant: &Tenant) -> anyhow::Result<FileReport> {
    let mut check = FileCheck::new("the log");
    for envelope in FolderLog::new(reader).events(None)? {
        let envelope = envelope?;
        if envelope.tenant == *tenant {
            check.line(&serde_json::to_vec(&envelope)?);
        }
    }
    Ok(check.finish())
}

/// Says what checking a folder has shown; damage is a [`Refused`].
pub(in crate::cli) fn report(report: &CheckReport, json: bool) -> anyhow::Result<()> {
    if report.events == 0 && report.damages.is_empty() {
        if json {
            let mut value = serde_json::to_value(report)?;
            (value["ok"], value["why"]) = (false.into(), NOTHING.into());
            write_json(&value)?;
        }
        return Err(Refused(if json { String::new() } else { NOTHING.to_owned() }).into());
    }
    if json {
        return printed(report, &report.damages);
    }
    let CheckReport { events, streams, segments, bytes, torn_bytes, .. } = report;
    let (events, streams) = (counted(*events, "event"), counted(*streams, "stream"));
    let mut said = format!("{events} in {streams}, {} of {bytes} bytes.", counted(*segments, "segment"));
    if *torn_bytes > 0 && report.damages.is_empty() {
        let _ = write!(
            said,
            "\n{torn_bytes} bytes at the end are half-written: a crash left them, or a bot is just writing. No damage."
        );
    }
    said.push_str(&ends(report.head.map(|head| head.to_string()), report.root.map(|root| root.to_string())));
    write_text(&said)?;
    damaged(&report.damages)
}

fn told(report: &FileReport, json: bool) -> anyhow::Result<()> {
    if json {
        return printed(report, &report.damages);
    }
    if let Some(why) = &report.no_export {
        return Err(Refused(why.clone()).into());
    }
    let tenants = report.tenants.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let (events, streams) = (counted(report.events, "event"), counted(report.streams, "stream"));
    let mut said = format!("{events} in {streams}, tenant {tenants}.");
    let between = report.absent.saturating_sub(report.before);
    for (count, place) in [(report.before, "before the first event"), (between, "in between")] {
        if count > 0 && report.damages.is_empty() {
            let _ = write!(
                said,
                "\n{} {place} are not here: events of other tenants, or somebody took them out. {GAPS}",
                counted(count, "position")
            );
        }
    }
    said.push_str(&ends(report.head.map(|head| head.to_string()), report.root.map(|root| root.to_string())));
    write_text(&said)?;
    damaged(&report.damages)
}

/// `1 event`, `2 events`.
fn counted(count: u64, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

fn ends(head: Option<String>, root: Option<String>) -> String {
    let head = head.map(|head| format!("\nhead: position {head}"));
    let root = root.map(|root| format!("\nroot: {root}\n{PROVES}\n{PROVES_NOT}"));
    [head, root].into_iter().flatten().collect()
}

fn printed(report: &impl Serialize, damages: &[Damage]) -> anyhow::Result<()> {
    let mut value: Value = serde_json::to_value(report)?;
    value["ok"] = damages.is_empty().into();
    if damages.is_empty() {
        (value["proves"], value["proves_not"]) = (PROVES.into(), PROVES_NOT.into());
    }
    write_json(&value)?;
    if damages.is_empty() { Ok(()) } else { Err(Refused(String::new()).into()) }
}

fn damaged(damages: &[Damage]) -> anyhow::Result<()> {
    if damages.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = damages.iter().map(|damage| format!("  {damage}")).collect();
    Err(Refused(format!("DAMAGED in {} places; nothing was changed:\n{}", damages.len(), lines.join("\n")))
        .into())
}

fn of_file(path: &Path) -> anyhow::Result<FileReport> {
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut check = FileCheck::new(&path.display().to_string());
    for line in BufReader::new(file).split(b'\n') {
        check.line(&line?);
    }
    Ok(check.finish())
}

async fn of_bot(bot: &Bot) -> anyhow::Result<FileReport> {
    let mut check = FileCheck::new("export");
    export::lines_of(bot, |line| {
        check.line(line);
        Ok(())
    })
    .await?;
    Ok(check.finish())
}
