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
use countersign_projections::Projections;
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
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = Config {
            data: folder.path().to_owned(),
            listen: ([127, 0, 0, 1], 0).into(),
            ..Config::default()
        };
        let demo = Demo::start(config).await.expect("the sandbox starts");
        let clock = Arc::new(HandClock::at("2026-03-02T09:00:00Z".parse().expect("a valid instant")));
        let world = world(&demo, store, Arc::clone(&clock) as Arc<dyn Clock>);
        let bot = Bot::start(world, Box::new(MemoryCheckpoint)).await.expect("the bot starts");
        for (tenant, config) in &demo.config.tenants {
            seed(&bot.world, &bot.engine, &bot.directory, tenant, config)
                .await
                .expect("the tenant is seeded");
        }
        let stage = Self { bot, clock, demo, _folder: folder };
        stage.settle().await;
        stage
    }

    /// Lets everything happen that can happen now.
    pub async fn settle(&self) {
        self.bot.settle().await.expect("the bot settles");
    }

    /// Turns the clock, and lets happen what is due.
    pub async fn later(&self, by: SignedDuration) {
        self.clock.turn(by);
        self.settle().await;
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

fn world(demo: &Demo, store: Arc<dyn EventStore>, clock: Arc<dyn Clock>) -> World {
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
