//! `countersign access compare`: what a running bot's forge holds beside what its log wants.

use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::block_on;
use crate::cli::bot::{Bot, BotArgs};
use crate::cli::output::{write_json, write_text};
use crate::cli::refused::Refused;
use crate::cli::table::plain;
use crate::words;

/// After so long it is asked again whether the comparison is over.
const AGAIN: Duration = Duration::from_secs(2);

/// Which bot.
#[derive(Debug, Args)]
pub(crate) struct Compare {
    #[command(flatten)]
    bot: BotArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Compare {
    pub(crate) fn run(self) -> anyhow::Result<()> {
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
