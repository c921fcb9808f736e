//! `/healthz`: the process answers. `/readyz`: it can do its work; where it cannot, why.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::problem::IS_PAGE;
use super::state::HttpState;

/// Read models this many events behind are not ready: what people read would be old.
const BEHIND: usize = 1000;

/// It is alive.
pub(super) async fn alive() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

/// Whether it is ready, with the reasons why not. A vendor that does not answer is no reason: work waits for it.
pub(super) async fn ready(State(state): State<HttpState>) -> Response {
    let reasons = reasons(&state).await;
    let breakers = (state.settings.breakers)();
    if reasons.is_empty() {
        return Json(json!({ "status": "ready", "breakers": breakers })).into_response();
    }
    let body = json!({ "status": "not ready", "reasons": reasons, "breakers": breakers });
    (StatusCode::SERVICE_UNAVAILABLE, [IS_PAGE], Json(body)).into_response()
}

async fn reasons(state: &HttpState) -> Vec<String> {
    let mut reasons = Vec::new();
    if state.stopping.is_cancelled() {
        reasons.push("the bot is stopping".to_owned());
    }
    if let Err(error) = state.world.store.head().await {
        reasons.push(format!("the log does not answer: {error}"));
    }
    for projection in state.world.projections.states() {
        if let Some(why) = projection.failed {
            reasons.push(format!("the read model {} has stopped: {why}", projection.name));
            continue;
        }
        match state.world.store.read_all(projection.position, BEHIND).await {
            Ok(page) if page.len() == BEHIND => {
                reasons
                    .push(format!("the read model {} is {BEHIND} events behind, or more", projection.name));
            }
            Ok(_) => {}
            Err(error) => reasons.push(format!("the log cannot be read: {error}")),
        }
    }
    reasons
}
