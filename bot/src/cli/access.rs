//! `countersign access`: what a running bot's forge holds beside what its log wants, and putting that right.

use std::time::Duration;

use clap::{Args, Subcommand};
use countersign_domain::repair::{Step, dry_run};
use serde_json::{Value, json};

use super::block_on;
use super::bot::{Bot, BotArgs};
use super::output::{write_json, write_text};
use super::refused::Refused;
use super::table::plain;
use crate::words;

/// After so long it is asked again whether the comparison is over.
const AGAIN: Duration = Duration::from_secs(2);

/// What to do with accesses.
#[derive(Debug, Subcommand)]
pub(super) enum Access {
    /// Compare what the forge holds with what the log wants, and explain every difference (exit code 3 where there is one)
    Compare(Compare),
    /// Propose to put differences right, or print what that would do (exit code 3 where it would be refused)
    Repair(Repair),
}

/// What is to be put right, and how.
#[derive(Debug, Args)]
pub(super) struct Repair {
    /// What to do about which difference: `revert all`, `adopt K7QM2, revert rest`, `ignore all` with --until
    #[arg(value_name = "PLAN", required = true, num_args = 1..)]
    plan: Vec<String>,
    /// Until when what is ignored is ignored, such as 2026-12-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    until: Option<jiff::Timestamp>,
    /// Why, for who countersigns it
    #[arg(long, value_name = "REASON")]
    because: Option<String>,
    /// Only print what it would do
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    bot: BotArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which bot.
#[derive(Debug, Args)]
pub(super) struct Compare {
    #[command(flatten)]
    bot: BotArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Access {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Compare(compare) => compare.run(),
            Self::Repair(repair) => repair.run(),
        }
    }
}

impl Repair {
    fn run(self) -> anyhow::Result<()> {
        let Self { plan, until, because, dry_run, bot, json } = self;
        let plan = plan.join(" ");
        let wanted = json!({ "plan": plan, "until": until, "because": because, "dry_run": dry_run });
        let bot = bot.bot()?;
        let answer = block_on(bot.post("/api/v1/repairs", &wanted))?;
        if json {
            write_json(&answer)?;
        } else {
            write_text(&planned(&answer))?;
        }
        let refused = against(&answer).next().is_some();
        if refused { Err(Refused(String::new()).into()) } else { Ok(()) }
    }
}

/// A plan, step by step, and what speaks against it.
fn planned(answer: &Value) -> String {
    let text = |value: &Value| plain(value.as_str().unwrap_or_default());
    let steps: Vec<Step> = serde_json::from_value(answer["steps"].clone()).unwrap_or_default();
    let mut lines: Vec<_> = dry_run(&steps).iter().map(|line| plain(line)).collect();
    lines.extend(against(answer).map(plain));
    match answer["code"].as_str() {
        Some(code) => lines.push(format!("Repair {code}: {}.", text(&answer["status"]))),
        None => lines.push("Nothing was changed: this is what it would do.".to_owned()),
    }
    lines.join("\n")
}

/// All that speaks against a plan.
fn against(answer: &Value) -> impl Iterator<Item = &str> {
    let lists = [&answer["against"], &answer["denied"]].into_iter().filter_map(Value::as_array);
    lists.flatten().filter_map(Value::as_str)
}

impl Compare {
    fn run(self) -> anyhow::Result<()> {
        let Self { bot, json } = self;
        let report = block_on(compared(&bot.bot()?))?;
        let lines = lines(&report);
        if json {
            write_json(&report)?;
        } else {
            write_text(&said(&report, &lines))?;
        }
        if lines.is_empty() { Ok(()) } else { Err(Refused(String::new()).into()) }
    }
}

/// Has it compared, however long that takes.
async fn compared(bot: &Bot) -> anyhow::Result<Value> {
    let mut report = bot.post("/api/v1/access/compare", &json!({})).await?;
    while report["running"] == true {
        tokio::time::sleep(AGAIN).await;
        report = bot.get("/api/v1/access/compare", &[]).await?;
    }
    Ok(report)
}

/// Every difference, and what was not looked at.
fn lines(report: &Value) -> Vec<String> {
    let differences = report["differences"].as_array().into_iter().flatten();
    let explained = differences.filter_map(|found| {
        let explanation = found["explanation"].as_str()?;
        Some(
            found["difference"]
                .as_str()
                .map_or_else(|| explanation.to_owned(), |name| format!("{name}: {explanation}")),
        )
    });
    let unread = &report["unread"];
    let why = |(name, why): (&String, &Value)| {
        format!("{name} was not looked at: {}", why.as_str().unwrap_or_default())
    };
    let left_out = unread.as_object().into_iter().flatten().map(why);
    // Where it took long, only the names are known.
    let names = unread.as_array().into_iter().flatten().filter_map(Value::as_str);
    let names = names.map(|name| format!("{name} was not looked at."));
    explained.chain(left_out).chain(names).map(|line| plain(&line)).collect()
}

fn said(report: &Value, lines: &[String]) -> String {
    let mut said = lines.to_vec();
    if lines.is_empty() {
        said.push("The forge holds what the log wants.".to_owned());
    }
    let lowered = report["lowered"].as_array().into_iter().flatten().filter_map(Value::as_str);
    said.extend(lowered.map(plain));
    if let (Some(accounts), Some(repositories)) =
        (report["accounts"].as_u64(), report["repositories"].as_u64())
    {
        said.push(words::looked_at(repositories, accounts));
    }
    said.join("\n")
}
