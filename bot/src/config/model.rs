//! What answers, as far as several models have to fit each other: those behind the first, and what each takes.

use std::path::Path;

use countersign_models::{CompanyLlm, FileFault};
use countersign_outbound::BaseUrl;

use super::help::{HelpConfig, ModelConfig};
use super::secret::{NO_SECRET_NAME, is_secret_name};
use super::section::Section;

/// So many models stand behind the first at most: who waits for an answer does not wait for more.
const MOST_FALLBACKS: usize = 3;

/// Everything about the models of a help desk. `folder` is what paths are relative to.
pub(super) fn check(section: &Section<'_>, help: &mut HelpConfig, folder: &Path) {
    one(section, "model", &mut help.model, folder);
    for model in &mut help.fallbacks {
        one(section, "fallbacks", model, folder);
    }
    if help.fallbacks.len() > MOST_FALLBACKS {
        section.fault("fallbacks", format!("these are too many: write {MOST_FALLBACKS} at most"));
    }
    let companys = std::iter::once(&help.model).chain(&help.fallbacks);
    if companys.filter(|model| matches!(model, ModelConfig::Company { .. })).count() > 1 {
        section
            .fault("fallbacks", "a company has one model of its own: the same one once more is no fallback");
    }
    money(section, help);
}

fn one(section: &Section<'_>, key: &str, model: &mut ModelConfig, beside: &Path) {
    match model {
        ModelConfig::Embedded {} => {}
        ModelConfig::Openai { url, token_secret, .. } => {
            if let Err(error) = BaseUrl::parse(url) {
                section.fault(key, error);
            }
            if token_secret.as_ref().is_some_and(|name| !is_secret_name(name)) {
                section.fault(key, NO_SECRET_NAME);
            }
        }
        ModelConfig::Company { folder, secrets } => {
            *folder = beside.join(&*folder);
            match CompanyLlm::check(folder) {
                Ok(named) => *secrets = named,
                // Each is told where it stands: in one of the files, by its line.
                Err(faults) => faults.into_iter().for_each(|FileFault { file, line, fault }| {
                    let place = format!("{}:{line}", folder.join(file).display());
                    section.fault_in(key, place, fault);
                }),
            }
            if secrets.iter().any(|name| !is_secret_name(name)) {
                section.fault(key, NO_SECRET_NAME);
            }
        }
    }
}

/// A limit in money counts what has a price, so what has none would be had without end.
fn money(section: &Section<'_>, help: &HelpConfig) {
    let daily = help.daily;
    let limits = [help.person, help.by_agent, help.everybody, daily.person, daily.by_agent, daily.everybody];
    if limits.iter().all(|limit| limit.micros.is_none()) {
        return;
    }
    for name in paid(help).into_iter().filter(|name| !help.prices.contains_key(name)) {
        let fault = format!(
            "money is limited (`micros`), and nobody says what `{name}` takes: write \"{name}\" = {{ read = 250, written = 1000 }}, in \
             millionths for a thousand tokens"
        );
        section.fault("prices", fault);
    }
}

/// The models that take money, by their names in the log. What a company's own is called its files say, which change.
fn paid(help: &HelpConfig) -> Vec<String> {
    let own = |model: &ModelConfig| match model {
        ModelConfig::Openai { server, .. } => Some(server.model.clone()),
        ModelConfig::Embedded {} | ModelConfig::Company { .. } => None,
    };
    let first = Some(&help.model).filter(|_| !elsewhere(help));
    let names = first.into_iter().chain(&help.fallbacks).filter_map(own);
    #[cfg(feature = "bedrock")]
    let names = names.chain(help.bedrock.iter().flat_map(super::BedrockConfig::paid));
    names.collect()
}

/// Whether something else answers in the place of the model.
#[cfg(feature = "bedrock")]
fn elsewhere(help: &HelpConfig) -> bool {
    help.bedrock.as_ref().is_some_and(super::BedrockConfig::answers)
}

#[cfg(not(feature = "bedrock"))]
const fn elsewhere(_: &HelpConfig) -> bool {
    false
}
