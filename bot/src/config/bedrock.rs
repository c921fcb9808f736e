//! What a tenant's agent has of Amazon Bedrock.

use std::path::Path;

use countersign_bedrock::{
    AccessSettings, ConverseSettings, GuardrailSettings, HostedSettings, KnowledgeSettings, PlaneSettings,
    RoleSettings,
};
use countersign_outbound::BaseUrl;
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
    /// The agent there that answers, in place of the other one: what it wants called is offered to who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<HostedSettings>,
    /// The model there that is asked where nobody else answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<ConverseSettings>,
    /// The guardrail there that looks at what the built-in one lets over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardrail: Option<GuardrailSettings>,
    /// The knowledge base there that finds, in place of the index beside the bot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub knowledge: Option<KnowledgeSettings>,
    /// How agents of the tenant are run there that say so (`backend = "provisioned"`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plane: Option<PlaneSettings>,
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

    /// Whether what answers is here.
    pub(super) const fn answers(&self) -> bool {
        self.model.is_some() || self.agent.is_some()
    }

    /// What is asked here and takes money, by its name in the log.
    pub(super) fn paid(&self) -> impl Iterator<Item = String> {
        let models = self.model.iter().chain(&self.fallback).map(|model| model.model.clone());
        models.chain(self.agent.iter().map(HostedSettings::name))
    }

    /// Everything about it. `folder` is what paths are relative to.
    pub(super) fn check(&mut self, section: &Section<'_>, folder: &Path) {
        if let Some(KnowledgeSettings { folder: read, .. }) = &mut self.knowledge
            && !read.as_os_str().is_empty()
        {
            *read = folder.join(&*read);
        }
        if self.secrets().into_iter().filter_map(|(_, name)| name).any(|name| !is_secret_name(name)) {
            section.fault("bedrock", NO_SECRET_NAME);
        }
        let faults = access(&self.access).into_iter().chain(self.of_what_is_used());
        faults.for_each(|fault| section.fault("bedrock", fault));
    }

    /// What is wrong with what is used of it.
    fn of_what_is_used(&self) -> Vec<String> {
        let Self { model, agent, fallback, guardrail, knowledge, plane, .. } = self;
        let mut faults = Vec::new();
        if model.is_none()
            && agent.is_none()
            && fallback.is_none()
            && guardrail.is_none()
            && knowledge.is_none()
            && plane.is_none()
        {
            faults.push(
                "nothing of it is used: write `model`, `agent`, `fallback`, `guardrail`, `knowledge` or `plane`"
                    .to_owned(),
            );
        }
        if model.is_some() && agent.is_some() {
            faults.push(
                "`model` and `agent` both answer: leave one out, or write the model as `fallback`".to_owned(),
            );
        }
        let mut unlike = |is_like: bool, key: &str, like: &str| {
            if !is_like {
                faults.push(format!("`{key}` does not fit: write {like}"));
            }
        };
        let is_id = |id: &str, most: usize| {
            (1..=most).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        for (key, model) in [("model.model", model), ("fallback.model", fallback)] {
            let named = model.as_ref().is_none_or(|model| is_named(&model.model));
            unlike(named, key, "the id of a model, such as \"eu.anthropic.claude-sonnet-4-20250514-v1:0\"");
        }
        if let Some(HostedSettings { agent, alias, .. }) = agent {
            unlike(is_id(agent, 10), "agent.agent", "the agent's id: up to ten letters and digits");
            unlike(is_id(alias, 10), "agent.alias", "the alias's id: up to ten letters and digits");
        }
        if let Some(GuardrailSettings { id, version }) = guardrail {
            let like = "the guardrail's id or ARN";
            unlike(is_id(id, 64) || id.starts_with("arn:") && is_named(id), "guardrail.id", like);
            let numbered =
                version.parse::<u32>().is_ok_and(|number| number > 0 && number.to_string() == *version);
            unlike(
                numbered || version == "DRAFT",
                "guardrail.version",
                "a number in quotation marks, or \"DRAFT\"",
            );
        }
        if let Some(PlaneSettings { role, model, prefix }) = plane {
            let is_role = role.starts_with("arn:") && role.contains(":role/");
            unlike(is_role, "plane.role", "the ARN of the role that agents work as");
            unlike(is_named(model), "plane.model", "the id of a model");
            let is_name =
                |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let is_prefix = prefix.len() <= 40 && prefix.split('-').all(is_name);
            unlike(is_prefix, "plane.prefix", "letters, digits and single “-”, such as \"countersign-acme\"");
        }
        if let Some(KnowledgeSettings { knowledge_base, folder }) = knowledge {
            let like = "the knowledge base's id: ten letters and digits";
            unlike(is_id(knowledge_base, 10) && knowledge_base.len() == 10, "knowledge.knowledge_base", like);
            unlike(!folder.as_os_str().is_empty(), "knowledge.folder", "the folder that it reads");
        }
        faults
    }
}

/// What is wrong with where it is, and as whom it is asked.
fn access(settings: &AccessSettings) -> Vec<String> {
    let AccessSettings { region, endpoint, profile, key, role, .. } = settings;
    let mut faults = Vec::new();
    let is_region = |region: &str| {
        region.split('-').count() >= 3
            && region.split('-').all(|part| {
                !part.is_empty()
                    && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            })
    };
    if !is_region(region) {
        faults.push("`access.region` does not fit: write one, such as \"eu-central-1\"".to_owned());
    }
    let there = role.as_ref().and_then(|role| role.endpoint.as_ref());
    for (name, address) in [("access.endpoint", endpoint.as_ref()), ("access.role.endpoint", there)] {
        if let Some(Err(error)) = address.map(|address| BaseUrl::parse(address)) {
            faults.push(format!("`{name}`: {error}"));
        }
    }
    if key.is_some() && profile.is_some() {
        faults
            .push("`access.key` and `access.profile` both say as whom it is asked: leave one out".to_owned());
    }
    if profile.as_ref().is_some_and(|profile| profile.trim().is_empty()) {
        faults.push("`access.profile` is empty: leave it out, or name one of the machine's".to_owned());
    }
    if let Some(RoleSettings { arn, .. }) = role
        && !(arn.starts_with("arn:") && arn.contains(":iam::") && arn.contains(":role/") && is_named(arn))
    {
        let like = "\"arn:aws:iam::123456789012:role/countersign\"";
        faults.push(format!("`access.role.arn` does not fit: write a role's, such as {like}"));
    }
    faults
}

/// Whether this can be a name or an ARN there.
fn is_named(name: &str) -> bool {
    let is_part = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '.' | '_' | '-' | '+' | '=' | ',' | '@')
    };
    (1..=2048).contains(&name.len()) && name.chars().all(is_part)
}
