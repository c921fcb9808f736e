//! `/_sandbox/…` of the Teams sandbox: acts, deliveries, mischief, keys.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};

use super::acts::TeamsAct;
use super::deliver::{Delivered, Mischief};
use super::{Shared, lock};

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/_sandbox/act", post(act))
        .route("/_sandbox/deliveries", get(deliveries))
        .route("/_sandbox/bot", put(point))
        .route("/_sandbox/mischief", put(mischief))
        .route("/_sandbox/release", post(release))
        .route("/_sandbox/rotate", post(rotate))
        .route("/_sandbox/revoke", post(revoke))
        .with_state(shared)
}

async fn act(State(shared): State<Arc<Shared>>, Json(act): Json<TeamsAct>) -> Response {
    match shared.act(act).await {
        Ok(delivered) => Json(delivered).into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, format!("{error}\n")).into_response(),
    }
}

async fn deliveries(State(shared): State<Arc<Shared>>) -> Json<Vec<Delivered>> {
    Json(lock(&shared.deliveries).iter().cloned().collect())
}

async fn point(State(shared): State<Arc<Shared>>, Json(bot): Json<Option<String>>) -> StatusCode {
    *lock(&shared.bot) = bot;
    StatusCode::NO_CONTENT
}

async fn mischief(State(shared): State<Arc<Shared>>, Json(mischief): Json<Mischief>) -> StatusCode {
    *lock(&shared.mischief) = mischief;
    StatusCode::NO_CONTENT
}

async fn release(State(shared): State<Arc<Shared>>) -> Json<Vec<Delivered>> {
    Json(shared.release().await)
}

async fn rotate(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.signer.rotate();
    StatusCode::NO_CONTENT
}

async fn revoke(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.revoke();
    StatusCode::NO_CONTENT
}
