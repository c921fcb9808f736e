//! Microsoft Teams and the Bot Framework in miniature: keys, tokens, the connector, and people who talk to the bot.

mod act;
mod acts;
mod connector;
mod deliver;
mod files;
mod maker;
mod pages;
mod signer;
mod state;

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axum::{Router, middleware};
use jiff::Timestamp;
use serde_json::Value;

pub use acts::{ActError, TeamsAct};
pub use deliver::{Delivered, Mischief};
pub use state::{Talk, TalkKind, TeamsMessage, TeamsState, TeamsUser};

use crate::control::{self, Controlled, Shown};
use crate::kept::Kept;
use crate::server::Server;
use crate::traffic::{self, Traffic};
use crate::{Call, Faults, SandboxError};

/// How the bot proves who it is.
#[derive(Clone)]
pub enum TeamsAccess {
    /// By the application's secret.
    Secret(String),
    /// By a workload's token, which must be this one.
    Assertion(String),
    /// Not at all; neither do deliveries carry a token.
    Nobody,
}

impl std::fmt::Debug for TeamsAccess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Secret(_) => "Secret(…)",
            Self::Assertion(_) => "Assertion(…)",
            Self::Nobody => "Nobody",
        })
    }
}

/// How a Teams sandbox starts.
#[derive(Debug, Clone)]
pub struct TeamsOptions {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the state survives a restart.
    pub state_file: Option<PathBuf>,
    /// How the bot proves who it is.
    pub access: TeamsAccess,
    /// Where the bot hears: `http://127.0.0.1:8080/api/messages`.
    pub bot: Option<String>,
    /// The state to begin with where the file holds none.
    pub seed: TeamsState,
}

impl TeamsOptions {
    /// On a free port of this machine, in memory, telling nobody.
    pub const fn new(access: TeamsAccess, seed: TeamsState) -> Self {
        let listen = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        Self { listen, state_file: None, access, bot: None, seed }
    }
}

/// What time it is: the machine's, or what a test says.
struct Time(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Default for Time {
    fn default() -> Self {
        Self(Arc::new(Timestamp::now))
    }
}

impl std::fmt::Debug for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Time({})", (self.0)())
    }
}

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct Shared {
    controlled: Arc<Controlled<TeamsState>>,
    signer: signer::Signer,
    access: TeamsAccess,
    client: reqwest::Client,
    base: OnceLock<String>,
    bot: Mutex<Option<String>>,
    mischief: Mutex<Mischief>,
    held: Mutex<Vec<Value>>,
    deliveries: Mutex<VecDeque<Delivered>>,
    said: Mutex<Option<maker::Said>>,
    time: Mutex<Time>,
    /// How many tokens the bot was given, and how many of them count no more.
    tokens: AtomicU64,
    revoked: AtomicU64,
}

impl Shared {
    /// Where the connector is, as deliveries say it.
    fn service_url(&self) -> String {
        self.base.get().cloned().unwrap_or_default()
    }

    /// What time it is.
    fn now(&self) -> Timestamp {
        (lock(&self.time).0)()
    }

    fn revoke(&self) {
        self.revoked.store(self.tokens.load(Ordering::Acquire), Ordering::Release);
    }
}

/// A running Teams sandbox; it ends when this is dropped.
#[derive(Debug)]
pub struct TeamsSandbox {
    server: Server,
    shared: Arc<Shared>,
}

impl TeamsSandbox {
    /// Starts it.
    pub async fn start(options: TeamsOptions) -> Result<Self, SandboxError> {
        let state = Kept::open(options.seed, options.state_file)?;
        state.change(|state| {
            state.complete();
            Ok::<_, SandboxError>(())
        })?;
        let controlled = Arc::new(Controlled { state, traffic: Arc::<Traffic>::default() });
        let shared = Arc::new(Shared {
            controlled: Arc::clone(&controlled),
            signer: signer::Signer::new(),
            access: options.access,
            client: client(),
            base: OnceLock::new(),
            bot: Mutex::new(options.bot),
            mischief: Mutex::default(),
            held: Mutex::default(),
            deliveries: Mutex::default(),
            said: Mutex::default(),
            time: Mutex::default(),
            tokens: AtomicU64::new(0),
            revoked: AtomicU64::new(0),
        });
        let vendor =
            connector::router().merge(maker::router()).merge(files::router()).with_state(Arc::clone(&shared));
        let vendor = vendor
            .layer(middleware::from_fn_with_state(Arc::clone(&shared), connector::check))
            .layer(middleware::from_fn_with_state(Arc::clone(&controlled.traffic), traffic::pass));
        let router = vendor.merge(control::router(controlled)).merge(pages::router(Arc::clone(&shared)));
        let server = Server::start(options.listen, router).await?;
        // Nobody has heard of the address before.
        let _ = shared.base.set(format!("http://{}/", server.address()));
        Ok(Self { server, shared })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The service address, which is the authority's too: `http://127.0.0.1:8094/`.
    pub fn base_url(&self) -> String {
        self.shared.service_url()
    }

    /// Where the OpenID metadata are.
    pub fn metadata(&self) -> String {
        format!("{}v1/.well-known/openidconfiguration", self.base_url())
    }

    /// Who makes the tokens of deliveries.
    pub const fn issuer(&self) -> &'static str {
        maker::ISSUER
    }

    /// Tells a bot at this address from now on.
    pub fn deliver_to(&self, bot: Option<String>) {
        *lock(&self.shared.bot) = bot;
    }

    /// Goes by this time from now on, as the bot beside it does.
    pub fn keep_time(&self, time: impl Fn() -> Timestamp + Send + Sync + 'static) {
        *lock(&self.shared.time) = Time(Arc::new(time));
        *lock(&self.shared.said) = None;
    }

    /// Somebody does something; the bot hears of it, and its answer is shown.
    pub async fn act(&self, act: TeamsAct) -> Result<Delivered, ActError> {
        self.shared.act(act).await
    }

    /// Sends any activity, with any token or the right one: the status, or why there was none, and the answer.
    pub async fn send(&self, activity: &Value, token: Option<&str>) -> (String, Option<Value>) {
        self.shared.send(activity, token).await
    }

    /// A token that says this, signed with the newest key.
    pub fn token(&self, claims: &Value) -> String {
        self.shared.signer.sign(claims)
    }

    /// What befalls deliveries from now on.
    pub fn mischief(&self, mischief: Mischief) {
        *lock(&self.shared.mischief) = mischief;
    }

    /// Sends what was held back, the last first.
    pub async fn release(&self) -> Vec<Delivered> {
        self.shared.release().await
    }

    /// Signs with a new key from now on, and publishes no other.
    pub fn rotate_keys(&self) {
        self.shared.signer.rotate();
    }

    /// The bot's tokens count no more; it must fetch a new one.
    pub fn revoke_tokens(&self) {
        self.shared.revoke();
    }

    /// How many tokens the bot was given.
    pub fn tokens(&self) -> u64 {
        self.shared.tokens.load(Ordering::Acquire)
    }

    /// What the bot was sent, oldest first.
    pub fn deliveries(&self) -> Vec<Delivered> {
        lock(&self.shared.deliveries).iter().cloned().collect()
    }

    /// The state as it is now.
    pub fn state(&self) -> TeamsState {
        Arc::unwrap_or_clone(self.shared.controlled.state.get())
    }

    /// Changes the state past its API. Nobody else changes it meanwhile: what is done here at the same moment is not undone.
    pub fn change(&self, change: impl FnOnce(&mut TeamsState)) -> Result<(), SandboxError> {
        self.shared.controlled.state.change(|state| {
            change(state);
            state.complete();
            Ok(())
        })
    }

    /// Orders trouble.
    pub fn order(&self, faults: Faults) {
        *self.shared.controlled.traffic.faults() = faults;
    }

    /// What was asked of it, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.controlled.traffic.calls()
    }

    /// The pages under `/_sandbox`, to be mounted elsewhere too.
    pub fn control_router(&self) -> Router {
        control::router(Arc::clone(&self.shared.controlled)).merge(pages::router(Arc::clone(&self.shared)))
    }

    /// Stops it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

/// Speaks to this machine only.
fn client() -> reqwest::Client {
    countersign_outbound::install_tls();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]);
    let client = client.redirect(reqwest::redirect::Policy::none()).user_agent("Microsoft-SkypeBotApi");
    client.build().expect("a client without certificates needs nothing from the system")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
