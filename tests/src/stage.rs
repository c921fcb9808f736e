//! The stage: a whole bot on a log, the sandbox's real HTTP servers, and a clock that is turned by hand.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign::boot;
use countersign::bot::Bot;
use countersign::config::{Config, TenantConfig};
use countersign::context::Context;
use countersign::demo::Demo;
use countersign::duties::Duties;
use countersign::http::{self, HttpParts, HttpSettings, HttpState};
use countersign::listener;
use countersign::seal::Seal;
use countersign::seed::seed;
use countersign::serve;
use countersign::system::MemoryCheckpoint;
use countersign::world::World;
use countersign_discord::Mode;
use countersign_domain::card::Card;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Clock, EventStore};
use countersign_domain::tenant::Person;
use countersign_outbound::Outbound;
use countersign_projections::{Projections, effect};
use countersign_store::MemoryStore;
use jiff::SignedDuration;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::amazon::AMAZON;
use crate::clock::HandClock;

/// A whole bot with everything around it.
pub struct Stage {
    /// The bot.
    pub bot: Box<Bot>,
    /// The clock.
    pub clock: Arc<HandClock>,
    /// The sandbox and the configuration that points at it.
    pub demo: Box<Demo>,
    /// Where the bot's own HTTP side answers.
    pub address: SocketAddr,
    pub(crate) http: reqwest::Client,
    said: AtomicU64,
    folder: TempDir,
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

    /// A new bot whose people chat, in Slack in miniature.
    pub async fn with_chats() -> Self {
        Self::with_chats_on(Arc::new(MemoryStore::new())).await
    }

    /// The same on this log.
    pub async fn with_chats_on(store: Arc<dyn EventStore>) -> Self {
        Self::with_chats_adapted(store, |_| {}).await
    }

    /// The same, with the demo as `adapt` leaves it: more people, other settings.
    pub async fn with_chats_adapted(store: Arc<dyn EventStore>, adapt: impl FnOnce(&mut Demo)) -> Self {
        Self::raised(store, true, |_| {}, adapt, |_| {}).await
    }

    /// A new bot whose people chat, in the world as `arrange` leaves it.
    pub async fn with_chats_arranged(arrange: impl FnOnce(&mut World)) -> Self {
        Self::raised(Arc::new(MemoryStore::new()), true, |_| {}, |_| {}, arrange).await
    }

    /// A new bot on this log whose people chat in Discord in miniature only, with the tenant as `furnish` leaves it.
    pub async fn with_discord(store: Arc<dyn EventStore>, furnish: impl FnOnce(&mut TenantConfig)) -> Self {
        let only_discord = |demo: &mut Demo| {
            let acme = demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
            (acme.slack, acme.teams) = (None, None);
            for person in &mut acme.people {
                person.accounts.retain(|vendor, _| !["slack", "teams", "email"].contains(&vendor.as_str()));
            }
            furnish(acme);
        };
        Self::raised(store, true, |_| {}, only_discord, |_| {}).await
    }

    /// A new bot on this log, with the configuration and the world as the arrangements leave them.
    pub async fn arranged(
        store: Arc<dyn EventStore>,
        configure: impl FnOnce(&mut Config),
        arrange: impl FnOnce(&mut World),
    ) -> Self {
        Self::raised(store, false, configure, |_| {}, arrange).await
    }

    /// A new bot without chats on this log, with the demo as `adapt` leaves it.
    pub async fn adapted(store: Arc<dyn EventStore>, adapt: impl FnOnce(&mut Demo)) -> Self {
        Self::raised(store, false, |_| {}, adapt, |_| {}).await
    }

    /// A new bot on this log, with all of it as the arrangements leave it.
    pub async fn raised(
        store: Arc<dyn EventStore>,
        chatting: bool,
        configure: impl FnOnce(&mut Config),
        adapt: impl FnOnce(&mut Demo),
        arrange: impl FnOnce(&mut World),
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut config = Config {
            data: folder.path().to_owned(),
            listen: ([127, 0, 0, 1], 0).into(),
            ..Config::default()
        };
        configure(&mut config);
        // In boxes, because what starts a whole bot is large.
        let demo = if chatting {
            Box::pin(Demo::with_chats(config)).await
        } else {
            Box::pin(Demo::start(config)).await
        };
        let mut demo = demo.expect("the sandbox starts");
        adapt(&mut demo);
        let clock = Arc::new(HandClock::at("2026-03-02T09:00:00Z".parse().expect("a valid instant")));
        if let Some(chats) = &demo.chats {
            let clock = Arc::clone(&clock);
            chats.teams.keep_time(move || clock.now());
        }
        let mut world = world(&demo, store, Arc::clone(&clock) as Arc<dyn Clock>);
        arrange(&mut world);
        let bot = Box::new(Box::pin(start(world, &demo)).await);
        let address = Box::pin(listen(&bot, &demo)).await;
        demo.deliver_to(address);
        let (http, said) = (client(), AtomicU64::new(0));
        let stage = Self { bot, clock, demo: Box::new(demo), address, http, said, folder };
        Box::pin(stage.settle()).await;
        stage
    }

    /// Stops the bot, and starts another on the same log after what happens `meanwhile` in the chats.
    pub async fn restarted(self, meanwhile: impl AsyncFnOnce(&Demo)) -> Self {
        let Self { bot, clock, demo, http, said, folder, .. } = self;
        let store = Arc::clone(&bot.world.store);
        assert!(bot.stop().await, "every part of it was whole");
        meanwhile(&demo).await;
        let world = world(&demo, store, Arc::clone(&clock) as Arc<dyn Clock>);
        let bot = Box::new(Box::pin(start(world, &demo)).await);
        let address = Box::pin(listen(&bot, &demo)).await;
        demo.deliver_to(address);
        let stage = Self { bot, clock, demo, address, http, said, folder };
        Box::pin(stage.settle()).await;
        stage
    }

    /// A person of the demo's tenant says something; everything that follows at once has happened when this returns.
    /// The first card is the answer.
    pub async fn says(&self, token: &str, text: &str) -> Card {
        let card = self.says_without_waiting(token, text).await;
        self.settle().await;
        card
    }

    /// A person says something, and this returns with the answer.
    pub async fn says_without_waiting(&self, token: &str, text: &str) -> Card {
        let body = serde_json::json!({ "text": text });
        let answer = self.post(token, "/api/v1/chat", &body).await;
        serde_json::from_value(answer["cards"][0].clone())
            .unwrap_or_else(|error| panic!("{error} in {answer:#}"))
    }

    /// The answer to a POST, whatever its status.
    pub async fn post(&self, token: &str, path: &str, body: &Value) -> Value {
        // Counted and not random: codes and ids are the same in every run, so that snapshots are.
        let said = self.said.fetch_add(1, Ordering::Relaxed);
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, &said.to_be_bytes());
        let request =
            self.http.post(self.url(path)).bearer_auth(token).header("x-request-id", id.to_string());
        let answer = request.json(body).send().await.expect("the bot answers");
        answer.json().await.expect("JSON")
    }

    /// The answer to a GET, whatever its status.
    pub async fn get(&self, token: &str, path: &str) -> Value {
        let answer = self.http.get(self.url(path)).bearer_auth(token).send().await.expect("the bot answers");
        answer.json().await.expect("JSON")
    }

    /// The text that a path answers.
    pub async fn get_text(&self, token: &str, path: &str) -> String {
        let answer = self.http.get(self.url(path)).bearer_auth(token).send().await.expect("the bot answers");
        answer.text().await.expect("text")
    }

    /// The only administrator proposes these rules, whom the rules let do that alone; they are in force when this returns.
    pub async fn publish(&self, text: &str) -> Value {
        let body = serde_json::json!({ "text": text });
        let proposed = self.post("demo-admin", "/api/v1/rules/proposals", &body).await;
        let code = proposed["code"].as_str().unwrap_or_else(|| panic!("no code in {proposed:#}"));
        self.settle().await;
        let proposal = self.get("demo-admin", &format!("/api/v1/rules/proposals/{code}")).await;
        assert_eq!(proposal["status"], "published", "{proposal:#}");
        proposal
    }

    /// A client for this machine only.
    pub const fn client(&self) -> &reqwest::Client {
        &self.http
    }

    /// The address of a path of the bot.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How a request stands, as the API says it.
    pub async fn status(&self, code: &str) -> String {
        let request = self.get("demo-admin", &format!("/api/v1/access-requests/{code}")).await;
        request["status"].as_str().unwrap_or_else(|| panic!("no status in {request:#}")).to_owned()
    }

    /// The types of all events of a request, oldest first.
    pub async fn history(&self, code: &str) -> Vec<String> {
        let page = self.get("demo-auditor", &format!("/api/v1/audit?code={code}&limit=500")).await;
        let items = page["items"].as_array().unwrap_or_else(|| panic!("no items in {page:#}"));
        items.iter().map(|item| item["type"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Lets everything happen that can happen now.
    pub async fn settle(&self) {
        let acme = self.demo.config.tenants.get(&tenant());
        if let Some(chats) = &self.demo.chats {
            if acme.is_some_and(|acme| acme.slack.is_some()) {
                chats.slack.connected(1).await;
                // The first connection has taken over what there was before anybody does anything.
                let mut caught_up = self.bot.desk.caught_up();
                caught_up.wait_for(|times| *times > 0).await.expect("the bot is there");
                chats.slack.settled().await;
            }
            let gateway = |mode| mode == Mode::Gateway || chats.discord.delivers_by_http();
            if acme.and_then(|acme| acme.discord.as_ref()).is_some_and(|it| gateway(it.vendor.mode)) {
                self.discord_delivered().await;
            }
        }
        settle(&self.bot).await;
    }

    /// Turns the clock, and lets happen what is due.
    pub async fn later(&self, by: SignedDuration) {
        self.clock.turn(by);
        self.settle().await;
    }

    /// Turns the clock to each time at which an effect is tried again, until none waits for one.
    pub async fn calm(&self) {
        calm(&self.bot, &self.clock).await;
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

/// A client for this machine only: it need not read the certificates of the world.
fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().tls_certs_only([]).build().expect("a client")
}

async fn listen(bot: &Bot, demo: &Demo) -> SocketAddr {
    let told = serve::settings(&demo.config, Arc::new(Vec::new));
    let state = HttpState::new(HttpParts {
        world: bot.world.clone(),
        engine: bot.engine.clone(),
        directory: bot.directory.clone(),
        chat: bot.chat.clone(),
        desk: Arc::clone(&bot.desk),
        settings: HttpSettings { notary: Some(AMAZON.clone()), ..told },
        stopping: bot.stopping(),
    });
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (router, config) = (http::router(&state), demo.config.http.clone());
    // As long as the test; a bot that was stopped answers that it is stopping.
    tokio::spawn(listener::serve(listener, router, config, CancellationToken::new()));
    address
}

/// Whether a text says this number, by itself: an address of this machine may hold its digits by chance.
pub fn says_number(text: &str, number: &str) -> bool {
    text.split(|sign: char| !sign.is_ascii_digit()).any(|own| own == number)
}

/// The text of a card as it is the same in every run: without the ports of this one, and the receipt that covers them.
pub fn words(card: &Card) -> String {
    let line = |line: &str| match (line.split_once("http://127.0.0.1:"), line.split_once("Receipt: ")) {
        (Some((before, after)), _) => {
            format!("{before}http://jira{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
        }
        (_, Some((before, _))) => format!("{before}Receipt: …"),
        _ => line.to_owned(),
    };
    card.text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Lets everything happen that can happen now.
pub async fn settle(bot: &Bot) {
    // Real time: a bot that never settles is a fault to be told, not waited for.
    let settled = tokio::time::timeout(std::time::Duration::from_mins(2), Box::pin(bot.settle())).await;
    settled.expect("the bot settles within two minutes").expect("the bot settles");
}

/// Turns the clock to each time at which an effect is tried again, until none waits for one.
pub async fn calm(bot: &Bot, clock: &HandClock) {
    settle(bot).await;
    let rows = bot.world.projections.rows(effect::NAME);
    while let Some(due) = effect::next_due(&*rows).expect("the read model answers") {
        clock.turn(due.duration_since(clock.now()).max(SignedDuration::ZERO));
        settle(bot).await;
    }
}

/// Starts a bot in this world, and seeds its tenants as the program does.
pub async fn start(world: World, demo: &Demo) -> Bot {
    let mut bot = Box::pin(Bot::start(world, Box::new(MemoryCheckpoint))).await.expect("the bot starts");
    for (tenant, config) in &demo.config.tenants {
        seed(&bot.world, &bot.engine, &bot.directory, tenant, config).await.expect("the tenant is seeded");
        bot.follow_groups(tenant);
        bot.tend(tenant);
    }
    bot
}

/// What a bot beside this sandbox runs in.
pub fn world(demo: &Demo, store: Arc<dyn EventStore>, clock: Arc<dyn Clock>) -> World {
    let outbound = Outbound::new(demo.config.http_client.clone(), Arc::clone(&clock));
    let outbound = Arc::new(outbound.expect("a way out"));
    let tenants = boot::vendors(&demo.config, &outbound, &demo.secrets).expect("vendors that can be reached");
    World {
        projections: Projections::open(Arc::clone(&store), None).expect("read models"),
        store,
        clock,
        secrets: Arc::clone(&demo.secrets),
        pauses: outbound,
        tenants: Arc::new(tenants),
        abreast: demo.config.outbox.concurrency,
        backoff: demo.config.outbox.backoff.clone(),
        random: Arc::new(|| 0.5),
        worker: "test".to_owned(),
        duties: Arc::new(Duties::alone()),
        seal: Arc::new(Seal::new(&[7; 32])),
        looked: Arc::default(),
        in_view: Arc::default(),
        // Many stages stand on one machine, and each has its vendors beside it: a second is no time there.
        patience: 20,
        console: demo.config.console(),
        oversight: Arc::default(),
        stages: Arc::default(),
    }
}
