//! Three bots on one log in a cluster of KurrentDB in miniature, asked for access by many people at once, while the leader
//! dies every ten seconds: `cargo bench -p countersign-bench --bench cluster`.
//!
//! `BENCH_RATE` requests a second to each bot (200), for `BENCH_SECONDS` seconds (60). It prints what
//! it measured, and fails where a request was lost, or anything was done twice. With `KURRENTDB_URL` the log is on that
//! server, whose leader nobody kills.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use countersign::boot::{self, Booted};
use countersign::config::Config;
use countersign::context::Context;
use countersign::demo::Demo;
use countersign_domain::envelope::{ActorKind, Envelope, Position};
use countersign_domain::names::Tenant;
use countersign_domain::ports::EventStore;
use countersign_domain::tenant::Person;
use countersign_kurrentd::{Cluster, Options};
use countersign_sandbox::bitbucket::{BitbucketUser, Level};
use countersign_sandbox::jira::Issue;
use countersign_sandbox::{
    Access, BitbucketOptions, BitbucketSandbox, BitbucketState, JiraOptions, JiraSandbox, JiraState,
};
use secrecy::ExposeSecret as _;
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const BOTS: usize = 3;
const BETWEEN_DEATHS: Duration = Duration::from_secs(10);
const PEOPLE: usize = 400;
const REPOSITORIES: usize = 250;
const TICKETS: usize = 250;
/// How many wait for an answer of one bot at once, as connections would; whoever comes then waits before.
const CONNECTIONS: usize = 128;
/// Everybody may read everything, so that each request becomes a permission and a comment by itself.
const RULES: &str =
    "@id(\"read\") @auto @max_duration(\"7 days\") permit (principal, action == Action::\"read\", resource);";

/// One request that was answered.
struct Answered {
    bot: usize,
    due: Instant,
    begun: Instant,
    at: Instant,
}

#[tokio::main]
async fn main() {
    let number =
        |name: &str, usual: u32| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (rate, seconds) = (number("BENCH_RATE", 200), number("BENCH_SECONDS", 60));
    let given = std::env::var("KURRENTDB_URL").ok();
    let cluster = Arc::new(Cluster::start(Options::nodes(3)).await.unwrap());
    let (url, company) = (given.clone().unwrap_or_else(|| cluster.url()), Company::start().await);
    let mut bots = Vec::new();
    for bot in 0..BOTS {
        bots.push(company.bot(bot, &url).await);
    }
    let head = bots[0].bot.world.store.head().await.unwrap();
    let all = rate as usize * seconds as usize * BOTS;
    assert!(all <= PEOPLE * REPOSITORIES, "there are no more than {} to ask for", PEOPLE * REPOSITORIES);

    let start = Instant::now();
    let deaths = Arc::<Mutex<Vec<Instant>>>::default();
    let killing =
        given.is_none().then(|| tokio::spawn(kill_leaders(Arc::clone(&cluster), Arc::clone(&deaths))));
    let answered = ask(&bots, all, rate).await;
    let offered = start.elapsed();
    rest(&bots).await;
    let settled = start.elapsed();
    killing.iter().for_each(tokio::task::JoinHandle::abort);
    let deaths = std::mem::take(&mut *deaths.lock().unwrap());

    let events = read(&*bots[0].bot.world.store, head).await;
    println!(
        "{BOTS} bots x {rate} requests/s for {seconds} s, {all} requests, {} deaths of the leader:",
        deaths.len()
    );
    println!(
        "  all answered after {offered:.1?} ({:.0}/s), every permission and comment made and read back after {settled:.1?} ({:.0}/s)",
        per_second(all, offered),
        per_second(all, settled)
    );
    println!("  events: {}, {:.0} a second", events.len(), per_second(events.len(), settled));
    let from = |from: fn(&Answered) -> Instant| answered.iter().map(|one| one.at - from(one)).collect();
    println!("  until a request is answered, from when it was due: {}", spread(from(|one| one.due)));
    println!("  … from when a connection was free:                 {}", spread(from(|one| one.begun)));
    println!(
        "  from a death until somebody who asked after it is answered, each bot: {}",
        recovery(&deaths, &answered)
    );
    verify(&events, all);
    company.verify(all);
    println!("  nothing lost, nothing done twice");
    for booted in bots {
        assert!(booted.bot.stop().await, "a part of a bot broke");
    }
}

/// Asks every bot so often a second, until all is answered.
async fn ask(bots: &[Booted], all: usize, rate: u32) -> Vec<Answered> {
    let connections: Vec<_> = bots.iter().map(|_| Arc::new(Semaphore::new(CONNECTIONS))).collect();
    let (start, mut tasks) = (Instant::now(), JoinSet::new());
    for which in 0..all {
        let (bot, place) = (which % BOTS, u32::try_from(which / BOTS).unwrap());
        let due = start + Duration::from_secs_f64(f64::from(place) / f64::from(rate));
        tokio::time::sleep_until(due.into()).await;
        let (chat, free) =
            (bots[bot].bot.chat.clone().with_patience(Duration::ZERO), Arc::clone(&connections[bot]));
        tasks.spawn(async move {
            let _connection = free.acquire().await.unwrap();
            let begun = Instant::now();
            let context = Context::begin(tenant(), person(which % PEOPLE), "web", Uuid::new_v4());
            let text =
                format!("access read on {} for 2 days ticket {}", repository(which / PEOPLE), ticket(which));
            // Nobody knows whether it was heard: it is said again, under the same id.
            while let Err(failure) = chat.say(&context, &text).await {
                assert!(!failure.is_final(), "{failure}");
            }
            Answered { bot, due, begun, at: Instant::now() }
        });
    }
    tasks.join_all().await
}

/// Kills the leader every ten seconds until this is aborted.
async fn kill_leaders(cluster: Arc<Cluster>, deaths: Arc<Mutex<Vec<Instant>>>) {
    loop {
        tokio::time::sleep(BETWEEN_DEATHS).await;
        let node = cluster.kill_leader().await.unwrap();
        deaths.lock().unwrap().push(Instant::now());
        cluster.revive(node).await.unwrap();
    }
}

/// Returns when no bot has anything left to do.
async fn rest(bots: &[Booted]) {
    let store = &bots[0].bot.world.store;
    loop {
        let before = store.head().await;
        let mut settled = before.is_ok();
        for booted in bots {
            settled &= booted.bot.settle().await.is_ok();
        }
        if settled && store.head().await.is_ok_and(|head| Ok(head) == before.map_err(drop)) {
            return;
        }
    }
}

/// Until somebody who asked after a death was answered, by each bot.
fn recovery(deaths: &[Instant], answered: &[Answered]) -> String {
    let first = |death: Instant, bot| {
        let after = answered.iter().filter(|one| one.bot == bot && one.begun > death);
        after.map(|one| one.at - death).min()
    };
    let all = deaths.iter().flat_map(|death| (0..BOTS).filter_map(|bot| first(*death, bot)));
    spread(all.collect())
}

/// Everything after this position.
async fn read(store: &dyn EventStore, mut after: Option<Position>) -> Vec<Envelope> {
    let mut events = Vec::new();
    loop {
        let page = store.read_all(after, 4096).await.unwrap();
        let Some(last) = page.last() else { return events };
        after = Some(last.pos);
        events.extend(page);
    }
}

/// What the log says: each request was granted once, and each effect succeeded once.
fn verify(events: &[Envelope], all: usize) {
    let mut times = BTreeMap::<(&str, &str), usize>::new();
    for event in events {
        *times.entry((event.stream.as_str(), &event.kind)).or_default() += 1;
    }
    let of = |kind: &str| {
        times.iter().filter(|((_, its), _)| *its == kind).map(|(_, times)| *times).collect::<Vec<_>>()
    };
    for kind in ["access_requested", "access_granted"] {
        assert_eq!(of(kind), vec![1; all], "each request has one {kind}");
    }
    let claimed = of("effect_claimed").len();
    assert_eq!(of("effect_succeeded"), vec![1; claimed], "each effect has one success");
}

/// A company in which many may read many repositories, on vendors in miniature.
struct Company {
    bitbucket: BitbucketSandbox,
    jira: JiraSandbox,
    demo: Demo,
    folder: TempDir,
}

impl Company {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let base = Config {
            data: folder.path().to_owned(),
            listen: ([127, 0, 0, 1], 0).into(),
            ..Config::default()
        };
        let mut demo = Demo::start(base).await.unwrap();
        let acme = demo.config.tenants.get_mut(&tenant()).unwrap();
        let users = (0..PEOPLE).map(|person| BitbucketUser {
            account_id: account(person),
            uuid: format!("{{00000000-0000-4000-8000-{person:012}}}"),
            nickname: format!("reader-{person}"),
            display_name: format!("Reader {person}"),
        });
        let seed = BitbucketState {
            workspace: acme.forge.bitbucket().unwrap().workspace.clone(),
            users: users.collect(),
            repositories: (0..REPOSITORIES).map(|which| (repository(which), Arc::default())).collect(),
            ..BitbucketState::default()
        };
        let token = demo.secrets.get(&acme.forge.bitbucket().unwrap().token_secret).await.unwrap();
        let user = acme.forge.bitbucket().unwrap().email.clone().unwrap();
        let access = Access::Basic { user, token: token.expose_secret().to_owned() };
        let bitbucket = BitbucketSandbox::start(BitbucketOptions::new(access, seed)).await.unwrap();
        let tracker = acme.jira.as_mut().unwrap();
        let issue =
            |which| (ticket(which), Arc::new(Issue { summary: "Read it".to_owned(), ..Issue::default() }));
        let issues = (0..TICKETS).map(issue).collect();
        let seed = JiraState { users: demo.jira.state().users, issues, ..demo.jira.state() };
        let token = demo.secrets.get(&tracker.token_secret).await.unwrap();
        let (user, token) = (tracker.email.clone().unwrap(), token.expose_secret().to_owned());
        let jira = JiraSandbox::start(JiraOptions::new(Access::Basic { user, token }, seed)).await.unwrap();
        acme.forge.bitbucket_mut().unwrap().url = bitbucket.base_url();
        tracker.url = jira.base_url();
        acme.people.extend((0..PEOPLE).map(person));
        RULES.clone_into(&mut acme.rules);
        Self { bitbucket, jira, demo, folder }
    }

    /// One more bot on this log.
    async fn bot(&self, which: usize, log: &str) -> Booted {
        let mut config =
            Config { data: self.folder.path().join(format!("bot-{which}")), ..self.demo.config.clone() };
        config.store.url = Some(log.to_owned());
        boot::boot(&config, Arc::clone(&self.demo.secrets)).await.unwrap()
    }

    /// What is there: each permission that was asked for and no other, and the comments of each request, none twice.
    fn verify(&self, all: usize) {
        let mut wanted = BTreeMap::<String, BTreeMap<String, Level>>::new();
        for which in 0..all {
            let held = wanted.entry(repository(which / PEOPLE)).or_default();
            held.insert(account(which % PEOPLE), Level::Read);
        }
        for (name, held) in self.bitbucket.state().repositories {
            assert_eq!(held.permissions, wanted.remove(&name).unwrap_or_default(), "{name}");
        }
        let state = self.jira.state();
        let comments: Vec<_> = state.issues.values().flat_map(|issue| &issue.comments).collect();
        let effects: BTreeSet<_> =
            comments.iter().map(|one| one.properties["countersign"]["effect"].as_str()).collect();
        assert_eq!(effects.len(), comments.len(), "a comment stands on a ticket twice");
        assert!(comments.len() >= all, "{} comments for {all} requests", comments.len());
    }
}

fn tenant() -> Tenant {
    "acme".parse().unwrap()
}

fn person(which: usize) -> Person {
    Person {
        id: format!("reader-{which}").parse().unwrap(),
        kind: ActorKind::Person,
        name: format!("Reader {which}"),
        groups: BTreeSet::default(),
        roles: BTreeSet::default(),
        accounts: [("bitbucket".to_owned(), account(which))].into(),
    }
}

fn account(person: usize) -> String {
    format!("712020:reader-{person}")
}

fn repository(which: usize) -> String {
    format!("service-{which}")
}

fn ticket(request: usize) -> String {
    format!("OPS-{}", 1 + request % TICKETS)
}

fn per_second(count: usize, taken: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap()) / taken.as_secs_f64()
}

fn spread(mut taken: Vec<Duration>) -> String {
    taken.sort();
    let at =
        |share: usize| taken.get((taken.len() * share / 100).min(taken.len().saturating_sub(1))).copied();
    let at = |share| at(share).unwrap_or_default();
    format!("p50 {:.1?}, p99 {:.1?}, most {:.1?}", at(50), at(99), at(100))
}
