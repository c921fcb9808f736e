//! `countersign store bench`: how fast this disk lets a log be.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::bail;
use clap::Args;
use countersign_store::bench::{self, BenchOptions, BenchReport};

use crate::cli::output::{write_json, write_text};
use crate::cli::table::Table;

/// What to measure.
#[derive(Debug, Args)]
pub(in crate::cli) struct Bench {
    /// Measure the disk that this folder is on; a folder within it is made, and removed at the end
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// How many tasks append at the same time, with commas between
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64, 256])]
    writers: Vec<usize>,
    /// How often each is measured; the median counts
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How many seconds one measurement takes
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
    /// How many events there are for replay, restart and memory; 0 leaves these out
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Bench {
    pub(super) fn run(self) -> anyhow::Result<()> {
        if bench::run_if_child() {
            return Ok(());
        }
        let folder = self.folder.join(format!("countersign-bench-{}", std::process::id()));
        if !(self.seconds > 0.0 && self.seconds <= 600.0) || self.rounds == 0 || self.writers.contains(&0) {
            bail!("measure for 0 to 600 seconds, at least once, and with at least one writer");
        }
        let options = BenchOptions {
            writers: self.writers,
            rounds: self.rounds,
            duration: Duration::from_secs_f64(self.seconds),
            events: self.events,
            child_arguments: vec!["store".to_owned(), "bench".to_owned()],
            ..BenchOptions::new(folder)
        };
        let report = bench::run(&options)?;
        if self.json {
            return write_json(&serde_json::to_value(&report)?);
        }
        write_text(told(&report)?.trim_end())
    }
}

fn told(report: &BenchReport) -> anyhow::Result<String> {
    let mut table = Table::new(&["writers", "journal/s", "raw/s", "ratio", "p50 ms", "p99 ms", "group"]);
    for row in &report.appends {
        table.row(&[
            row.writers.to_string(),
            format!("{:.0}", row.journal_per_second),
            format!("{:.0}", row.raw_per_second),
            format!("{:.2}", row.ratio),
            format!("{:.2}", row.p50_milliseconds),
            format!("{:.2}", row.p99_milliseconds),
            format!("{:.1}", row.group),
        ]);
    }
    let mut out = Vec::new();
    table.write(&mut out, None)?;
    let mut text = String::from_utf8(out)?;
    writeln!(text, "\nfdatasync of 4 KiB: {:.0} µs", report.fdatasync_microseconds)?;
    if let Some(log) = &report.log {
        writeln!(
            text,
            "{} events: replay {:.0}/s; restart {:.2} s, after a kill {:.2} s, without the index {:.2} s; memory {} MiB appending, {} MiB replaying",
            log.events,
            log.replay_per_second,
            log.clean_restart_seconds,
            log.killed_restart_seconds,
            log.rebuild_seconds,
            log.append_memory_bytes >> 20,
            log.replay_memory_bytes >> 20,
        )?;
    }
    Ok(text)
}
