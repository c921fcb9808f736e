//! The secrets: the only way an adapter gets a credential.

use async_trait::async_trait;
use secrecy::SecretString;

/// A secret that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the secret `{name}` cannot be read: {why}")]
pub struct SecretError {
    /// Its name, never its value.
    pub name: String,
    /// What to mend.
    pub why: String,
    /// Whether it may be there a little later without anybody mending anything: whoever makes it does not answer.
    pub passing: bool,
}

/// Credentials by name. Asked at every call, so that a rotation needs no restart; implementations cache briefly.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// The secret of this name.
    async fn get(&self, name: &str) -> Result<SecretString, SecretError>;
}
