//! Secrets from environment variables.

use async_trait::async_trait;
use countersign_domain::ports::{SecretError, Secrets};
use secrecy::SecretString;

use super::{check_name, refuse};

/// Reads `COUNTERSIGN_SECRET_<NAME>`: the name in capitals, everything but letters and digits as `_`.
#[derive(Debug, Clone, Copy, Default)]
pub struct EnvSecrets;

impl EnvSecrets {
    /// The variable that holds the secret of this name.
    pub fn variable(name: &str) -> String {
        let word = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
        format!("COUNTERSIGN_SECRET_{}", word.collect::<String>())
    }
}

#[async_trait]
impl Secrets for EnvSecrets {
    async fn get(&self, name: &str) -> Result<SecretString, SecretError> {
        check_name(name)?;
        let variable = Self::variable(name);
        match std::env::var(&variable) {
            Ok(value) if !value.trim().is_empty() => Ok(value.trim().into()),
            Ok(_) => Err(refuse(
                name,
                format!("the environment variable {variable} is empty: set it to the secret"),
            )),
            Err(_) => Err(refuse(name, format!("set the environment variable {variable} to it"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_absent_variable_is_named() {
        let error = EnvSecrets.get("no-such.token").await.unwrap_err();
        assert!(error.why.contains("COUNTERSIGN_SECRET_NO_SUCH_TOKEN"), "{error}");
    }
}
