//! What a tenant's agent has of Amazon Bedrock is asked there.

use std::sync::Arc;

use anyhow::Context as _;
use countersign_bedrock::{Access, Converse, KnowledgeBase};

use super::{Help, Way};
use crate::config::BedrockConfig;

/// The same, with the model and the knowledge base that are there.
pub(super) async fn furnish(
    help: Help,
    config: Option<&BedrockConfig>,
    Way { secrets, .. }: Way<'_>,
) -> anyhow::Result<Help> {
    let Some(BedrockConfig { access, model, knowledge }) = config else { return Ok(help) };
    let access = Access::new(access, &**secrets).await.context("the key to Bedrock")?;
    let mut help = help;
    if let Some(model) = model {
        help.model = Arc::new(Converse::new(access.clone(), model.clone()));
    }
    if let Some(knowledge) = knowledge {
        help.index = Arc::new(KnowledgeBase::new(access, knowledge.clone()));
    }
    Ok(help)
}
