//! The control plane: an agent is created there, prepared, and given an alias for each version of ours, which the vendor freezes. Each
//! attempt goes one step on from whatever it finds, and waits for nothing: what is not ready is asked for again a little later.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_bedrockagent::Client;
use aws_sdk_bedrockagent::types::{
    Agent, AgentAliasStatus, AgentAliasSummary, AgentStatus, AgentSummary, AgentVersion,
};
use aws_sdk_bedrockruntime::error::{ProvideErrorMetadata, SdkError};
use countersign_domain::ports::{AgentPlane, CallError, CallErrorKind, Model, Provision, Provisioned};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::entered::alone;
use crate::fault::call_error;
use crate::{Access, HostedAgent, HostedSettings, VENDOR};

const WHAT: &str = "set up an agent";
/// What its breaker is called.
const PART: &str = "agents";
/// So soon it is looked again at what is being made.
const SOON: Duration = Duration::from_secs(5);

/// How agents are run there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaneSettings {
    /// The role that they work as: `arn:aws:iam::123456789012:role/agents`.
    pub role: String,
    /// The model that they think with.
    pub model: String,
    /// What their names begin with there, so that several may share an account: `countersign-acme`.
    pub prefix: String,
}

/// The control plane of Bedrock's agents.
#[derive(Debug)]
pub struct BedrockPlane {
    client: Client,
    access: Access,
    settings: PlaneSettings,
}

impl BedrockPlane {
    /// By this way.
    pub fn new(access: Access, settings: PlaneSettings) -> Self {
        Self { client: Client::new(&access.config), access, settings }
    }

    fn name(&self, wanted: Provision<'_>) -> String {
        format!("{}-{}", self.settings.prefix, wanted.name)
    }

    /// Does one call, unless it is left alone.
    async fn call<T, E: ProvideErrorMetadata + Debug, R>(
        &self,
        sent: impl Future<Output = Result<T, SdkError<E, R>>>,
    ) -> Result<T, CallError> {
        let left_alone = |wait| error(&alone(wait), CallErrorKind::NotDone { after: Some(wait) });
        let entered = self.access.enter(PART).map_err(left_alone)?;
        let done = match timeout(self.access.patience.first, sent).await {
            Ok(done) => done.map_err(|why| call_error(WHAT, &why)),
            // Whatever became of it is looked up by the next attempt.
            Err(_) => Err(error("it said nothing in time", CallErrorKind::NotDone { after: None })),
        };
        entered.tell_call(&done);
        done
    }

    async fn found(&self, name: &str) -> Result<Option<String>, CallError> {
        let mut from = None;
        loop {
            let page = self.call(self.client.list_agents().set_next_token(from).send()).await?;
            let is_it = |agent: &&AgentSummary| agent.agent_name() == name;
            if let Some(agent) = page.agent_summaries().iter().find(is_it) {
                return Ok(Some(agent.agent_id().to_owned()));
            }
            from = page.next_token().map(ToOwned::to_owned);
            if from.is_none() {
                return Ok(None);
            }
        }
    }

    async fn agent(&self, id: &str) -> Result<Agent, CallError> {
        let found = self.call(self.client.get_agent().agent_id(id).send()).await?;
        found
            .agent()
            .cloned()
            .ok_or_else(|| error("it names an agent and does not show it", CallErrorKind::Rejected))
    }

    async fn create(&self, wanted: Provision<'_>) -> Result<(), CallError> {
        let create = self
            .client
            .create_agent()
            .agent_name(self.name(wanted))
            .agent_resource_role_arn(&self.settings.role)
            .foundation_model(&self.settings.model)
            .instruction(wanted.instruction);
        self.call(create.send()).await.map(drop)
    }

    /// Brings the draft to what is wanted: one step on, or nothing where it is there.
    async fn one_step_on(&self, agent: &Agent, wanted: Provision<'_>) -> Result<(), CallError> {
        let (id, is_as_wanted) = (agent.agent_id(), self.is_as_wanted(agent, wanted));
        match agent.agent_status() {
            AgentStatus::Prepared if is_as_wanted => return Ok(()),
            AgentStatus::NotPrepared if is_as_wanted => {
                self.call(self.client.prepare_agent().agent_id(id).send()).await?;
            }
            AgentStatus::Prepared | AgentStatus::NotPrepared => {
                let update = self
                    .client
                    .update_agent()
                    .agent_id(id)
                    .agent_name(self.name(wanted))
                    .agent_resource_role_arn(&self.settings.role)
                    .foundation_model(&self.settings.model)
                    .instruction(wanted.instruction);
                self.call(update.send()).await?;
            }
            AgentStatus::Failed => {
                let why = agent.failure_reasons().join("; ");
                return Err(error(&format!("it cannot make the agent: {why}"), CallErrorKind::Rejected));
            }
            // It is being made, changed or prepared.
            _ => {}
        }
        Err(not_ready())
    }

    fn is_as_wanted(&self, agent: &Agent, wanted: Provision<'_>) -> bool {
        let is_its_model = agent.foundation_model() == Some(&*self.settings.model);
        is_its_model && agent.instruction() == Some(wanted.instruction)
    }

    async fn alias(&self, id: &str, name: &str) -> Result<Option<AgentAliasSummary>, CallError> {
        let mut from = None;
        loop {
            let list = self.client.list_agent_aliases().agent_id(id).set_next_token(from);
            let page = self.call(list.send()).await?;
            let is_it = |alias: &&AgentAliasSummary| alias.agent_alias_name() == name;
            if let Some(alias) = page.agent_alias_summaries().iter().find(is_it) {
                return Ok(Some(alias.clone()));
            }
            from = page.next_token().map(ToOwned::to_owned);
            if from.is_none() {
                return Ok(None);
            }
        }
    }

    async fn version(&self, id: &str, version: &str) -> Result<AgentVersion, CallError> {
        let get = self.client.get_agent_version().agent_id(id).agent_version(version);
        let found = self.call(get.send()).await?;
        found
            .agent_version()
            .cloned()
            .ok_or_else(|| error("it names a version and does not show it", CallErrorKind::Rejected))
    }

    /// What is otherwise in a version than is wanted.
    fn otherwise(&self, version: &AgentVersion, wanted: Provision<'_>) -> Option<String> {
        if version.instruction() != Some(wanted.instruction) {
            return Some("the instruction is another one there".to_owned());
        }
        let model = version.foundation_model().unwrap_or("none");
        (model != self.settings.model).then(|| format!("it thinks with {model} there"))
    }
}

#[async_trait]
impl AgentPlane for BedrockPlane {
    async fn provision(&self, wanted: Provision<'_>) -> Result<Provisioned, CallError> {
        let Some(id) = self.found(&self.name(wanted)).await? else {
            self.create(wanted).await?;
            return Err(not_ready());
        };
        let name = format!("v{}", wanted.version);
        let Some(alias) = self.alias(&id, &name).await? else {
            self.one_step_on(&self.agent(&id).await?, wanted).await?;
            // Without a version it is given a new one, which is frozen.
            let create = self.client.create_agent_alias().agent_id(&id).agent_alias_name(&name);
            self.call(create.send()).await?;
            return Err(not_ready());
        };
        match alias.agent_alias_status() {
            AgentAliasStatus::Prepared => {}
            AgentAliasStatus::Failed => {
                return Err(error("it cannot make a version of the agent", CallErrorKind::Rejected));
            }
            _ => return Err(not_ready()),
        }
        let version = routed_to(&alias).ok_or_else(not_ready)?;
        // What is told is what stands there, and not what was sent.
        let stands = self.version(&id, &version).await?;
        if let Some(otherwise) = self.otherwise(&stands, wanted) {
            return Err(error(&otherwise, CallErrorKind::Rejected));
        }
        Ok(Provisioned { agent: id, alias: alias.agent_alias_id().to_owned(), version })
    }

    async fn drift(&self, there: &Provisioned, wanted: Provision<'_>) -> Result<Option<String>, CallError> {
        let name = format!("v{}", wanted.version);
        let Some(alias) = self.alias(&there.agent, &name).await? else {
            return Ok(Some("its alias is gone".to_owned()));
        };
        let now = routed_to(&alias);
        if alias.agent_alias_id() != there.alias || now.as_deref() != Some(&*there.version) {
            return Ok(Some("its alias leads to another version".to_owned()));
        }
        let stands = self.version(&there.agent, &there.version).await?;
        Ok(self.otherwise(&stands, wanted))
    }

    async fn retire(&self, there: &Provisioned) -> Result<(), CallError> {
        let delete =
            self.client.delete_agent_alias().agent_id(&there.agent).agent_alias_id(&there.alias).send();
        // What is gone is taken away.
        let gone = async {
            match delete.await {
                Err(why) if why.code() == Some("ResourceNotFoundException") => Ok(()),
                done => done.map(drop),
            }
        };
        self.call(gone).await
    }

    fn model(&self, there: &Provisioned) -> Arc<dyn Model> {
        let settings = HostedSettings {
            agent: there.agent.clone(),
            alias: there.alias.clone(),
            attributes: std::collections::BTreeMap::new(),
            trace: true,
        };
        Arc::new(HostedAgent::new(self.access.clone(), settings))
    }
}

/// The version that an alias leads to.
fn routed_to(alias: &AgentAliasSummary) -> Option<String> {
    alias.routing_configuration().first()?.agent_version().map(ToOwned::to_owned)
}

fn not_ready() -> CallError {
    error("it is not ready there yet", CallErrorKind::NotDone { after: Some(SOON) })
}

fn error(detail: &str, kind: CallErrorKind) -> CallError {
    let detail = detail.chars().take(500).collect();
    CallError { vendor: VENDOR, what: WHAT.to_owned(), detail, status: None, kind }
}
