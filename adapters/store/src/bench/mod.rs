//! Measures the journal on this machine: appends against the disk's own speed, replay, restart, memory.
//!
//! Figures of a disk mean little by themselves, so appends are compared, round by round in turn, with the very same
//! bytes written in the very same groups by a bare loop of write and fdatasync.

mod child;
mod load;
mod raw;

pub use child::run_if_child;
pub use load::{Driven, Target, drive, event_line};
pub use raw::probe;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::{Journal, Options};

/// What to measure, and for how long.
#[derive(Debug, Clone)]
pub struct BenchOptions {
    /// An empty or missing folder on the disk to be measured; removed at the end.
    pub folder: PathBuf,
    /// How many tasks append at the same time, one measurement each. Default: 1, 16, 64, 256.
    pub writers: Vec<usize>,
    /// How often each is measured; the median counts. Default: 5.
    pub rounds: usize,
    /// How long one measurement appends. Default: 1 second.
    pub duration: Duration,
    /// How many events there are for replay, restart and memory; 0 leaves these out. Default: 1,000,000.
    pub events: u64,
    /// The arguments with which this program gets to [`run_if_child`], for what needs a fresh process.
    pub child_arguments: Vec<String>,
}

impl BenchOptions {
    /// The defaults, in `folder`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            writers: vec![1, 16, 64, 256],
            rounds: 5,
            duration: Duration::from_secs(1),
            events: 1_000_000,
            child_arguments: Vec::new(),
        }
    }
}

/// Everything measured.
#[derive(Debug, Clone, Serialize)]
pub struct BenchReport {
    /// Durable appends of one event each, one row for each number of writers.
    pub appends: Vec<AppendFigures>,
    /// Replay, restart and memory; missing where no events were asked for.
    pub log: Option<LogFigures>,
    /// How long one fdatasync of 4 KiB took: the median before, between and after, in microseconds.
    pub fdatasync_microseconds: f64,
}

/// Durable appends at one number of writers, medians of all rounds.
#[derive(Debug, Clone, Serialize)]
pub struct AppendFigures {
    /// How many tasks append at the same time.
    pub writers: usize,
    /// Appends per second, each acknowledged after its fdatasync.
    pub journal_per_second: f64,
    /// The same bytes in the same groups with write and fdatasync alone.
    pub raw_per_second: f64,
    /// The one over the other: the median of the rounds' ratios.
    pub ratio: f64,
    /// Half of the appends were answered within so many milliseconds.
    pub p50_milliseconds: f64,
    /// 99 of 100 were.
    pub p99_milliseconds: f64,
    /// How many appends shared one fdatasync, on average.
    pub group: f64,
}

/// What a log of many events costs.
#[derive(Debug, Clone, Serialize)]
pub struct LogFigures {
    /// How many events there were.
    pub events: u64,
    /// Replayed in global order, checked and parsed, into a projection: events per second on one core.
    pub replay_per_second: f64,
    /// From nothing to serving, after an orderly end, in seconds.
    pub clean_restart_seconds: f64,
    /// From nothing to serving, after the process was killed under load, in seconds.
    pub killed_restart_seconds: f64,
    /// From nothing to serving with a lost index, in seconds.
    pub rebuild_seconds: f64,
    /// The most memory that appending all of them took, in bytes.
    pub append_memory_bytes: u64,
    /// The most memory that opening and replaying took, in bytes.
    pub replay_memory_bytes: u64,
}

/// Measures everything. Blocks for about a minute; must be called outside of a tokio runtime.
pub fn run(options: &BenchOptions) -> io::Result<BenchReport> {
    std::fs::create_dir_all(&options.folder)?;
    let mut probes = vec![probe(&options.folder)?];
    let mut appends = Vec::new();
    for writers in &options.writers {
        appends.push(measure_appends(options, *writers)?);
        probes.push(probe(&options.folder)?);
    }
    let log = if options.events > 0 { Some(child::measure(options)?) } else { None };
    std::fs::remove_dir_all(&options.folder)?;
    Ok(BenchReport { appends, log, fdatasync_microseconds: median(&mut probes) })
}

fn measure_appends(options: &BenchOptions, writers: usize) -> io::Result<AppendFigures> {
    let rounds: io::Result<Vec<Round>> = (0..options.rounds).map(|_| round(options, writers)).collect();
    let rounds = rounds?;
    let of = |figure: fn(&Round) -> f64| median(&mut rounds.iter().map(figure).collect::<Vec<_>>());
    Ok(AppendFigures {
        writers,
        journal_per_second: of(|round| round.driven.per_second),
        raw_per_second: of(|round| round.raw_per_second),
        ratio: of(|round| round.driven.per_second / round.raw_per_second),
        p50_milliseconds: of(|round| round.driven.p50_milliseconds),
        p99_milliseconds: of(|round| round.driven.p99_milliseconds),
        group: of(|round| round.group),
    })
}

struct Round {
    driven: Driven,
    raw_per_second: f64,
    group: f64,
}

/// One measurement of the journal, and one of the bare disk with the groups that the journal just made.
fn round(options: &BenchOptions, writers: usize) -> io::Result<Round> {
    let folder = options.folder.join("appends");
    let disk = raw::Recording::default();
    let groups = disk.groups();
    let opened = Journal::open(&folder, Options { disk: Arc::new(disk), ..Options::default() });
    let journal = Arc::new(opened.map_err(io::Error::other)?);
    let driven = drive(&journal, writers, options.duration)?;
    drop(journal);
    let groups = std::mem::take(&mut *groups.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    std::fs::remove_dir_all(&folder)?;
    let seconds = raw::write_groups(&options.folder, &groups)?;
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let (appends, syncs) = (driven.appends as f64, groups.len() as f64);
    Ok(Round { driven, raw_per_second: appends / seconds, group: appends / syncs })
}

/// The middle of some figures; 0 where there are none.
pub fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(0.0)
}
