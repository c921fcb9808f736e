//! Several bots on one log, one sandbox and one clock that is turned by hand; each can be cut off from the log.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use countersign::bot::Bot;
use countersign::context::Context;
use countersign::demo::Demo;
use countersign::duties::Duties;
use countersign_domain::card::Card;
use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::names::StreamName;
use countersign_domain::ports::{Append, Appended, Clock, EventStore, StoreError};
use countersign_domain::roster::{Duty, Kept, Roster, Rosters};
use countersign_store::{MemoryRosters, MemoryStore};
use jiff::SignedDuration;
use tempfile::TempDir;
use tokio::sync::watch;
use uuid::Uuid;

use crate::clock::HandClock;
use crate::stage::{self, tenant};

/// For how long a bot is waited for.
pub const TERM: SignedDuration = SignedDuration::from_secs(6);

/// Several bots with everything around them.
pub struct Cluster {
    /// The log itself, which is never cut off.
    pub store: Arc<MemoryStore>,
    /// The clock of all.
    pub clock: Arc<HandClock>,
    /// The sandbox.
    pub demo: Demo,
    rosters: Arc<MemoryRosters>,
    bots: Vec<Member>,
    started: usize,
    _folder: TempDir,
}

/// One bot, and its way to the log.
pub struct Member {
    /// The bot.
    pub bot: Bot,
    /// Its name.
    pub name: String,
    line: Arc<Line>,
}

impl Cluster {
    /// So many bots on an empty log.
    pub async fn of(bots: usize) -> Self {
        Self::started(bots, false).await
    }

    /// So many bots whose people chat.
    pub async fn with_chats(bots: usize) -> Self {
        Self::started(bots, true).await
    }

    async fn started(bots: usize, chatting: bool) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = countersign::config::Config {
            data: folder.path().to_owned(),
            listen: ([127, 0, 0, 1], 0).into(),
            ..countersign::config::Config::default()
        };
        // In boxes, because what starts a whole bot is large.
        let demo = if chatting {
            Box::pin(Demo::with_chats(config)).await
        } else {
            Box::pin(Demo::start(config)).await
        };
        let clock = HandClock::at("2026-03-02T09:00:00Z".parse().expect("a valid instant"));
        let mut cluster = Self {
            store: Arc::default(),
            clock: Arc::new(clock),
            demo: demo.expect("the sandbox starts"),
            rosters: Arc::default(),
            bots: Vec::new(),
            started: 0,
            _folder: folder,
        };
        for _ in 0..bots {
            cluster.join().await;
        }
        cluster.turns().await;
        cluster.settle().await;
        cluster
    }

    /// Starts one more bot.
    pub async fn join(&mut self) {
        self.started += 1;
        let name = format!("bot-{}", self.started);
        let line = Arc::new(Line {
            store: Arc::clone(&self.store),
            rosters: Arc::clone(&self.rosters),
            cut: watch::Sender::new(false),
        });
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let mut world =
            stage::world(&self.demo, Arc::clone(&line) as Arc<dyn EventStore>, Arc::clone(&clock));
        let chats = world.tenants.iter().flat_map(|(tenant, vendors)| {
            let surfaces = vendors.talk.surfaces.keys();
            surfaces.map(|surface| Duty::Chat(*surface, tenant.clone())).collect::<Vec<_>>()
        });
        let able: BTreeSet<Duty> = Duty::work().chain(chats).collect();
        let term = Duration::try_from(TERM).expect("above zero");
        let rosters = Arc::clone(&line) as Arc<dyn Rosters>;
        world.duties = Arc::new(Duties::shared(rosters, clock, name.clone(), term, able));
        world.worker.clone_from(&name);
        let checkpoint = Box::new(Arc::clone(&world.duties));
        let mut bot = Bot::start(world, checkpoint).await.expect("the bot starts");
        for (tenant, config) in &self.demo.config.tenants {
            let seeded =
                countersign::seed::seed(&bot.world, &bot.engine, &bot.directory, tenant, config).await;
            seeded.expect("the tenant is seeded");
            bot.follow_groups(tenant);
        }
        self.bots.push(Member { bot, name, line });
    }

    /// The bots that are there, those that are cut off among them.
    pub fn bots(&self) -> &[Member] {
        &self.bots
    }

    /// Cuts a bot off from the log: it goes on, and cannot be heard.
    pub fn cut_off(&self, bot: usize) {
        self.bots[bot].line.cut.send_replace(true);
    }

    /// Lets a bot that was cut off reach the log again.
    pub fn reconnect(&self, bot: usize) {
        self.bots[bot].line.cut.send_replace(false);
    }

    /// Stops a bot in good order.
    pub async fn stop(&mut self, bot: usize) {
        let member = self.bots.remove(bot);
        assert!(member.bot.stop().await, "every part of the bot was whole");
    }

    /// Lets every bot take turns at the roster until nothing changes any more.
    pub async fn turns(&self) {
        for _ in 0..4 {
            for member in self.connected() {
                let outbox = Arc::clone(&member.bot.outbox);
                member.bot.world.duties.turn(|duty| outbox.is_busy(duty)).await;
            }
        }
    }

    /// Turns the clock, lets the bots take turns, and lets happen what can happen now.
    pub async fn later(&self, by: SignedDuration) {
        self.clock.turn(by);
        // What is given to another bot is kept until nothing of it runs any more: that is seen at the turn after.
        for _ in 0..3 {
            self.turns().await;
            self.settle().await;
        }
    }

    /// Lets everything happen that can happen now. What failed while a bot was cut off waits by the clock before it is tried again, and may
    /// only begin to wait once that was turned: so it goes on while a bot does not settle.
    pub async fn settle(&self) {
        const NEVER: Duration = Duration::from_secs(5);
        loop {
            let before = self.store.head().await.expect("the log answers");
            for member in self.connected() {
                let mut settled = pin!(stage::settle(&member.bot));
                while tokio::time::timeout(NEVER, &mut settled).await.is_err() {
                    self.clock.turn(SignedDuration::from_secs(1));
                }
            }
            if self.store.head().await.expect("the log answers") == before {
                return;
            }
        }
    }

    /// A person says something to one of the bots; the first card is the answer.
    pub async fn says(&self, bot: usize, who: &str, text: &str) -> Card {
        let bot = &self.bots[bot].bot;
        let id = who.parse().expect("a principal's id");
        let person = bot.directory.person(&tenant(), &id).await.expect("the directory answers");
        let context = Context::begin(tenant(), person.expect("a known person"), "web", Uuid::new_v4());
        let cards = bot.chat.say(&context, text).await.expect("saying works");
        cards.into_iter().next().expect("an answer")
    }

    /// Everything in the log, in order.
    pub async fn log(&self) -> Vec<Envelope> {
        self.store.read_all(None, usize::MAX).await.expect("the log answers")
    }

    /// How often there is an event of this type.
    pub async fn count(&self, kind: &str) -> usize {
        self.log().await.iter().filter(|event| event.kind == kind).count()
    }

    fn connected(&self) -> impl Iterator<Item = &Member> {
        self.bots.iter().filter(|member| !*member.line.cut.borrow())
    }
}

impl Member {
    /// What it holds.
    pub fn holds(&self) -> BTreeSet<Duty> {
        self.bot.world.duties.standing().expect("it is one of several").holds
    }
}

/// A bot's way to the log and to the roster, which can be cut.
struct Line {
    store: Arc<MemoryStore>,
    rosters: Arc<MemoryRosters>,
    cut: watch::Sender<bool>,
}

impl Line {
    fn store(&self) -> Result<&MemoryStore, StoreError> {
        if *self.cut.borrow() {
            return Err(StoreError::Unavailable("the line is cut".to_owned()));
        }
        Ok(&self.store)
    }
}

#[async_trait]
impl EventStore for Line {
    async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        self.store()?.append(append).await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Envelope>, StoreError> {
        self.store()?.read_stream(stream, from, limit).await
    }

    async fn read_all(&self, after: Option<Position>, limit: usize) -> Result<Vec<Envelope>, StoreError> {
        self.store()?.read_all(after, limit).await
    }

    async fn read_at(&self, positions: &[Position]) -> Result<Vec<Envelope>, StoreError> {
        self.store()?.read_at(positions).await
    }

    async fn head(&self) -> Result<Option<Position>, StoreError> {
        self.store()?.head().await
    }

    async fn wait_past(&self, after: Option<Position>) -> Result<(), StoreError> {
        let mut cut = self.cut.subscribe();
        tokio::select! {
            waited = self.store()?.wait_past(after) => waited,
            // The sender lives as long as `self`.
            _ = cut.wait_for(|cut| *cut) => Err(StoreError::Unavailable("the line is cut".to_owned())),
        }
    }
}

#[async_trait]
impl Rosters for Line {
    async fn load(&self) -> Result<Kept, StoreError> {
        self.store()?;
        self.rosters.load().await
    }

    async fn replace(&self, rev: Option<u64>, roster: &Roster) -> Result<bool, StoreError> {
        self.store()?;
        self.rosters.replace(rev, roster).await
    }
}
