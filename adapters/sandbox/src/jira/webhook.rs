//! Webhooks as Jira sends them: signed over the raw body, with a delivery id, tried again once after a 5xx.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

use super::{JiraState, Shared, shapes};

/// How many deliveries are remembered.
const REMEMBERED: usize = 100;
/// How long the receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The pause before the second try. The real one waits minutes.
const PAUSE: Duration = Duration::from_millis(200);

/// Who is told of issues.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookTarget {
    /// Where to.
    pub url: String,
    /// What the body is signed with.
    pub secret: String,
}

impl std::fmt::Debug for WebhookTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookTarget").field("url", &self.url).finish_non_exhaustive()
    }
}

/// One webhook and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// When it was made.
    pub at: Timestamp,
    /// The delivery id; the same in both tries.
    pub id: Uuid,
    /// `jira:issue_created`, `jira:issue_updated`.
    pub event: String,
    /// The issue.
    pub issue: String,
    /// What each try met: a status, or why there was none.
    pub tries: Vec<String>,
}

/// The target and the remembered deliveries.
#[derive(Debug)]
pub(crate) struct Webhooks {
    client: reqwest::Client,
    target: Mutex<Option<WebhookTarget>>,
    deliveries: Arc<Mutex<VecDeque<Delivery>>>,
}

impl Webhooks {
    pub(crate) fn new(target: Option<WebhookTarget>) -> Self {
        countersign_outbound::install_tls();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).timeout(PATIENCE);
        let client =
            client.redirect(reqwest::redirect::Policy::none()).user_agent("Atlassian Webhook HTTP Client");
        let client = client.build().expect("a client without certificates needs nothing from the system");
        Self { client, target: Mutex::new(target), deliveries: Arc::default() }
    }

    pub(crate) fn deliver_to(&self, target: Option<WebhookTarget>) {
        *lock(&self.target) = target;
    }

    pub(crate) fn deliveries(&self) -> Vec<Delivery> {
        lock(&self.deliveries).iter().cloned().collect()
    }

    /// Tells the target of an issue, in the background: what happened, and which fields were changed from what to what.
    pub(crate) fn tell(
        &self,
        base: &str,
        state: &JiraState,
        key: &str,
        event: &str,
        changed: &[(&str, String, String)],
    ) {
        let Some(target) = lock(&self.target).clone() else { return };
        let Some((_, issue)) = state.issue(key) else { return };
        let mut shape = shapes::issue(base, state, key, issue, &[]);
        // Webhooks carry the description as text, not as a document.
        shape["fields"]["description"] = json!(issue.description);
        let mut body = json!({
            "timestamp": Timestamp::now().as_millisecond(),
            "webhookEvent": event,
            "issue_event_type_name": if event == "jira:issue_created" { "issue_created" } else { "issue_generic" },
            "user": shapes::user_of(base, state, issue.reporter.as_deref()),
            "issue": shape,
        });
        if !changed.is_empty() {
            let item = |(field, from, to): &(&str, String, String)| json!({"field": field, "fieldtype": "jira", "fieldId": field.to_lowercase(), "fromString": from, "toString": to});
            body["changelog"] = json!({"id": "10100", "items": changed.iter().map(item).collect::<Vec<_>>()});
        }
        let delivery = Delivery {
            at: Timestamp::now(),
            id: Uuid::new_v4(),
            event: event.to_owned(),
            issue: key.to_owned(),
            tries: Vec::new(),
        };
        let (client, deliveries) = (self.client.clone(), Arc::clone(&self.deliveries));
        tokio::spawn(async move {
            let delivery = deliver(&client, &target, &body, delivery).await;
            let mut deliveries = lock(&deliveries);
            if deliveries.len() == REMEMBERED {
                deliveries.pop_front();
            }
            deliveries.push_back(delivery);
        });
    }
}

async fn deliver(
    client: &reqwest::Client,
    target: &WebhookTarget,
    body: &Value,
    mut delivery: Delivery,
) -> Delivery {
    let body = body.to_string();
    let signature = sign(&target.secret, body.as_bytes());
    for attempt in 0..2 {
        if attempt > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        let request = client
            .post(&target.url)
            .header("content-type", "application/json; charset=UTF-8")
            .header("x-hub-signature", &signature)
            .header("x-atlassian-webhook-identifier", delivery.id.to_string())
            .header("x-atlassian-webhook-retry", attempt.to_string())
            .body(body.clone());
        match request.send().await {
            Ok(answer) => {
                delivery.tries.push(answer.status().as_u16().to_string());
                if !answer.status().is_server_error() {
                    break;
                }
            }
            Err(error) => delivery.tries.push(error.without_url().to_string()),
        }
    }
    delivery
}

/// `sha256=` and the HMAC of the raw body, in hexadecimal digits.
fn sign(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("an HMAC key may have any length");
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// `GET /_sandbox/deliveries`, `PUT /_sandbox/webhook`.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/_sandbox/deliveries", get(show))
        .route("/_sandbox/webhook", put(point))
        .with_state(shared)
}

async fn show(State(shared): State<Arc<Shared>>) -> Json<Vec<Delivery>> {
    Json(shared.webhooks.deliveries())
}

async fn point(State(shared): State<Arc<Shared>>, Json(target): Json<Option<WebhookTarget>>) -> StatusCode {
    shared.webhooks.deliver_to(target);
    StatusCode::NO_CONTENT
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
