//! Deliveries over HTTP, signed (<https://docs.slack.dev/authentication/verifying-requests-from-slack>).

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;

use super::Kind;

/// Where deliveries go over HTTP.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlackTarget {
    /// Where to.
    pub url: String,
    /// What the body is signed with.
    pub secret: String,
}

impl std::fmt::Debug for SlackTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlackTarget").field("url", &self.url).finish_non_exhaustive()
    }
}

pub(super) fn client(patience: Duration) -> reqwest::Client {
    countersign_outbound::install_tls();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).timeout(patience);
    let client = client.redirect(reqwest::redirect::Policy::none()).user_agent("Slackbot 1.0");
    client.build().expect("a client without certificates needs nothing from the system")
}

/// One try; what the app answered, or what went wrong.
pub(super) async fn post(
    client: &reqwest::Client,
    target: &SlackTarget,
    kind: Kind,
    payload: &Value,
    attempt: u32,
) -> Result<Option<Value>, String> {
    let form = |pairs: &[(&str, &str)]| {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    };
    let (content, body) = match kind {
        Kind::EventsApi => ("application/json", payload.to_string()),
        Kind::Interactive => {
            ("application/x-www-form-urlencoded", form(&[("payload", &payload.to_string())]))
        }
        Kind::SlashCommands => {
            let fields = payload.as_object().into_iter().flatten();
            let fields: Vec<(&str, &str)> =
                fields.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect();
            ("application/x-www-form-urlencoded", form(&fields))
        }
    };
    let at = Timestamp::now().as_second();
    let mut request = client
        .post(&target.url)
        .header("content-type", content)
        .header("x-slack-request-timestamp", at)
        .header("x-slack-signature", sign(&target.secret, at, body.as_bytes()));
    if attempt > 0 {
        request = request.header("x-slack-retry-num", attempt).header("x-slack-retry-reason", "http_error");
    }
    let answer = request.body(body).send().await.map_err(|error| error.without_url().to_string())?;
    if answer.status() != 200 {
        return Err(answer.status().as_u16().to_string());
    }
    let body = answer.bytes().await.map_err(|error| error.without_url().to_string())?;
    Ok(serde_json::from_slice(&body).ok())
}

/// `v0=` and the HMAC of `v0:<timestamp>:<body>`, in hexadecimal digits.
fn sign(secret: &str, at: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("an HMAC key may have any length");
    mac.update(format!("v0:{at}:").as_bytes());
    mac.update(body);
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}
