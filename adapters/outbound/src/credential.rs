//! Which credential a call carries: named in the configuration, read through the `Secrets` port at call time.

use countersign_domain::ports::{SecretError, Secrets};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// Which credential a call carries. Only names stand here; the value is asked for at every call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Credential {
    /// None: whoever asks shows who they are in the request itself, as at a token endpoint. No configuration can name it.
    #[serde(skip)]
    Nobody,
    /// An access token, as a bearer.
    Bearer {
        /// The name of the secret that holds the token.
        secret: String,
    },
    /// An e-mail address and an API token, as basic authentication.
    Basic {
        /// The e-mail address (or user name).
        user: String,
        /// The name of the secret that holds the API token.
        secret: String,
    },
}

impl Credential {
    /// The name of the secret, where there is one.
    pub fn secret_name(&self) -> Option<&str> {
        match self {
            Self::Nobody => None,
            Self::Bearer { secret } | Self::Basic { secret, .. } => Some(secret),
        }
    }

    /// Reads the secret, where there is one, and puts it into a header.
    pub(crate) async fn read(&self, secrets: &dyn Secrets) -> Result<Option<Presented>, SecretError> {
        let Some(name) = self.secret_name() else { return Ok(None) };
        let secret = secrets.get(name).await?;
        let text = match self {
            Self::Nobody => return Ok(None),
            Self::Bearer { .. } => format!("Bearer {}", secret.expose_secret()),
            Self::Basic { user, .. } => {
                use base64::Engine as _;
                let pair = format!("{user}:{}", secret.expose_secret());
                format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
            }
        };
        let mut header = HeaderValue::from_str(&text).map_err(|_| SecretError {
            name: name.to_owned(),
            why: "it holds characters that cannot be sent in a header; store it again without line breaks"
                .to_owned(),
            passing: false,
        })?;
        header.set_sensitive(true);
        Ok(Some(Presented { header, secret, encoded: text.into() }))
    }
}

/// A credential on its way, and what it takes to keep it out of every text.
pub(crate) struct Presented {
    pub(crate) header: HeaderValue,
    secret: SecretString,
    encoded: SecretString,
}

impl Presented {
    /// The text without the credential, should a vendor have repeated it in an answer.
    pub(crate) fn redact(&self, text: &str) -> String {
        let encoded = self.encoded.expose_secret();
        let value = encoded.split_once(' ').map_or(encoded, |(_, value)| value);
        [value, self.secret.expose_secret()]
            .into_iter()
            .filter(|secret| secret.len() >= 4)
            .fold(text.to_owned(), |text, secret| text.replace(secret, "[redacted]"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemorySecrets;

    #[tokio::test]
    async fn a_credential_that_a_vendor_repeats_is_taken_out() {
        let secrets = MemorySecrets::from([("jira-token", "hunter2")]);
        let basic =
            Credential::Basic { user: "erin@example.com".to_owned(), secret: "jira-token".to_owned() };
        let presented = basic.read(&secrets).await.unwrap().unwrap();
        assert_eq!(presented.header, "Basic ZXJpbkBleGFtcGxlLmNvbTpodW50ZXIy");
        let text = "bad token hunter2 in Basic ZXJpbkBleGFtcGxlLmNvbTpodW50ZXIy";
        assert_eq!(presented.redact(text), "bad token [redacted] in Basic [redacted]");
        assert_eq!(format!("{:?}", presented.header), "Sensitive");
    }

    #[tokio::test]
    async fn a_secret_with_a_line_break_is_named_not_shown() {
        let secrets = MemorySecrets::from([("token", "ab\ncd")]);
        let bearer = Credential::Bearer { secret: "token".to_owned() };
        let Err(error) = bearer.read(&secrets).await else { panic!("a line break went into a header") };
        assert_eq!(error.name, "token");
        assert!(!error.to_string().contains("cd"), "{error}");
    }
}
