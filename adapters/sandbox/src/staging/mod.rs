//! A company's staging in miniature, which safe actions call: services that hang until they are restarted, and a cache that is filled
//! until it is cleared. It does nothing for whoever does not sign what they want, and nothing twice.

mod signed;
mod state;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde_json::json;

pub use state::{Part, StagingState};

use crate::SandboxError;
use crate::control::{self, Controlled};
use crate::kept::Kept;
use crate::server::Server;
use crate::traffic::{self, Traffic};

/// How it starts.
#[derive(Debug, Clone)]
pub struct StagingOptions {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The state to begin with.
    pub seed: StagingState,
    /// Where the state is kept; in memory where nothing is named.
    pub state_file: Option<PathBuf>,
    /// What calls are signed with.
    pub secret: String,
}

impl StagingOptions {
    /// On a free port of this machine.
    pub const fn new(secret: String, seed: StagingState) -> Self {
        let listen = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        Self { listen, seed, state_file: None, secret }
    }
}

type Shared = Arc<Controlled<StagingState>>;

/// A running staging; it ends when this is dropped.
#[derive(Debug)]
pub struct StagingSandbox {
    server: Server,
    shared: Shared,
}

impl StagingSandbox {
    /// Starts it.
    pub async fn start(options: StagingOptions) -> Result<Self, SandboxError> {
        let StagingOptions { listen, seed, state_file, secret } = options;
        let state = Kept::open(seed, state_file)?;
        let shared = Arc::new(Controlled { state, traffic: Arc::<Traffic>::default() });
        let router = Router::new()
            .route("/v1/services/{name}", get(service))
            .route("/v1/services/{name}/restart", post(restart))
            .route("/v1/caches/{name}", get(cache))
            .route("/v1/caches/{name}/clear", post(clear))
            .with_state(Arc::clone(&shared))
            .layer(from_fn_with_state(Arc::<str>::from(secret), signed::check))
            .layer(from_fn_with_state(Arc::clone(&shared.traffic), traffic::pass))
            .merge(control::router(Arc::clone(&shared)));
        let server = Server::start(listen, router).await?;
        Ok(Self { server, shared })
    }

    /// The address below which it is called: `http://127.0.0.1:8086/v1`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.server.address())
    }

    /// What it holds now.
    pub fn state(&self) -> Arc<StagingState> {
        self.shared.state.get()
    }

    /// Its controls, to stand beside other pages.
    pub fn control_router(&self) -> Router {
        control::router(Arc::clone(&self.shared))
    }

    /// Stops it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

impl control::Shown for StagingState {}

async fn service(State(shared): State<Shared>, Path(name): Path<String>) -> Response {
    shown(shared.state.look(|state| state.services.get(&name).cloned()))
}

async fn cache(State(shared): State<Shared>, Path(name): Path<String>) -> Response {
    shown(shared.state.look(|state| state.caches.get(&name).cloned()))
}

async fn restart(State(shared): State<Shared>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    change(&shared, &headers, |state| state.services.get_mut(&name), "running")
}

async fn clear(State(shared): State<Shared>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    change(&shared, &headers, |state| state.caches.get_mut(&name), "empty")
}

/// Brings a part into this state, once under each key.
fn change(
    shared: &Shared,
    headers: &HeaderMap,
    part: impl FnOnce(&mut StagingState) -> Option<&mut Part>,
    into: &str,
) -> Response {
    let key = signed::said(headers, signed::KEY);
    if key.is_empty() {
        return (StatusCode::BAD_REQUEST, "what is done is done under a key\n").into_response();
    }
    let changed = shared.state.change(|state| {
        let is_new = !state.done.contains(key);
        let Some(part) = part(state) else { return Ok(StatusCode::NOT_FOUND.into_response()) };
        if is_new {
            into.clone_into(&mut part.state);
            part.times += 1;
        }
        let told = json!({ "state": part.state, "times": part.times });
        state.done.insert(key.to_owned());
        Ok::<_, SandboxError>((StatusCode::ACCEPTED, axum::Json(told)).into_response())
    });
    // A state that cannot be kept is a fault of the service's own.
    changed.unwrap_or_else(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response())
}

fn shown(part: Option<Part>) -> Response {
    part.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |part| axum::Json(part).into_response())
}
