//! A model's server in miniature: OpenAI's chat completions, and a company's own, which wants a cookie. What it answers is said to it
//! beforehand, piece by piece, with everything that goes wrong on the way.

mod company;
mod openai;
mod state;
mod stream;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

pub use state::{Line, ModelsState, Reply, Said, Trouble};

use crate::control::{self, Controlled};
use crate::kept::Kept;
use crate::server::Server;
use crate::traffic::{self, Traffic};
use crate::{Call, Faults, SandboxError};

/// How a model's server starts.
#[derive(Debug, Clone)]
pub struct ModelsOptions {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The state to begin with.
    pub seed: ModelsState,
}

impl ModelsOptions {
    /// On a free port of this machine.
    pub const fn new(seed: ModelsState) -> Self {
        Self { listen: SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0), seed }
    }
}

/// What the handlers share.
pub(crate) type Shared = Arc<Controlled<ModelsState>>;

/// A running model's server; it ends when this is dropped.
#[derive(Debug)]
pub struct ModelsSandbox {
    server: Server,
    shared: Shared,
    listening: stream::Listening,
}

/// What a handler is given.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) shared: Shared,
    pub(crate) listening: stream::Listening,
}

impl ModelsSandbox {
    /// Starts it.
    pub async fn start(options: ModelsOptions) -> Result<Self, SandboxError> {
        let state = Kept::open(options.seed, None)?;
        let shared = Arc::new(Controlled { state, traffic: Arc::<Traffic>::default() });
        let listening = stream::Listening::default();
        let given = Given { shared: Arc::clone(&shared), listening: listening.clone() };
        let router = Router::new()
            .route("/v1/models", get(models))
            .route("/v1/chat/completions", post(openai::complete))
            .route("/company/generate", post(company::generate))
            .route("/login", get(company::log_in))
            .with_state(given)
            .layer(from_fn_with_state(Arc::clone(&shared.traffic), traffic::pass))
            .merge(control::router(Arc::clone(&shared)));
        let server = Server::start(options.listen, router).await?;
        Ok(Self { server, shared, listening })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The base address for an adapter: `http://127.0.0.1:8095/v1`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address())
    }

    /// Where the company's model is asked.
    pub fn company_url(&self) -> String {
        format!("http://{}/company/generate", self.address())
    }

    /// Says what it answers next, behind what it was told already.
    pub fn will_say(&self, reply: Reply) -> Result<(), SandboxError> {
        self.shared.state.change(|state| {
            state.next.push_back(reply);
            Ok(())
        })
    }

    /// Orders trouble before it answers at all.
    pub fn order(&self, faults: Faults) {
        *self.shared.traffic.faults() = faults;
    }

    /// What was asked of it, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.traffic.calls()
    }

    /// Returns once nobody listens to an answer any more: an answer that was not heard to its end is closed.
    pub async fn nobody_listens(&self) {
        self.listening.nobody().await;
    }

    /// Stops it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

impl control::Shown for ModelsState {}

async fn models(State(given): State<Given>, headers: HeaderMap) -> Response {
    if let Some(refused) = openai::refused(&given, &headers) {
        return refused;
    }
    let model = given.shared.state.look(|state| state.model.clone());
    let models = serde_json::json!({"object": "list", "data": [{"id": model, "object": "model"}]});
    json(StatusCode::OK, &models)
}

pub(crate) fn json(status: StatusCode, body: &serde_json::Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
