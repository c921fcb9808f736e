//! What a tenant's agent has of Amazon Bedrock.

use countersign_bedrock::{AccessSettings, ConverseSettings, KnowledgeSettings};
use serde::{Deserialize, Serialize};

use super::secret::{NO_SECRET_NAME, is_secret_name};
use super::section::Section;

/// What a tenant's agent has of Amazon Bedrock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BedrockConfig {
    /// Where it is, and as whom it is asked.
    pub access: AccessSettings,
    /// The model there that answers, in place of the other one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ConverseSettings>,
    /// The knowledge base there that finds, in place of the index beside the bot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub knowledge: Option<KnowledgeSettings>,
}

impl BedrockConfig {
    /// The secrets it needs: each by its key, and its name.
    pub(super) fn secrets(&self) -> [(&'static str, Option<&str>); 2] {
        let key = self.access.key.as_ref();
        [
            ("help.bedrock.access.key.id_secret", key.map(|key| &*key.id_secret)),
            ("help.bedrock.access.key.key_secret", key.map(|key| &*key.key_secret)),
        ]
    }

    pub(super) fn check(&self, section: &Section<'_>) {
        if self.secrets().into_iter().filter_map(|(_, name)| name).any(|name| !is_secret_name(name)) {
            section.fault("bedrock", NO_SECRET_NAME);
        }
        if self.access.region.trim().is_empty() {
            section.fault("bedrock", "`region` is empty: write one, such as \"eu-central-1\"");
        }
    }
}
