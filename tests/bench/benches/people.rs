//! What a change costs among 100, 1,000 and 10,000 people with 500 groups that follow a vendor's, in one run:
//! `cargo bench -p countersign-bench --bench people`.
//!
//! A change is one person who joins a group or leaves it: decided, durable in the journal, and read again by the directory. The bot
//! runs beside it and reacts to each. `BENCH_CHANGES` of them are measured for each size (400).
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign::boot::{self, Booted};
use countersign::bot::Bot;
use countersign::config::Config;
use countersign::context::system;
use countersign::demo::Demo;
use countersign_domain::envelope::{ActorKind, Cause};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::tenant::{People, PeopleCommand, Person};
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SIZES: [usize; 3] = [100, 1_000, 10_000];
const GROUPS: usize = 500;
const IN_A_GROUP: usize = 50;

#[tokio::main]
async fn main() {
    let changes = std::env::var("BENCH_CHANGES").ok().and_then(|text| text.parse().ok()).unwrap_or(400);
    let folder = tempfile::tempdir().unwrap();
    let base =
        Config { data: folder.path().to_owned(), listen: ([127, 0, 0, 1], 0).into(), ..Config::default() };
    let mut demo = Demo::start(base).await.unwrap();
    let acme = demo.config.tenants.values().next().unwrap().clone();
    for size in SIZES {
        let mut config = acme.clone();
        config.tokens.clear();
        config.people = (0..size).map(person).collect();
        demo.config.tenants.insert(tenant(size), config);
    }
    let Booted { bot, .. } = boot::boot(&demo.config, Arc::clone(&demo.secrets)).await.unwrap();
    for size in SIZES {
        for group in 0..GROUPS {
            change(&bot, size, group, members(size, group, IN_A_GROUP)).await;
        }
    }
    bot.settle().await.unwrap();
    println!("a change among so many people, {GROUPS} groups, median of {changes}:");
    let mut first = None;
    for size in SIZES {
        let taken = median((0..changes).map(|number| (number % GROUPS, number / GROUPS)), &bot, size).await;
        let (each, first) = (taken.as_secs_f64(), *first.get_or_insert(taken.as_secs_f64()));
        println!("{size:>7}: {:.2} ms, {:.0}/s, {:.2} × the first", each * 1e3, 1.0 / each, each / first);
    }
    bot.settle().await.unwrap();
    // The process ends without looking back.
    drop(folder);
    std::process::exit(0);
}

async fn median(changes: impl Iterator<Item = (usize, usize)>, bot: &Bot, size: usize) -> Duration {
    let mut taken = Vec::new();
    for (group, round) in changes {
        let start = Instant::now();
        change(bot, size, group, members(size, group, IN_A_GROUP - 1 + round % 2)).await;
        bot.directory.present(&tenant(size)).await.unwrap();
        taken.push(start.elapsed());
    }
    taken.sort_unstable();
    taken[taken.len() / 2]
}

/// Lets a group have these members.
async fn change(bot: &Bot, size: usize, group: usize, members: BTreeSet<PrincipalId>) {
    let (tenant, id) = (tenant(size), Uuid::new_v4());
    let at = bot.world.clock.now();
    let cause = Cause { actor: system("bench"), command: id, correlation: id, causation: id, at };
    let sync = || PeopleCommand::SyncGroup { group: format!("g{group}"), members: members.clone() };
    let done = bot.engine.execute::<People>(&tenant, tenant.as_str(), &cause, "sync groups", sync).await;
    assert_eq!(done.unwrap().unwrap().events.len(), 1);
}

/// So many people from one on, who is another for every group.
fn members(size: usize, group: usize, count: usize) -> BTreeSet<PrincipalId> {
    (0..count).map(|member| id((group * 7 + member) % size)).collect()
}

fn person(number: usize) -> Person {
    let (groups, accounts) = (["staff".to_owned()].into(), [].into());
    Person {
        id: id(number),
        kind: ActorKind::Person,
        name: number.to_string(),
        groups,
        roles: [].into(),
        accounts,
    }
}

fn id(number: usize) -> PrincipalId {
    format!("p{number}").parse().unwrap()
}

fn tenant(size: usize) -> Tenant {
    format!("t{size}").parse().unwrap()
}
