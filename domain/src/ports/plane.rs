//! Where a vendor runs agents by itself: they are made there as they were countersigned, read back, and taken away again.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{CallError, Model};

/// By what an agent says that the vendor runs it.
pub const PROVISIONED: &str = "provisioned";

/// An agent as it shall run there.
#[derive(Debug, Clone, Copy)]
pub struct Provision<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its version of ours: the same once more is the same there.
    pub version: u32,
    /// What it is told to be.
    pub instruction: &'a str,
}

/// An agent that runs there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provisioned {
    /// The vendor's id of it.
    pub agent: String,
    /// The vendor's id of what names the version.
    pub alias: String,
    /// The vendor's version.
    pub version: String,
}

/// The control plane of a vendor that runs agents.
#[async_trait]
pub trait AgentPlane: Send + Sync {
    /// Makes it there, or goes on with what was begun; what is not ready yet was not done, and is asked for again a little later. What is
    /// told was read back.
    async fn provision(&self, wanted: Provision<'_>) -> Result<Provisioned, CallError>;

    /// What is otherwise there than it was made; nothing where nothing is.
    async fn drift(&self, there: &Provisioned, wanted: Provision<'_>) -> Result<Option<String>, CallError>;

    /// Takes it away. What is not there is taken away already.
    async fn retire(&self, there: &Provisioned) -> Result<(), CallError>;

    /// It, as what answers.
    fn model(&self, there: &Provisioned) -> Arc<dyn Model>;
}
