//! What the HTTP side works with: the bot's own parts, and what the configuration says of tokens, webhooks and sign-in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::http::HeaderValue;
use countersign_atlassian::webhook::FieldMapping;
use countersign_domain::names::Tenant;
use countersign_observed::github::Reader;
use countersign_observed::sns::{self, Notary, Topic};
use countersign_outbound::{BreakerView, Troubles};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;

use super::brake::Brake;
use super::changes::Changes;
use super::heavy::Heavy;
use super::host::Hosts;
use super::monitor::Monitors;
use super::nobody::Nobody;
use super::pages::Pages;
use super::rate::{Quotas, Rates};
use super::tokens::TokenTable;
use super::watching::Seats;
use crate::chat::Chat;
use crate::desk::Desk;
use crate::directory::Directory;
use crate::engine::Engine;
use crate::shared::Shared;
use crate::world::World;

/// What the boot code gives.
pub struct HttpParts {
    /// Every outside thing.
    pub world: World,
    /// The engine.
    pub engine: Engine,
    /// Who belongs to which tenant.
    pub directory: Directory,
    /// Sentences in, cards out.
    pub chat: Chat,
    /// Where chats deliver to.
    pub desk: Arc<Desk>,
    /// What the configuration says.
    pub settings: HttpSettings,
    /// Ends the streams that would otherwise keep a graceful stop waiting.
    pub stopping: CancellationToken,
}

/// What the configuration says.
pub struct HttpSettings {
    /// The good tokens.
    pub tokens: TokenTable,
    /// The tenants that Jira may send webhooks for.
    pub webhooks: BTreeMap<Tenant, JiraWebhook>,
    /// The tenants that GitHub may send webhooks for.
    pub github: BTreeMap<Tenant, GithubWebhook>,
    /// The tenants that `CloudWatch` tells its alarms.
    pub cloudwatch: BTreeMap<Tenant, AlarmTopics>,
    /// What is asked of Amazon about its notifications; nothing where none are taken.
    pub notary: Option<Arc<dyn Notary>>,
    /// People to choose from on the page; where empty, a token is asked for.
    pub sign_in_choices: Vec<SignInChoice>,
    /// Whether cookies are for HTTPS only: so whenever the public address is one of HTTPS.
    pub secure_cookies: bool,
    /// The names that the bot answers to; all of them where nobody says.
    pub hosts: Hosts,
    /// Other sites whose pages may use the API; none where nobody says.
    pub origins: Vec<HeaderValue>,
    /// How much the API may be asked.
    pub quotas: Quotas,
    /// How many streams the people of one tenant may have open together.
    pub streams_of_tenant: usize,
    /// Who may look at the measures.
    pub monitors: Monitors,
    /// What `/metrics` shows; nothing where no recorder was installed.
    pub metrics: Option<PrometheusHandle>,
    /// How the breakers around the vendors stand.
    pub breakers: Breakers,
}

/// How the breakers around the vendors stand, whenever it is asked.
pub type Breakers = Arc<dyn Fn() -> Vec<BreakerView> + Send + Sync>;

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            tokens: TokenTable::default(),
            webhooks: BTreeMap::new(),
            github: BTreeMap::new(),
            cloudwatch: BTreeMap::new(),
            notary: None,
            sign_in_choices: Vec::new(),
            secure_cookies: false,
            hosts: Hosts::default(),
            origins: Vec::new(),
            quotas: Quotas::default(),
            streams_of_tenant: usize::MAX,
            monitors: Monitors::default(),
            metrics: None,
            breakers: Arc::new(Vec::new),
        }
    }
}

/// How one tenant's Jira webhooks are checked and read.
#[derive(Debug, Clone)]
pub struct JiraWebhook {
    /// The projects whose tickets are requests and nothing else.
    pub requests: BTreeSet<String>,
    /// The name of the shared secret, for the `Secrets` port.
    pub secret: String,
    /// Which of a ticket's fields hold the form.
    pub fields: FieldMapping,
}

/// How one tenant's deliveries of GitHub's are checked and read.
#[derive(Debug, Clone)]
pub struct GithubWebhook {
    /// The names of the secrets that are good now, for the `Secrets` port.
    pub secrets: Vec<String>,
    /// How they are read.
    pub reader: Reader,
}

/// Which notifications of Amazon's are a tenant's, and how they are read.
#[derive(Debug, Clone)]
pub struct AlarmTopics {
    /// The topics that it named.
    pub topics: Vec<Topic>,
    /// How their alarms are read.
    pub reader: sns::Reader,
}

/// One person to choose on the page.
#[derive(Debug, Clone)]
pub struct SignInChoice {
    /// What stands in the list: a name, and what they are.
    pub label: String,
    /// The token that signs them in.
    pub token: String,
}

/// What every handler works with.
#[derive(Clone)]
pub struct HttpState(Arc<Inner>);

/// The parts, and what the HTTP side keeps by itself; nothing of it can be reached from elsewhere.
pub struct Inner {
    pub(crate) world: World,
    pub(crate) engine: Engine,
    pub(crate) directory: Directory,
    pub(crate) chat: Chat,
    pub(super) desk: Arc<Desk>,
    pub(crate) settings: HttpSettings,
    /// What goes wrong on the way of each vendor's webhooks to the bot.
    pub(super) webhook_troubles: BTreeMap<(Tenant, &'static str), Troubles>,
    pub(super) stopping: CancellationToken,
    pub(super) changes: Changes,
    pub(super) seats: Seats,
    pub(super) nobody: Nobody,
    pub(super) heavy: Heavy,
    pub(super) pages: Pages,
    /// Who shows wrong tokens.
    pub(super) brake: Brake,
    /// How much was asked lately.
    pub(super) rates: Rates,
    /// Why the bot is not ready: anybody may ask, and each time the log is.
    pub(super) not_ready: Shared<Vec<String>>,
}

impl HttpState {
    /// The state of a router over these parts.
    pub fn new(parts: HttpParts) -> Self {
        let HttpParts { world, engine, directory, chat, desk, settings, stopping } = parts;
        let nobody = Nobody::new(&world.clock);
        let changes = Changes::new(world.clone(), stopping.clone());
        let troubles = |(tenant, vendor): (&Tenant, &'static str)| {
            ((tenant.clone(), vendor), Troubles::new(vendor, tenant, Arc::clone(&world.clock)))
        };
        let jira = settings.webhooks.keys().map(|tenant| (tenant, "jira"));
        let github = settings.github.keys().map(|tenant| (tenant, "github"));
        let cloudwatch = settings.cloudwatch.keys().map(|tenant| (tenant, "cloudwatch"));
        let webhook_troubles = jira.chain(github).chain(cloudwatch).map(troubles).collect();
        let inner = Inner {
            world,
            engine,
            directory,
            chat,
            desk,
            settings,
            webhook_troubles,
            stopping,
            changes,
            seats: Seats::default(),
            nobody,
            heavy: Heavy::default(),
            pages: Pages::default(),
            brake: Brake::default(),
            rates: Rates::default(),
            not_ready: Shared::default(),
        };
        Self(Arc::new(inner))
    }
}

impl std::ops::Deref for HttpState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
