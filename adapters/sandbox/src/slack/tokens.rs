//! The credentials a Slack sandbox accepts, and token rotation
//! (<https://docs.slack.dev/authentication/using-token-rotation>).

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

/// The credentials of the app in a Slack sandbox.
#[derive(Clone)]
pub struct SlackTokens {
    /// The bot's token: `xoxb-…`.
    pub bot: String,
    /// The app's token for Socket Mode: `xapp-…`.
    pub app: String,
    /// What deliveries over HTTP are signed with.
    pub signing_secret: String,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: String,
    /// What the bot's token is exchanged with the first time: `xoxe-…`.
    pub refresh: String,
}

impl SlackTokens {
    /// Made-up ones.
    pub fn example() -> Self {
        Self {
            bot: "xoxb-sandbox-bot-token".to_owned(),
            app: "xapp-sandbox-app-token".to_owned(),
            signing_secret: "sandbox-signing-secret".to_owned(),
            client_id: "1.2".to_owned(),
            client_secret: "sandbox-client-secret".to_owned(),
            refresh: "xoxe-sandbox-refresh-token".to_owned(),
        }
    }
}

impl std::fmt::Debug for SlackTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlackTokens").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// The tokens as they hold now.
pub(crate) struct Valid(Mutex<Present>);

struct Present {
    tokens: SlackTokens,
    expired: bool,
    exchanges: u32,
}

/// Which token a method takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    Bot,
    App,
}

impl Valid {
    pub(super) const fn new(tokens: SlackTokens) -> Self {
        Self(Mutex::new(Present { tokens, expired: false, exchanges: 0 }))
    }

    pub(super) fn expire(&self) {
        self.lock().expired = true;
    }

    /// Whether a token is the right one; Slack's word where it is not.
    pub(super) fn check(&self, takes: Takes, given: Option<&str>) -> Result<(), &'static str> {
        let present = self.lock();
        match given {
            _ if takes == Takes::Nothing => Ok(()),
            None => Err("not_authed"),
            Some(given) if given == present.tokens.bot && takes == Takes::Bot => {
                if present.expired {
                    Err("token_expired")
                } else {
                    Ok(())
                }
            }
            Some(given) if given == present.tokens.app && takes == Takes::App => Ok(()),
            Some(given) if given == present.tokens.bot || given == present.tokens.app => {
                Err("not_allowed_token_type")
            }
            Some(_) => Err("invalid_auth"),
        }
    }

    /// `oauth.v2.access` with a refresh token, which is good for one use.
    pub(super) fn exchange(&self, id: &str, secret: &str, refresh: &str) -> Result<Value, &'static str> {
        let mut present = self.lock();
        if id != present.tokens.client_id {
            return Err("invalid_client_id");
        }
        if secret != present.tokens.client_secret {
            return Err("bad_client_secret");
        }
        if refresh != present.tokens.refresh {
            return Err("invalid_refresh_token");
        }
        present.exchanges += 1;
        let number = present.exchanges;
        present.tokens.bot = format!("xoxe.xoxb-sandbox-{number}");
        present.tokens.refresh = format!("xoxe-sandbox-refresh-{number}");
        present.expired = false;
        Ok(json!({
            "access_token": present.tokens.bot, "refresh_token": present.tokens.refresh, "expires_in": 43_200,
            "token_type": "bot",
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Present> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
