//! `countersign rules`: whether rules hold together, what they would say to a question, and what would have become of the requests
//! of the days before, without a bot.

mod explain;
mod propose;
mod replay;
mod versions;
mod whence;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use countersign_domain::rules::RuleSet;
use serde_json::json;

use crate::cli::output::{write_json, write_text};
use crate::cli::refused::Refused;

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub(crate) enum Rules {
    /// Say everything that is wrong with a file of rules, with line and column
    Check(Check),
    /// Say what rules answer to a question: who would have to countersign, for how long at most
    Explain(explain::Explain),
    /// List every version of the rules, the newest first
    List(versions::List),
    /// Show the rules in force, or an earlier version of them
    Show(versions::Show),
    /// Say policy by policy what changed between two versions, or would change with a file
    Diff(versions::Diff),
    /// Decide the requests of the days before again under other rules, and say what would have become of them
    Replay(replay::Replay),
    /// Propose other rules, or an earlier version of them, to a running bot: in force once somebody else countersigned
    Propose(propose::Propose),
    /// Show a proposal: what changes, what to look at twice, and what would have become of the days before
    Proposal(propose::Proposal),
}

impl Rules {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Check(command) => command.run(),
            Self::Explain(command) => command.run(),
            Self::List(command) => command.run(),
            Self::Show(command) => command.run(),
            Self::Diff(command) => command.run(),
            Self::Replay(command) => command.run(),
            Self::Propose(command) => command.run(),
            Self::Proposal(command) => command.run(),
        }
    }
}

/// Which file.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The file of rules, in Cedar
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    fn run(self) -> anyhow::Result<()> {
        let text = read(&self.file)?;
        let faults = RuleSet::compile(1, &text).err().map(|faults| faults.0).unwrap_or_default();
        if self.json {
            write_json(&json!({ "ok": faults.is_empty(), "faults": faults }))?;
        } else if faults.is_empty() {
            write_text(&format!("{}: the rules hold together.", self.file.display()))?;
        } else {
            let line = |fault| format!("{}: {fault}", self.file.display());
            write_text(&faults.iter().map(line).collect::<Vec<_>>().join("\n"))?;
        }
        if faults.is_empty() { Ok(()) } else { Err(Refused(String::new()).into()) }
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}
