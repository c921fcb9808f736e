//! Taking the ways of the workflow.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::shapes::{self, Refused, field_refused, no_issue, refused};
use super::workflow::Way;

#[derive(Deserialize)]
pub(super) struct Expand {
    #[serde(default)]
    expand: String,
}

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(Expand { expand }): Query<Expand>,
) -> Result<Json<Value>, Refused> {
    let state = shared.controlled.state.get();
    let (_, issue) = state.issue(&id).ok_or_else(no_issue)?;
    let base = shapes::base(&headers);
    let with_fields = expand.split(',').any(|part| part.trim() == "transitions.fields");
    let ways = state.workflow.out_of(issue.status);
    let transitions: Vec<Value> = ways.map(|way| way.shape(&base, with_fields)).collect();
    Ok(Json(json!({"expand": "transitions", "transitions": transitions})))
}

pub(super) async fn take(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Result<Response, Refused> {
    let wanted = body["transition"]["id"].as_str().unwrap_or_default().to_owned();
    shared.controlled.state.change(|state| {
        let (key, issue) = state.issue(&id).ok_or_else(no_issue)?;
        let way = state.workflow.out_of(issue.status).find(|way| way.id == wanted);
        let way = way.cloned().ok_or_else(|| {
            let message = format!(
                "It seems that you have tried to perform a workflow operation ({wanted}) that is not valid for the current state of this issue ({key})."
            );
            refused(StatusCode::BAD_REQUEST, &message)
        })?;
        let key = key.clone();
        check_screen(&way, &body["fields"])?;
        state.issue_mut(&key).ok_or_else(no_issue)?.status = way.to;
        Ok(shapes::nothing())
    })
}

/// A screen takes what is on it, and demands what it must have.
fn check_screen(way: &Way, fields: &Value) -> Result<(), Refused> {
    let given = fields.as_object().cloned().unwrap_or_default();
    if let Some(missing) = way.required.iter().find(|field| given.get(*field).is_none_or(Value::is_null)) {
        return Err(field_refused(missing, &format!("{missing} is required.")));
    }
    match given.keys().find(|field| !way.required.contains(field)) {
        Some(other) => {
            let message =
                format!("Field '{other}' cannot be set. It is not on the appropriate screen, or unknown.");
            Err(field_refused(other, &message))
        }
        None => Ok(()),
    }
}
