//! Configuration: `countersign.toml`, overridden by `COUNTERSIGN_*` and by flags; every fault found is told at once.

mod advice;
mod alone;
mod atlassian;
#[cfg(feature = "bedrock")]
mod bedrock;
mod chat;
mod fault;
mod folder;
mod forge;
mod help;
mod http;
mod integrations;
mod load;
mod model;
mod read;
mod secret;
mod section;
mod tenant;
#[cfg(test)]
mod tests;
mod tree;
mod written;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use countersign_domain::effect::BackoffPolicy;
use countersign_domain::names::Tenant;
use countersign_domain::repair::Share;
use countersign_outbound::OutboundConfig;
use serde::{Deserialize, Serialize};

pub(crate) use alone::kind as alone_as;
pub use atlassian::{BitbucketConfig, JiraConfig};
#[cfg(feature = "bedrock")]
pub use bedrock::BedrockConfig;
pub use chat::ChatConfig;
pub use countersign_atlassian::Statuses;
pub use fault::{ConfigError, Fault};
pub use folder::FolderConfig;
pub use forge::{ForgeConfig, GithubAccess, GithubConfig};
pub use help::{ActionsConfig, HelpConfig, ModelConfig, PagerConfig};
pub use http::HttpConfig;
pub use integrations::{CloudwatchConfig, GithubWebhooksConfig, IntegrationsConfig, ServiceConfig};
pub use load::{FILE, Flags, Sources};
pub(crate) use section::nearest;
pub use tenant::{TenantConfig, Token};

/// Everything the program can be told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Config {
    /// The folder of the log and all that is derived from it.
    pub data: PathBuf,
    /// Where the program listens.
    pub listen: SocketAddr,
    /// Where people find the console, where that is another address than it listens on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// What the HTTP side takes in.
    pub http: HttpConfig,
    /// Where the log is kept.
    #[serde(skip_serializing_if = "StoreConfig::is_default")]
    pub store: StoreConfig,
    /// How the program logs.
    pub log: LogConfig,
    /// Where credentials come from.
    pub secrets: SecretsConfig,
    /// The keys of the bot's own.
    pub keys: KeysConfig,
    /// The vault.
    #[serde(skip_serializing_if = "VaultConfig::is_default")]
    pub vault: VaultConfig,
    /// How effects are carried out.
    pub outbox: OutboxConfig,
    /// How often the forge is compared with the log.
    pub compare: CompareConfig,
    /// How calls to vendors are made.
    pub http_client: OutboundConfig,
    /// The customer organisations.
    pub tenants: BTreeMap<Tenant, TenantConfig>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("countersign-data"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            http: HttpConfig::default(),
            store: StoreConfig::default(),
            log: LogConfig::default(),
            secrets: SecretsConfig::default(),
            keys: KeysConfig::default(),
            vault: VaultConfig::default(),
            outbox: OutboxConfig::default(),
            compare: CompareConfig::default(),
            http_client: OutboundConfig::default(),
            tenants: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Where people find the console, without a slash at the end.
    pub fn console(&self) -> String {
        self.public_url
            .as_deref()
            .map_or_else(|| format!("http://{}", self.listen), |url| url.trim_end_matches('/').to_owned())
    }

    /// The configuration as TOML that loads again. Secrets stand in it by name only, as in the file itself.
    pub fn render(&self) -> String {
        toml::to_string(self).expect("tables, texts, numbers and lists can always be written as TOML")
    }
}

/// Where the log is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoreConfig {
    /// The connection string of a KurrentDB, without a user; without it, the log is a journal in the data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The name of the secret that holds `user:password`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials_secret: Option<String>,
    /// For how long a bot is waited for that is not heard of, before the others do what it did. At least 1 s.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub term: Duration,
}

impl StoreConfig {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { url: None, credentials_secret: None, term: Duration::from_secs(6) }
    }
}

/// How the program logs, to the standard error output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogConfig {
    /// For machines or for people.
    pub format: LogFormat,
    /// What is logged, as `tracing` filters say it: `info`, `warn,countersign=debug`.
    pub level: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned() }
    }
}

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// One sentence a line.
    Text,
}

/// Where credentials come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SecretsConfig {
    /// A folder with one file a secret; without one, the environment variables `COUNTERSIGN_SECRET_<NAME>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
}

/// The keys of the bot's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct KeysConfig {
    /// The name of the secret that buttons, link codes and sessions are sealed with; without one, a key that the bot makes
    /// for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal_secret: Option<String>,
    /// The folder of the keys that the bot makes for itself: never in the data folder, which auditors copy. Beside it, where
    /// nobody says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
}

/// The vault.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VaultConfig {
    /// Its folder: never in the data folder. Beside it, where nobody says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
    /// The name of the secret that is the master key; without one, a key that the program makes for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub master_secret: Option<String>,
    /// The name of the master key before, until all is wrapped by the new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_secret: Option<String>,
}

impl VaultConfig {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// How often the forge is compared with the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CompareConfig {
    /// How often by itself; `0s` for never. At least a minute.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub every: Duration,
    /// How much of what a repository, and the tenant, holds a repair may change at once, in percent; one thing in any case.
    pub at_once: Share,
}

impl CompareConfig {
    /// How often, if at all.
    pub fn every(&self) -> Option<jiff::SignedDuration> {
        jiff::SignedDuration::try_from(self.every).ok().filter(jiff::SignedDuration::is_positive)
    }
}

impl Default for CompareConfig {
    fn default() -> Self {
        Self { every: Duration::from_hours(24), at_once: Share::USUAL }
    }
}

/// How effects are carried out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutboxConfig {
    /// How many effects of a tenant are carried out at the same time that call the same vendors, 1 to 1000.
    pub concurrency: usize,
    /// How they are tried again.
    #[serde(flatten)]
    pub backoff: BackoffPolicy,
}

impl Default for OutboxConfig {
    fn default() -> Self {
        Self { concurrency: 8, backoff: BackoffPolicy::default() }
    }
}
