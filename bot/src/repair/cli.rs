//! `countersign access repair`: putting right what a running bot's forge holds otherwise than its log wants.

use clap::Args;
use countersign_domain::repair::{Step, dry_run};
use serde_json::{Value, json};

use crate::cli::block_on;
use crate::cli::bot::BotArgs;
use crate::cli::output::{write_json, write_text};
use crate::cli::refused::Refused;
use crate::cli::table::plain;

/// What is to be put right, and how.
#[derive(Debug, Args)]
pub(crate) struct Repair {
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

impl Repair {
    pub(crate) fn run(self) -> anyhow::Result<()> {
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
