//! Secrets that somebody handed over in this process, and that are gone with it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use countersign_domain::ports::{SecretError, Secrets};
use secrecy::SecretString;

use super::refuse;

/// Secrets in memory: for servers that this process started itself, and for tests.
#[derive(Debug, Clone, Default)]
pub struct MemorySecrets(BTreeMap<String, SecretString>);

impl MemorySecrets {
    /// Adds or replaces one.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<SecretString>) {
        self.0.insert(name.into(), value.into());
    }
}

impl<const N: usize> From<[(&str, &str); N]> for MemorySecrets {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
    }
}

impl FromIterator<(&'static str, String)> for MemorySecrets {
    fn from_iter<I: IntoIterator<Item = (&'static str, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
    }
}

#[async_trait]
impl Secrets for MemorySecrets {
    async fn get(&self, name: &str) -> Result<SecretString, SecretError> {
        self.0.get(name).cloned().ok_or_else(|| refuse(name, "nobody handed it over"))
    }
}
