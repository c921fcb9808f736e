//! The part of Jira's REST API 3 that the adapter and a person at play use.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use super::{Shared, comments, issues, shapes, site, transitions, workflow};
use crate::{Access, traffic};

pub(super) fn router(shared: &Arc<Shared>, access: Access) -> Router {
    Router::new()
        .route("/rest/api/3/issue", post(issues::create))
        .route("/rest/api/3/issue/{issue}", get(issues::read).put(issues::edit).delete(issues::delete))
        .route("/rest/api/3/issue/{issue}/comment", get(comments::list).post(comments::add))
        .route("/rest/api/3/issue/{issue}/transitions", get(transitions::list).post(transitions::take))
        .route("/rest/api/3/issue/{issue}/watchers", get(issues::watchers))
        .route("/rest/api/3/workflows", post(workflow::read))
        .route("/rest/api/3/comment/list", post(comments::by_id))
        .route("/rest/api/3/search/jql", get(issues::search))
        .route("/rest/api/3/myself", get(site::myself))
        .route("/rest/api/3/mypermissions", get(site::permissions))
        .route("/rest/api/3/status", get(site::statuses))
        .route("/rest/api/3/field", get(site::fields))
        .route("/rest/api/3/project/search", get(site::projects))
        .fallback(|| async { shapes::refused(StatusCode::NOT_FOUND, "There is no such resource.") })
        .with_state(Arc::clone(shared))
        .layer(middleware::from_fn_with_state(access, check))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared.controlled.traffic), traffic::pass))
}

async fn check(State(access): State<Access>, request: Request, next: Next) -> Response {
    if access.permits(request.headers()) {
        return next.run(request).await;
    }
    let body =
        json!({"message": "Client must be authenticated to access this resource.", "status-code": 401});
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}
