//! The workflow: To Do → In Progress → Done or Declined, and the ways back that real workflows have.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::shapes::{self, Refused, no_issue, refused};
use super::{Shared, Status};

/// The ways out of a status: id, name, where to.
const fn ways(from: Status) -> &'static [(&'static str, &'static str, Status)] {
    match from {
        Status::ToDo => &[("11", "Start", Status::InProgress), ("41", "Decline", Status::Declined)],
        Status::InProgress => &[
            ("21", "Stop", Status::ToDo),
            ("31", "Finish", Status::Done),
            ("41", "Decline", Status::Declined),
        ],
        Status::Done | Status::Declined => &[("51", "Reopen", Status::ToDo)],
    }
}

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refused> {
    let state = shared.controlled.state.get();
    let (_, issue) = state.issue(&id).ok_or_else(no_issue)?;
    let base = shapes::base(&headers);
    let shape = |(id, name, to): &(&str, &str, Status)| {
        json!({
            "id": id, "name": name, "to": shapes::status(&base, *to), "hasScreen": false, "isGlobal": false,
            "isInitial": false, "isAvailable": true, "isConditional": false, "looped": false,
        })
    };
    let transitions: Vec<Value> = ways(issue.status).iter().map(shape).collect();
    Ok(Json(json!({"expand": "transitions", "transitions": transitions})))
}

pub(super) async fn take(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Result<Response, Refused> {
    let wanted = body["transition"]["id"].as_str().unwrap_or_default().to_owned();
    shared.controlled.state.change(|state| {
        let key = state.issue(&id).map(|(key, _)| key.clone()).ok_or_else(no_issue)?;
        let issue = state.issue_mut(&key).ok_or_else(no_issue)?;
        let way = ways(issue.status).iter().find(|(id, _, _)| *id == wanted);
        let (_, _, to) = way.ok_or_else(|| {
            let message = format!(
                "It seems that you have tried to perform a workflow operation ({wanted}) that is not valid for the current state of this issue ({key})."
            );
            refused(StatusCode::BAD_REQUEST, &message)
        })?;
        issue.status = *to;
        Ok(shapes::nothing())
    })
}
