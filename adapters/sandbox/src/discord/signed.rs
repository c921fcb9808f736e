//! Interactions posted to the bot, signed with Ed25519 over the time and the body
//! (<https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint-validating-security-request-headers>).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Shared, interactions};

/// How many deliveries are remembered.
const REMEMBERED: usize = 100;
/// How long Discord waits for an answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// An interaction that was posted to the bot, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedDelivery {
    /// The interaction.
    pub interaction: String,
    /// The status of the answer, or why there was none.
    pub outcome: String,
    /// What was posted.
    pub body: String,
    /// When, as the header said it.
    pub timestamp: String,
    /// The signature over both.
    pub signature: String,
}

#[derive(Debug)]
pub(super) struct Signed {
    client: reqwest::Client,
    key: Ed25519KeyPair,
    target: Mutex<Option<String>>,
    deliveries: Mutex<VecDeque<SignedDelivery>>,
}

impl Signed {
    pub(super) fn new(target: Option<String>) -> Self {
        countersign_outbound::install_tls();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).timeout(PATIENCE);
        let client =
            client.redirect(reqwest::redirect::Policy::none()).user_agent("Discord-Interactions/1.0");
        let client = client.build().expect("a client without certificates needs nothing from the system");
        let key = Ed25519KeyPair::generate().expect("the system gives random numbers");
        Self { client, key, target: Mutex::new(target), deliveries: Mutex::default() }
    }

    pub(super) fn public_key(&self) -> String {
        hex::encode(self.key.public_key().as_ref())
    }

    pub(super) fn has_target(&self) -> bool {
        lock(&self.target).is_some()
    }

    pub(super) fn deliver_to(&self, target: Option<String>) {
        *lock(&self.target) = target;
    }

    pub(super) fn deliveries(&self) -> Vec<SignedDelivery> {
        lock(&self.deliveries).iter().cloned().collect()
    }

    /// Posts it in the background; the answer's body is the bot's answer.
    pub(super) fn deliver(&self, shared: &Arc<Shared>, id: &str, payload: &Value) {
        let Some(target) = lock(&self.target).clone() else { return };
        let body = payload.to_string();
        let at = Timestamp::now().as_second().to_string();
        let signature = hex::encode(self.key.sign([at.as_bytes(), body.as_bytes()].concat().as_slice()));
        let request = self
            .client
            .post(target)
            .header("content-type", "application/json")
            .header("x-signature-ed25519", &signature)
            .header("x-signature-timestamp", &at)
            .body(body.clone());
        let (shared, id) = (Arc::clone(shared), id.to_owned());
        tokio::spawn(async move {
            let outcome = match request.send().await {
                Ok(answer) => {
                    let status = answer.status();
                    let body: Value = answer.json().await.unwrap_or_default();
                    let token = interactions::token(&id);
                    match interactions::answer(&shared, &id, &token, &body) {
                        _ if !status.is_success() => status.as_u16().to_string(),
                        Ok(_) => status.as_u16().to_string(),
                        Err(refused) => format!("{}: {}", status.as_u16(), refused.words()),
                    }
                }
                Err(error) => error.without_url().to_string(),
            };
            let mut deliveries = lock(&shared.signed.deliveries);
            if deliveries.len() == REMEMBERED {
                deliveries.pop_front();
            }
            deliveries.push_back(SignedDelivery { interaction: id, outcome, body, timestamp: at, signature });
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
