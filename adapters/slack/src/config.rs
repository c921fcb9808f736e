//! Where a tenant's Slack is, and what its credentials are called.

use std::path::PathBuf;

use countersign_outbound::{AddressError, OutboundError};
use serde::{Deserialize, Serialize};

/// A tenant's Slack workspace and the app in it. Only the names of credentials stand here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlackConfig {
    /// Where the Web API is.
    #[serde(default = "default_url")]
    pub url: String,
    /// The workspace: `T024BE7LD`.
    pub team: String,
    /// The name of the secret with the bot's token (`xoxb-…`). With `refresh` the token comes from there, and this is only
    /// what it is called.
    pub bot_token_secret: String,
    /// The name of the secret with the app's token (`xapp-…`), for Socket Mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_token_secret: Option<String>,
    /// The name of the secret that deliveries over HTTP are signed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_secret: Option<String>,
    /// How the bot's token is kept fresh, where the app has token rotation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh: Option<RefreshConfig>,
}

/// Token rotation (<https://docs.slack.dev/authentication/using-token-rotation>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefreshConfig {
    /// The app's client id.
    pub client_id: String,
    /// The name of the secret with the app's client secret.
    pub client_secret: String,
    /// The name of the secret with the first refresh token (`xoxe-…`). Once a pair is kept it is not asked for again.
    pub refresh_token_secret: String,
    /// Where the present pair of tokens is kept, readable for the bot's user only. A refresh token is good for one use, so
    /// whoever loses this file must install the app anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// In the place of a file: the name of a secret in the vault, under which the bot keeps the pair, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_secret: Option<String>,
}

/// Why the adapter cannot be made from its configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address cannot be used.
    #[error("slack: url: {0}")]
    Address(#[from] AddressError),
    /// There is no way out.
    #[error("slack: {0}")]
    Outbound(#[from] OutboundError),
    /// The workspace is no id.
    #[error("slack: team: `{0}` is no workspace id; it begins with T, and auth.test tells it")]
    Team(String),
    /// Socket Mode without the token it takes.
    #[error("slack: app_token_secret: Socket Mode needs an app-level token with the scope connections:write")]
    NoAppToken,
}

fn default_url() -> String {
    "https://slack.com/api".to_owned()
}
