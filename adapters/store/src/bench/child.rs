//! Measurements that need a process of their own: what is in memory after a fresh start, and what a kill leaves.

use std::env;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_domain::ports::EventStore;
use serde::{Deserialize, Serialize};

use super::{BenchOptions, LogFigures, load};
use crate::{Journal, Options};

const TASK: &str = "BENCH_TASK";
const FOLDER: &str = "BENCH_FOLDER";
const EVENTS: &str = "BENCH_EVENTS";
/// Events read at once when replaying.
const PAGE: usize = 1024;

/// What a child has measured.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Measured {
    open_seconds: f64,
    replay_per_second: f64,
    memory_bytes: u64,
}

/// Does the work of a child process, if this is one: call it first, and end if it returns true.
pub fn run_if_child() -> bool {
    let (Ok(task), Some(folder)) = (env::var(TASK), env::var_os(FOLDER)) else { return false };
    let events = env::var(EVENTS).ok().and_then(|events| events.parse().ok()).unwrap_or(0);
    let measured = child(&task, &PathBuf::from(folder), events);
    match measured.and_then(|measured| Ok(serde_json::to_string(&measured)?)) {
        Ok(line) => say(&format!("measured {line}")),
        Err(error) => say(&format!("failed {error}")),
    }
    true
}

#[expect(clippy::print_stdout, reason = "the parent process reads it")]
fn say(line: &str) {
    println!("{line}");
}

fn child(task: &str, folder: &Path, events: u64) -> io::Result<Measured> {
    let start = Instant::now();
    let journal = Arc::new(Journal::open(folder, Options::default()).map_err(io::Error::other)?);
    let open_seconds = start.elapsed().as_secs_f64();
    let mut replay_per_second = 0.0;
    match task {
        "fill" => fill(&journal, events)?,
        "load" => {
            say("ready");
            // Until it is killed.
            load::drive(&journal, 64, Duration::from_hours(1))?;
        }
        "replay" => replay_per_second = replay(&journal)?,
        _ => {}
    }
    drop(journal);
    Ok(Measured { open_seconds, replay_per_second, memory_bytes: peak_memory() })
}

/// Appends so many events, in appends of five by eight tasks.
fn fill(journal: &Arc<Journal>, events: u64) -> io::Result<()> {
    const TASKS: u64 = 8;
    const EVENTS: u64 = 5;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    let event = load::event();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let (journal, event) = (Arc::clone(journal), event.clone());
                tokio::spawn(async move {
                    for number in 0..events / TASKS / EVENTS {
                        // Tasks of the load itself count from 0.
                        let append = load::append(1 << 20 | task, number, EVENTS, &event);
                        EventStore::append(&*journal, append).await.map_err(io::Error::other)?;
                    }
                    Ok::<_, io::Error>(())
                })
            })
            .collect();
        for task in tasks {
            task.await.map_err(io::Error::other)??;
        }
        Ok(())
    })
}

/// Reads everything in order into a small projection; events per second.
fn replay(journal: &Journal) -> io::Result<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let (mut after, mut events, mut by_kind) = (None, 0_u64, std::collections::HashMap::new());
        let start = Instant::now();
        loop {
            let page = journal.read_all(after, PAGE).await.map_err(io::Error::other)?;
            let Some(last) = page.last() else { break };
            after = Some(last.pos);
            events += page.len() as u64;
            for event in page {
                *by_kind.entry(event.kind).or_insert(0_u64) += u64::from(event.v) + event.rev;
            }
        }
        std::hint::black_box(by_kind);
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        Ok(events as f64 / start.elapsed().as_secs_f64())
    })
}

/// The most memory this process ever had, in bytes; 0 where the system does not say.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kibibytes.map_or(0, |kibibytes| kibibytes * 1024)
}

/// Fills a log and measures what opening and reading it costs.
pub(super) fn measure(options: &BenchOptions) -> io::Result<LogFigures> {
    let folder = options.folder.join("log");
    let run = |task| run(options, task, &folder);
    let filled = run("fill")?;
    let replayed = run("replay")?;
    kill_under_load(options, &folder)?;
    let killed = run("open")?;
    std::fs::remove_dir_all(folder.join("side"))?;
    let rebuilt = run("open")?;
    Ok(LogFigures {
        events: options.events,
        replay_per_second: replayed.replay_per_second,
        clean_restart_seconds: replayed.open_seconds,
        killed_restart_seconds: killed.open_seconds,
        rebuild_seconds: rebuilt.open_seconds,
        append_memory_bytes: filled.memory_bytes,
        replay_memory_bytes: replayed.memory_bytes,
    })
}

fn command(options: &BenchOptions, task: &str, folder: &Path) -> io::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.args(&options.child_arguments).env(TASK, task).env(FOLDER, folder);
    command.env(EVENTS, options.events.to_string()).stdout(Stdio::piped());
    Ok(command)
}

fn run(options: &BenchOptions, task: &str, folder: &Path) -> io::Result<Measured> {
    let output = command(options, task, folder)?.stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find_map(|line| line.strip_prefix("measured "));
    let line = line.ok_or_else(|| io::Error::other(format!("measuring `{task}` failed: {text}")))?;
    Ok(serde_json::from_str(line)?)
}

/// Lets a process append for a second, and kills it.
fn kill_under_load(options: &BenchOptions, folder: &Path) -> io::Result<()> {
    let mut child = command(options, "load", folder)?.spawn()?;
    let mut line = String::new();
    if let Some(output) = child.stdout.take() {
        BufReader::new(output).read_line(&mut line)?;
    }
    std::thread::sleep(Duration::from_secs(1));
    child.kill()?;
    child.wait()?;
    if line.trim() == "ready" { Ok(()) } else { Err(io::Error::other(format!("the load failed: {line}"))) }
}
