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
    let known = tenant.parse::<Tenant>().ok().and_then(|tenant| {
        let side = state.world.talk(&tenant)?.sides.slack.clone()?;
        side.signatures().is_some().then_some((tenant, side))
    });
    let tenant = known.as_ref().map(|(tenant, _)| tenant);
    let signatures = known.as_ref().and_then(|(_, side)| side.signatures()).unwrap_or(&state.nobody.slack);
    let body = match body {
        Ok(body) => body,
        Err((problem, body)) => return Err(refused(&state, Slack, tenant, &id, problem, &body).await),
    };
    let read = match (signatures.verify(&headers, &body).await, &known) {
        (Ok(verified), Some((_, side))) => side.reader().http(verified).map_err(Problem::from),
        (Ok(_), None) => Err(InboundRefusal::WrongSignature.into()),
        (Err(refusal), _) => Err(refusal.into()),
    };
    let (delivery, tenant, side) = match (read, &known) {
        (Ok(delivery), Some((tenant, side))) => (delivery, tenant, side),
        (Ok(_), None) => return Err(InboundRefusal::WrongSignature.into()),
        (Err(problem), _) => return Err(refused(&state, Slack, tenant, &id, problem, &body).await),
    };
    Ok(taken(side.take(&state.desk, tenant, delivery).await?))
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
