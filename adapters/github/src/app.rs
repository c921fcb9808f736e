//! An app's tokens: each is made with a statement that the app's key has signed, used until shortly before its end, and thrown away where
//! GitHub does not take it any more
//! (<https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation>).

use std::sync::Arc;

use async_trait::async_trait;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_domain::ports::{CallErrorKind, Clock, SecretError, Secrets};
use countersign_outbound::{Ask, Lasting, Renewed, Vendor};
use jiff::{SignedDuration, Timestamp};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

/// The name under which calls ask for the token.
pub(crate) const NAME: &str = "github-installation-token";
/// How long before its end a token is no longer used.
const BEFORE_END: SignedDuration = SignedDuration::from_mins(5);
/// A statement counts for ten minutes at most, by GitHub's clock; ours may go before it.
const COUNTS_FOR: i64 = 9 * 60;
const CLOCKS: i64 = 60;

/// The current token of an installation, as the one secret of this name.
pub(crate) struct Tokens {
    pub(crate) app: String,
    pub(crate) installation: String,
    pub(crate) key_secret: String,
    pub(crate) secrets: Arc<dyn Secrets>,
    /// Who makes the token: what it is asked with goes with the question.
    pub(crate) maker: Vendor,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) renewed: Renewed,
}

#[derive(Deserialize)]
struct Made {
    token: SecretString,
    expires_at: Timestamp,
}

impl Tokens {
    async fn make(&self) -> Result<Lasting, SecretError> {
        let statement = self.statement().await?;
        let path = ["app", "installations", self.installation.as_str(), "access_tokens"];
        let ask = Ask::post("make a token of the app's installation", &path)
            .header("authorization", &statement)
            .ok_or_else(|| unavailable("what the key has signed cannot be sent"))?;
        // Nothing changes by it, so that a lost answer is no doubt.
        let made = self.maker.send(ask.reads()).await.and_then(|answer| answer.json::<Made>());
        let made = made.map_err(|error| {
            let passing = !matches!(error.kind, CallErrorKind::Rejected | CallErrorKind::Barred);
            SecretError { passing, ..unavailable(&error.to_string()) }
        })?;
        let until = made.expires_at.checked_sub(BEFORE_END).unwrap_or(made.expires_at);
        Ok(Lasting { token: made.token, until })
    }

    /// That the bot is the app, signed with its key.
    async fn statement(&self) -> Result<SecretString, SecretError> {
        let key = self.secrets.get(&self.key_secret).await?;
        let bad =
            |why: &str| SecretError { name: self.key_secret.clone(), why: why.to_owned(), passing: false };
        let pair = read_key(&key).ok_or_else(|| {
            bad("it is no RSA key; store the file that GitHub makes under “Private keys” of the app as it is")
        })?;
        let now = self.clock.now().as_second();
        let claims = json!({"iat": now - CLOCKS, "exp": now + COUNTS_FOR, "iss": self.app});
        let signed = sign(&pair, &claims).ok_or_else(|| bad("nothing can be signed with it"))?;
        Ok(format!("Bearer {signed}").into())
    }
}

/// The key, in either form that is in use.
fn read_key(pem: &SecretString) -> Option<KeyPair> {
    match PrivateKeyDer::from_pem_slice(pem.expose_secret().as_bytes()).ok()? {
        PrivateKeyDer::Pkcs1(key) => KeyPair::from_der(key.secret_pkcs1_der()).ok(),
        PrivateKeyDer::Pkcs8(key) => KeyPair::from_pkcs8(key.secret_pkcs8_der()).ok(),
        _ => None,
    }
}

/// A JSON Web Token by RS256, the only way that GitHub takes.
fn sign(pair: &KeyPair, claims: &Value) -> Option<String> {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&json!({"alg": "RS256", "typ": "JWT"})), part(claims));
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).ok()?;
    Some(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

#[async_trait]
impl Secrets for Tokens {
    async fn get(&self, _: &str) -> Result<SecretString, SecretError> {
        self.renewed.get(self.clock.now(), self.make()).await
    }
}

fn unavailable(why: &str) -> SecretError {
    SecretError { name: NAME.to_owned(), why: why.to_owned(), passing: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_signs_nothing() {
        for text in ["", "secret", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"] {
            assert!(read_key(&text.into()).is_none(), "{text}");
        }
    }
}
