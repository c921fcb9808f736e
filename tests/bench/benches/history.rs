//! What people and the scheduler ask all the time, of somebody who asked for 100, 10,000 and 100,000 accesses before, in one run:
//! `cargo bench -p countersign-bench --bench history`.
//!
//! The past is written into the journal first, and the bot takes it up; then the same person asks for three more in each tenant.
//! `BENCH_ROUNDS` answers are measured of each kind (200), and the median is printed beside that of the shortest past.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign::boot::{self, Booted};
use countersign::bot::Bot;
use countersign::config::Config;
use countersign::demo::Demo;
use countersign_domain::access::{AccessEvent, Asked, Form, Proposal, Subject};
use countersign_domain::aggregate::encode;
use countersign_domain::envelope::{Actor, ActorKind, Cause};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::{Append, EventStore as _, Expected};
use countersign_domain::request::{CATEGORY, Code, Requester};
use countersign_domain::tenant::Person;
use countersign_projections::request::{self, RequestFilter};
use countersign_store::{Journal, Options, PlaceFile};
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PASTS: [usize; 3] = [100, 10_000, 100_000];
/// So many appends are on their way at once.
const ABREAST: usize = 512;
const WHO: &str = "demo-employee";
const REPOSITORIES: [&str; 3] = ["payments-api", "web-shop", "infra"];
/// What is measured.
const QUESTIONS: [&str; 4] = ["Home", "what is on the screen at the start", "my requests", "what is due"];

#[tokio::main]
async fn main() {
    let rounds = std::env::var("BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(200);
    let folder = tempfile::tempdir().unwrap();
    let base =
        Config { data: folder.path().to_owned(), listen: ([127, 0, 0, 1], 0).into(), ..Config::default() };
    let mut demo = Demo::start(base).await.unwrap();
    let acme = demo.config.tenants.values().next().unwrap().clone();
    let person = acme.people.iter().find(|person| person.id.as_str() == WHO).unwrap().clone();
    for past in PASTS {
        let mut config = acme.clone();
        config.tokens.clear();
        demo.config.tenants.insert(tenant(past), config);
    }
    write_pasts(folder.path(), &person).await;
    let start = Instant::now();
    let Booted { bot, .. } = boot::boot(&demo.config, Arc::clone(&demo.secrets)).await.unwrap();
    for past in PASTS {
        for (number, repository) in REPOSITORIES.into_iter().enumerate() {
            ask(&bot, &tenant(past), &person, repository, number).await;
        }
    }
    bot.settle().await.unwrap();
    println!("the bot took the past up in {:.1?}; medians of {rounds}:", start.elapsed());
    let mut first: Option<Vec<f64>> = None;
    for past in PASTS {
        let taken = measure(&bot, &tenant(past), &person, rounds).await;
        let first = first.get_or_insert_with(|| taken.clone());
        let told = QUESTIONS.iter().zip(taken.iter().zip(first.iter())).map(|(question, (taken, first))| {
            format!("{question} {:.0} µs ({:.2} ×)", taken * 1e6, taken / first)
        });
        println!("{past:>7} before: {}", told.collect::<Vec<_>>().join(", "));
    }
    // The process ends without looking back.
    drop(folder);
    std::process::exit(0);
}

/// The median of each question, in seconds.
async fn measure(bot: &Bot, tenant: &Tenant, person: &Person, rounds: usize) -> Vec<f64> {
    let mut taken: [Vec<Duration>; 4] = Default::default();
    for _ in 0..rounds {
        let start = Instant::now();
        let home = bot.chat.home(tenant, person).await.unwrap();
        taken[0].push(start.elapsed());
        assert_eq!(home.requests.len() + home.access.len(), REPOSITORIES.len());
        let start = Instant::now();
        bot.chat.cards_for(tenant, person).await.unwrap();
        taken[1].push(start.elapsed());
        let start = Instant::now();
        let rows = bot.world.projections.rows(request::NAME);
        let filter = RequestFilter { concerning: Some(person.id.clone()), ..RequestFilter::default() };
        assert_eq!(request::list(&*rows, tenant, &filter, None, 30).unwrap().items.len(), 30);
        taken[2].push(start.elapsed());
        let start = Instant::now();
        request::due(&*rows, bot.world.clock.now()).unwrap();
        request::next_due(&*rows).unwrap();
        taken[3].push(start.elapsed());
    }
    let median = |mut taken: Vec<Duration>| {
        taken.sort_unstable();
        taken[taken.len() / 2].as_secs_f64()
    };
    taken.into_iter().map(median).collect()
}

async fn ask(bot: &Bot, tenant: &Tenant, person: &Person, repository: &str, number: usize) {
    let context = countersign::context::Context::begin(
        tenant.clone(),
        person.clone(),
        "bench",
        Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{tenant} {number}").as_bytes()),
    );
    let text =
        format!("access write on {repository} for 2 days ticket OPS-{} because of the rollout", 17 + number);
    let cards = bot.chat.say(&context, &text).await.unwrap();
    assert!(cards.iter().all(|card| !card.refused), "{cards:?}");
}

/// Writes what each asked for and took back, long ago. The bot has reacted to all of that.
async fn write_pasts(data: &Path, person: &Person) {
    let log = data.join("log");
    let journal = Arc::new(Journal::open(&log, Options::default()).unwrap());
    for past in PASTS {
        let mut codes = BTreeSet::new();
        let mut on_their_way = tokio::task::JoinSet::new();
        for number in 0..past {
            let id = Uuid::from_u128(number as u128 + 1);
            let code = (0..1_000)
                .map(|attempt| Code::candidate(id, attempt))
                .find(|code| codes.insert(code.clone()));
            let append = taken_back(&tenant(past), &code.unwrap(), person, id);
            let journal = Arc::clone(&journal);
            on_their_way.spawn(async move {
                journal.append(append).await.unwrap();
            });
            if on_their_way.len() >= ABREAST {
                on_their_way.join_next().await.unwrap().unwrap();
            }
        }
        on_their_way.join_all().await;
    }
    let head = journal.head().await.unwrap().unwrap();
    let reached = PlaceFile::open(&log.join("reached"), Some(head)).unwrap();
    reached.reach(head).unwrap();
}

fn taken_back(tenant: &Tenant, code: &Code, person: &Person, id: Uuid) -> Append {
    let at = "2026-01-05T12:00:00Z".parse().unwrap();
    let form = Form {
        permission: Some("write".to_owned()),
        repository: Some("payments-api".to_owned()),
        duration: Some("2 hours".to_owned()),
        ticket: Some("OPS-17".to_owned()),
        ..Form::default()
    };
    let (requester, name) = (person.id.clone(), person.name.clone());
    let requester = Requester { id: requester, kind: ActorKind::Person, name, known: true };
    let asked = Asked::read(code.clone(), requester, Subject::person(person, "bitbucket"), &form, at);
    let events = [
        AccessEvent::Requested { asked: Box::new(asked) },
        AccessEvent::Withdrawn { proposal: Proposal::Grant, by: person.id.clone() },
    ];
    let actor =
        Actor { id: person.id.clone(), kind: ActorKind::Person, surface: "bench".to_owned(), via: None };
    let command = Uuid::new_v5(&id, tenant.as_str().as_bytes());
    let cause = Cause { actor, command, correlation: command, causation: command, at };
    Append {
        stream: StreamName::new(tenant, CATEGORY, code.stream_id()).unwrap(),
        expected: Expected::after(None),
        events: encode(&events, &cause),
        urgent: false,
    }
}

fn tenant(past: usize) -> Tenant {
    format!("t{past}").parse().unwrap()
}
