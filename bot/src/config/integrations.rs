//! What tells of what happens outside, and what the services are that it happens to.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use countersign_observed::github::Reader;
use countersign_observed::sns::{self, Topic};
use serde::{Deserialize, Serialize};

use super::alone;
use super::secret::{NO_SECRET_NAME, is_secret_name};
use super::section::Section;

/// So many secrets of one webhook are good at a time: the new one, and the one before while it is rotated.
const LIVE: usize = 2;

/// What tells of what happens outside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IntegrationsConfig {
    /// GitHub, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub github: Option<GithubWebhooksConfig>,
    /// `CloudWatch`'s alarms, by Amazon's notifications, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloudwatch: Option<CloudwatchConfig>,
    /// The services that are called otherwise than their repositories, or have several, by what they are called.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub services: BTreeMap<String, ServiceConfig>,
}

/// A GitHub that sends webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GithubWebhooksConfig {
    /// The host of its pages.
    #[serde(default = "github_com")]
    pub host: String,
    /// The names of the secrets that its webhooks are signed with: one, or two while it is rotated.
    pub webhook_secrets: Vec<String>,
}

/// Topics to which `CloudWatch` tells its alarms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudwatchConfig {
    /// The only ones that are heard, and whose subscriptions are confirmed: `arn:aws:sns:eu-central-1:111111111111:alarms`.
    pub topics: BTreeSet<String>,
}

/// A service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceConfig {
    /// Its repositories, each as its owner and its name: `acme/pay-api`.
    pub repositories: BTreeSet<String>,
    /// What the names of its alarms begin with.
    pub alarms: BTreeSet<String>,
    /// The services that it needs: what was deployed there may be why it is ill.
    pub depends_on: BTreeSet<String>,
    /// How long before an alarm what was deployed is suspected.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub window: Duration,
}

impl Default for ServiceConfig {
    fn default() -> Self {
        let (repositories, alarms, depends_on) = Default::default();
        Self { repositories, alarms, depends_on, window: Duration::from_hours(1) }
    }
}

fn github_com() -> String {
    "github.com".to_owned()
}

impl IntegrationsConfig {
    /// How GitHub's deliveries are read, where there is one.
    pub fn github_reader(&self) -> Option<Reader> {
        let services = self.services.iter().flat_map(|(name, service)| {
            service.repositories.iter().map(move |repository| (repository.to_lowercase(), name.clone()))
        });
        let github = self.github.as_ref()?;
        Some(Reader { host: github.host.to_lowercase(), services: services.collect() })
    }

    /// How alarms are read, and of which topics.
    pub fn alarms(&self) -> Option<(Vec<Topic>, sns::Reader)> {
        let topics = self.cloudwatch.as_ref()?.topics.iter().filter_map(|arn| Topic::read(arn));
        let services = self.services.iter().flat_map(|(name, service)| {
            service.alarms.iter().map(move |begins| (begins.to_lowercase(), name.clone()))
        });
        Some((topics.collect(), sns::Reader { services: services.collect() }))
    }

    /// The secrets it needs: each by its key, and its name.
    pub(super) fn secrets(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let github = self.github.iter().flat_map(|github| &github.webhook_secrets);
        github.map(|name| ("integrations.github.webhook_secrets", name.as_str()))
    }
}

/// What the table of a tenant says of it, if anything.
pub(super) fn read(section: &mut Section<'_>) -> Option<IntegrationsConfig> {
    let mut section = section.optional_section("integrations")?;
    let integrations: IntegrationsConfig = section.rest()?;
    if let Some(github) = &integrations.github {
        check_github(&section, github);
    }
    for topic in integrations.cloudwatch.iter().flat_map(|cloudwatch| &cloudwatch.topics) {
        check_topic(&section, topic);
    }
    check_services(&section, &integrations.services);
    Some(integrations)
}

fn check_github(section: &Section<'_>, github: &GithubWebhooksConfig) {
    let is_host = |host: &str| {
        host.contains('.') && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
    };
    if !is_host(&github.host) {
        section.fault("github", "`host` does not fit: write the name alone, such as \"github.com\"");
    }
    if !(1..=LIVE).contains(&github.webhook_secrets.len()) {
        section.fault(
            "github",
            "`webhook_secrets` does not fit: write the name of one secret, and of a second while the first is rotated",
        );
    }
    for name in &github.webhook_secrets {
        if is_secret_name(name) {
            alone::github(section, name);
        } else {
            section.fault("github", NO_SECRET_NAME);
        }
    }
}

fn check_topic(section: &Section<'_>, arn: &str) {
    if Topic::read(arn).is_none() {
        let like = "arn:aws:sns:eu-central-1:111111111111:alarms";
        section.fault("cloudwatch", format!("{arn:?} is no topic: write its name, such as {like:?}"));
    }
    let why = "what it tells would be told to both organisations. Name it in one of them";
    section.alone("cloudwatch", ("topic of Amazon's", arn), why);
}

fn check_services(section: &Section<'_>, services: &BTreeMap<String, ServiceConfig>) {
    let is_word = |text: &str| {
        (1..=100).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let mut whose = BTreeMap::new();
    for (name, service) in services {
        if !is_word(name) {
            section.fault(
                "services",
                format!("{name:?} does not fit: use letters, digits, dashes, dots and underscores"),
            );
        }
        for needed in service.depends_on.iter().filter(|needed| !services.contains_key(*needed)) {
            section.fault("services", format!("{name} depends on {needed}, which is not described here"));
        }
        if service.alarms.iter().any(String::is_empty) {
            section.fault(
                "services",
                format!("{name} has an alarm without a name: write what the names begin with"),
            );
        }
        for repository in &service.repositories {
            if !repository.split_once('/').is_some_and(|(owner, short)| is_word(owner) && is_word(short)) {
                section.fault(
                    "services",
                    format!(
                        "{repository:?} does not fit: write the owner and the name, such as \"acme/pay-api\""
                    ),
                );
            }
            if let Some(other) = whose.insert(repository.to_lowercase(), name) {
                section.fault(
                    "services",
                    format!("{repository} is of {other} and of {name}: a repository is one service's"),
                );
            }
        }
    }
}
