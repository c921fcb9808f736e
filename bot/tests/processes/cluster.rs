//! Three bots as processes on one log in a cluster of three nodes, any of which is killed at any time: every request has one
//! outcome, every effect at most one success, all bots show the same, and the real permissions are those that were granted.
//!
//! `CLUSTER_ROUNDS` makes it as long as you like, and `CLUSTER_SEED` another one.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::support::{Clients, History, Running, demo_with_files};
use countersign::demo::Demo;
use countersign_domain::envelope::Envelope;
use countersign_domain::ports::EventStore as _;
use countersign_kurrent::{Kurrent, Patience};
use countersign_kurrentd::{Cluster, Options};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tempfile::TempDir;

const BOTS: usize = 3;
const NODES: usize = 3;
const ROUNDS: u64 = 4;
/// After how many answers somebody is killed, drawn anew in every round.
const ANSWERS: std::ops::RangeInclusive<u32> = 4..=12;
/// How long everything may take to come to rest at the end.
const REST: Duration = Duration::from_secs(90);

/// The bots, what they share, and who is who.
struct Stage {
    folder: TempDir,
    demo: Demo,
    cluster: Cluster,
    log: Kurrent,
    bots: Vec<Running>,
}

impl Stage {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cluster = Cluster::start(Options::nodes(NODES).with_user("ops", "p@ss:word")).await.unwrap();
        let (demo, mut config) =
            demo_with_files(folder.path(), &[("kurrent", "ops:p@ss:word"), ("seal", &"5e".repeat(32))]).await;
        let (_, hosts) =
            cluster.url().split_once('@').map(|(one, two)| (one.to_owned(), two.to_owned())).unwrap();
        config.store.url = Some(format!("kurrentdb://{hosts}"));
        config.store.credentials_secret = Some("kurrent".to_owned());
        config.store.term = Duration::from_secs(2);
        config.keys.seal_secret = Some("seal".to_owned());
        std::fs::write(folder.path().join("countersign.toml"), config.render()).unwrap();
        let log = Kurrent::new(cluster.url().parse().unwrap(), Patience::default()).unwrap();
        let mut stage = Self { folder, demo, cluster, log, bots: Vec::new() };
        for bot in 0..BOTS {
            let running = Running::started(stage.command(bot));
            stage.bots.push(running);
        }
        stage
    }

    fn data(&self, bot: usize) -> PathBuf {
        let data = self.folder.path().join(format!("bot-{bot}"));
        std::fs::create_dir_all(&data).unwrap();
        data
    }

    fn command(&self, bot: usize) -> std::process::Command {
        Running::configured(&self.config(), &self.data(bot))
    }

    fn config(&self) -> PathBuf {
        Path::new(self.folder.path()).join("countersign.toml")
    }

    /// Kills a bot or the leader, and starts it again.
    async fn strike(&mut self, random: &mut StdRng) {
        let victim = random.random_range(0..=BOTS);
        if victim == BOTS {
            let node = self.cluster.kill_leader().await.unwrap();
            self.cluster.revive(node).await.unwrap();
        } else {
            self.bots[victim].kill();
            self.bots[victim] = Running::started(self.command(victim));
        }
    }

    async fn events(&self) -> Vec<Envelope> {
        let mut events: Vec<Envelope> = Vec::new();
        loop {
            let page = self.log.read_all(events.last().map(|event| event.pos), 1000).await.unwrap();
            if page.is_empty() {
                return events;
            }
            events.extend(page);
        }
    }

    /// Waits until the log says that nothing is left to be done.
    async fn rest(&self) -> Vec<Envelope> {
        let deadline = Instant::now() + REST;
        loop {
            let events = self.events().await;
            let open = History::of(&events).open();
            if open.is_empty() {
                return events;
            }
            assert!(Instant::now() < deadline, "{} are still open: {open:#?}", open.len());
            // Other processes write this log: what they do next is told by it alone.
            self.log.wait_past(events.last().map(|event| event.pos)).await.unwrap();
        }
    }

    /// The digest of a read model, folded anew by one of the bots.
    async fn digest(&self, clients: &Clients, bot: usize, name: &str) -> String {
        let url = format!("{}/api/v1/projections/{name}/rebuild", self.bots[bot].address);
        let report = clients.rebuild(&url).await;
        assert_eq!(report["before"], report["after"], "{name} of bot {bot}: {report}");
        report["after"].as_str().unwrap_or_else(|| panic!("no digest in {report}")).to_owned()
    }

    /// The whole audit trail as a bot shows it, up to this position.
    async fn trail(&self, clients: &Clients, bot: usize, last: u64) -> Vec<serde_json::Value> {
        let all = format!("{}/api/v1/audit?limit=500", self.bots[bot].address);
        let (mut url, mut trail) = (all.clone(), Vec::new());
        loop {
            let page = clients.audit(&url).await;
            let items = page["items"].as_array().expect("a list").iter();
            trail
                .extend(items.filter(|item| item["position"].as_u64().is_some_and(|at| at <= last)).cloned());
            let Some(next) = page["next"].as_str() else { return trail };
            url = format!("{all}&after={next}");
        }
    }
}

fn chosen(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test(flavor = "multi_thread")]
async fn cluster_three_bots_of_which_any_is_killed_at_any_time_do_everything_once() {
    let (rounds, seed) = (chosen("CLUSTER_ROUNDS", ROUNDS), chosen("CLUSTER_SEED", 1));
    let mut random = StdRng::seed_from_u64(seed);
    let (mut stage, clients) = (Stage::new().await, Clients::new());
    for _ in 0..rounds {
        let mut loads: Vec<_> = stage.bots.iter().map(|bot| clients.load(&bot.address)).collect();
        let answers = random.random_range(ANSWERS);
        let (_, told) = &mut loads[random.random_range(0..BOTS)];
        for _ in 0..answers {
            // A bot that has no clients any more answers nobody.
            if told.recv().await.is_none() {
                break;
            }
        }
        stage.strike(&mut random).await;
        let speaking: Vec<_> = loads.into_iter().map(|(speaking, _)| speaking).collect();
        for speaking in speaking {
            speaking.join_all().await;
        }
    }
    clients.finish(&stage.bots[0].address).await;
    let events = stage.rest().await;
    let history = History::of(&events);
    history.nothing_was_repeated(clients.asked());
    history.nothing_was_lost(&clients.acknowledged());
    history.outside_is_as_the_log_says(&serde_json::json!({
        "bitbucket": { "state": stage.demo.bitbucket.state() },
        "jira": { "state": stage.demo.jira.state() },
    }));
    for name in ["request", "effect", "audit"] {
        let digest = stage.digest(&clients, 0, name).await;
        for bot in 1..BOTS {
            let own = stage.digest(&clients, bot, name).await;
            // That somebody had it made anew is in the audit, too, so that each bot's has one event more.
            assert!(own == digest || name == "audit", "{name} of bot {bot}");
        }
    }
    let last = events.last().map(|event| event.pos.for_store()).expect("something happened");
    let trail = stage.trail(&clients, 0, last).await;
    assert!(!trail.is_empty(), "there is an audit");
    for bot in 1..BOTS {
        assert_eq!(stage.trail(&clients, bot, last).await, trail, "audit of bot {bot}");
    }
    for bot in stage.bots.drain(..) {
        let (ended, said) = bot.stop();
        assert!(ended.success(), "{ended}: {said}");
    }
}
