//! The help desk over HTTP, in one run: `cargo bench -p countersign-bench --bench help_desk`.
//!
//! A model that speaks at a pace of its own, so that what is measured is ours: from the question until it is asked, and from what it says
//! until somebody sees that, alone and with `BENCH_STREAMS` (500) answers of `BENCH_TOKENS` (500) tokens at once, 50 a second; until a
//! stopped answer is silent, and the model hears of it. Then the model that comes along, with the real index: documents until they are
//! answered from, answers a second for `BENCH_SECONDS` (10), tickets. At last the index alone, with `BENCH_PASSAGES` (7,168) passages and a tenth of
//! them. Clients and bot share this machine's cores. It fails where an answer does not come to its end, or cites nothing.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

mod desk;
mod search;
mod speaker;
mod watched;

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_tests::answers::Answers;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use desk::{Desk, QUESTION};
use speaker::{Pace, SENTENCE, Speaker};
use watched::{Seen, Watched};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// So many answers are measured one by one, and so many are stopped.
const ANSWERS: usize = 200;
const STOPS: usize = 50;
/// So many ask the model that comes along at once, and so many tickets are opened.
const CLIENTS: usize = 8;
const TICKETS: usize = 200;
/// Fifty tokens a second.
const EVERY: Duration = Duration::from_millis(20);
/// One sentence at once, and a word behind it: it can be seen before all is over.
const SHORT: Pace = Pace { every: EVERY, tokens: SENTENCE + 1 };

#[tokio::main]
async fn main() {
    countersign::listener::raise_limit();
    let (streams, tokens) = (number("BENCH_STREAMS", 500), number("BENCH_TOKENS", 500));
    let (speaker, mut stopped) = Speaker::new(SHORT);
    let help = desk::help(&Arc::new(Answers::default()), speaker.clone());
    let desk = Desk::open(streams.max(1), help).await;
    desk.brings("The VPN", "The VPN is closed on Sundays from 02:00 to 04:00.\n").await;
    one_by_one(&desk).await;
    at_once(&desk, &speaker, (streams, tokens)).await;
    stops(&desk, &speaker, &mut stopped).await;
    drop(desk);
    embedded(Duration::from_secs(u64::try_from(number("BENCH_SECONDS", 10)).unwrap())).await;
    search::measure(number("BENCH_PASSAGES", 7_168)).await;
}

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// One question after the other.
async fn one_by_one(desk: &Desk) {
    let mut watched = Watched::begin(desk, 0).await;
    let (mut asked, mut seen, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ANSWERS {
        let begun = speaker::now();
        let answer = tokio::spawn(desk.asks(0, QUESTION));
        // What is seen only when all is over is no first sentence; it is told how often that is so.
        if let Seen::Sentences(sentences) = watched.next().await {
            let first = sentences[0];
            asked.push(first.said.saturating_sub(begun));
            seen.push(first.seen.saturating_sub(first.said));
            whole.push(first.seen.saturating_sub(begun));
            watched.over().await;
        }
        must_be_answered(&answer.await.unwrap());
    }
    println!("{ANSWERS} questions over HTTP, one after the other, to a model that begins at once:");
    println!("  seen before they were over: {}", whole.len());
    println!("  until the model has said its first sentence: {}", spread(asked));
    println!("  from then until that is seen:                {}", spread(seen));
    println!("  both, over the model's own:                  {}", spread(whole));
}

/// So many answers at once, each of so many tokens.
async fn at_once(desk: &Desk, speaker: &Speaker, (streams, tokens): (usize, usize)) {
    let (before, mut all) = (resident(), Vec::new());
    for nth in 0..streams {
        all.push(Watched::begin(desk, nth).await);
    }
    speaker.speaks(Pace { every: EVERY, tokens });
    let head = desk.events().await;
    let (begun, mut watching, mut asking) = (Instant::now(), JoinSet::new(), JoinSet::new());
    for (nth, mut watched) in all.into_iter().enumerate() {
        asking.spawn(desk.asks(nth, QUESTION));
        watching.spawn(async move {
            let mut delays = Vec::new();
            loop {
                match watched.next().await {
                    Seen::Sentences(seen) => {
                        delays.extend(seen.iter().map(|one| one.seen.saturating_sub(one.said)));
                    }
                    Seen::Over(turn) => return (delays, turn, watched),
                }
            }
        });
    }
    let ended = watching.join_all().await;
    let (elapsed, after) = (begun.elapsed(), resident());
    asking.join_all().await;
    for (_, turn, _) in &ended {
        must_be_answered(turn);
    }
    let delays: Vec<_> = ended.iter().flat_map(|(delays, ..)| delays.iter().copied()).collect();
    println!("{streams} answers at once, {tokens} tokens each at 50 a second, in {elapsed:.1?}:");
    println!("  sentences seen as they were said: {} of {}", delays.len(), streams * (tokens / SENTENCE));
    println!("  each, until it was seen: {}", spread(delays));
    println!(
        "  {} KiB of memory an answer, both sides of its connection included; {:.1} events an answer, none a token",
        after.saturating_sub(before) / streams,
        ratio(desk.events().await - head, streams),
    );
    speaker.speaks(SHORT);
}

/// Answers that are stopped in the middle.
async fn stops(desk: &Desk, speaker: &Speaker, stopped: &mut tokio::sync::mpsc::UnboundedReceiver<Instant>) {
    let mut watched = Watched::begin(desk, 0).await;
    speaker.speaks(Pace { every: EVERY, tokens: usize::MAX });
    let (mut answered, mut silent, mut closed) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STOPS {
        let answer = tokio::spawn(desk.asks(0, QUESTION));
        assert!(matches!(watched.next().await, Seen::Sentences(_)), "it begins");
        let begun = Instant::now();
        desk.post(0, "/api/v1/conversations/stop", &json!({})).await;
        answered.push(begun.elapsed());
        let turn = watched.over().await;
        silent.push(begun.elapsed());
        assert_eq!(turn["stage"], "stopped", "{turn:#}");
        closed.push(stopped.recv().await.unwrap().saturating_duration_since(begun));
        answer.await.unwrap();
    }
    println!("{STOPS} answers stopped in the middle:");
    println!("  until the stop is durable and answered: {}", spread(answered));
    println!("  until nothing more is seen:             {}", spread(silent));
    println!("  until the model has heard of it:        {}", spread(closed));
    speaker.speaks(SHORT);
}

/// The model that comes along, over the real index.
async fn embedded(lasting: Duration) {
    let (folder, answers) = (tempfile::tempdir().unwrap(), Arc::new(Answers::default()));
    let help = desk::embedded(&answers, folder.path()).await;
    let desk = Desk::open(CLIENTS, help).await;
    let documents = number("BENCH_DOCUMENTS", 50);
    let begun = Instant::now();
    for nth in 0..documents {
        desk.brings(&format!("Service {nth}"), &handbook(nth)).await;
    }
    println!(
        "{documents} documents brought, read, countersigned and answered from, one after the other: {:.1}/s",
        per_second(documents, begun.elapsed())
    );
    let (begun, mut asking) = (Instant::now(), JoinSet::new());
    for client in 0..CLIENTS {
        let asks = desk.client(client);
        asking.spawn(async move {
            let mut taken = Vec::new();
            while begun.elapsed() < lasting {
                let (nth, start) = ((client * 31 + taken.len() * 7) % documents, Instant::now());
                let question = format!("How long are the backups of service {nth} kept?");
                let turn = asks.post("/api/v1/conversations", &json!({ "text": question })).await;
                must_be_answered(&turn);
                let cited = turn["answer"]["citations"].as_array().map_or(0, Vec::len);
                assert!(cited > 0, "it cites nothing: {turn:#}");
                taken.push(start.elapsed());
            }
            taken
        });
    }
    let taken = asking.join_all().await.concat();
    let rate = per_second(taken.len(), begun.elapsed());
    println!(
        "{CLIENTS} clients, answered by quoting: {rate:.1} answers/s, every one cited; {}",
        spread(taken)
    );
    let mut opened = Vec::new();
    for nth in 0..TICKETS {
        let start = Instant::now();
        let text = format!("The screen of desk {nth} is black.");
        let ticket = desk.post(0, "/api/v1/tickets", &json!({ "text": text })).await;
        assert!(ticket["opened"]["number"].is_u64(), "{ticket:#}");
        opened.push(start.elapsed());
    }
    println!("{TICKETS} tickets opened, one after the other: {}", spread(opened));
}

/// A short document of three parts.
fn handbook(nth: usize) -> String {
    format!(
        "Service {nth} is run by the team of building {nth}.\n\nThe backups of service {nth} are kept for {} days, and then deleted.\n\nWhoever \
         wants to restart service {nth} asks in the channel of its team.\n",
        nth + 7
    )
}

fn must_be_answered(turn: &Value) {
    assert_eq!(turn["stage"], "answered", "{turn:#}");
}

/// How much memory this process has, in KiB.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

pub(crate) fn spread(mut taken: Vec<Duration>) -> String {
    taken.sort_unstable();
    let at = |share: usize| taken[(taken.len() * share / 1000).min(taken.len() - 1)];
    format!("p50 {:.1?}, p95 {:.1?}, p99 {:.1?}, max {:.1?}", at(500), at(950), at(990), at(1000))
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(crate) fn ratio(one: usize, other: usize) -> f64 {
    one as f64 / other as f64
}

pub(crate) fn per_second(things: usize, elapsed: Duration) -> f64 {
    ratio(things, 1) / elapsed.as_secs_f64()
}
