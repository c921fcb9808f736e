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

    /// The secret that was kept under this name; `None` where none was.
    async fn kept(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        Err(read_only(name))
    }

    /// Keeps a secret that a vendor gave us, in the place of the one before. What it comes from may be used up by then, so whoever
    /// keeps it has it safe when this returns.
    async fn keep(&self, name: &str, _secret: &SecretString) -> Result<(), SecretError> {
        Err(read_only(name))
    }
}

/// Most places are written by people only.
fn read_only(name: &str) -> SecretError {
    let why = "nothing can be kept there: name a place in the vault, as `vault:NAME`".to_owned();
    SecretError { name: name.chars().take(100).collect(), why, passing: false }
}
