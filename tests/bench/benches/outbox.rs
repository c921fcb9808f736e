//! How soon a revocation begins while another tenant has 10,000 effects waiting for the same slow forge, beside how soon it
//! begins when nothing waits: `cargo bench -p countersign-bench --bench outbox`.
//!
//! `BENCH_WAITING` effects wait (10,000), and each call to the forge takes `BENCH_LATENCY_MS` more (50). It begins when the
//! attempt stands in the log: the present permission was read by then. It fails where that took a second or more, or where
//! the storm was over before the last revocation. The first revocation comes right behind the claims in the log, which are
//! reacted to in their order, and is told apart: it says how fast the log is followed.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign::boot::{self, Booted};
use countersign::bot::Bot;
use countersign::config::Config;
use countersign::context::{Context, system};
use countersign::demo::Demo;
use countersign_domain::access;
use countersign_domain::aggregate;
use countersign_domain::capabilities::{Effect, EffectCommand, EffectEvent, Effects, Plan};
use countersign_domain::effect::EffectState;
use countersign_domain::envelope::{Cause, Position};
use countersign_domain::names::Tenant;
use countersign_domain::request::Code;
use countersign_projections::{effect, request as requests};
use countersign_sandbox::Faults;
use tokio::task::JoinSet;
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const REPOSITORIES: [&str; 4] = ["payments-api", "web-shop", "infra", "archive"];
const PEOPLE: [&str; 5] = ["demo-employee", "demo-approver", "demo-approver2", "demo-admin", "demo-auditor"];
/// Everybody may read everything, so that each request becomes a permission by itself.
const RULES: &str =
    "@id(\"read\") @auto @max_duration(\"7 days\") permit (principal, action == Action::\"read\", resource);";

#[tokio::main]
async fn main() {
    let number =
        |name: &str, usual: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (waiting, latency_ms) = (number("BENCH_WAITING", 10_000), number("BENCH_LATENCY_MS", 50));
    let folder = tempfile::tempdir().unwrap();
    let base =
        Config { data: folder.path().to_owned(), listen: ([127, 0, 0, 1], 0).into(), ..Config::default() };
    let mut demo = Demo::start(base).await.unwrap();
    let mut quiet = demo.config.tenants[&stormy()].clone();
    quiet.tokens.clear();
    RULES.clone_into(&mut quiet.rules);
    demo.config.tenants.insert(quiet_tenant(), quiet);
    let Booted { bot, .. } = boot::boot(&demo.config, Arc::clone(&demo.secrets)).await.unwrap();

    let codes = granted(&bot).await;
    demo.bitbucket.order(Faults { latency_ms, ..Faults::default() });
    let (calm, storm) = codes.split_at(codes.len() / 2);
    let alone = revoked(&bot, calm).await;
    bot.settle().await.unwrap();
    let start = Instant::now();
    claim(&bot, waiting).await;
    println!("{waiting} effects of another tenant claimed in {:.1?}", start.elapsed());
    let behind = revoked(&bot, &storm[..1]).await;
    println!("a revocation right behind these claims in the log began after {:.1?}", behind[0]);
    let beside = revoked(&bot, &storm[1..]).await;
    println!("{} of them still wait after the last revocation", still_waiting(&bot));
    println!(
        "from \"revoke\" until the revocation has begun, each call to the forge {latency_ms} ms slower:"
    );
    println!("  nothing waits:          {}", spread(&alone));
    println!("  {waiting} effects wait: {}", spread(&beside));
    let ratio = median(&beside).as_secs_f64() / median(&alone).as_secs_f64();
    println!("  the second by the first, medians: {ratio:.2}");
    let worst = beside.iter().max().unwrap();
    assert!(*worst < Duration::from_secs(1), "a revocation began only after {worst:?}");
    assert!(still_waiting(&bot) > waiting / 2, "the storm was over too soon to say anything");
    // What still waits is nobody's any more.
    // The process ends without looking back.
    drop(folder);
    std::process::exit(0);
}

/// Every person of the quiet tenant may read every repository: the codes of the requests.
async fn granted(bot: &Bot) -> Vec<Code> {
    for repository in REPOSITORIES {
        for person in PEOPLE {
            let text = format!("access read on {repository} for 2 days ticket OPS-17 because of the bench");
            say(bot, person, &text).await;
        }
    }
    bot.settle().await.unwrap();
    let rows = bot.world.projections.rows(requests::NAME);
    let all = requests::RequestFilter::default();
    let page = requests::list(&*rows, &quiet_tenant(), &all, None, 100).unwrap();
    assert_eq!(page.items.len(), REPOSITORIES.len() * PEOPLE.len());
    page.items.iter().map(|request| request.code.clone()).collect()
}

/// Revokes each, one after the other: how long it took until each had begun.
async fn revoked(bot: &Bot, codes: &[Code]) -> Vec<Duration> {
    let mut taken = Vec::new();
    for code in codes {
        let (head, start) = (bot.world.store.head().await.unwrap(), Instant::now());
        let revoke = format!("revoke {code}");
        tokio::join!(say(bot, "demo-admin", &revoke), async {
            until_begun(bot, head).await;
            taken.push(start.elapsed());
        });
    }
    taken
}

/// Returns when the quiet tenant's permission is about to be set, after this position.
async fn until_begun(bot: &Bot, mut after: Option<Position>) {
    loop {
        bot.world.store.wait_past(after).await.unwrap();
        let page = bot.world.store.read_all(after, 1000).await.unwrap();
        let attempted =
            page.iter().filter(|event| event.tenant == quiet_tenant() && event.kind == "effect_attempted");
        for event in attempted {
            let attempted = aggregate::decode(event).unwrap();
            if matches!(
                attempted,
                EffectEvent::EffectAttempted { plan: Plan::Access(access::Plan::Permission(_)), .. }
            ) {
                return;
            }
        }
        after = page.last().map_or(after, |event| Some(event.pos));
    }
}

/// Claims so many look-ups of the stormy tenant, each in a lane of its own, at the same forge.
async fn claim(bot: &Bot, count: u64) {
    let mut claims = JoinSet::new();
    for number in 0..count {
        let (engine, outbox, now) = (bot.engine.clone(), Arc::clone(&bot.outbox), bot.world.clock.now());
        claims.spawn(async move {
            let id = Uuid::from_u64_pair(1, number);
            let looked_up = access::Effect::LookUp {
                code: Code::candidate(id, 0),
                account: format!("712020:{}", PEOPLE[0]),
                repository: Some(REPOSITORIES[0].to_owned()),
                ticket: None,
            };
            let looked_up = Effect::from(looked_up);
            let (actor, worker) = (system("bench"), "bench".to_owned());
            let cause = Cause { actor, command: id, correlation: id, causation: id, at: now };
            let claim = || EffectCommand::Claim { effect: looked_up.clone(), worker: worker.clone() };
            let tenant = stormy();
            let own = id.to_string();
            let claimed = engine.execute::<Effects>(&tenant, &own, &cause, "claim", claim).await;
            claimed.unwrap().unwrap();
            outbox.offer_claimed(&tenant, id, &looked_up);
        });
    }
    claims.join_all().await;
}

fn still_waiting(bot: &Bot) -> u64 {
    let rows = bot.world.projections.rows(effect::NAME);
    let counts = effect::counts(&*rows, &stormy()).unwrap();
    counts.get(&EffectState::Claimed).copied().unwrap_or_default()
}

async fn say(bot: &Bot, person: &str, text: &str) {
    let person = bot.directory.person(&quiet_tenant(), &person.parse().unwrap()).await.unwrap().unwrap();
    let context = Context::begin(quiet_tenant(), person, "web", Uuid::new_v4());
    bot.chat.say(&context, text).await.unwrap();
}

fn stormy() -> Tenant {
    "acme".parse().unwrap()
}

fn quiet_tenant() -> Tenant {
    "beta".parse().unwrap()
}

fn median(taken: &[Duration]) -> Duration {
    let mut sorted = taken.to_vec();
    sorted.sort();
    sorted[sorted.len() / 2]
}

fn spread(taken: &[Duration]) -> String {
    let (least, most) = (taken.iter().min().unwrap(), taken.iter().max().unwrap());
    format!("median {:.0?}, from {least:.0?} to {most:.0?}, of {}", median(taken), taken.len())
}
