//! What a tenant's agent has of Amazon Bedrock is asked there.

use std::sync::Arc;

use anyhow::Context as _;
use countersign_bedrock::{
    Access, BedrockGuardrail, BedrockPlane, Converse, HostedAgent, HostedSettings, KnowledgeBase,
};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Guardrail, Model};
use countersign_guardrails::Behind;

use super::{Help, Way};
use crate::config::BedrockConfig;

/// What its breakers are called.
const VENDOR: &str = "bedrock";

/// What every session of an agent there is told of the tenant, where the configuration says nothing else of it.
const TENANT: &str = "tenant";

/// The same, with all of it that is there.
pub async fn on_bedrock(help: Help, config: &BedrockConfig, way: Way<'_>) -> anyhow::Result<Help> {
    let (help, behind) = furnish((help, vec![]), Some(config), way).await?;
    Ok(help.with_behind(behind))
}

/// The same, with what answers, what finds and what looks at texts there; and with what is asked last of all.
pub(super) async fn furnish(
    (mut help, mut behind): (Help, Vec<Arc<dyn Model>>),
    config: Option<&BedrockConfig>,
    Way { tenant, outbound, secrets }: Way<'_>,
) -> anyhow::Result<(Help, Vec<Arc<dyn Model>>)> {
    let Some(config) = config else { return Ok((help, behind)) };
    let BedrockConfig { access, model, agent, fallback, guardrail, knowledge, plane } = config;
    let access = Access::new(access, &**secrets).await.context("the key to Bedrock")?;
    let access = access.watched(outbound.breakers_of(VENDOR, tenant), outbound.clock());
    if let Some(model) = model {
        help.model = Arc::new(Converse::new(access.clone(), model.clone()));
        help.models.push(Arc::clone(&help.model));
    }
    if let Some(agent) = agent {
        help.model = Arc::new(HostedAgent::new(access.clone(), of(agent, tenant)));
        help.models.push(Arc::clone(&help.model));
    }
    if let Some(fallback) = fallback {
        let fallback: Arc<dyn Model> = Arc::new(Converse::new(access.clone(), fallback.clone()));
        help.models.push(Arc::clone(&fallback));
        behind.push(fallback);
    }
    if let Some(plane) = plane {
        help.plane = Some(Arc::new(BedrockPlane::new(access.clone(), plane.clone())));
    }
    if let Some(guardrail) = guardrail {
        let there: Arc<dyn Guardrail> = Arc::new(BedrockGuardrail::new(access.clone(), guardrail.clone()));
        // Never in the place of the one that asks nobody.
        help.guardrail = Some(match help.guardrail.take() {
            Some(first) => Arc::new(Behind::new(first, there)) as Arc<dyn Guardrail>,
            None => there,
        });
    }
    if let Some(knowledge) = knowledge {
        help.index = Arc::new(KnowledgeBase::new(access, knowledge.clone()));
    }
    Ok((help, behind))
}

/// An agent, as it is asked for this tenant.
fn of(agent: &HostedSettings, tenant: &Tenant) -> HostedSettings {
    let mut agent = agent.clone();
    agent.attributes.entry(TENANT.to_owned()).or_insert_with(|| tenant.to_string());
    agent
}
