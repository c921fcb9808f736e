//! `POST /webhooks/discord/{tenant}`: interactions of Discord's, where the gateway is not used. The answer is the body.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use countersign_discord::{InboundRefusal, NotHeard, Unreadable, read};
use countersign_domain::names::Tenant;
use countersign_domain::ports::SurfaceKind::Discord;

use super::super::problem::Problem;
use super::super::request_id::RequestId;
use super::super::state::HttpState;
use super::{refused, whole};

/// Takes an interaction.
pub(in super::super) async fn deliver(
    State(state): State<HttpState>,
    Path(tenant): Path<String>,
    id: RequestId,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let body = whole(body).await;
    let known = tenant.parse::<Tenant>().ok().and_then(|tenant| {
        let side = state.world.talk(&tenant)?.sides.discord.clone()?;
        side.inbound().is_some().then_some((tenant, side))
    });
    let body = match body {
        Ok(body) => body,
        Err((problem, body)) => {
            let tenant = known.as_ref().map(|(tenant, _)| tenant);
            return Err(refused(&state, Discord, tenant, &id, problem, &body).await);
        }
    };
    let Some((tenant, side)) = known else {
        let refusal = state.nobody.discord.verify(&headers, &body).err();
        let problem = refusal.unwrap_or(InboundRefusal::WrongSignature).into();
        return Err(refused(&state, Discord, None, &id, problem, &body).await);
    };
    let read = match side.inbound().unwrap_or(&state.nobody.discord).verify(&headers, &body) {
        Ok(verified) => read(verified).map_err(Problem::from),
        Err(refusal) => Err(refusal.into()),
    };
    let heard = read.and_then(|delivery| Ok((side.client().hear(&delivery)?, delivery)));
    let (heard, delivery) = match heard {
        Ok(heard) => heard,
        Err(problem) => return Err(refused(&state, Discord, Some(&tenant), &id, problem, &body).await),
    };
    let answer = side.take(&state.desk, &tenant, heard).await?;
    if let Some(to) = delivery.origin() {
        side.answered_soon(&state.desk, to, &answer);
    }
    Ok(Json(answer.body()).into_response())
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

impl From<NotHeard> for Problem {
    fn from(why: NotHeard) -> Self {
        Self::new(StatusCode::FORBIDDEN, "not-heard", format!("Not taken: {why}."))
    }
}
