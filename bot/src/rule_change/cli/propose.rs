//! `countersign rules propose | proposal`: proposes a file of rules, or an earlier version, to a running bot; and one proposal with
//! all that it is decided on.

use std::path::PathBuf;

use clap::Args;
use countersign_domain::words::{instant, list, prose};
use serde_json::{Value, json};

use super::read;
use crate::cli::block_on;
use crate::cli::bot::BotArgs;
use crate::cli::output::{write_json, write_text};
use crate::cli::refused::Refused;
use crate::cli::table::plain;
use crate::rule_change::wording;

/// What to propose.
#[derive(Debug, Args)]
pub(crate) struct Propose {
    /// The file of rules, in Cedar
    #[arg(required_unless_present = "back_to", conflicts_with = "back_to")]
    file: Option<PathBuf>,
    /// An earlier version, to be in force once more
    #[arg(long, value_name = "NUMBER")]
    back_to: Option<u64>,
    /// Why; whoever countersigns reads it
    #[arg(long, value_name = "TEXT")]
    because: Option<String>,
    /// The version in force, as you know it: where another is by now, nothing is proposed. Going back further than the last change
    /// is proposed only with it
    #[arg(long, value_name = "NUMBER")]
    base: Option<u64>,
    #[command(flatten)]
    bot: BotArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which one.
#[derive(Debug, Args)]
pub(crate) struct Proposal {
    /// Its code
    code: String,
    #[command(flatten)]
    bot: BotArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Propose {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let text = self.file.as_deref().map(read).transpose()?;
        let body =
            json!({ "text": text, "back_to": self.back_to, "because": self.because, "base": self.base });
        let proposed = block_on(self.bot.bot()?.post("/api/v1/rules/proposals", &body))?;
        told(&proposed, self.json)
    }
}

impl Proposal {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let path = format!("/api/v1/rules/proposals/{}", self.code);
        told(&block_on(self.bot.bot()?.get(&path, &[]))?, self.json)
    }
}

/// Says how a proposal stands; one that the checks denied is a [`Refused`].
fn told(proposal: &Value, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        write_json(proposal)?;
    } else {
        write_text(&lines(proposal).join("\n"))?;
    }
    let denied = texts(&proposal["denied"]);
    if denied.is_empty() { Ok(()) } else { Err(Refused(denied.join("\n")).into()) }
}

fn lines(proposal: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(plain).unwrap_or_default();
    let mut lines =
        vec![format!("{}: {}", text(&proposal["code"]), text(&proposal["status"]).replace('_', " "))];
    if let Some(version) = proposal["version"].as_u64() {
        lines.push(format!("In force as version {version}."));
    }
    if let Some(because) = proposal["because"].as_str() {
        lines.push(format!("Why: {}", prose(because)));
    }
    if let Some(due) = instant_of(&proposal["due"]) {
        let may = texts(&proposal["may_countersign"]);
        let may = if may.is_empty() { "nobody who is here".to_owned() } else { list(&may) };
        lines.push(format!("May countersign, until {due}: {may}"));
    }
    for change in proposal["changes"].as_array().into_iter().flatten() {
        lines.push(format!("\n{} ({})", text(&change["policy"]), text(&change["what"])));
        lines.extend(change["lines"].as_array().into_iter().flatten().filter_map(line));
    }
    let left_out = |what: &str| proposal[what].as_u64().unwrap_or_default();
    lines.extend(wording::lines_left_out(left_out("lines_left_out")));
    let warnings = texts(&proposal["warnings"]);
    if !warnings.is_empty() {
        lines.push("\nLook at this twice:".to_owned());
        lines.extend(warnings.iter().map(|warning| format!("  {warning}")));
        lines.extend(wording::warnings_left_out(left_out("warnings_left_out")));
    }
    let replayed = &proposal["replayed"];
    if let Some(since) = instant_of(&replayed["since"]) {
        lines.push(format!("\nDecided again since {since}:"));
    }
    // Each sentence stands over the requests that it counts: those that are over, those that are open now, proposals; what is
    // lost by it is said last.
    let mut counted = texts(&replayed["says"]).into_iter();
    let is_there = |groups: &&Value| groups.as_array().is_some_and(|groups| !groups.is_empty());
    let open = Some(&replayed["open"]).filter(|_| replayed["waiting"].as_u64() > Some(0));
    let proposals = Some(&replayed["proposals"]).filter(is_there);
    for groups in std::iter::once(&replayed["decided"]).chain(open).chain(proposals) {
        lines.extend(counted.next());
        for group in groups.as_array().into_iter().flatten() {
            let requests = group["requests"].as_array().into_iter().flatten();
            lines.push(format!("  {}:", text(&group["says"])));
            let named: Vec<_> =
                requests.map(|one| format!("    {} {}", text(&one["code"]), text(&one["link"]))).collect();
            let more = group["count"].as_u64().unwrap_or_default().saturating_sub(named.len() as u64);
            lines.extend(named);
            lines.extend(wording::requests_left_out(more));
        }
    }
    lines.extend(counted);
    lines
}

/// One line of a policy, with what becomes of it.
fn line(line: &Value) -> Option<String> {
    [("less", "- "), ("more", "+ "), ("same", "  ")]
        .into_iter()
        .find_map(|(name, sign)| Some(format!("  {sign}{}", plain(line[name].as_str()?))))
}

/// An instant as people read it.
fn instant_of(value: &Value) -> Option<String> {
    value.as_str()?.parse().ok().map(instant)
}

fn texts(texts: &Value) -> Vec<String> {
    texts.as_array().into_iter().flatten().filter_map(Value::as_str).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_that_are_counted_and_not_named_are_said_to_be_there() {
        let group = |count: u64| json!({ "says": format!("{count} would be denied"), "count": count, "requests": [{ "code": "K7QM2X", "link": "/" }] });
        let proposal = |count: u64| {
            json!({
                "code": "RHSXVG", "status": "waiting",
                "replayed": { "says": ["Of 9 requests since then, some would be denied."], "decided": [group(count)], "open": [] },
            })
        };
        assert!(
            lines(&proposal(4))
                .ends_with(&["    K7QM2X /".to_owned(), "    and 3 more, which are older".to_owned()])
        );
        assert!(lines(&proposal(1)).ends_with(&["    K7QM2X /".to_owned()]));
    }
}
