//! `GET /api/v1/projections` and `POST /api/v1/projections/{name}/rebuild`: how the read models stand, and folding one anew.

use axum::Json;
use axum::extract::{Path, State};
use countersign_projections::{ProjectionError, RebuildReport};
use serde_json::{Value, json};

use crate::aside::aside;
use crate::http::heavy::Turn;
use crate::http::problem::Problem;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;

/// Every read model, and how far the log is.
pub(in crate::http) async fn list(
    State(state): State<HttpState>,
    viewer: Viewer,
) -> Result<Json<Value>, Problem> {
    viewer.must_see_all()?;
    let head = state.world.store.head().await?;
    Ok(Json(json!({ "items": state.world.projections.states(), "next": null, "head": head })))
}

/// Rebuilds one beside the rows that go on being served, compares both, and switches. It takes its time, and whoever asks must
/// wait for it: when they go, it is given up, and the rows that were served go on being served.
pub(in crate::http) async fn rebuild(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(name): Path<String>,
) -> Result<Json<RebuildReport>, Problem> {
    viewer.must_see_all()?;
    let projections = state.world.projections.clone();
    if !projections.states().iter().any(|state| state.name == name) {
        return Err(Problem::not_found(format!("There is no read model `{name}`.")));
    }
    let _turn = Turn::take(&state, &viewer, &id, &format!("the read model {name} anew")).await?;
    match aside(async move { projections.rebuild(&name).await }).await {
        Ok(Ok(report)) => Ok(Json(report)),
        Ok(Err(error)) => Err(error.into()),
        Err(error) => Err(ProjectionError::Interrupted(error.to_string()).into()),
    }
}
