//! `/_sandbox`: see and set a sandbox's state, order trouble, read what was asked.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::SandboxError;
use crate::faults::Faults;
use crate::kept::Kept;
use crate::traffic::{Call, Traffic};

/// A state that can be looked at and replaced.
pub(crate) trait Shown: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Fills in what a person need not write: ids.
    fn complete(&mut self) {}
}

/// The state and the traffic of one sandbox.
#[derive(Debug)]
pub(crate) struct Controlled<T> {
    pub(crate) state: Kept<T>,
    pub(crate) traffic: Arc<Traffic>,
}

/// The control pages of one sandbox.
pub(crate) fn router<T: Shown>(controlled: Arc<Controlled<T>>) -> Router {
    Router::new()
        .route("/_sandbox", get(show::<T>).put(replace::<T>))
        .route("/_sandbox/faults", put(order::<T>).get(ordered::<T>))
        .route("/_sandbox/calls", get(calls::<T>))
        .with_state(controlled)
}

async fn show<T: Shown>(State(controlled): State<Arc<Controlled<T>>>) -> Json<Arc<T>> {
    Json(controlled.state.get())
}

async fn replace<T: Shown>(State(controlled): State<Arc<Controlled<T>>>, Json(new): Json<Value>) -> Response {
    let mut new: T = match serde_json::from_value(new) {
        Ok(new) => new,
        Err(error) => {
            return (StatusCode::UNPROCESSABLE_ENTITY, format!("this is no state: {error}\n"))
                .into_response();
        }
    };
    new.complete();
    let changed = controlled.state.change(|state| {
        *state = new.clone();
        Ok::<_, SandboxError>(())
    });
    match changed {
        Ok(()) => Json(new).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn order<T: Shown>(
    State(controlled): State<Arc<Controlled<T>>>,
    Json(faults): Json<Faults>,
) -> Json<Faults> {
    *controlled.traffic.faults() = faults.clone();
    Json(faults)
}

async fn ordered<T: Shown>(State(controlled): State<Arc<Controlled<T>>>) -> Json<Faults> {
    Json(controlled.traffic.faults().clone())
}

async fn calls<T: Shown>(State(controlled): State<Arc<Controlled<T>>>) -> Json<Vec<Call>> {
    Json(controlled.traffic.calls())
}
