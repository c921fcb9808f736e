//! Jira in miniature: issues, comments, a workflow, and signed webhooks.

mod comments;
mod issues;
mod pages;
mod people;
mod routes;
mod shapes;
mod site;
mod state;
mod transitions;
mod webhook;
mod workflow;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;

pub use state::{Issue, IssueComment, JiraState, JiraUser, Status};
pub use webhook::{Delivery, WebhookTarget};
pub use workflow::{Way, Workflow};

use crate::control::{self, Controlled};
use crate::kept::Kept;
use crate::server::Server;
use crate::traffic::Traffic;
use crate::{Access, Call, Faults, SandboxError};

/// How a Jira sandbox starts.
#[derive(Debug, Clone)]
pub struct JiraOptions {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the state survives a restart.
    pub state_file: Option<PathBuf>,
    /// The credential it accepts.
    pub access: Access,
    /// Where it tells of issues, if anywhere.
    pub webhook: Option<WebhookTarget>,
    /// The state to begin with where the file holds none.
    pub seed: JiraState,
}

impl JiraOptions {
    /// On a free port of this machine, in memory, telling nobody.
    pub const fn new(access: Access, seed: JiraState) -> Self {
        let listen = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        Self { listen, state_file: None, access, webhook: None, seed }
    }
}

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) controlled: Arc<Controlled<JiraState>>,
    pub(crate) webhooks: webhook::Webhooks,
}

/// A running Jira sandbox; it ends when this is dropped.
#[derive(Debug)]
pub struct JiraSandbox {
    server: Server,
    shared: Arc<Shared>,
}

impl JiraSandbox {
    /// Starts it.
    pub async fn start(options: JiraOptions) -> Result<Self, SandboxError> {
        let state = Kept::open(options.seed, options.state_file)?;
        state.change(|state| {
            control::Shown::complete(state);
            Ok::<_, SandboxError>(())
        })?;
        let controlled = Arc::new(Controlled { state, traffic: Arc::<Traffic>::default() });
        let shared = Arc::new(Shared { controlled, webhooks: webhook::Webhooks::new(options.webhook) });
        let router = routes::router(&shared, options.access)
            .merge(control_pages(&shared))
            .merge(pages::router(Arc::clone(&shared)));
        let server = Server::start(options.listen, router).await?;
        Ok(Self { server, shared })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The base address for an adapter: `http://127.0.0.1:8092`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Tells somebody else of issues from now on.
    pub fn deliver_to(&self, target: Option<WebhookTarget>) {
        self.shared.webhooks.deliver_to(target);
    }

    /// The webhooks that were delivered or given up, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.webhooks.deliveries()
    }

    /// The state as it is now.
    pub fn state(&self) -> JiraState {
        Arc::unwrap_or_clone(self.shared.controlled.state.get())
    }

    /// Changes the state past its API. Nobody else changes it meanwhile: what is done here at the same moment is not undone.
    pub fn change(&self, change: impl FnOnce(&mut JiraState)) -> Result<(), SandboxError> {
        self.shared.controlled.state.change(|state| {
            change(state);
            control::Shown::complete(state);
            Ok(())
        })
    }

    /// Deletes an issue, as somebody would who may, and tells the webhook.
    pub fn delete(&self, key: &str) -> Result<(), SandboxError> {
        let base = self.base_url();
        self.shared.webhooks.tell(&base, &self.shared.controlled.state.get(), key, "jira:issue_deleted", &[]);
        self.shared.controlled.state.change(|state| {
            state.issues.remove(key);
            Ok(())
        })
    }

    /// Moves an issue to another project, and tells the webhook; returns the key it has there.
    pub fn move_to(&self, key: &str, project: &str) -> Result<String, SandboxError> {
        let new = self.shared.controlled.state.change(|state| {
            let new = state.next_key(project);
            if let Some(issue) = state.issues.remove(key) {
                state.issues.insert(new.clone(), issue);
                state.moved.insert(key.to_owned(), new.clone());
            }
            Ok::<_, SandboxError>(new)
        })?;
        let (base, changed) = (self.base_url(), [("Key", key.to_owned(), new.clone())]);
        let state = self.shared.controlled.state.get();
        self.shared.webhooks.tell(&base, &state, &new, "jira:issue_updated", &changed);
        Ok(new)
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
        control_pages(&self.shared)
    }

    /// Stops it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

fn control_pages(shared: &Arc<Shared>) -> Router {
    control::router(Arc::clone(&shared.controlled)).merge(webhook::router(Arc::clone(shared)))
}
