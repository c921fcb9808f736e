//! Bitbucket in miniature: users, repositories and direct permissions.

mod pages;
mod permissions;
mod routes;
mod shapes;
mod state;
mod workspace;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;

pub use state::{BitbucketState, BitbucketUser, Level, Repository};

use crate::control::{self, Controlled};
use crate::kept::Kept;
use crate::server::Server;
use crate::traffic::Traffic;
use crate::{Access, Call, Faults, SandboxError};

/// How a Bitbucket sandbox starts.
#[derive(Debug, Clone)]
pub struct BitbucketOptions {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the state survives a restart.
    pub state_file: Option<PathBuf>,
    /// The credential it accepts.
    pub access: Access,
    /// The state to begin with where the file holds none.
    pub seed: BitbucketState,
}

impl BitbucketOptions {
    /// On a free port of this machine, in memory.
    pub const fn new(access: Access, seed: BitbucketState) -> Self {
        let listen = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        Self { listen, state_file: None, access, seed }
    }
}

/// A running Bitbucket sandbox; it ends when this is dropped.
#[derive(Debug)]
pub struct BitbucketSandbox {
    server: Server,
    controlled: Arc<Controlled<BitbucketState>>,
}

impl BitbucketSandbox {
    /// Starts it.
    pub async fn start(options: BitbucketOptions) -> Result<Self, SandboxError> {
        let controlled = Arc::new(Controlled {
            state: Kept::open(options.seed, options.state_file)?,
            traffic: Arc::<Traffic>::default(),
        });
        let router = routes::router(&controlled, options.access)
            .merge(control::router(Arc::clone(&controlled)))
            .merge(pages::router(Arc::clone(&controlled)));
        let server = Server::start(options.listen, router).await?;
        Ok(Self { server, controlled })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The base address for an adapter: `http://127.0.0.1:8091/2.0`.
    pub fn base_url(&self) -> String {
        format!("http://{}/2.0", self.address())
    }

    /// The state as it is now.
    pub fn state(&self) -> BitbucketState {
        Arc::unwrap_or_clone(self.controlled.state.get())
    }

    /// Changes the state past its API. Nobody else changes it meanwhile: what is done here at the same moment is not undone.
    pub fn change(&self, change: impl FnOnce(&mut BitbucketState)) -> Result<(), SandboxError> {
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

    /// The pages under `/_sandbox`, to be mounted elsewhere too.
    pub fn control_router(&self) -> Router {
        control::router(Arc::clone(&self.controlled))
    }

    /// Stops it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}
