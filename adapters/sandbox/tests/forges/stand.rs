//! A forge before its miniature, as the cases know it: whatever it is called, there are Erin and Adam, and three repositories.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Clock, Forge, Permission, Secrets};
use countersign_outbound::{BreakerPolicy, MemorySecrets, Outbound, OutboundConfig};
use countersign_sandbox::Faults;
use jiff::Timestamp;

/// The repositories there are.
pub(crate) const REPOSITORIES: [&str; 3] = ["payments-api", "web-shop", "infra"];
/// What the bot's credential is.
pub(crate) const SECRET: &str = "the-token-value";

/// The people there are; both can be given something at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Erin,
    Adam,
}

/// A vendor in miniature, as the cases look at it and change it past the adapter.
pub(crate) trait Miniature: Send + Sync {
    /// The adapter before it, with this credential and this way out.
    fn forge(&self, secrets: Arc<dyn Secrets>, outbound: &Outbound) -> Arc<dyn Forge>;

    /// The immutable id of somebody.
    fn account(&self, who: Who) -> String;

    /// All ways to name Erin.
    fn erin(&self) -> Vec<String>;

    /// All ways to name payments-api.
    fn payments(&self) -> Vec<String>;

    /// Repositories at other places.
    fn elsewhere(&self) -> Vec<String>;

    /// What the repository itself gives somebody.
    fn held(&self, who: Who, repository: &str) -> Option<Permission>;

    /// Gives somebody that, or nothing.
    fn hold(&self, who: Who, repository: &str, permission: Option<Permission>);

    /// Renames payments-api to payments, and lets another repository have its name.
    fn rename(&self);

    /// Orders trouble.
    fn order(&self, faults: Faults);

    /// What was asked of it: method and path.
    fn calls(&self) -> Vec<String>;

    /// What stands before every path, and is no part of what people name.
    fn base_url(&self) -> String;
}

/// One of them, with the adapter before it.
pub(crate) struct Stand {
    pub(crate) miniature: Box<dyn Miniature>,
    pub(crate) forge: Arc<dyn Forge>,
    pub(crate) outbound: Outbound,
    pub(crate) clock: Arc<HandClock>,
}

impl Stand {
    pub(crate) fn before(miniature: impl Miniature + 'static) -> Self {
        let clock = Arc::new(HandClock::default());
        let outbound = Outbound::new(patience(), Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
        let forge = miniature.forge(secrets(SECRET), &outbound);
        Self { miniature: Box::new(miniature), forge, outbound, clock }
    }
}

pub(crate) fn secrets(value: &str) -> Arc<dyn Secrets> {
    Arc::new(MemorySecrets::from([("forge-token", value)]))
}

pub(crate) fn tenant() -> Tenant {
    "acme".parse().unwrap()
}

/// Generous with time, so that a busy machine fails no test; strict with size.
pub(crate) fn patience() -> OutboundConfig {
    OutboundConfig {
        max_body: 256 * 1024,
        breaker: BreakerPolicy { failures: 3, cool_down: Duration::from_secs(30) },
        ..OutboundConfig::default()
    }
}

/// A clock that stands still until it is turned.
#[derive(Debug, Default)]
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn turn(&self, by: Duration) {
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
    }
}

/// Each of these cases, for each forge there is.
macro_rules! for_every_forge {
    ($($case:ident)+) => {
        mod bitbucket {
            $(
                #[tokio::test]
                async fn $case() {
                    super::$case(&$crate::bitbucket::stand().await).await;
                }
            )+
        }

        mod github {
            $(
                #[tokio::test]
                async fn $case() {
                    super::$case(&$crate::github::stand().await).await;
                }
            )+
        }
    };
}
pub(crate) use for_every_forge;
