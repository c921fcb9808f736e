//! Secrets that the log knows: whatever is handed out is masked from then on.

use std::sync::Arc;

use async_trait::async_trait;
use countersign_domain::ports::{SecretError, Secrets};
use secrecy::SecretString;

use super::Redactor;

/// Hands out another's secrets, and tells the redactor of each.
pub struct WatchedSecrets {
    inner: Arc<dyn Secrets>,
    redactor: Redactor,
}

impl WatchedSecrets {
    /// Watches `inner`.
    pub fn new(inner: Arc<dyn Secrets>, redactor: Redactor) -> Self {
        Self { inner, redactor }
    }
}

#[async_trait]
impl Secrets for WatchedSecrets {
    async fn get(&self, name: &str) -> Result<SecretString, SecretError> {
        let secret = self.inner.get(name).await?;
        self.redactor.register(&secret);
        Ok(secret)
    }

    async fn kept(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        self.inner.kept(name).await
    }

    async fn keep(&self, name: &str, secret: &SecretString) -> Result<(), SecretError> {
        self.inner.keep(name, secret).await
    }
}

#[cfg(test)]
mod tests {
    use countersign_outbound::MemorySecrets;

    use super::*;

    #[tokio::test]
    async fn a_secret_that_was_handed_out_is_masked() {
        let redactor = Redactor::default();
        let secrets = MemorySecrets::from([("token", "xyzzy-plugh")]);
        let watched = WatchedSecrets::new(Arc::new(secrets), redactor.clone());
        assert_eq!(redactor.redact("say xyzzy-plugh"), "say xyzzy-plugh");
        watched.get("token").await.unwrap();
        assert_eq!(redactor.redact("say xyzzy-plugh"), "say ***");
    }
}
