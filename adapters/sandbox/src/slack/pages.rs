//! `POST /_sandbox/act` does something in somebody's place, `GET /_sandbox/deliveries` tells what was delivered, and
//! `POST /_sandbox/trouble` orders trouble for deliveries.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

use super::Shared;
use super::acts::{self, SlackAct};
use super::pump::{SlackDelivery, SlackTarget};

/// Trouble for deliveries. What is left out stays as it is.
#[derive(Deserialize)]
#[serde(tag = "trouble", rename_all = "snake_case", deny_unknown_fields)]
enum Trouble {
    /// The next so many deliveries come twice.
    Twice { next: u32 },
    /// Events are kept back.
    Hold,
    /// What was kept back is delivered, the newest first.
    Release,
    /// The connections are told that they will be closed.
    Disconnect { reason: String },
    /// The connections are cut.
    Cut,
    /// Deliveries go there over HTTP, or over Socket Mode.
    DeliverTo { target: Option<SlackTarget> },
    /// The bot's token ends.
    ExpireToken,
}

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/_sandbox/act", post(act))
        .route("/_sandbox/deliveries", get(deliveries))
        .route("/_sandbox/trouble", post(trouble))
        .with_state(shared)
}

async fn act(State(shared): State<Arc<Shared>>, Json(act): Json<SlackAct>) -> Response {
    match acts::run(&shared, act).await {
        Ok(acted) => Json(acted).into_response(),
        Err(why) => (StatusCode::UNPROCESSABLE_ENTITY, why).into_response(),
    }
}

async fn deliveries(State(shared): State<Arc<Shared>>) -> Json<Vec<SlackDelivery>> {
    Json(shared.pump.deliveries())
}

async fn trouble(State(shared): State<Arc<Shared>>, Json(trouble): Json<Trouble>) -> StatusCode {
    let pump = &shared.pump;
    match trouble {
        Trouble::Twice { next } => pump.twice(next),
        Trouble::Hold => pump.hold(),
        Trouble::Release => pump.release().await,
        Trouble::Disconnect { reason } => pump.disconnect(&reason),
        Trouble::Cut => pump.cut(),
        Trouble::DeliverTo { target } => pump.deliver_to(target),
        Trouble::ExpireToken => shared.tokens.expire(),
    }
    StatusCode::NO_CONTENT
}
