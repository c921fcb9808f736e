//! Reading the audit over HTTP, in one run: pages of 50 for 32 clients that ask as fast as they are answered, of a log with a million
//! events: `cargo bench -p countersign-bench --bench audit`.
//!
//! Clients and bot share this machine's cores. `BENCH_EVENTS` events (1,000,000) are written first and taken up; then
//! `BENCH_CLIENTS` clients (32) ask for `BENCH_SECONDS` (10) for each kind of page, and at last for all of them in turns.
//! `BENCH_FOLDER` keeps the log for another run.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

#[path = "../../../projections/tests/projections/support.rs"]
mod support;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign::boot::{self, Booted};
use countersign::bot::Bot;
use countersign::config::Config;
use countersign::demo::Demo;
use countersign::http::{self, HttpParts, HttpState};
use countersign::{listener, serve};
use countersign_domain::ports::EventStore as _;
use countersign_store::{Journal, Options, PlaceFile};
use jiff::SignedDuration;
use support::{Happening, History, MANY, life, tenant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Who asks: their name is their token.
const AUDITOR: &str = "demo-auditor";
/// So many lives of requests go on at once.
const ABREAST: u64 = 500;
/// So many events are surely more than all that one of the first lives had.
const FIRST: i64 = 15_000;
/// How many items a page has when nobody says; every page that is measured is full.
const PAGE: usize = 50;

/// A kind of page: its name, and the query of the one with this number, of a log with so many events.
type Kind = (&'static str, fn(i64, i64) -> String);

const KINDS: [Kind; 4] = [
    ("of a person", |n, _| format!("user=user{}", n % 997)),
    ("of a repository and two types", |n, _| {
        format!("repository=repository-{}&type=access_granted,effect_attempted", n % 199)
    }),
    ("of all that somebody decided, newest first, up to a moment", |n, events| {
        format!("user=max&order=newest&to={}", second(n, events))
    }),
    ("of everything from a moment on", |n, events| format!("from={}", second(n, events))),
];

#[tokio::main]
async fn main() {
    let number =
        |name: &str, usual: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (events, clients) = (number("BENCH_EVENTS", 1_000_000), number("BENCH_CLIENTS", 32));
    let lasting = Duration::from_secs(number("BENCH_SECONDS", 10));
    let temporary = tempfile::tempdir().unwrap();
    let folder = std::env::var_os("BENCH_FOLDER").map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let base = Config { data: folder.clone(), listen: ([127, 0, 0, 1], 0).into(), ..Config::default() };
    let demo = Demo::start(base).await.unwrap();
    let events = write_lives(&folder, events).await;
    let start = Instant::now();
    let Booted { bot, outbound, .. } = boot::boot(&demo.config, Arc::clone(&demo.secrets)).await.unwrap();
    println!(
        "{events} events taken up in {:.1?}; {clients} clients, each page has {PAGE} of them:",
        start.elapsed()
    );
    let settings = serve::settings(&demo.config, Arc::new(move || outbound.breakers()));
    let asked = Asked { address: serve_on_this_machine(&bot, settings).await, events };
    for (kind, (name, _)) in KINDS.iter().enumerate() {
        measure(asked, clients, lasting, (name, kind..kind + 1)).await;
    }
    measure(asked, clients, lasting, ("of all these in turns", 0..KINDS.len())).await;
    // The process ends without looking back.
    drop(temporary);
    std::process::exit(0);
}

/// A moment somewhere in a log with so many events, which are a second apart; neither among the first nor among the last.
fn second(n: i64, events: i64) -> jiff::Timestamp {
    let seconds = FIRST + n * 7_919 % (events - 2 * FIRST);
    support::start().checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

/// Whole lives of requests, until there are so many events: how many there are. The bot has reacted to all of that.
async fn write_lives(data: &Path, events: u64) -> i64 {
    let log = data.join("log");
    let mut history = History::new(Journal::open(&log, Options::default()).unwrap());
    if let Some(head) = history.store.head().await.unwrap() {
        return i64::try_from(head.for_store()).unwrap();
    }
    let (tenant, mut n, mut done) = (tenant("acme"), MANY, 0_u64);
    while done < events {
        let lives: Vec<Vec<Happening>> = (n..n + ABREAST).map(|n| life(&tenant, n)).collect();
        n += ABREAST;
        for step in 0..lives[0].len() {
            let mut appends = JoinSet::new();
            for life in &lives {
                let append = history.append(&tenant, &life[step]);
                history.now = history.now.checked_sub(SignedDuration::from_secs(59)).unwrap();
                let store = Arc::clone(&history.store);
                appends.spawn(async move { store.append(append).await.unwrap() });
                done += 1;
            }
            appends.join_all().await;
        }
    }
    let head = history.store.head().await.unwrap().unwrap();
    PlaceFile::open(&log.join("reached"), Some(head)).unwrap().reach(head).unwrap();
    i64::try_from(done).unwrap()
}

/// The bot's own listener and router.
async fn serve_on_this_machine(bot: &Bot, settings: http::HttpSettings) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let (address, stopping) = (listener.local_addr().unwrap(), CancellationToken::new());
    let state = HttpState::new(HttpParts {
        world: bot.world.clone(),
        engine: bot.engine.clone(),
        directory: bot.directory.clone(),
        chat: bot.chat.clone(),
        desk: Arc::clone(&bot.desk),
        settings,
        stopping: stopping.clone(),
    });
    tokio::spawn(listener::serve(listener, http::router(&state), Config::default().http, stopping));
    address
}

/// Who is asked, of how many events.
#[derive(Clone, Copy)]
struct Asked {
    address: SocketAddr,
    events: i64,
}

/// So many clients ask for these kinds in turns, as fast as they are answered, for so long.
async fn measure(
    asked: Asked,
    clients: u64,
    lasting: Duration,
    (name, kinds): (&str, std::ops::Range<usize>),
) {
    for kind in kinds.clone() {
        must_be_full(asked, kind).await;
    }
    let (start, worked) = (Instant::now(), processor_seconds());
    let mut asking = JoinSet::new();
    for client in 0..clients {
        asking.spawn(client_asks(asked, client, kinds.clone(), start + lasting));
    }
    let mut taken = asking.join_all().await.concat();
    let (elapsed, worked) = (start.elapsed().as_secs_f64(), processor_seconds() - worked);
    taken.sort_unstable();
    let at = |share: usize| taken[(taken.len() * share / 1000).min(taken.len() - 1)];
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let pages = taken.len() as f64;
    println!(
        "  {name}: {:.0} pages/s, p50 {:.1?}, p99 {:.1?}, max {:.1?}; {:.0} for each second of a processor, both sides",
        pages / elapsed,
        at(500),
        at(990),
        at(1000),
        pages / worked,
    );
}

async fn client_asks(
    asked: Asked,
    client: u64,
    kinds: std::ops::Range<usize>,
    until: Instant,
) -> Vec<Duration> {
    let (mut connection, mut taken) = (Connection::to(asked.address).await, Vec::new());
    // Each client goes through all there is, from a place of its own.
    for n in i64::try_from(client).unwrap() * 31.. {
        let now = Instant::now();
        if now >= until {
            break;
        }
        let kind = kinds.start + taken.len() % kinds.len();
        connection.get(&(KINDS[kind].1)(n, asked.events)).await;
        taken.push(now.elapsed());
    }
    taken
}

async fn must_be_full(asked: Asked, kind: usize) {
    let mut connection = Connection::to(asked.address).await;
    for n in 0..5 {
        let query = (KINDS[kind].1)(n * 7_919, asked.events);
        let page: serde_json::Value = serde_json::from_slice(connection.get(&query).await).unwrap();
        assert_eq!(page["items"].as_array().unwrap().len(), PAGE, "{query}");
    }
}

/// One connection that is kept, over which one page is asked for at a time.
struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    async fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, read: Vec::new() }
    }

    /// The body of the answer.
    async fn get(&mut self, query: &str) -> &[u8] {
        let asked = format!(
            "GET /api/v1/audit?{query} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {AUDITOR}\r\n\r\n"
        );
        self.stream.write_all(asked.as_bytes()).await.unwrap();
        self.read.clear();
        loop {
            assert!(self.stream.read_buf(&mut self.read).await.unwrap() > 0, "the bot has hung up");
            if let Some((begins, length)) = head_of(&self.read)
                && self.read.len() >= begins + length
            {
                return &self.read[begins..];
            }
        }
    }
}

/// Where the body of an answer begins, and how long it is; nothing where its head is not there yet.
fn head_of(answer: &[u8]) -> Option<(usize, usize)> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    Some((end + 4, length.parse().unwrap()))
}

/// How long all threads of this process were at work; the system counts in hundredths of a second.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}
