//! How a tenant's Teams is reached, and why an adapter cannot be made from that.

use std::path::PathBuf;

use countersign_outbound::{AddressError, OutboundError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::inbound::InboundConfig;

/// One tenant's bot in Teams. The defaults are the public cloud's; the sovereign ones have others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamsConfig {
    /// The bot's application id.
    pub app_id: String,
    /// The Microsoft Entra tenant, whose people the bot works for.
    pub tenant: Uuid,
    /// How the bot proves who it is.
    #[serde(default)]
    pub auth: Auth,
    /// The name of the secret that holds the application's secret, for `auth = "secret"`.
    #[serde(default)]
    pub app_secret: Option<String>,
    /// The file with the workload's own token, for `auth = "federated"`. It is read at each refresh.
    #[serde(default)]
    pub federated_token_file: Option<PathBuf>,
    /// Who makes the bot's tokens.
    #[serde(default = "authority")]
    pub authority: String,
    /// What the bot's tokens are for.
    #[serde(default = "scope")]
    pub scope: String,
    /// Where to speak where no conversation said so
    /// (<https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages>).
    #[serde(default = "service_url")]
    pub service_url: String,
    /// Who makes the tokens of what comes in.
    #[serde(default = "InboundConfig::default_issuer")]
    pub issuer: String,
    /// Where that maker's OpenID metadata are.
    #[serde(default = "InboundConfig::default_metadata")]
    pub metadata: String,
}

/// How the bot proves who it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// By a secret of the application.
    #[default]
    Secret,
    /// By a token of the workload it runs as, which Entra trusts.
    Federated,
    /// Not at all: for tools on this machine, and only there.
    None,
}

fn authority() -> String {
    "https://login.microsoftonline.com".to_owned()
}

fn scope() -> String {
    "https://api.botframework.com/.default".to_owned()
}

fn service_url() -> String {
    "https://smba.trafficmanager.net/teams/".to_owned()
}

impl TeamsConfig {
    /// The public cloud's, with the application's secret under this name.
    pub fn new(app_id: impl Into<String>, tenant: Uuid, app_secret: impl Into<String>) -> Self {
        Self {
            app_id: app_id.into(),
            tenant,
            auth: Auth::Secret,
            app_secret: Some(app_secret.into()),
            federated_token_file: None,
            authority: authority(),
            scope: scope(),
            service_url: service_url(),
            issuer: InboundConfig::default_issuer(),
            metadata: InboundConfig::default_metadata(),
        }
    }

    /// Whose requests are taken.
    pub fn inbound(&self) -> InboundConfig {
        InboundConfig {
            app_id: self.app_id.clone(),
            issuer: self.issuer.clone(),
            metadata: self.metadata.clone(),
        }
    }
}

/// Why an adapter cannot be made from its configuration.
#[derive(Debug, thiserror::Error)]
pub enum TeamsError {
    /// An address cannot be used.
    #[error("teams: {part}: {source}")]
    Address {
        /// Which one.
        part: &'static str,
        /// What is wrong with it.
        source: AddressError,
    },
    /// Something that the way of proving who the bot is takes.
    #[error("teams: with auth = \"{auth}\" the configuration must name {part}")]
    Missing {
        /// The way.
        auth: &'static str,
        /// What is not there.
        part: &'static str,
    },
    /// A name that cannot be part of an address.
    #[error("teams: app_id must be the application's id, like 00000000-0000-0000-0000-000000000000")]
    AppId,
    /// There is no way out.
    #[error("teams: {0}")]
    Outbound(#[from] OutboundError),
}
