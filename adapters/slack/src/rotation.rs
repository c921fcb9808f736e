//! Token rotation: the bot's token lives for twelve hours and is exchanged with a refresh token that is good for one use
//! (<https://docs.slack.dev/authentication/using-token-rotation>).
//!
//! The present pair stands in a file, or in the vault. It is written before the new token is used, since the old one is then gone.

mod pair;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_domain::ports::{Clock, SecretError, Secrets};
use countersign_outbound::{Ask, Vendor};
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use self::pair::Pair;
use crate::answers::{Outcome, TokenAnswer};
use crate::config::RefreshConfig;

/// How long before its end a token is exchanged.
const AHEAD: SignedDuration = SignedDuration::from_mins(30);

/// The secrets, of which one is a token that is kept fresh.
pub(crate) struct Rotation {
    config: RefreshConfig,
    /// What the fresh token is called.
    name: String,
    vendor: Vendor,
    secrets: Arc<dyn Secrets>,
    clock: Arc<dyn Clock>,
    /// Whoever holds it exchanges the token; everybody else waits for that one exchange.
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    pair: Option<Pair>,
    /// How many exchanges there were.
    generation: u64,
}

impl Rotation {
    pub(crate) fn new(
        config: RefreshConfig,
        name: String,
        vendor: Vendor,
        secrets: Arc<dyn Secrets>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { config, name, vendor, secrets, clock, kept: Mutex::default() }
    }

    /// A number that changes with every exchange.
    pub(crate) async fn generation(&self) -> u64 {
        self.kept.lock().await.generation
    }

    /// Exchanges the token, unless somebody did since `generation`.
    pub(crate) async fn renew(&self, generation: u64) -> Result<(), SecretError> {
        let mut kept = self.kept.lock().await;
        if kept.generation == generation { self.exchange(&mut kept).await } else { Ok(()) }
    }

    async fn fresh(&self) -> Result<SecretString, SecretError> {
        let mut kept = self.kept.lock().await;
        if kept.pair.is_none() {
            kept.pair = self.read().await?;
        }
        let left = kept.pair.as_ref().map(|pair| pair.expires_at.duration_since(self.clock.now()));
        if left.is_none_or(|left| left <= AHEAD)
            && let Err(error) = self.exchange(&mut kept).await
        {
            if left.is_none_or(|left| left <= SignedDuration::ZERO) {
                return Err(error);
            }
            tracing::warn!(%error, "the token of Slack could not be renewed; the present one still holds");
        }
        kept.pair.as_ref().map(|pair| pair.access_token.clone()).ok_or_else(|| self.error("there is none"))
    }

    async fn exchange(&self, kept: &mut Kept) -> Result<(), SecretError> {
        let refresh = match &kept.pair {
            Some(pair) => pair.refresh_token.clone(),
            None => self.secrets.get(&self.config.refresh_token_secret).await?,
        };
        let secret = self.secrets.get(&self.config.client_secret).await?;
        let ask = Ask::post("renew the bot's token", &["oauth.v2.access"]).form(&[
            ("client_id", &self.config.client_id),
            ("client_secret", secret.expose_secret()),
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.expose_secret()),
        ]);
        let answer = self.vendor.send(ask).await.map_err(|error| self.error(&error.to_string()))?;
        let outcome: Outcome = answer.json().map_err(|error| self.error(&error.to_string()))?;
        if !outcome.ok {
            let word: String =
                outcome.error.unwrap_or_default().chars().filter(|c| !c.is_control()).take(80).collect();
            return Err(self.error(&format!(
                "Slack does not renew it ({word}): install the app again, store its refresh token as the secret `{}`, and \
                 delete {}",
                self.config.refresh_token_secret,
                self.place()
            )));
        }
        let token: TokenAnswer = answer.json().map_err(|error| self.error(&error.to_string()))?;
        let life = SignedDuration::from_secs(token.expires_in.clamp(0, 10 * 365 * 86_400));
        let expires_at = self.clock.now().saturating_add(life).unwrap_or(jiff::Timestamp::MAX);
        let pair = Pair { access_token: token.access_token, refresh_token: token.refresh_token, expires_at };
        // In memory first: should that fail, the pair is not lost while the process lives.
        kept.pair = Some(pair.clone());
        kept.generation += 1;
        self.write(pair).await
    }

    /// The pair that an earlier run has kept.
    async fn read(&self) -> Result<Option<Pair>, SecretError> {
        let Some(name) = &self.config.kept_secret else { return self.on_disk(Pair::read).await };
        let Some(text) = self.secrets.kept(name).await? else { return Ok(None) };
        let pair = Pair::parse(text.expose_secret().as_bytes());
        pair.map(Some).map_err(|error| self.error(&format!("{}: {error}", self.place())))
    }

    async fn write(&self, pair: Pair) -> Result<(), SecretError> {
        match &self.config.kept_secret {
            Some(name) => self.secrets.keep(name, &pair.text()).await,
            None => self.on_disk(move |path| pair.write(path)).await,
        }
    }

    /// Where the pair is kept, in words.
    fn place(&self) -> String {
        match (&self.config.kept_secret, &self.config.file) {
            (Some(name), _) => name.clone(),
            (None, Some(file)) => file.display().to_string(),
            (None, None) => "slack.refresh".to_owned(),
        }
    }

    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&PathBuf) -> std::io::Result<T> + Send + 'static,
    ) -> Result<T, SecretError> {
        let Some(path) = self.config.file.clone() else {
            return Err(self.error("slack.refresh says neither a `file` nor a `kept_secret` to keep it"));
        };
        let done = tokio::task::spawn_blocking(move || work(&path)).await;
        done.map_err(std::io::Error::other)
            .and_then(|done| done)
            .map_err(|error| self.error(&format!("{}: {error}", self.place())))
    }

    fn error(&self, why: &str) -> SecretError {
        SecretError { name: self.name.clone(), why: why.to_owned(), passing: true }
    }
}

#[async_trait]
impl Secrets for Rotation {
    async fn get(&self, name: &str) -> Result<SecretString, SecretError> {
        if name == self.name { self.fresh().await } else { self.secrets.get(name).await }
    }
}

impl std::fmt::Debug for Rotation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rotation").field("config", &self.config).finish_non_exhaustive()
    }
}
