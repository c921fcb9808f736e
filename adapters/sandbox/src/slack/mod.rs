//! Slack in miniature: the Web API, Socket Mode, signed deliveries over HTTP, and people who do something
//! (<https://docs.slack.dev>).

mod acts;
mod api;
mod arguments;
mod blocks;
mod files;
mod forms;
mod methods;
mod pages;
mod pump;
mod shapes;
mod socket;
mod state;
mod tokens;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use serde_json::Value;

pub use acts::{SlackAct, SlackActed};
pub use pump::{SlackAnswer, SlackDelivery, SlackTarget};
pub use state::{
    SlackBot, SlackChannel, SlackChannelKind, SlackGroup, SlackMessage, SlackPerson, SlackPersonKind,
    SlackState, SlackView,
};
pub use tokens::SlackTokens;

use crate::control::{self, Controlled};
use crate::kept::Kept;
use crate::server::Server;
use crate::traffic::Traffic;
use crate::{Call, Faults, SandboxError};

/// How a Slack sandbox starts.
#[derive(Debug, Clone)]
pub struct SlackOptions {
    /// Where it listens; port 0 takes a free one. Socket Mode has a port of its own.
    pub listen: SocketAddr,
    /// Where the state survives a restart.
    pub state_file: Option<PathBuf>,
    /// The credentials it accepts and signs with.
    pub tokens: SlackTokens,
    /// Where deliveries go over HTTP; over Socket Mode where there is none.
    pub target: Option<SlackTarget>,
    /// How long the app may take before a delivery comes again. The real one waits three seconds.
    pub patience: Duration,
    /// The state to begin with where the file holds none.
    pub seed: SlackState,
}

impl SlackOptions {
    /// On free ports of this machine, in memory, in Socket Mode.
    pub const fn new(tokens: SlackTokens, seed: SlackState) -> Self {
        let listen = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        Self { listen, state_file: None, tokens, target: None, patience: Duration::from_secs(3), seed }
    }
}

/// What the handlers share.
pub(crate) struct Shared {
    pub(crate) controlled: Arc<Controlled<SlackState>>,
    pub(crate) tokens: tokens::Valid,
    pub(crate) pump: pump::Pump,
    pub(crate) triggers: forms::Triggers,
    /// Where it listens, for the addresses of files.
    base: OnceLock<String>,
}

impl Shared {
    pub(crate) fn state(&self) -> Arc<SlackState> {
        self.controlled.state.get()
    }

    /// Changes the state; a state file that cannot be written is told of, not answered.
    pub(crate) fn change<R>(
        &self,
        change: impl FnOnce(&mut SlackState) -> Result<R, &'static str>,
    ) -> Result<R, String> {
        self.controlled.state.change(|state| change(state).map_err(Refused::Word)).map_err(|refused| {
            match refused {
                Refused::Word(word) => word.to_owned(),
                Refused::State(error) => {
                    tracing::error!(%error, "the Slack sandbox cannot keep its state");
                    "fatal_error".to_owned()
                }
            }
        })
    }
}

/// Why a change was not made.
enum Refused {
    Word(&'static str),
    State(SandboxError),
}

impl From<SandboxError> for Refused {
    fn from(error: SandboxError) -> Self {
        Self::State(error)
    }
}

/// A running Slack sandbox; it ends when this is dropped.
pub struct SlackSandbox {
    server: Server,
    socket: socket::SocketServer,
    shared: Arc<Shared>,
}

impl SlackSandbox {
    /// Starts it.
    pub async fn start(options: SlackOptions) -> Result<Self, SandboxError> {
        let controlled = Arc::new(Controlled {
            state: Kept::open(options.seed, options.state_file)?,
            traffic: Arc::<Traffic>::default(),
        });
        let shared = Arc::new(Shared {
            controlled,
            tokens: tokens::Valid::new(options.tokens),
            pump: pump::Pump::new(options.target, options.patience),
            triggers: forms::Triggers::default(),
            base: OnceLock::new(),
        });
        let socket = socket::SocketServer::start(&shared).await?;
        let router = api::router(&shared, socket.address()).merge(control_pages(&shared));
        let server = Server::start(options.listen, router).await?;
        // Nobody has heard of the address before.
        let _ = shared.base.set(format!("http://{}", server.address()));
        Ok(Self { server, socket, shared })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The address of the Web API for an adapter: `http://127.0.0.1:8093/api`.
    pub fn base_url(&self) -> String {
        format!("http://{}/api", self.address())
    }

    /// The state as it is now.
    pub fn state(&self) -> SlackState {
        Arc::unwrap_or_clone(self.shared.state())
    }

    /// One message as it is now: cheaper than the whole state.
    pub fn message(&self, channel: &str, ts: &str) -> Option<SlackMessage> {
        self.shared.controlled.state.look(|state| state.message(channel, ts).cloned())
    }

    /// Changes the state past its API. Nobody else changes it meanwhile: what is done here at the same moment is not undone.
    pub fn change(&self, change: impl FnOnce(&mut SlackState)) -> Result<(), SandboxError> {
        self.shared.controlled.state.change(|state| {
            change(state);
            Ok(())
        })
    }

    /// Orders trouble for calls of the Web API.
    pub fn order(&self, faults: Faults) {
        *self.shared.controlled.traffic.faults() = faults;
    }

    /// What was asked of it, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.controlled.traffic.calls()
    }

    /// Delivers over HTTP from now on, or over Socket Mode.
    pub fn deliver_to(&self, target: Option<SlackTarget>) {
        self.shared.pump.deliver_to(target);
    }

    /// Delivers each of the next so many deliveries twice.
    pub fn deliver_twice(&self, next: u32) {
        self.shared.pump.twice(next);
    }

    /// Keeps events back until [`release`](Self::release).
    pub fn hold(&self) {
        self.shared.pump.hold();
    }

    /// Delivers what was kept back, the newest first.
    pub async fn release(&self) {
        self.shared.pump.release().await;
    }

    /// Delivers everything that was not acknowledged once more, without waiting.
    pub fn hurry(&self) {
        self.shared.pump.hurry();
    }

    /// Waits until nothing is on its way any more: acknowledged, or given up.
    pub async fn settled(&self) {
        self.shared.pump.settled().await;
    }

    /// What was delivered, and what came of it, oldest first.
    pub fn deliveries(&self) -> Vec<SlackDelivery> {
        self.shared.pump.deliveries()
    }

    /// How many connections of Socket Mode are open.
    pub fn connections(&self) -> usize {
        self.shared.pump.connections()
    }

    /// Waits until at least so many connections of Socket Mode are open.
    pub async fn connected(&self, least: usize) {
        self.shared.pump.connected(least).await;
    }

    /// Tells the open connections that they will be closed: `warning`, `refresh_requested`, `link_disabled`.
    pub fn disconnect(&self, reason: &str) {
        self.shared.pump.disconnect(reason);
    }

    /// Cuts the connections, as networks do it.
    pub fn cut(&self) {
        self.shared.pump.cut();
    }

    /// Ends the bot's present token, as if its twelve hours were over.
    pub fn expire_token(&self) {
        self.shared.tokens.expire();
    }

    /// Delivers any event, as it is; what the app answered.
    pub async fn send_event(&self, event: Value) -> SlackAnswer {
        acts::event(&self.shared, event).await
    }

    /// The pages under `/_sandbox`, to be mounted elsewhere too.
    pub fn control_router(&self) -> Router {
        control_pages(&self.shared)
    }

    /// Stops it.
    pub async fn stop(self) {
        self.socket.stop();
        self.server.stop().await;
    }
}

impl std::fmt::Debug for SlackSandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlackSandbox").field("address", &self.address()).finish_non_exhaustive()
    }
}

fn control_pages(shared: &Arc<Shared>) -> Router {
    control::router(Arc::clone(&shared.controlled)).merge(pages::router(Arc::clone(shared)))
}
