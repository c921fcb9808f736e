//! The journal beside other engines, in one run: `cargo bench -p countersign-bench`.
//!
//! `BENCH_FOLDER` chooses the disk (default: the target folder's), `BENCH_ROUNDS` how often each
//! is measured (default: 5), `BENCH_POSTGRES` a PostgreSQL server to compare with.
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

mod engines;

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use countersign_store::bench::{BenchOptions, BenchReport, Driven, drive, median, probe, run, run_if_child};
use countersign_store::{Journal, Options};

use crate::engines::{Engine, Fjall, Grouped, Postgres, Redb, Sled, Sqlite};

const WRITERS: [usize; 4] = [1, 16, 64, 256];
const DURATION: Duration = Duration::from_secs(1);

type Measured = Result<Driven, Box<dyn Error>>;
type Contestant = (&'static str, Box<dyn Fn(&Path, usize) -> Measured>);

// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    if run_if_child() {
        return Ok(());
    }
    let folder = env::var_os("BENCH_FOLDER");
    let folder = folder.map_or_else(|| PathBuf::from("target/bench"), PathBuf::from);
    let rounds = env::var("BENCH_ROUNDS").ok().and_then(|it| it.parse().ok()).unwrap_or(5);
    std::fs::create_dir_all(&folder)?;
    println!("fdatasync of 4 KiB: {:.0} µs\n", probe(&folder)?);
    compare(&folder, rounds)?;
    print_report(&run(&BenchOptions { rounds, ..BenchOptions::new(folder.join("journal")) })?);
    println!("\nfdatasync of 4 KiB: {:.0} µs", probe(&folder)?);
    Ok(())
}

fn contestants() -> Vec<Contestant> {
    fn embedded<E: Engine>(folder: &Path, writers: usize) -> Measured {
        Ok(drive(&Arc::new(Grouped::open::<E>(folder)?), writers, DURATION)?)
    }
    let journal = |folder: &Path, writers| -> Measured {
        Ok(drive(&Arc::new(Journal::open(folder, Options::default())?), writers, DURATION)?)
    };
    let mut contestants: Vec<Contestant> = vec![
        ("journal", Box::new(journal)),
        ("fjall 3", Box::new(embedded::<Fjall>)),
        ("SQLite, WAL, FULL", Box::new(embedded::<Sqlite>)),
        ("redb 4", Box::new(embedded::<Redb>)),
        ("sled 0.34 + fdatasync", Box::new(embedded::<Sled>)),
    ];
    if let Ok(address) = env::var("BENCH_POSTGRES") {
        let insert = move |_: &Path, writers| -> Measured {
            Ok(drive(&Arc::new(Postgres::open(&address, writers)?), writers, DURATION)?)
        };
        contestants.push(("PostgreSQL INSERT", Box::new(insert)));
    }
    contestants
}

/// Every engine in turn, round by round, so that a slow moment of the disk meets them all.
fn compare(folder: &Path, rounds: usize) -> Result<(), Box<dyn Error>> {
    println!(
        "| appends/s (times slower than the journal) | {} |",
        WRITERS.map(|n| n.to_string()).join(" | ")
    );
    println!("|---|{}", "---|".repeat(WRITERS.len()));
    let contestants = contestants();
    let mut cells = vec![Vec::new(); contestants.len()];
    for writers in WRITERS {
        let mut rates = vec![Vec::new(); contestants.len()];
        for _ in 0..rounds {
            for ((_, measure), rates) in contestants.iter().zip(&mut rates) {
                let folder = folder.join("engine");
                rates.push(measure(&folder, writers)?.per_second);
                std::fs::remove_dir_all(&folder).ok();
            }
        }
        let medians: Vec<f64> = rates.iter_mut().map(|rates| median(rates)).collect();
        for (cells, rate) in cells.iter_mut().zip(&medians) {
            cells.push(format!("{rate:.0} ({:.1})", medians[0] / rate));
        }
    }
    for ((name, _), cells) in contestants.iter().zip(cells) {
        println!("| {name} | {} |", cells.join(" | "));
    }
    Ok(())
}

fn print_report(report: &BenchReport) {
    println!(
        "\n| writers | journal/s | raw/s | journal/raw | p50 ms | p99 ms | group |\n|---|---|---|---|---|---|---|"
    );
    for row in &report.appends {
        println!(
            "| {} | {:.0} | {:.0} | {:.0} % | {:.2} | {:.2} | {:.1} |",
            row.writers,
            row.journal_per_second,
            row.raw_per_second,
            row.ratio * 100.0,
            row.p50_milliseconds,
            row.p99_milliseconds,
            row.group
        );
    }
    let Some(log) = &report.log else { return };
    println!("\n| {} events | |\n|---|---|", log.events);
    println!("| replay, checked and parsed | {:.0} events/s |", log.replay_per_second);
    println!("| restart after an orderly end | {:.2} s |", log.clean_restart_seconds);
    println!("| restart after kill -9 under load | {:.2} s |", log.killed_restart_seconds);
    println!("| restart with a lost index | {:.2} s |", log.rebuild_seconds);
    println!("| most memory while appending | {} MiB |", log.append_memory_bytes >> 20);
    println!("| most memory while replaying | {} MiB |", log.replay_memory_bytes >> 20);
}
