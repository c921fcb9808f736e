//! One Slack on this machine, the adapter in front of it, and a clock that is turned by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use countersign_domain::card::{Button, ButtonStyle, Card, Tone};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Clock, Identity, Place, SurfaceKind};
use countersign_outbound::{MemorySecrets, Outbound, OutboundConfig};
use countersign_sandbox::slack::{SlackGroup, SlackPersonKind, SlackTokens};
use countersign_sandbox::{SlackOptions, SlackSandbox, SlackState};
use countersign_slack::{Slack, SlackConfig};
use jiff::{SignedDuration, Timestamp};

pub(crate) const TEAM: &str = "T0ACME";

/// A clock that stands still until it is turned, or somebody waits by it.
#[derive(Debug)]
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn turn(&self, by: SignedDuration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }

    async fn sleep_until(&self, at: Timestamp) {
        self.0.fetch_max(at.as_millisecond(), Ordering::SeqCst);
        tokio::task::yield_now().await;
    }
}

pub(crate) struct World {
    pub(crate) server: SlackSandbox,
    pub(crate) slack: Slack,
    pub(crate) outbound: Outbound,
    pub(crate) clock: Arc<HandClock>,
}

pub(crate) fn tenant() -> Tenant {
    "acme".parse().unwrap()
}

pub(crate) fn people() -> SlackState {
    let mut state = SlackState::new(TEAM)
        .with("U0ERIN", "Erin", SlackPersonKind::Member)
        .with("U0ADAM", "Adam", SlackPersonKind::Member)
        .with("U0GUEST", "Gus", SlackPersonKind::Guest)
        .with("U0BOT2", "Robot", SlackPersonKind::Bot)
        .with("U0GONE", "Gone", SlackPersonKind::Deactivated)
        .with("U0EXT", "Xena", SlackPersonKind::External("T0OTHER".to_owned()))
        .with_channel("C0OPS", "ops", &["U0ERIN", "U0EXT", "U0BOT2"]);
    let users = vec!["U0ERIN".to_owned(), "U0ADAM".to_owned()];
    state.groups.insert("S0LEADS".to_owned(), SlackGroup { handle: "leads".to_owned(), users });
    state
}

pub(crate) fn secrets() -> Arc<MemorySecrets> {
    let tokens = SlackTokens::example();
    Arc::new(MemorySecrets::from([
        ("slack-bot", tokens.bot.as_str()),
        ("slack-app", &tokens.app),
        ("slack-signing", &tokens.signing_secret),
        ("slack-client", &tokens.client_secret),
        ("slack-refresh", &tokens.refresh),
    ]))
}

pub(crate) fn config(url: String) -> SlackConfig {
    SlackConfig {
        url,
        team: TEAM.to_owned(),
        bot_token_secret: "slack-bot".to_owned(),
        app_token_secret: Some("slack-app".to_owned()),
        signing_secret: Some("slack-signing".to_owned()),
        refresh: None,
    }
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(|config| config).await
    }

    pub(crate) async fn with(change: impl FnOnce(SlackConfig) -> SlackConfig) -> Self {
        let server = SlackSandbox::start(SlackOptions::new(SlackTokens::example(), people())).await.unwrap();
        let config = change(config(server.base_url()));
        Self::of(server, &config)
    }

    /// The adapter, so configured, for this Slack.
    pub(crate) fn of(server: SlackSandbox, config: &SlackConfig) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(Timestamp::now().as_millisecond())));
        let outbound =
            Outbound::new(OutboundConfig::default(), Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
        let slack = Slack::new(config, &tenant(), &outbound, secrets()).unwrap();
        Self { server, slack, outbound, clock }
    }

    /// The methods that were called, in order.
    pub(crate) fn methods(&self) -> Vec<String> {
        let name = |request: String| {
            let path = request.split_once("/api/").unwrap().1.to_owned();
            path.split('?').next().unwrap().to_owned()
        };
        self.server.calls().into_iter().map(|call| name(call.request)).collect()
    }
}

pub(crate) fn identity(user: &str) -> Identity {
    Identity::new(SurfaceKind::Slack, TEAM, user).unwrap()
}

pub(crate) fn ops() -> Place {
    Place::channel(SurfaceKind::Slack, TEAM, "C0OPS")
}

pub(crate) fn aside(user: &str) -> Place {
    Place { only: Some(user.to_owned()), ..ops() }
}

pub(crate) fn card(title: &str) -> Card {
    let say = "opaque-reference".to_owned();
    Card {
        text: format!("{title} in words"),
        title: title.to_owned(),
        tone: Tone::Waiting,
        code: None,
        status: None,
        refused: false,
        live: false,
        fields: vec![],
        lines: vec!["Erin asks for write on payments-api.".to_owned()],
        buttons: vec![Button {
            label: "Approve".to_owned(),
            style: ButtonStyle::Primary,
            say,
            proof: false,
            asks_why: false,
        }],
        refresh: None,
    }
}
