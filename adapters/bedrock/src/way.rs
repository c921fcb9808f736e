//! Where Bedrock is, as whom it is asked, and how long it is waited for.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_bedrockruntime::config::Credentials;
use countersign_domain::ports::{SecretError, Secrets};
use countersign_outbound::Patience;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

/// Where Bedrock is, and as whom it is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessSettings {
    /// The region: `eu-central-1`.
    pub region: String,
    /// Another address than the region's: an interface of one's own network, or Bedrock in miniature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// A profile of the machine's configuration, which may name a role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The names of the secrets that hold a key's id and the key; without, it is asked as the machine is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeySecrets>,
    /// How long it is waited for.
    #[serde(default)]
    pub patience: Patience,
}

/// The names of secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySecrets {
    /// Of the key's id.
    pub id_secret: String,
    /// Of the key.
    pub key_secret: String,
}

/// A way to Bedrock.
#[derive(Debug, Clone)]
pub struct Access {
    pub(crate) config: SdkConfig,
    pub(crate) patience: Patience,
}

impl Access {
    /// Prepares the way; nothing is asked yet.
    pub async fn new(settings: &AccessSettings, secrets: &dyn Secrets) -> Result<Self, SecretError> {
        let patience = settings.patience;
        let timeouts = TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(settings.region.clone()))
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts)
            // A model thinks for longer than this protection allows; the patience above sees to it.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        if let Some(endpoint) = &settings.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        if let Some(profile) = &settings.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(key) = &settings.key {
            let (id, secret) = (secrets.get(&key.id_secret).await?, secrets.get(&key.key_secret).await?);
            let named =
                Credentials::new(id.expose_secret(), secret.expose_secret(), None, None, "countersign");
            loader = loader.credentials_provider(named);
        }
        Ok(Self { config: loader.load().await, patience })
    }
}
