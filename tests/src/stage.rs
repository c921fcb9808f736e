//! The stage: a whole bot on a log, the sandbox's real HTTP servers, and a clock that is turned by hand.

use std::sync::Arc;

use countersign::boot;
use countersign::bot::Bot;
use countersign::config::Config;
use countersign::context::Context;
use countersign::demo::Demo;
use countersign::seed::seed;
use countersign::system::MemoryCheckpoint;
use countersign::world::World;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Clock, EventStore};
use countersign_domain::tenant::Person;
use countersign_outbound::Outbound;
use countersign_projections::{Projections, effect};
use countersign_store::MemoryStore;
use jiff::SignedDuration;
use tempfile::TempDir;
use uuid::Uuid;

use crate::clock::HandClock;

/// A whole bot with everything around it.
pub struct Stage {
    /// The bot.
    pub bot: Bot,
    /// The clock.
    pub clock: Arc<HandClock>,
    /// The sandbox and the configuration that points at it.
    pub demo: Demo,
    _folder: TempDir,
}

impl Stage {
    /// A new bot on an empty log in memory.
    pub async fn new() -> Self {
        Self::on(Arc::new(MemoryStore::new())).await
    }

    /// A new bot on this log.
    pub async fn on(store: Arc<dyn EventStore>) -> Self {
        Self::arranged(store, |_| {}, |_| {}).await
    }

    /// A new bot on this log, with the configuration and the world as the arrangements leave them.
    pub async fn arranged(
        store: Arc<dyn EventStore>,
        configure: impl FnOnce(&mut Config),
        arrange: impl FnOnce(&mut World),
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut config = Config {
            data: folder.path().to_owned(),
            listen: ([127, 0, 0, 1], 0).into(),
            ..Config::default()
        };
        configure(&mut config);
        let demo = Demo::start(config).await.expect("the sandbox starts");
        let clock = Arc::new(HandClock::at("2026-03-02T09:00:00Z".parse().expect("a valid instant")));
        let mut world = world(&demo, store, Arc::clone(&clock) as Arc<dyn Clock>);
        arrange(&mut world);
        let bot = start(world, &demo).await;
        let stage = Self { bot, clock, demo, _folder: folder };
        stage.settle().await;
        stage
    }

    /// Lets everything happen that can happen now.
    pub async fn settle(&self) {
        // Real time: a bot that never settles is a fault to be told, not waited for.
        let settled = tokio::time::timeout(std::time::Duration::from_secs(30), self.bot.settle()).await;
        settled.expect("the bot settles within half a minute").expect("the bot settles");
    }

    /// Turns the clock, and lets happen what is due.
    pub async fn later(&self, by: SignedDuration) {
        self.clock.turn(by);
        self.settle().await;
    }

    /// Turns the clock to each time at which an effect is tried again, until none waits for one.
    pub async fn calm(&self) {
        self.settle().await;
        let rows = self.bot.world.projections.rows(effect::NAME);
        while let Some(due) = effect::next_due(&*rows).expect("the read model answers") {
            self.later(due.duration_since(self.clock.now()).max(SignedDuration::ZERO)).await;
        }
    }

    /// A person of the demo's tenant.
    pub async fn person(&self, id: &str) -> Person {
        let id = id.parse().expect("a principal's id");
        self.bot
            .directory
            .person(&tenant(), &id)
            .await
            .expect("the directory answers")
            .expect("a known person")
    }

    /// A new interaction of a person.
    pub async fn context(&self, id: &str) -> Context {
        Context::begin(tenant(), self.person(id).await, "web", Uuid::new_v4())
    }

    /// What an account holds on a repository of the sandbox: `write`, or nothing.
    pub fn held(&self, id: &str, repository: &str) -> Option<String> {
        let state = self.demo.bitbucket.state();
        let permissions = &state.repositories.get(repository)?.permissions;
        let level = permissions.get(&format!("712020:{id}"))?;
        serde_json::to_value(level).ok()?.as_str().map(str::to_owned)
    }

    /// The status of a ticket of the sandbox, and its comments.
    pub fn ticket(&self, key: &str) -> (String, Vec<String>) {
        let state = self.demo.jira.state();
        let issue = state.issues.get(key).expect("a ticket of the demo");
        (issue.status.name().to_owned(), issue.comments.iter().map(|comment| comment.text.clone()).collect())
    }
}

/// The demo's tenant.
pub fn tenant() -> Tenant {
    "acme".parse().expect("a tenant's name")
}

/// Starts a bot in this world, and seeds its tenants as the program does.
pub async fn start(world: World, demo: &Demo) -> Bot {
    let bot = Bot::start(world, Box::new(MemoryCheckpoint)).await.expect("the bot starts");
    for (tenant, config) in &demo.config.tenants {
        seed(&bot.world, &bot.engine, &bot.directory, tenant, config).await.expect("the tenant is seeded");
    }
    bot
}

/// What a bot beside this sandbox runs in.
pub fn world(demo: &Demo, store: Arc<dyn EventStore>, clock: Arc<dyn Clock>) -> World {
    let outbound = Outbound::new(demo.config.http_client.clone(), Arc::clone(&clock)).expect("a way out");
    let tenants = boot::vendors(&demo.config, &outbound, &demo.secrets).expect("vendors that can be reached");
    World {
        projections: Projections::open(Arc::clone(&store), None).expect("read models"),
        store,
        clock,
        secrets: Arc::clone(&demo.secrets),
        tenants: Arc::new(tenants),
        backoff: demo.config.outbox.backoff.clone(),
        random: Arc::new(|| 0.5),
        worker: "test".to_owned(),
    }
}
