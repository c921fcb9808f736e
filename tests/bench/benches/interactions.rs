//! How long it takes from an interaction in Slack to the durable decision and the card that shows it, with the vendors in
//! miniature on this machine: `cargo bench -p countersign-bench --bench interactions`.
//!
//! `COUNTERSIGN_BENCH_RATE` (interactions a second) and `COUNTERSIGN_BENCH_SECONDS` change the second part.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use countersign::boot::{self, Booted};
use countersign::bot::Bot;
use countersign::config::Config;
use countersign::demo::Demo;
use countersign::demo::chats::slack_user;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Act, Identity, Interaction, Place, SurfaceKind};
use countersign_sandbox::SlackSandbox;
use countersign_sandbox::slack::SlackAct;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const APPROVERS: [&str; 3] = ["demo-approver", "demo-approver2", "demo-admin"];
/// So many presses are measured one by one.
const PRESSES: usize = 300;
/// So many requests are countersigned and taken back in turns.
const REQUESTS: usize = 50;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let config =
        Config { data: folder.path().to_owned(), listen: ([127, 0, 0, 1], 0).into(), ..Config::default() };
    let demo = Demo::with_chats(config).await.unwrap();
    let Booted { bot, .. } = boot::boot(&demo.config, Arc::clone(&demo.secrets)).await.unwrap();
    let slack = &demo.chats.as_ref().unwrap().slack;
    slack.connected(1).await;
    println!("fdatasync of 4 KiB here: {:?} (median of 200)", probe(folder.path()));
    one_by_one(&bot, slack).await;
    sustained(&bot).await;
    assert!(bot.stop().await, "a part of the bot broke");
}

/// One press after the other: until the card of who pressed shows the decision.
async fn one_by_one(bot: &Bot, slack: &SlackSandbox) {
    let mut taken = Vec::new();
    for press in 0..PRESSES {
        let text = format!("access write on payments-api for 1 hour ticket OPS-17 because press {press}");
        let code = ask(bot, &text, press).await;
        let (channel, ts) = card(slack, APPROVERS[0], &code);
        let before = text_of(slack, &channel, &ts);
        let start = Instant::now();
        let (user, button) = (slack_user(APPROVERS[0]), "Approve".to_owned());
        let press = SlackAct::Press { user, channel: Some(channel.clone()), ts: Some(ts.clone()), button };
        slack.act(press).await.unwrap();
        while text_of(slack, &channel, &ts) == before {
            tokio::time::sleep(Duration::from_micros(100)).await;
        }
        taken.push(start.elapsed());
        bot.settle().await.unwrap();
        say(bot, "demo-employee", &format!("give back {code}"), press_id(&code)).await;
        bot.settle().await.unwrap();
    }
    println!("press in Slack → durable decision → card shows it, one after the other: {}", spread(taken));
}

/// So many interactions a second, for so long: how soon each may be acknowledged, and whether all were carried out.
async fn sustained(bot: &Bot) {
    let number =
        |name: &str, usual: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (rate, seconds) = (number("COUNTERSIGN_BENCH_RATE", 500), number("COUNTERSIGN_BENCH_SECONDS", 60));
    let mut codes = Vec::new();
    for request in 0..REQUESTS {
        let text = format!("access admin on infra for 1 hour ticket OPS-18 because request {request}");
        codes.push(ask(bot, &text, PRESSES + request).await);
    }
    let all = usize::try_from(rate * seconds).unwrap();
    let kept = Arc::new(AtomicUsize::new(0));
    let (start, mut tasks) = (Instant::now(), Vec::with_capacity(all));
    let before = bot.world.store.head().await.unwrap().unwrap().for_store();
    for which in 0..all {
        let due = start + Duration::from_secs_f64(f64::from(u32::try_from(which).unwrap()) / rate_of(rate));
        tokio::time::sleep_until(due.into()).await;
        // Each request is countersigned and that taken back, in turns, by one person.
        let (code, turn) = (&codes[which % REQUESTS], which / REQUESTS);
        let verb = if turn % 2 == 0 { "approve" } else { "take back" };
        let (sentence, name) = (format!("{verb} {code}"), format!("sustained {which}"));
        let (desk, kept) = (Arc::clone(&bot.desk), Arc::clone(&kept));
        tasks.push(tokio::spawn(async move {
            let start = Instant::now();
            let interaction = said(APPROVERS[0], &name, &sentence);
            desk.receive(&tenant(), interaction).await.unwrap();
            kept.fetch_add(1, Ordering::Relaxed);
            start.elapsed()
        }));
    }
    let mut taken = Vec::with_capacity(all);
    for task in tasks {
        taken.push(task.await.unwrap());
    }
    let offered = start.elapsed();
    bot.settle().await.unwrap();
    let settled = start.elapsed();
    let events = bot.world.store.head().await.unwrap().unwrap().for_store() - before;
    println!(
        "{rate} interactions/s for {seconds} s: {} of {all} kept, acknowledged after {}; offered in {offered:.1?}, all \
         carried out and shown {:.1?} later, {events} events",
        kept.load(Ordering::Relaxed),
        spread(taken),
        settled.saturating_sub(offered),
    );
}

#[expect(clippy::cast_precision_loss, reason = "a rate is a small number")]
const fn rate_of(rate: u64) -> f64 {
    rate as f64
}

async fn ask(bot: &Bot, text: &str, number: usize) -> String {
    say(bot, "demo-employee", text, format!("ask {number}")).await;
    bot.settle().await.unwrap();
    let rows = bot.world.projections.rows("access");
    let newest = countersign_projections::access::RequestFilter::default();
    let page = countersign_projections::access::list(&*rows, &tenant(), &newest, None, 1).unwrap();
    page.items[0].code.to_string()
}

async fn say(bot: &Bot, id: &str, text: &str, name: String) {
    bot.desk.receive(&tenant(), said(id, &name, text)).await.unwrap();
}

fn press_id(code: &str) -> String {
    format!("back {code}")
}

fn said(id: &str, delivery: &str, text: &str) -> Interaction {
    let identity =
        Identity::new(SurfaceKind::Slack, countersign::demo::chats::SLACK_TEAM, slack_user(id)).unwrap();
    let place = Place::direct(&identity);
    Interaction {
        delivery: delivery.to_owned(),
        identity,
        stranger: None,
        place: place.clone(),
        direct: place,
        message: None,
        act: Act::Said(text.to_owned()),
    }
}

/// The message with the card of a request that somebody sees in private.
fn card(slack: &SlackSandbox, id: &str, code: &str) -> (String, String) {
    let (state, user) = (slack.state(), slack_user(id));
    let own =
        state.channels.iter().filter(|(id, channel)| id.starts_with('D') && channel.members.contains(&user));
    let mut messages =
        own.flat_map(|(id, channel)| channel.messages.iter().map(move |message| (id, message)));
    let found = messages.find(|(_, message)| message.text.starts_with(code)).unwrap();
    (found.0.clone(), found.1.ts.clone())
}

fn text_of(slack: &SlackSandbox, channel: &str, ts: &str) -> String {
    slack.state().message(channel, ts).unwrap().text.clone()
}

fn tenant() -> Tenant {
    "acme".parse().unwrap()
}

fn spread(mut taken: Vec<Duration>) -> String {
    taken.sort();
    let at = |share: usize| taken[(taken.len() * share / 1000).min(taken.len() - 1)];
    format!("p50 {:.1?}, p95 {:.1?}, p99 {:.1?}, max {:.1?}", at(500), at(950), at(990), at(1000))
}

/// What the disk costs here.
fn probe(folder: &std::path::Path) -> Duration {
    use std::io::Write as _;
    let mut file = std::fs::File::create(folder.join("probe")).unwrap();
    let mut taken: Vec<_> = (0..200)
        .map(|_| {
            file.write_all(&[0; 4096]).unwrap();
            let start = Instant::now();
            file.sync_data().unwrap();
            start.elapsed()
        })
        .collect();
    taken.sort();
    taken[100]
}
