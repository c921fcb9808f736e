//! `countersign store migrate`: copies a log into another store, and proves that both are the same.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Args;
use countersign_store::migrate::{Mark, MigrateError, Migrated, migrate};

use super::address::Address;
use super::progress::Shown;
use super::reached::carry_over;
use crate::cli::block_on;
use crate::cli::output::{write_json, write_text};
use crate::cli::refused::Refused;

/// How often it is kept how far the moving is.
const KEEP_EVERY: Duration = Duration::from_secs(2);

/// From where to where.
#[derive(Debug, Args)]
#[command(after_help = "Moving over, with the bot down for seconds:
  1. Run this while the bot is running, however long it takes.
  2. Stop the bot. Run the same command again: only what is new is left, and it says that both are the same.
  3. Let the configuration name the new store, and start the bot.
Interrupted at any point, it goes on where it was. What is there is never changed, only added to.")]
pub(in crate::cli) struct Migrate {
    /// The log to copy: journal:<data folder>, kurrentdb:<connection string>. A bot may be running on it
    #[arg(long, value_name = "STORE")]
    from: Address,
    /// Where to: an empty store, or one that an earlier run has begun to fill
    #[arg(long, value_name = "STORE")]
    to: Address,
    /// Where it is kept how far the copy was compared, so that the next run need not begin at the start; may be deleted
    /// [default: countersign-migrate-<…>.json]
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Compare everything from the start, whatever an earlier run has compared
    #[arg(long)]
    from_start: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Migrate {
    pub(super) fn run(self) -> anyhow::Result<()> {
        if self.from.is_the_same_as(&self.to) {
            bail!("--from and --to are the same log: name another store to copy it to");
        }
        let name = format!("countersign-migrate-{}.json", self.from.name_with(&self.to));
        let mut state = State::new(self.state.clone().unwrap_or_else(|| name.into()));
        let mark = if self.from_start { None } else { state.read() };
        let in_use = self.from.is_in_use();
        let started = Instant::now();
        let done = block_on(self.copy(mark, &mut state));
        state.keep();
        let done = done?.map_err(told)?;
        // It may have been stopped, or started, while this ran.
        let in_use = in_use.max(self.from.is_in_use());
        if in_use != Some(true)
            && let Err(error) = block_on(carry_over(&self.from, &self.to))
        {
            let told =
                format!("the next bot looks at every event once more, which changes nothing: {error:#}");
            writeln!(std::io::stderr(), "{told}")?;
        }
        self.report(&done, in_use, started.elapsed(), &state)
    }

    async fn copy(
        &self,
        mark: Option<Mark>,
        state: &mut State,
    ) -> anyhow::Result<Result<Migrated, MigrateError>> {
        let (source, target) = (self.from.source()?, self.to.target()?);
        let mut shown = Shown::of(self.from.events());
        let mut watch = |progress: &countersign_store::migrate::Progress<'_>| {
            shown.at(progress.mark.events());
            state.note(progress.mark);
        };
        Ok(migrate(&*source, &*target, &self.to.options(), mark, &mut watch).await)
    }

    fn report(
        &self,
        done: &Migrated,
        in_use: Option<bool>,
        took: Duration,
        state: &State,
    ) -> anyhow::Result<()> {
        if self.json {
            let mut value = serde_json::to_value(done)?;
            value["from"] = self.from.to_string().into();
            value["to"] = self.to.to_string().into();
            value["source_in_use"] = in_use.into();
            value["seconds"] = took.as_secs_f64().into();
            value["state"] = state.file.display().to_string().into();
            return write_json(&value);
        }
        let Migrated { events, known, compared, copied, root, .. } = done;
        let next = match in_use {
            Some(true) => {
                "A bot is running on the source. Stop it and run this again: only what it adds meanwhile is left."
            }
            Some(false) => "Nobody writes to the source: the bot can be started on the target.",
            None => {
                "If a bot is running on the source, stop it and run this again; then start it on the target."
            }
        };
        write_text(&format!(
            "{events} events are the same in both: {copied} copied, {compared} compared that were there, \
             {known} compared by an earlier run.\nroot: {root}\n{next}"
        ))
    }
}

/// What is wrong with one of the logs is a finding, everything else a failure.
fn told(error: MigrateError) -> anyhow::Error {
    if error.is_about_the_logs() { Refused(error.to_string()).into() } else { error.into() }
}

/// The file that holds how far the moving is.
struct State {
    file: PathBuf,
    mark: Option<Mark>,
    kept: Instant,
}

impl State {
    fn new(file: PathBuf) -> Self {
        Self { file, mark: None, kept: Instant::now() }
    }

    fn read(&self) -> Option<Mark> {
        Mark::from_json(std::fs::read_to_string(&self.file).ok()?.trim())
    }

    fn note(&mut self, mark: &Mark) {
        self.mark = Some(mark.clone());
        if self.kept.elapsed() >= KEEP_EVERY {
            self.keep();
        }
    }

    /// Writes it whole or not at all. Without it the next run only takes longer, so nothing fails for it.
    fn keep(&mut self) {
        let Some(mark) = self.mark.take() else { return };
        self.kept = Instant::now();
        if let Err(error) = write_whole(&self.file, &mark.to_json()) {
            let file = self.file.display();
            let _ = writeln!(
                io::stderr(),
                "{file} cannot be written ({error}): the next run compares all from the start; name another file with --state"
            );
        }
    }
}

fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    std::fs::write(&draft, format!("{text}\n"))?;
    std::fs::rename(&draft, path)
}
