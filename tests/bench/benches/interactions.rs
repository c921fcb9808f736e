//! How long it takes from an interaction in Slack to the durable decision and the card that shows it, with the vendors in
//! miniature on this machine: `cargo bench -p countersign-bench --bench interactions`.
//!
//! First one press after the other, then as many a second as `BENCH_RATE` says (500) for as many seconds as
//! `BENCH_SECONDS` says (60). It prints a line for each measurement, and fails where anything is lost.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign::boot::{self, Booted};
use countersign::bot::Bot;
use countersign::config::Config;
use countersign::demo::Demo;
use countersign::demo::chats::slack_user;
use countersign::desk::Received;
use countersign_domain::envelope::Position;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Act, Identity, Interaction, Place, Posted, SurfaceKind};
use countersign_sandbox::SlackSandbox;
use countersign_sandbox::slack::SlackAct;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const APPROVERS: [&str; 3] = ["demo-approver", "demo-approver2", "demo-admin"];
/// So many presses are measured one by one.
const PRESSES: usize = 200;
/// So many requests are countersigned and that taken back in turns, each by one person.
const REQUESTS: usize = 240;
/// What comes of an interaction, each in its own event.
const CARRIED_OUT: [&str; 3] =
    ["access_countersigned", "access_countersignature_taken_back", "command_denied"];

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    // What the vendors in miniature keep is in memory: their disks are not what is measured.
    let memory = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let config =
        Config { data: memory.path().to_owned(), listen: ([127, 0, 0, 1], 0).into(), ..Config::default() };
    let demo = Demo::with_chats(config).await.unwrap();
    let config = Config { data: folder.path().to_owned(), ..demo.config.clone() };
    let Booted { bot, .. } = boot::boot(&config, Arc::clone(&demo.secrets)).await.unwrap();
    let slack = &demo.chats.as_ref().unwrap().slack;
    slack.connected(1).await;
    println!("fdatasync of 4 KiB here: {:.2?} (median of 200)", probe(folder.path()));
    one_by_one(&bot, slack).await;
    sustained(&bot, slack).await;
    assert!(bot.stop().await, "a part of the bot broke");
}

/// One press after the other, over Socket Mode: until Slack has its acknowledgement, the decision is durable, and the card of
/// who pressed shows it.
async fn one_by_one(bot: &Bot, slack: &SlackSandbox) {
    let (mut acknowledged, mut decided, mut shown) = (Vec::new(), Vec::new(), Vec::new());
    for press in 0..PRESSES {
        let text = format!("access write on payments-api for 1 hour ticket OPS-17 because press {press}");
        ask(bot, &text, press).await;
        bot.settle().await.unwrap();
        let code = newest(bot, 1).remove(0);
        let (channel, ts) = card(slack, APPROVERS[0], &code);
        let before = slack.message(&channel, &ts).unwrap().text;
        let head = bot.world.store.head().await.unwrap();
        let start = Instant::now();
        let press = SlackAct::Press {
            user: slack_user(APPROVERS[0]),
            channel: Some(channel.clone()),
            ts: Some(ts.clone()),
            button: "Approve".to_owned(),
        };
        let ((), (), ()) = tokio::join!(
            async {
                slack.act(press).await.unwrap();
                acknowledged.push(start.elapsed());
            },
            async {
                until_decided(bot, head).await;
                decided.push(start.elapsed());
            },
            async {
                while slack.message(&channel, &ts).unwrap().text == before {
                    // The timer knows milliseconds.
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                shown.push(start.elapsed());
            },
        );
        bot.settle().await.unwrap();
        say(bot, "demo-employee", &format!("give back {code}"), format!("back {code}")).await;
        bot.settle().await.unwrap();
    }
    println!("{PRESSES} presses in Slack, one after the other:");
    println!("  until Slack has its acknowledgement: {}", spread(acknowledged));
    println!("  until the decision is durable:       {}", spread(decided));
    println!("  until the card shows it:             {}", spread(shown));
}

/// Returns when a countersignature stands in the log after this position.
async fn until_decided(bot: &Bot, mut after: Option<Position>) {
    loop {
        bot.world.store.wait_past(after).await.unwrap();
        let page = bot.world.store.read_all(after, 100).await.unwrap();
        if page.iter().any(|event| event.kind == "access_countersigned") {
            return;
        }
        after = page.last().map_or(after, |event| Some(event.pos));
    }
}

/// So many presses a second, for so long: how soon each may be acknowledged, and whether all were carried out.
async fn sustained(bot: &Bot, slack: &SlackSandbox) {
    let number =
        |name: &str, usual: u32| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (rate, seconds) = (number("BENCH_RATE", 500), number("BENCH_SECONDS", 60));
    let buttons = buttons(bot, slack).await;
    let (all, before) = ((rate * seconds) as usize, bot.world.store.head().await.unwrap());
    let (start, mut tasks) = (Instant::now(), Vec::with_capacity(all));
    for (which, number) in (0..rate * seconds).enumerate() {
        let due = start + Duration::from_secs_f64(f64::from(number) / f64::from(rate));
        tokio::time::sleep_until(due.into()).await;
        let (own, turn) = (&buttons[which % REQUESTS], which / REQUESTS);
        let interaction = Interaction {
            delivery: format!("sustained {which}"),
            act: Act::Pressed(own.says[turn % 2].clone()),
            message: Some(own.message.clone()),
            ..said(own.by, "", "")
        };
        let desk = Arc::clone(&bot.desk);
        tasks.push(tokio::spawn(async move {
            let received = desk.receive(&tenant(), interaction).await.unwrap();
            // From when it was due: what waits because others are slow has waited too.
            (matches!(received, Received::Kept(Some(_))), due.elapsed())
        }));
    }
    let (mut taken, mut kept) = (Vec::with_capacity(all), 0);
    for task in tasks {
        let (was_kept, after) = task.await.unwrap();
        kept += usize::from(was_kept);
        taken.push(after);
    }
    let offered = start.elapsed();
    bot.settle().await.unwrap();
    let settled = start.elapsed().saturating_sub(offered);
    let (carried_out, events) = carried_out(bot, before).await;
    println!("{rate} presses/s for {seconds} s, {all} offered in {offered:.1?}:");
    println!("  until each may be acknowledged: {}", spread(taken));
    println!(
        "  kept: {kept}, carried out: {carried_out}; the last one, with every card, {settled:.1?} after the last press"
    );
    println!(
        "  events: {events}, in {:.0} appends a second",
        f64::from(events) / (offered + settled).as_secs_f64()
    );
    assert_eq!((kept, carried_out), (all, all), "something was lost");
}

/// How many interactions had their own outcome after this position, and how many events there are.
async fn carried_out(bot: &Bot, mut after: Option<Position>) -> (usize, u32) {
    let (mut outcomes, mut events) = (0, 0);
    loop {
        let page = bot.world.store.read_all(after, 4096).await.unwrap();
        let Some(last) = page.last() else { return (outcomes, events) };
        after = Some(last.pos);
        outcomes += page.iter().filter(|event| CARRIED_OUT.contains(&&*event.kind)).count();
        events += u32::try_from(page.len()).unwrap();
    }
}

/// What one person presses on their card of one request.
struct Buttons {
    by: &'static str,
    message: Posted,
    /// Approve, and take it back.
    says: [String; 2],
}

/// Requests that wait, each with who presses on it.
async fn buttons(bot: &Bot, slack: &SlackSandbox) -> Vec<Buttons> {
    for request in 0..REQUESTS {
        // Each for another time: what says the same as what waits is no other request.
        let minutes = 61 + request;
        let text =
            format!("access admin on infra for {minutes} minutes ticket OPS-18 because request {request}");
        ask(bot, &text, PRESSES + request).await;
    }
    bot.settle().await.unwrap();
    let sealed = |say: &str| bot.world.seal.seal(&tenant(), say, bot.world.clock.now()).unwrap();
    let own = |(place, code): (usize, String)| {
        let by = APPROVERS[place % APPROVERS.len()];
        let (channel, message) = card(slack, by, &code);
        let says = [format!("approve {code}"), format!("take back {code}")].map(|say| sealed(&say));
        Buttons { by, message: Posted { channel, message, via: None }, says }
    };
    newest(bot, REQUESTS).into_iter().enumerate().map(own).collect()
}

async fn ask(bot: &Bot, text: &str, number: usize) {
    say(bot, "demo-employee", text, format!("ask {number}")).await;
}

/// The codes of the newest requests.
fn newest(bot: &Bot, count: usize) -> Vec<String> {
    let rows = bot.world.projections.rows(countersign_projections::request::NAME);
    let all = countersign_projections::request::RequestFilter::default();
    let page = countersign_projections::request::list(&*rows, &tenant(), &all, None, count).unwrap();
    page.items.iter().map(|request| request.code.to_string()).collect()
}

async fn say(bot: &Bot, id: &str, text: &str, name: String) {
    bot.desk.receive(&tenant(), said(id, &name, text)).await.unwrap();
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
