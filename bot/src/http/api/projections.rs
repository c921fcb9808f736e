//! `GET /api/v1/projections` and `POST /api/v1/projections/{name}/rebuild`: how the read models stand, and folding one anew.

use axum::Json;
use axum::extract::{Path, State};
use countersign_projections::{ProjectionError, RebuildReport};
use serde_json::{Value, json};

use crate::http::problem::Problem;
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

/// Rebuilds one beside the rows that go on being served, compares both, and switches. It takes its time, so whoever
/// asks may go: it is finished anyway.
pub(in crate::http) async fn rebuild(
    State(state): State<HttpState>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Result<Json<RebuildReport>, Problem> {
    viewer.must_see_all()?;
    let projections = state.world.projections.clone();
    let rebuilding = tokio::spawn(async move { projections.rebuild(&name).await });
    match rebuilding.await {
        Ok(Ok(report)) => Ok(Json(report)),
        Ok(Err(error @ ProjectionError::Unknown { .. })) => Err(Problem::not_found(format!("{error}."))),
        Ok(Err(error)) => Err(error.into()),
        Err(error) => Err(ProjectionError::Interrupted(error.to_string()).into()),
    }
}
