//! `countersign rules replay`: what would have become of the requests of the days before under other rules.

use std::io::{IsTerminal as _, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use countersign_domain::duration::parse_minutes;
use countersign_domain::rule_change::{Becomes, Compared, Group, Judge, Replayed, words as said};
use countersign_domain::rules::{PolicyChange, RuleSet};
use countersign_domain::tenant::People;
use countersign_domain::words;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::read;
use super::whence::Whence;
use crate::cli::block_on;
use crate::cli::output::{write_json, write_text};
use crate::cli::refused::Refused;
use crate::cli::source::SourceArgs;
use crate::rule_change::wording;

/// How far it is is said so often at most.
const WORDS: u64 = 20;
/// So many events lie between two words about it at least: fewer are gone through before anybody wonders.
const LEAST: u64 = 10_000;

/// Which rules, which requests.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The file of the rules to try, in Cedar
    #[arg(long, value_name = "FILE")]
    against: PathBuf,
    /// Compare with these instead of with the rules in force
    #[arg(long, value_name = "FILE")]
    before: Option<PathBuf>,
    /// How far back: `90d`
    #[arg(long, value_name = "DURATION", value_parser = parse_minutes, default_value = "90d")]
    since: u64,
    // Where neither a bot nor a folder is named it is the KurrentDB of the configuration, if that names one.
    #[command(flatten)]
    source: SourceArgs,
    /// What makes the exit code 3, besides faults in the rules
    #[arg(long, value_name = "WHAT", default_value = "changed")]
    fail_on: FailOn,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What a pipeline does not let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// That something else would become of any request.
    Changed,
    /// That a request would be denied that was not.
    Denied,
    /// Nothing.
    Never,
}

impl Replay {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        block_on(self.replayed())
    }

    async fn replayed(self) -> anyhow::Result<()> {
        let text = read(&self.against)?;
        let whence = Whence::of(&self.source).await?;
        let (published, events) = whence.in_force().await?;
        let version = published.as_ref().map_or(0, |(version, _)| *version);
        let before = match &self.before {
            Some(file) => Some((version, read(file)?)),
            None => published,
        };
        let compiled = |(version, text): (u64, String)| {
            RuleSet::compile(version, &text).map_err(|faults| Refused(faults.to_string()))
        };
        let before = before.map(compiled).transpose()?;
        let after = compiled((version + 1, text))?;
        let since = Timestamp::now().checked_sub(SignedDuration::from_mins(i64::try_from(self.since)?));
        let judge =
            Judge::new(before.clone(), after.clone(), since.context("that is before there was time")?);
        let (step, for_people) = ((events / WORDS).max(LEAST), std::io::stderr().is_terminal());
        let mut progress = Progress::of(events, step, std::io::stderr(), for_people);
        let (replayed, people) = whence.replay(judge, |count| progress.reach(count)).await?;
        progress.end();
        let compared = Compared::of(before.as_ref(), &after, &people);
        let compared = Compared { replayed: Some(Box::new(replayed)), ..compared };
        self.tell(version, &compared, &people)
    }

    fn tell(&self, version: u64, compared: &Compared, people: &People) -> anyhow::Result<()> {
        let replayed = compared.replayed.as_deref().context("it was replayed")?;
        let fails = self.fail_on.holds(replayed);
        if self.json {
            write_json(&json!({
                "version": version, "changes": compared.changes, "warnings": compared.warnings, "replayed": replayed,
                "ok": !fails,
            }))?;
        } else {
            write_text(&lines(version, compared, (replayed, people)).join("\n"))?;
        }
        if fails { Err(Refused(String::new()).into()) } else { Ok(()) }
    }
}

impl FailOn {
    /// Whether this is what must not be.
    fn holds(self, replayed: &Replayed) -> bool {
        let is_denied = |group: &Group| group.becomes == Becomes::Denied;
        match self {
            Self::Changed => !replayed.is_the_same(),
            Self::Denied => {
                [&replayed.decided, &replayed.open, &replayed.proposals].into_iter().flatten().any(is_denied)
            }
            Self::Never => false,
        }
    }
}

fn lines(version: u64, compared: &Compared, (replayed, people): (&Replayed, &People)) -> Vec<String> {
    let against = match version {
        0 => "There are no rules yet.".to_owned(),
        _ => format!("Compared with version {version} of the rules: {}.", said::extent(compared)),
    };
    let mut lines = vec![against];
    lines.extend(policies(&compared.changes));
    lines.extend(wording::lines_left_out(compared.cut));
    if !compared.warnings.is_empty() {
        lines.push("\nLook at this twice:".to_owned());
        lines.extend(said::warnings(&compared.warnings, people).iter().map(|warning| format!("  {warning}")));
        lines.extend(wording::warnings_left_out(compared.more_warnings));
    }
    lines.push(format!("\nSince {}:", words::instant(replayed.since)));
    // Each sentence stands over the requests that it counts: those that are over, then those that are open now.
    let mut counted = said::replayed(replayed).into_iter();
    let open = Some(&replayed.open).filter(|_| replayed.waiting > 0);
    for groups in std::iter::once(&replayed.decided).chain(open) {
        lines.extend(counted.next());
        lines.extend(groups.iter().map(requests));
    }
    lines.extend(said::proposed(replayed));
    lines.extend(replayed.proposals.iter().map(requests));
    lines.extend(said::lost(replayed));
    lines
}

/// The requests that the same would become of, by their codes.
fn requests(group: &Group) -> String {
    let codes: Vec<_> = group.codes.iter().map(ToString::to_string).collect();
    let more = group.count.saturating_sub(codes.len() as u64);
    format!("  {}", wording::requests_named(&said::group(group), &codes, more))
}

/// What changes, policy by policy.
pub(super) fn policies(changes: &[PolicyChange]) -> Vec<String> {
    let mut lines = Vec::new();
    for change in changes {
        lines.push(format!("\n{} ({})", change.policy, change.what.as_str()));
        lines.extend(change.lines.iter().map(|line| format!("  {line}")));
    }
    lines
}

/// How far it is, on the standard error output: on one line for people, on lines of their own for logs.
struct Progress<W> {
    events: u64,
    step: u64,
    next: u64,
    out: W,
    for_people: bool,
}

impl<W: Write> Progress<W> {
    /// Nothing of so many events is done yet; between two words about it lie so many.
    fn of(events: u64, step: u64, out: W, for_people: bool) -> Self {
        Self { events, step, next: step, out, for_people }
    }

    fn reach(&mut self, count: u64) {
        if count < self.next {
            return;
        }
        self.next = count + self.step;
        let percent = count.saturating_mul(100) / self.events.max(1);
        let end = if self.for_people { "\r" } else { "\n" };
        // Whoever cannot be told how far it is waits without being told.
        let _ = write!(self.out, "{count} of {} events, {}%{end}", self.events, percent.min(100));
        let _ = self.out.flush();
    }

    fn end(&mut self) {
        if self.next > self.step && self.for_people {
            let _ = writeln!(self.out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is_is_said_now_and_then_and_on_one_line_to_people() {
        let told = |for_people| {
            let mut out = Vec::new();
            let mut progress = Progress::of(120, 40, &mut out, for_people);
            // Pages are of any size, and the log may have grown since it was counted.
            for count in [10, 39, 45, 80, 85, 130] {
                progress.reach(count);
            }
            progress.end();
            String::from_utf8(out).expect("text")
        };
        assert_eq!(told(false), "45 of 120 events, 37%\n85 of 120 events, 70%\n130 of 120 events, 100%\n");
        assert_eq!(told(true), "45 of 120 events, 37%\r85 of 120 events, 70%\r130 of 120 events, 100%\r\n");
    }

    #[test]
    fn of_a_log_that_is_read_at_once_nothing_is_said() {
        let mut out = Vec::new();
        let mut progress = Progress::of(39, 40, &mut out, true);
        progress.reach(39);
        progress.end();
        assert!(out.is_empty());
    }
}
