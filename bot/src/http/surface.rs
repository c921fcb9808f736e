//! Where chats deliver to: `/webhooks/<surface>/{tenant}`. Checked over the raw body, kept in the log, and only then answered.

pub(super) mod discord;
pub(super) mod slack;
pub(super) mod teams;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use axum::{Json, http::StatusCode};
use countersign_domain::names::Tenant;
use countersign_domain::ports::SurfaceKind;
use serde_json::Value;

use super::problem::Problem;
use super::refusal;
use super::request_id::RequestId;
use super::state::HttpState;
use super::webhook::{Read, read};

/// What a vendor waits for: JSON, or nothing but "taken".
fn taken(answer: Option<Value>) -> Response {
    match answer {
        Some(answer) => Json(answer).into_response(),
        None => StatusCode::OK.into_response(),
    }
}

/// The whole body.
async fn whole(body: Body) -> Result<Vec<u8>, (Problem, Vec<u8>)> {
    match read(body).await {
        Read::Whole(bytes) => Ok(bytes),
        Read::TooLarge(bytes) => Err((
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is over the limit of 1 MiB."),
            bytes,
        )),
        Read::Broken(bytes) => {
            Err((Problem::bad_request("The body ended before it was whole: send it again."), bytes))
        }
    }
}

/// Keeps that a delivery was refused, for this organisation or for none, and answers so.
async fn refused(
    state: &HttpState,
    surface: SurfaceKind,
    tenant: Option<&Tenant>,
    id: &RequestId,
    problem: Problem,
    body: &[u8],
) -> Problem {
    if let Some(tenant) = tenant {
        metrics::counter!("countersign_webhooks_total", "vendor" => surface.as_str(), "tenant" => tenant.to_string(), "outcome" => "rejected")
            .increment(1);
        if let Some(troubles) = state.world.talk(tenant).and_then(|talk| talk.sides.troubles(surface)) {
            troubles.tell(refusal::trouble(&problem), problem.detail());
        }
    }
    if problem.status().is_client_error()
        && let Err(failed) = refusal::of_webhook(state, surface.as_str(), tenant, id, &problem, body).await
    {
        return failed;
    }
    problem
}
