//! `GET /api/v1/me`: who the token or the session stands for.

use axum::Json;
use serde_json::{Value, json};

use crate::http::viewer::Viewer;

/// The viewer, as the directory knows them.
pub(in crate::http) async fn me(viewer: Viewer) -> Json<Value> {
    Json(json!({ "tenant": viewer.tenant, "person": viewer.person, "surface": viewer.surface }))
}
