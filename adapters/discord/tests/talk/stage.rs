//! A Discord with two people, and the bot's side of it, with a clock turned by hand.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use countersign_discord::{
    Answer, Discord, DiscordConfig, Heard, Listener, MemberChange, Mode, SlashCommand, Unheard,
};
use countersign_domain::access::FORM;
use countersign_domain::card::{Button, ButtonStyle, Card, Tone};
use countersign_domain::ports::{Clock, Interaction, Place, SurfaceKind};
use countersign_outbound::{MemorySecrets, Outbound, OutboundConfig};
use countersign_sandbox::{DiscordOptions, DiscordSandbox, DiscordState};
use jiff::{SignedDuration, Timestamp};

pub(crate) const APPLICATION: &str = "845027738276462632";
pub(crate) const GUILD: &str = "290926798626357999";
pub(crate) const ERIN: &str = "30000000000000001";
pub(crate) const ALICE: &str = "30000000000000002";
pub(crate) const MALLORY: &str = "30000000000000003";
pub(crate) const CHANNEL: &str = "20000000000000001";
pub(crate) const ROLE: &str = "10000000000000001";

/// A clock that stands still until somebody turns it. It begins now, for the sandbox's ids tell the system's time.
pub(crate) struct Hand(Mutex<Timestamp>);

impl Hand {
    pub(crate) fn turn(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(by).unwrap();
    }
}

#[async_trait]
impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep_until(&self, _: Timestamp) {
        std::future::pending::<()>().await;
    }
}

pub(crate) struct Stage {
    pub(crate) outbound: Outbound,
    pub(crate) sandbox: DiscordSandbox,
    pub(crate) discord: Arc<Discord>,
    pub(crate) clock: Arc<Hand>,
}

pub(crate) fn seed() -> DiscordState {
    let mut seed = DiscordState::new(APPLICATION, GUILD)
        .person(ERIN, "Erin", &[])
        .person(ALICE, "Alice", &[ROLE])
        .person(MALLORY, "Mallory", &[])
        .channel(CHANNEL, "access");
    seed.users.last_mut().unwrap().elsewhere = true;
    seed
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(DiscordOptions::new("the-bots-token", seed()), None).await
    }

    pub(crate) async fn with(options: DiscordOptions, url: Option<String>) -> Self {
        let sandbox = DiscordSandbox::start(options).await.unwrap();
        let clock = Arc::new(Hand(Mutex::new(Timestamp::now())));
        let config = DiscordConfig {
            application_id: APPLICATION.to_owned(),
            public_key: sandbox.public_key(),
            guild: GUILD.to_owned(),
            bot_token_secret: "discord-token".to_owned(),
            url: Some(url.unwrap_or_else(|| sandbox.base_url())),
            mode: Mode::Gateway,
        };
        let secrets = Arc::new(MemorySecrets::from([("discord-token", "the-bots-token")]));
        let tenant = "acme".parse().unwrap();
        let outbound = Outbound::new(OutboundConfig::default(), clock.clone()).unwrap();
        let discord = Discord::new(&config, &tenant, secrets, &outbound).unwrap();
        Self { sandbox, discord: Arc::new(discord), clock, outbound }
    }
}

pub(crate) fn card(title: &str) -> Card {
    let button = Button {
        label: "Approve".to_owned(),
        style: ButtonStyle::Primary,
        say: "opaque".to_owned(),
        proof: false,
        asks_why: false,
    };
    Card {
        text: format!("{title}: all of it"),
        title: title.to_owned(),
        tone: Tone::Waiting,
        code: None,
        status: None,
        refused: false,
        live: false,
        fields: vec![],
        lines: vec!["One line.".to_owned()],
        buttons: vec![button],
        refresh: None,
    }
}

pub(crate) fn channel() -> Place {
    Place::channel(SurfaceKind::Discord, "discord", CHANNEL)
}

pub(crate) fn command() -> SlashCommand {
    SlashCommand::new(&[("help", "What I can do"), ("my access", "What you have")], &FORM).unwrap()
}

/// Keeps what comes, or refuses to.
#[derive(Default)]
pub(crate) struct Ears {
    pub(crate) kept: Mutex<Vec<Interaction>>,
    pub(crate) unheard: Mutex<Vec<Unheard>>,
    pub(crate) changes: Mutex<Vec<MemberChange>>,
    pub(crate) asked: std::sync::atomic::AtomicUsize,
    pub(crate) deaf: std::sync::atomic::AtomicBool,
}

#[async_trait]
impl Listener for Ears {
    async fn begins(&self) {}

    async fn take(&self, heard: Heard) -> Option<Answer> {
        let answer = heard.answer(&command());
        if let Heard::Did(interaction) = heard {
            self.asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            if self.deaf.load(std::sync::atomic::Ordering::SeqCst) {
                return None;
            }
            self.keep(*interaction).await;
        }
        Some(answer)
    }

    async fn keep(&self, interaction: Interaction) {
        self.kept.lock().unwrap().push(interaction);
    }

    async fn member(&self, change: MemberChange) {
        self.changes.lock().unwrap().push(change);
    }

    async fn unheard(&self, why: Unheard) {
        self.unheard.lock().unwrap().push(why);
    }
}

/// Looks again and again until it is so, a minute at most.
pub(crate) async fn until(what: &str, mut so: impl FnMut() -> bool) {
    let look = async {
        while !so() {
            tokio::task::yield_now().await;
            breathe().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_mins(1), look).await.is_ok(), "never: {what}");
}

/// Lets the others run: the time is the network's, nobody's clock stands for it.
pub(crate) fn breathe() -> impl Future<Output = ()> {
    tokio::time::sleep(Duration::from_millis(2))
}
