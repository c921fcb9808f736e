//! Measures the read models over a million events: folding, searching, the past, a restart.
//!
//! `cargo run --release -p countersign-projections --example million -- <folder> [events]`; a second run in the same
//! folder finds everything there and measures the restart.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints, and fails loudly")]

#[path = "../tests/projections/support.rs"]
mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_domain::capabilities::TimeMachine;
use countersign_domain::ports::EventStore;
use countersign_domain::rule_change::Judge;
use countersign_domain::rules::{EXAMPLE, RuleSet};
use countersign_domain::tenant::{People, PeopleEvent};
use countersign_projections::audit::{AuditFilter, search};
use countersign_projections::{Moment, Projections, access, all, audit, effect, fold_as_of, request};
use countersign_store::{Journal, Options};
use support::{Happening, History, id, life, tenant};
use tokio::task::JoinSet;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many events are read at a time.
const PAGE: usize = 4096;

/// Says to a process of this program that it is to write the log and do no more: what that takes in memory is not measured.
const LOAD: &str = "MILLION_LOAD";

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("the folder to measure in");
    let events: usize = arguments.next().map_or(1_000_000, |text| text.parse().expect("a number of events"));
    let is_empty = !std::path::Path::new(&folder).join("side").exists();
    if std::env::var_os(LOAD).is_none() && is_empty {
        let mut load = std::process::Command::new(std::env::current_exe().unwrap());
        assert!(load.args(std::env::args().skip(1)).env(LOAD, "1").status().unwrap().success());
    }
    let clock = Instant::now();
    let journal = Journal::open(&folder, Options::default()).unwrap();
    println!("open the journal          {:>10.2?}", clock.elapsed());
    let side = journal.side();
    let mut history = History::new(journal);
    if history.store.head().await.unwrap().is_none() {
        load(&mut history, events).await;
    }
    if std::env::var_os(LOAD).is_some() {
        return;
    }
    let store: Arc<dyn EventStore> = history.store.clone();
    replay(&*store).await;
    decide_again(&*store).await;
    let clock = Instant::now();
    let before = processor_seconds();
    let kept = Projections::open(store.clone(), Some(side.clone())).unwrap();
    kept.catch_up().await.unwrap();
    println!("open and catch up         {:>10.2?}   memory {} MiB", clock.elapsed(), memory());
    println!("catching up, processor    {:>8.2} s", processor_seconds() - before);
    println!("catching up, most memory  {:>7} MiB", peak_memory());
    let (beside, log) = (side.size_on_disk().unwrap() >> 20, log_bytes(&folder) >> 20);
    println!("side store on disk        {beside:>7} MiB, beside {log} MiB of log");
    searches(&kept, &*store).await;
    requests(&kept);
    pasts(&kept, &*store).await;
    let head = store.head().await.unwrap().unwrap();
    for projection in all() {
        let clock = Instant::now();
        let rows = fold_as_of(&*store, &*projection, Moment::Position(head)).await.unwrap();
        let (count, bytes) = (rows.len(), rows.bytes() >> 20);
        println!(
            "as of now, {:<9}      {:>10.2?}   {count} rows, {bytes} MiB",
            projection.name(),
            clock.elapsed()
        );
    }
    println!("memory at the end         {:>7} MiB", memory());
    for name in [request::NAME, effect::NAME, audit::NAME] {
        let clock = Instant::now();
        kept.digest(name).unwrap();
        println!("digest of {name:<10}      {:>10.2?}", clock.elapsed());
    }
}

/// Whole lives of requests, 500 at a time, each step of all of them at once.
async fn load(history: &mut History<Journal>, events: usize) {
    let clock = Instant::now();
    let tenant = tenant("acme");
    let (mut n, mut done) = (support::MANY, 0);
    for user in 0..997 {
        let person = support::person(&format!("user{user}"));
        let recorded = support::of_tenant("ada", PeopleEvent::PersonRecorded { person });
        history.happen(&tenant, &recorded).await;
        done += 1;
    }
    while done < events {
        let lives: Vec<Vec<Happening>> = (n..n + 500).map(|n| life(&tenant, n)).collect();
        n += 500;
        for step in 0..lives[0].len() {
            let mut appends = JoinSet::new();
            for life in &lives {
                let append = history.append(&tenant, &life[step]);
                history.now = history.now.checked_sub(jiff::SignedDuration::from_secs(59)).unwrap();
                let store = history.store.clone();
                appends.spawn(async move { store.append(append).await.unwrap() });
                done += 1;
            }
            appends.join_all().await;
        }
    }
    println!("append {done} events   {:>10.2?}", clock.elapsed());
}

/// Everything in its order, every hash checked, as the read models read it: while a page is let go, the next one is read.
/// `taskset -c 0` leaves it one core.
async fn replay(store: &dyn EventStore) {
    for _ in 0..2 {
        let (clock, before, mut events) = (Instant::now(), processor_seconds(), 0);
        let mut page = store.read_all(None, PAGE).await.unwrap();
        while let Some(last) = page.last().map(|envelope| envelope.pos) {
            events += page.len();
            let (next, ()) = tokio::join!(store.read_all(Some(last), PAGE), async { drop(page) });
            page = next.unwrap();
        }
        let (took, processor) = (clock.elapsed().as_secs_f64(), processor_seconds() - before);
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        let (each, worked) = (events as f64 / took, events as f64 / processor);
        println!(
            "replay                    {each:>10.0} events/s, {worked:.0} for each second of a processor"
        );
    }
}

/// Every request, under rules that want one countersignature more.
async fn decide_again(store: &dyn EventStore) {
    let rules = |version, quorum: u32| {
        let text = EXAMPLE.replace("@quorum(\"1\")", &format!("@quorum(\"{quorum}\")"));
        RuleSet::compile(version, &text).unwrap()
    };
    let judge = Judge::new(Some(rules(1, 1)), rules(2, 2), jiff::Timestamp::MIN);
    let (clock, before) = (Instant::now(), processor_seconds());
    let (mut machine, mut after) = (TimeMachine::new(judge), None);
    loop {
        let page = store.read_all(after, 1024).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.pos);
        for envelope in &page {
            machine.take(envelope).unwrap();
        }
    }
    let replayed = machine.replayed();
    let changed: u64 = replayed.decided.iter().map(|group| group.count).sum();
    println!(
        "decide all again          {:>10.2?}   {} requests, of which {changed} would become otherwise; processor {:.2} s",
        clock.elapsed(),
        replayed.requests,
        processor_seconds() - before
    );
}

/// Narrows a search: the n-th of its kind.
type Narrow = fn(i64, AuditFilter) -> AuditFilter;

/// The first page of many different searches.
async fn searches(kept: &Projections, store: &dyn EventStore) {
    let rows = kept.rows(audit::NAME);
    let tenant = tenant("acme");
    let at = |n: i64| support::start().checked_add(jiff::SignedDuration::from_secs(n * 9_000)).ok();
    let searches: [(&str, Narrow); 7] = [
        ("user", |n, f| AuditFilter { users: vec![format!("user{n}")], ..f }),
        ("ticket", |n, f| AuditFilter { ticket: Some(format!("OPS-{}", 1_000 + n * 100)), ..f }),
        ("repository, type", |n, f| AuditFilter {
            repository: Some(format!("repository-{n}")),
            kinds: vec!["access_granted".into(), "effect_attempted".into()],
            ..f
        }),
        ("user, repository", |n, f| AuditFilter {
            users: vec![format!("user{n}")],
            repository: Some(format!("repository-{}", (n * 7) % 199)),
            ..f
        }),
        ("approver, type, newest", |_, f| AuditFilter {
            users: vec!["max".into()],
            kinds: vec!["access_approved".into()],
            newest: true,
            ..f
        }),
        ("concerning, ticket", |n, f| AuditFilter {
            concerning: Some(id("max")),
            ticket: Some(format!("OPS-{}", 1_000 + n * 100)),
            ..f
        }),
        ("nothing but a time", |_, f| f),
    ];
    for (name, filter) in searches {
        for bounded in [false, true] {
            let mut times = Vec::new();
            let mut found = 0;
            for n in 1..100 {
                let (from, to) = if bounded { (at(n), at(n + 2)) } else { (None, None) };
                let filter = filter(n, AuditFilter { from, to, ..AuditFilter::default() });
                let clock = Instant::now();
                found += search(&rows, store, &People::default(), &tenant, &filter, None, 50)
                    .await
                    .unwrap()
                    .items
                    .len();
                times.push(clock.elapsed());
            }
            let name = if bounded { format!("{name}, 5 hours") } else { name.to_owned() };
            report(&format!("search {name}"), times, found);
        }
    }
}

/// Who had access at moments all over the log: the first of them, then others at random places, then later ones nearby.
async fn pasts(kept: &Projections, store: &dyn EventStore) {
    let head = store.head().await.unwrap().unwrap().for_store();
    let (mut first, mut others, mut nearby) = (vec![], vec![], vec![]);
    let mut found = 0;
    for n in 0..40_u64 {
        let clock = Instant::now();
        // Places that are not in order: no moment is asked for from which the next one could go on.
        let place = (n * 7_919 + 20) * (head / 40) % head;
        let at = |place| Moment::Position(countersign_domain::envelope::Position::from_store(place));
        let rows = kept.as_of(request::NAME, at(place)).await.unwrap();
        let page = access::grants(&rows, &tenant("acme"), &access::GrantFilter::default(), None, 50).unwrap();
        found += page.items.len();
        if first.is_empty() { &mut first } else { &mut others }.push(clock.elapsed());
        let clock = Instant::now();
        kept.as_of(request::NAME, at(place + 100)).await.unwrap();
        nearby.push(clock.elapsed());
    }
    report("who had access, the first moment", first, found);
    report("who had access, other moments", others, found);
    report("who had access, a little later", nearby, 0);
}

/// The lists of requests, grants and effects.
fn requests(kept: &Projections) {
    let tenant = tenant("acme");
    let rows = kept.rows(request::NAME);
    let mut times = Vec::new();
    let mut found = 0;
    for n in 1..100 {
        let filter =
            request::RequestFilter { concerning: Some(id(&format!("user{n}"))), ..Default::default() };
        let clock = Instant::now();
        found += request::list(&rows, &tenant, &filter, None, 50).unwrap().items.len();
        times.push(clock.elapsed());
    }
    report("requests of a person", times, found);
    let clock = Instant::now();
    let next = (request::next_due(&rows).unwrap(), effect::open(&kept.rows(effect::NAME)).unwrap().len());
    report("next due, open effects", vec![clock.elapsed()], usize::from(next.0.is_some()) + next.1);
}

fn report(what: &str, mut times: Vec<Duration>, found: usize) {
    times.sort();
    let (first, median, worst) = (times[0], times[times.len() / 2], times[times.len() - 1]);
    println!("{what:<40} best {first:>9.2?}   median {median:>9.2?}   worst {worst:>9.2?}   found {found}");
}

/// What of this process is in memory, in MiB.
fn memory() -> u64 {
    status("VmRSS")
}

/// The most that ever was.
fn peak_memory() -> u64 {
    status("VmHWM")
}

fn status(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() >> 10
}

/// How long all threads of this process were at work; the system counts in hundredths of a second.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum();
    ticks / 100.0
}

/// The bytes of all segments of the log.
fn log_bytes(folder: &str) -> u64 {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let segments = files.filter(|file| file.path().extension().is_some_and(|end| end == "jsonl"));
    segments.map(|file| file.metadata().unwrap().len()).sum()
}
