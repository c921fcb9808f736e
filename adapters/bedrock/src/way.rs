//! Where Bedrock is, as whom it is asked, how long it is waited for, and when it is left alone.

use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_bedrockruntime::config::{Credentials, SharedCredentialsProvider};
use countersign_domain::ports::{Clock, SecretError, Secrets};
use countersign_outbound::{Breakers, Patience};
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
    /// A role that is taken on by whoever the above says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleSettings>,
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

/// A role that is taken on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleSettings {
    /// Which: `arn:aws:iam::123456789012:role/countersign`.
    pub arn: String,
    /// What its owner wants to be told by whoever takes it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Another address of the token service than the region's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

/// What it calls itself to whoever looks who has taken on a role.
const SESSION: &str = "countersign";

/// A way to Bedrock.
#[derive(Debug, Clone)]
pub struct Access {
    pub(crate) config: SdkConfig,
    pub(crate) patience: Patience,
    pub(crate) watched: Option<Watched>,
}

/// What sees to it that whatever fails is left alone for a while.
#[derive(Clone)]
pub(crate) struct Watched {
    pub(crate) breakers: Arc<Breakers<String>>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Watched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watched").field("breakers", &self.breakers).finish_non_exhaustive()
    }
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
        if let Some(profile) = &settings.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(key) = &settings.key {
            let (id, secret) = (secrets.get(&key.id_secret).await?, secrets.get(&key.key_secret).await?);
            let named =
                Credentials::new(id.expose_secret(), secret.expose_secret(), None, None, "countersign");
            loader = loader.credentials_provider(named);
        }
        let mut config = loader.load().await;
        if let Some(role) = &settings.role {
            config = taken_on(role, config).await;
        }
        // Behind the role, which is taken on elsewhere.
        if let Some(endpoint) = &settings.endpoint {
            config = config.into_builder().endpoint_url(endpoint).build();
        }
        Ok(Self { config, patience, watched: None })
    }

    /// The same, and what fails again and again is left alone for a while: one model, one agent, or all of it.
    #[must_use]
    pub fn watched(self, breakers: Arc<Breakers<String>>, clock: Arc<dyn Clock>) -> Self {
        Self { watched: Some(Watched { breakers, clock }), ..self }
    }
}

/// The same, asked as this role.
async fn taken_on(role: &RoleSettings, config: SdkConfig) -> SdkConfig {
    let mut there = config.to_builder();
    there.set_endpoint_url(role.endpoint.clone());
    let mut provider = AssumeRoleProvider::builder(&role.arn).session_name(SESSION).configure(&there.build());
    if let Some(id) = &role.external_id {
        provider = provider.external_id(id);
    }
    let provider = SharedCredentialsProvider::new(provider.build().await);
    config.into_builder().credentials_provider(provider).build()
}
