//! Discord in miniature: the REST API, the gateway over WebSocket, and interactions by either or signed over HTTP.

mod acts;
mod api;
mod files;
mod hub;
mod interactions;
mod limits;
mod messages;
mod shapes;
mod signed;
mod socket;
mod state;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub use acts::DiscordAct;
pub use hub::GatewayTrouble;
pub use signed::SignedDelivery;
pub use state::{DiscordChannel, DiscordInteraction, DiscordMessage, DiscordRole, DiscordState, DiscordUser};

use self::hub::Hub;
use self::shapes::Refused;
use self::signed::Signed;
use crate::control::{self, Controlled};
use crate::kept::Kept;
use crate::server::Server;
use crate::traffic::Traffic;
use crate::{Call, Fault, Faults, SandboxError};

/// How a Discord sandbox starts.
#[derive(Clone)]
pub struct DiscordOptions {
    /// Where the REST API listens; port 0 takes a free one. The gateway takes a free one beside it.
    pub listen: SocketAddr,
    /// Where the state survives a restart.
    pub state_file: Option<PathBuf>,
    /// The bot's token.
    pub token: String,
    /// Where interactions are posted, signed; without it they go over the gateway.
    pub interactions: Option<String>,
    /// How often the bot's heart must beat, in milliseconds.
    pub heartbeat_ms: u64,
    /// The state to begin with where the file holds none.
    pub seed: DiscordState,
}

impl DiscordOptions {
    /// On free ports of this machine, in memory, with interactions by the gateway.
    pub fn new(token: &str, seed: DiscordState) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            state_file: None,
            token: token.to_owned(),
            interactions: None,
            heartbeat_ms: 41_250,
            seed,
        }
    }
}

impl std::fmt::Debug for DiscordOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DiscordOptions").field("listen", &self.listen).finish_non_exhaustive()
    }
}

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) controlled: Arc<Controlled<DiscordState>>,
    hub: Hub,
    signed: Signed,
    token: String,
    heartbeat_ms: u64,
    gateway: OnceLock<SocketAddr>,
    /// Where it listens, for the addresses of files.
    base: OnceLock<String>,
}

impl Shared {
    fn base(&self) -> String {
        self.base.get().cloned().unwrap_or_default()
    }

    fn gateway_url(&self) -> String {
        self.gateway.get().map(|address| format!("ws://{address}")).unwrap_or_default()
    }

    /// Tells the gateway of a message; what only one person sees is told to nobody.
    fn tell_message(&self, event: &str, message: &DiscordMessage) {
        if message.only.is_some() {
            return;
        }
        let state = self.controlled.state.get();
        let mut shape = shapes::message(&state, message);
        let server = state.find_channel(&message.channel).is_some_and(|channel| channel.with.is_none());
        if server {
            shape["guild_id"] = json!(state.guild);
            let mut member = shapes::member(&state, &message.author);
            if let Some(member) = member.as_object_mut() {
                member.remove("user");
            }
            shape["member"] = member;
        }
        let bot = &state.application;
        let mentioned =
            shape["mentions"].as_array().is_some_and(|all| all.iter().any(|user| user["id"] == **bot));
        shape["_bot"] = json!(mentioned || message.author == *bot);
        self.hub.dispatch(event, &shape, if server { 1 << 9 } else { 1 << 12 });
    }

    /// Sends an interaction on its way.
    fn deliver(self: &Arc<Self>, id: &str, payload: &Value) {
        if self.signed.has_target() {
            self.signed.deliver(self, id, payload);
        } else {
            self.hub.dispatch("INTERACTION_CREATE", payload, 0);
        }
    }
}

/// A running Discord sandbox; it ends when this is dropped.
#[derive(Debug)]
pub struct DiscordSandbox {
    server: Server,
    shared: Arc<Shared>,
    gateway: socket::Gateway,
}

impl DiscordSandbox {
    /// Starts it.
    pub async fn start(options: DiscordOptions) -> Result<Self, SandboxError> {
        let state = Kept::open(options.seed, options.state_file)?;
        let controlled = Arc::new(Controlled { state, traffic: Arc::<Traffic>::default() });
        let shared = Arc::new(Shared {
            controlled,
            hub: Hub::default(),
            signed: Signed::new(options.interactions),
            token: options.token,
            heartbeat_ms: options.heartbeat_ms,
            gateway: OnceLock::new(),
            base: OnceLock::new(),
        });
        let server =
            Server::start(options.listen, api::router(&shared).merge(control_pages(&shared))).await?;
        // Nobody has heard of the address before.
        let _ = shared.base.set(format!("http://{}", server.address()));
        let beside = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let taken = |why| SandboxError::Listen { address: beside, why };
        let listener = TcpListener::bind(beside).await.map_err(taken)?;
        let gateway = socket::Gateway::start(listener, Arc::clone(&shared))?;
        let _ = shared.gateway.set(gateway.address);
        Ok(Self { server, shared, gateway })
    }

    /// The base address for an adapter: `http://127.0.0.1:8094`, without `/api/v10`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Where the gateway listens: `ws://127.0.0.1:8095`.
    pub fn gateway_url(&self) -> String {
        format!("ws://{}", self.gateway.address)
    }

    /// The application's public key, in hexadecimal digits: what is posted to the bot is signed with its other half.
    pub fn public_key(&self) -> String {
        self.shared.signed.public_key()
    }

    /// Posts interactions to this address from now on, or sends them over the gateway.
    pub fn deliver_to(&self, target: Option<String>) {
        self.shared.signed.deliver_to(target);
    }

    /// Whether interactions are posted to the bot's address.
    pub fn delivers_by_http(&self) -> bool {
        self.shared.signed.has_target()
    }

    /// What was posted to the bot and how it answered, oldest first.
    pub fn deliveries(&self) -> Vec<SignedDelivery> {
        self.shared.signed.deliveries()
    }

    /// Asks the bot's address whether anybody is there, as Discord does when the address is entered. Returns the interaction.
    pub fn ping(&self) -> Result<String, String> {
        let bot = self.state().application;
        interactions::begin(&self.shared, 1, &bot, "", None, None).map_err(|refused| refused.words())
    }

    /// Somebody does something. Returns the id of the message or interaction.
    pub fn act(&self, act: DiscordAct) -> Result<String, String> {
        acts::perform(&self.shared, act).map_err(|refused| refused.words())
    }

    /// An interaction can be answered no more, as after 15 minutes.
    pub fn expire(&self, interaction: &str) {
        let _ = self.shared.controlled.state.change(|state| {
            for found in state.interactions.iter_mut().filter(|found| found.id == interaction) {
                Arc::make_mut(found).expired = true;
            }
            Ok::<_, SandboxError>(())
        });
    }

    /// Orders trouble at the gateway.
    pub fn trouble(&self, trouble: GatewayTrouble) {
        self.shared.hub.order(trouble);
    }

    /// The next requests that match are told to slow down, as Discord words it.
    pub fn slow_down(&self, matching: &str, seconds: u64) {
        let body = json!({"message": "You are being rate limited.", "retry_after": seconds, "global": false});
        let fault = Fault {
            matching: matching.to_owned(),
            times: 1,
            status: Some(429),
            retry_after: Some(seconds),
            body: Some(body.to_string()),
            ..Fault::default()
        };
        self.shared.controlled.traffic.faults().next.push(fault);
    }

    /// How many bots are connected to the gateway now, and how many connections there ever were.
    pub fn connections(&self) -> (usize, u64) {
        (self.shared.hub.connected(), self.shared.hub.opened())
    }

    /// The state as it is now.
    pub fn state(&self) -> DiscordState {
        Arc::unwrap_or_clone(self.shared.controlled.state.get())
    }

    /// Changes the state past its API. Nobody else changes it meanwhile: what is done here at the same moment is not undone.
    pub fn change(&self, change: impl FnOnce(&mut DiscordState)) -> Result<(), SandboxError> {
        self.shared.controlled.state.change(|state| {
            change(state);
            Ok(())
        })
    }

    /// Orders trouble at the REST API.
    pub fn order(&self, faults: Faults) {
        *self.shared.controlled.traffic.faults() = faults;
    }

    /// What was asked of the REST API, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.controlled.traffic.calls()
    }

    /// The pages under `/_sandbox`, to be mounted elsewhere too.
    pub fn control_router(&self) -> Router {
        control_pages(&self.shared)
    }

    /// Stops it.
    pub async fn stop(self) {
        drop(self.gateway);
        self.server.stop().await;
    }
}

fn control_pages(shared: &Arc<Shared>) -> Router {
    let more = Router::new()
        .route("/_sandbox/acts", post(act))
        .route("/_sandbox/gateway", post(trouble))
        .with_state(Arc::clone(shared));
    control::router(Arc::clone(&shared.controlled)).merge(more)
}

async fn act(State(shared): State<Arc<Shared>>, Json(act): Json<DiscordAct>) -> Response {
    let done: Result<String, Refused> = acts::perform(&shared, act);
    done.map(|id| Json(json!({"id": id}))).into_response()
}

async fn trouble(State(shared): State<Arc<Shared>>, Json(order): Json<GatewayTrouble>) -> StatusCode {
    shared.hub.order(order);
    StatusCode::NO_CONTENT
}
