//! `POST /webhooks/github/{tenant}`: checked over the raw body, read into the form of the timeline, kept as an event, answered. What cannot
//! be read is parked with its place, and answered as taken: nothing is dropped. Kinds of deliveries that nobody reads are counted, and are
//! no fault.
//!
//! Who sends for a tenant that there is not is answered as a bad signature is, after the same work (`webhook.rs`).

use std::time::Instant;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::envelope::{Cause, Digest, derived_id};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::timeline::{Delivery, DeliveryCommand, Reading, Source, Unread};
use countersign_observed::github::{self, Verified, WebhookRefusal};
use countersign_observed::kept;
use countersign_outbound::Trouble;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::layers::LARGEST_BODY;
use super::problem::Problem;
use super::refusal;
use super::request_id::RequestId;
use super::state::{GithubWebhook, HttpState};
use super::webhook::{DELIVERIES, Read, not_taken, read};
use crate::context::system;
use crate::engine::Failure;
use crate::vault;

/// Whose it is.
const VENDOR: &str = "github";

/// Takes a delivery in.
pub(super) async fn github(
    State(state): State<HttpState>,
    Path(tenant): Path<String>,
    id: RequestId,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (start, body) = (Instant::now(), read(body).await);
    let known = tenant.parse::<Tenant>().ok().and_then(|tenant| {
        let webhook = state.settings.github.get(&tenant)?.clone();
        Some((tenant, webhook))
    });
    let taken = if let Some((tenant, webhook)) = &known {
        take_in(&state, tenant, webhook, &id, &headers, &body).await
    } else {
        let verified = verified(std::slice::from_ref(&state.nobody.webhooks), &headers, &body);
        verified.and_then(|_| Err(WebhookRefusal::WrongSignature.into()))
    };
    answered(&state, (VENDOR, known.as_ref().map(|(tenant, _)| tenant)), &id, &body, (taken, start)).await
}

/// What is answered to whoever delivers, and what is counted and kept of it.
pub(super) async fn answered(
    state: &HttpState,
    (vendor, tenant): (&'static str, Option<&Tenant>),
    id: &RequestId,
    body: &Read,
    (taken, start): (Result<&'static str, Problem>, Instant),
) -> Result<Response, Problem> {
    if let Some(tenant) = tenant {
        let outcome = *taken.as_ref().unwrap_or(&"rejected");
        metrics::histogram!("countersign_webhook_seconds").record(start.elapsed().as_secs_f64());
        metrics::counter!("countersign_webhooks_total", "vendor" => vendor, "tenant" => tenant.to_string(), "outcome" => outcome)
            .increment(1);
    }
    match taken {
        Ok(status) => Ok((StatusCode::ACCEPTED, Json(json!({ "status": status }))).into_response()),
        Err(problem) => {
            if let Some(tenant) = tenant {
                trouble(state, (vendor, tenant), refusal::trouble(&problem), problem.detail());
            }
            if problem.status().is_client_error() {
                refusal::of_webhook(state, vendor, tenant, id, &problem, body.bytes()).await?;
            }
            Err(problem)
        }
    }
}

pub(super) fn trouble(
    state: &HttpState,
    (vendor, tenant): (&'static str, &Tenant),
    kind: Trouble,
    why: &str,
) {
    if let Some(troubles) = state.webhook_troubles.get(&(tenant.clone(), vendor)) {
        troubles.tell(kind, why);
    }
}

async fn take_in(
    state: &HttpState,
    tenant: &Tenant,
    webhook: &GithubWebhook,
    id: &RequestId,
    headers: &HeaderMap,
    body: &Read,
) -> Result<&'static str, Problem> {
    let secrets = live(state, tenant, &webhook.secrets).await;
    let Verified { delivery, event, body: said } = verified(&secrets, headers, body)?;
    let Some(read) = webhook.reader.read(&event, &said, state.world.clock.now()) else {
        return Ok("ignored");
    };
    let bytes = body.bytes();
    let source = Source {
        integration: VENDOR.to_owned(),
        delivery,
        event,
        body: Digest::of(bytes),
        bytes: bytes.len() as u64,
    };
    keep(state, (VENDOR, tenant), id, (&source, &read, &said)).await
}

/// Keeps what a delivery came to, unless it came before; of one that tells of nothing, nothing.
pub(super) async fn keep(
    state: &HttpState,
    (vendor, tenant): (&'static str, &Tenant),
    id: &RequestId,
    (source, read, said): (&Source, &Reading, &Value),
) -> Result<&'static str, Problem> {
    if read.as_ref().is_ok_and(Vec::is_empty) {
        return Ok("ignored");
    }
    let command = derived_id(DELIVERIES, &format!("{tenant} {vendor} {}", source.delivery));
    let key = command.to_string();
    let stream = StreamName::new(tenant, Delivery::CATEGORY, &key).map_err(Failure::from)?;
    if state.engine.load::<Delivery>(&stream, None).await?.state.is_taken {
        return Ok("repeated");
    }
    let correlation = id.correlation(&format!("{tenant} {vendor}"));
    let at = state.world.clock.now();
    let cause = Cause { actor: system(vendor), command, correlation, causation: command, at };
    let kept = read.is_err().then(|| kept(said)).flatten();
    let take = || DeliveryCommand::Take { source: source.clone(), read: read.clone(), kept: kept.clone() };
    let done = state.engine.execute::<Delivery>(tenant, &key, &cause, "take a delivery", take).await?;
    done.map_err(|denied| Problem::denied(&denied))?;
    Ok(match read {
        Ok(_) => "accepted",
        Err(Unread { place, why }) => {
            let said = format!("A delivery is parked, because at {place} {why}.");
            trouble(state, (vendor, tenant), Trouble::Unreadable, &said);
            "parked"
        }
    })
}

/// Those of the secrets that can be had: while one is rotated, the other alone is enough.
async fn live(state: &HttpState, tenant: &Tenant, names: &[String]) -> Vec<SecretString> {
    let mut secrets = Vec::with_capacity(names.len());
    for name in names {
        match state.world.secrets.get(&vault::scoped(tenant, name)).await {
            Ok(secret) => secrets.push(secret),
            Err(error) => tracing::error!(%tenant, "{error}"),
        }
    }
    secrets
}

/// The proof that the whole body is signed with one of these secrets, and what it says.
fn verified(secrets: &[SecretString], headers: &HeaderMap, body: &Read) -> Result<Verified, Problem> {
    match body {
        Read::Whole(bytes) => Ok(github::verify(secrets, headers, bytes)?),
        Read::TooLarge(_) => Err(WebhookRefusal::TooLarge(LARGEST_BODY + 1).into()),
        Read::Broken(_) => Err(Problem::bad_request("The body ended before it was whole: send it again.")),
    }
}

impl From<WebhookRefusal> for Problem {
    fn from(refusal: WebhookRefusal) -> Self {
        not_taken(refusal.status(), &refusal)
    }
}
