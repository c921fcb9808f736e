//! `POST /webhooks/slack/{tenant}`: events, commands and interactive payloads of Slack's, where Socket Mode is not used.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use countersign_domain::names::Tenant;
use countersign_domain::ports::SurfaceKind::Slack;
use countersign_slack::{InboundRefusal, Unreadable};

use super::super::problem::Problem;
use super::super::request_id::RequestId;
use super::super::state::HttpState;
use super::{refused, taken, whole};

/// Takes a delivery.
pub(in super::super) async fn deliver(
    State(state): State<HttpState>,
    Path(tenant): Path<String>,
    id: RequestId,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let body = whole(body).await;
    let nobody = || Problem::not_found("Nothing of Slack's is taken here.");
    let tenant: Tenant = tenant.parse().map_err(|_| nobody())?;
    let side = state.world.talk(&tenant).and_then(|talk| talk.sides.slack.clone()).ok_or_else(nobody)?;
    let signatures = side.signatures().ok_or_else(nobody)?;
    let body = match body {
        Ok(body) => body,
        Err((problem, body)) => return Err(refused(&state, Slack, &tenant, &id, problem, &body).await),
    };
    let verified = match signatures.verify(&headers, &body).await {
        Ok(verified) => verified,
        Err(refusal) => return Err(refused(&state, Slack, &tenant, &id, refusal.into(), &body).await),
    };
    let delivery = match side.reader().http(verified) {
        Ok(delivery) => delivery,
        Err(unreadable) => return Err(refused(&state, Slack, &tenant, &id, unreadable.into(), &body).await),
    };
    Ok(taken(side.take(&state.desk, &tenant, delivery).await?))
}

impl From<InboundRefusal> for Problem {
    fn from(refusal: InboundRefusal) -> Self {
        Self::new(refusal.status(), refusal.code(), format!("Not taken: {refusal}."))
    }
}

impl From<Unreadable> for Problem {
    fn from(unreadable: Unreadable) -> Self {
        Self::bad_request(format!("Not taken: {unreadable}."))
    }
}
