//! The bot's own token: fetched once for all who wait, kept until shortly before its end, thrown away when refused
//! (<https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow>).

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_domain::ports::{CallErrorKind, Clock, SecretError, Secrets};
use countersign_outbound::{Ask, Lasting, Renewed, Vendor};
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// How long before its end a token is no longer used.
const BEFORE_END: SignedDuration = SignedDuration::from_mins(5);
/// No token lives longer, whatever its maker says.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// The name under which calls ask for the token.
pub(super) const NAME: &str = "teams-token";
/// No workload's token is larger, in bytes.
const LARGEST: u64 = 64 * 1024;
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What the bot proves with who it is.
pub(super) enum Proof {
    /// The application's secret, by its name.
    Secret { name: String, secrets: Arc<dyn Secrets> },
    /// The workload's token, in a file that whoever runs the bot keeps fresh.
    File(PathBuf),
}

/// The current token, as the one secret of this name.
pub(super) struct Tokens {
    pub(super) proof: Proof,
    /// Who makes the token; no credential goes in a header there.
    pub(super) maker: Vendor,
    pub(super) app_id: String,
    pub(super) tenant: String,
    pub(super) scope: String,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) renewed: Renewed,
}

#[derive(Deserialize)]
struct Granted {
    access_token: SecretString,
    expires_in: i64,
}

impl Tokens {
    async fn fetch(&self) -> Result<Lasting, SecretError> {
        let proof = self.proof().await?;
        let way = match &self.proof {
            Proof::Secret { .. } => vec![("client_secret", proof.expose_secret())],
            Proof::File(_) => {
                vec![("client_assertion_type", ASSERTION), ("client_assertion", proof.expose_secret())]
            }
        };
        let app = [
            ("grant_type", "client_credentials"),
            ("client_id", self.app_id.as_str()),
            ("scope", self.scope.as_str()),
        ];
        let form: Vec<_> = app.into_iter().chain(way).collect();
        let ask = Ask::post("fetch the bot's token", &[&self.tenant, "oauth2", "v2.0", "token"]);
        let asked = self.clock.now();
        // Nothing changes by it, so that a lost answer is no doubt.
        let answer = self.maker.send(ask.reads().form(&form)).await;
        let granted = answer.and_then(|answer| answer.json::<Granted>());
        let granted = granted.map_err(|error| {
            let passing = !matches!(error.kind, CallErrorKind::Rejected | CallErrorKind::Barred);
            SecretError { passing, ..unavailable(&error.to_string()) }
        })?;
        let lives = SignedDuration::from_secs(granted.expires_in).clamp(SignedDuration::ZERO, LONGEST);
        let until = asked.checked_add(lives - BEFORE_END.min(lives / 2));
        let until = until.map_err(|_| unavailable("its end is beyond the calendar"))?;
        Ok(Lasting { token: granted.access_token, until })
    }

    async fn proof(&self) -> Result<SecretString, SecretError> {
        let path = match &self.proof {
            Proof::Secret { name, secrets } => return secrets.get(name).await,
            Proof::File(path) => path,
        };
        let bad = |why: &str| unavailable(&format!("{}: {why}", path.display()));
        let size = tokio::fs::metadata(path).await.map_err(|error| bad(&error.to_string()))?.len();
        if size > LARGEST {
            return Err(bad("no token is that large"));
        }
        let text = tokio::fs::read_to_string(path).await.map_err(|error| bad(&error.to_string()))?;
        match text.trim() {
            "" => Err(bad("the file is empty")),
            token => Ok(token.into()),
        }
    }
}

#[async_trait]
impl Secrets for Tokens {
    async fn get(&self, _: &str) -> Result<SecretString, SecretError> {
        self.renewed.get(self.clock.now(), self.fetch()).await
    }
}

fn unavailable(why: &str) -> SecretError {
    SecretError { name: NAME.to_owned(), why: why.to_owned(), passing: false }
}
