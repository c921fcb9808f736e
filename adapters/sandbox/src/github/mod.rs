//! GitHub in miniature: one organization with its people, repositories, roles and invitations, by REST and by GraphQL; and an app that is
//! installed there.

mod graph;
mod invitations;
mod people;
mod permissions;
mod routes;
mod shapes;
mod state;
mod tokens;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;

pub use state::{GithubInvitation, GithubRepository, GithubState, GithubUser};
pub use tokens::GithubApp;

use self::tokens::Doors;
use crate::control::{self, Controlled};
use crate::kept::Kept;
use crate::server::Server;
use crate::traffic::Traffic;
use crate::{Call, Faults, SandboxError};

/// How a GitHub sandbox starts.
#[derive(Debug, Clone)]
pub struct GithubOptions {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the state survives a restart.
    pub state_file: Option<PathBuf>,
    /// The token that it accepts, of a person.
    pub token: String,
    /// The app whose installation it accepts, too.
    pub app: Option<Arc<GithubApp>>,
    /// The state to begin with where the file holds none.
    pub seed: GithubState,
}

impl GithubOptions {
    /// On a free port of this machine, in memory.
    pub const fn new(token: String, seed: GithubState) -> Self {
        let listen = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        Self { listen, state_file: None, token, app: None, seed }
    }
}

/// A running GitHub sandbox; it ends when this is dropped.
#[derive(Debug)]
pub struct GithubSandbox {
    server: Server,
    controlled: Arc<Controlled<GithubState>>,
    doors: Arc<Doors>,
}

impl GithubSandbox {
    /// Starts it.
    pub async fn start(options: GithubOptions) -> Result<Self, SandboxError> {
        let controlled = Arc::new(Controlled {
            state: Kept::open(options.seed, options.state_file)?,
            traffic: Arc::<Traffic>::default(),
        });
        let doors = Arc::new(Doors::new(options.token, options.app));
        let router = routes::router(&controlled, &doors).merge(control::router(Arc::clone(&controlled)));
        let server = Server::start(options.listen, router).await?;
        Ok(Self { server, controlled, doors })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The base address for an adapter, as that of an Enterprise Server: `http://127.0.0.1:8091/api/v3`.
    pub fn base_url(&self) -> String {
        format!("http://{}/api/v3", self.address())
    }

    /// The state as it is now.
    pub fn state(&self) -> GithubState {
        Arc::unwrap_or_clone(self.controlled.state.get())
    }

    /// Changes the state past its API. Nobody else changes it meanwhile: what is done here at the same moment is not undone.
    pub fn change(&self, change: impl FnOnce(&mut GithubState)) -> Result<(), SandboxError> {
        self.controlled.state.change(|state| {
            change(state);
            Ok(())
        })
    }

    /// Orders trouble.
    pub fn order(&self, faults: Faults) {
        *self.controlled.traffic.faults() = faults;
    }

    /// What was asked of it, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.controlled.traffic.calls()
    }

    /// No token that the app's installation has got so far is taken any more.
    pub fn withdraw_tokens(&self) {
        self.doors.withdraw();
    }

    /// The pages under `/_sandbox`, to be mounted elsewhere too.
    pub fn control_router(&self) -> Router {
        control::router(Arc::clone(&self.controlled))
    }

    /// Stops it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}
