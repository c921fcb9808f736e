//! Comments: added, listed, read with their properties.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::shapes::{self, Refused, field_refused, no_issue, refused};
use super::{IssueComment, Shared};
use crate::document;

/// Jira's limit for the text of a comment, in characters.
const LONGEST: usize = 32_767;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Paging {
    #[serde(default)]
    start_at: usize,
    #[serde(default = "hundred")]
    max_results: usize,
    #[serde(default)]
    order_by: String,
}

const fn hundred() -> usize {
    100
}

/// As documented, the list never shows properties; [`by_id`] does.
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Value>, Refused> {
    let state = shared.controlled.state.get();
    let (_, issue) = state.issue(&id).ok_or_else(no_issue)?;
    let size = paging.max_results.min(100);
    let mut comments: Vec<&IssueComment> = issue.comments.iter().map(Arc::as_ref).collect();
    if paging.order_by == "-created" {
        comments.reverse();
    }
    let base = shapes::base(&headers);
    let page = comments.into_iter().skip(paging.start_at).take(size);
    let page: Vec<Value> =
        page.map(|comment| shapes::comment(&base, &state, issue, comment, false)).collect();
    let total = issue.comments.len();
    Ok(Json(json!({"startAt": paging.start_at, "maxResults": size, "total": total, "comments": page})))
}

#[derive(Deserialize)]
pub(super) struct Ids {
    ids: Vec<u64>,
}

#[derive(Deserialize)]
pub(super) struct Expand {
    #[serde(default)]
    expand: String,
}

pub(super) async fn by_id(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Query(Expand { expand }): Query<Expand>,
    Json(Ids { ids }): Json<Ids>,
) -> Result<Json<Value>, Refused> {
    if ids.len() > 1000 {
        return Err(refused(StatusCode::BAD_REQUEST, "Too many comment ids."));
    }
    let state = shared.controlled.state.get();
    let base = shapes::base(&headers);
    let properties = expand.split(',').any(|part| part.trim() == "properties");
    let all =
        state.issues.values().flat_map(|issue| issue.comments.iter().map(move |comment| (issue, comment)));
    let found: Vec<Value> = all
        .filter(|(_, comment)| ids.contains(&comment.id))
        .map(|(issue, comment)| shapes::comment(&base, &state, issue, comment, properties))
        .collect();
    Ok(Json(json!({
        "startAt": 0, "maxResults": 1_048_576, "total": found.len(), "isLast": true, "values": found,
    })))
}

#[derive(Deserialize)]
struct Property {
    key: String,
    value: Value,
}

#[derive(Deserialize)]
pub(super) struct NewComment {
    #[serde(default)]
    body: Value,
    #[serde(default)]
    properties: Vec<Property>,
}

pub(super) async fn add(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(new): Json<NewComment>,
) -> Result<Response, Refused> {
    if !document::is_document(&new.body) {
        return Err(field_refused("comment", "Comment body is not valid!"));
    }
    let text = document::to_text(&new.body);
    if text.trim().is_empty() {
        return Err(field_refused("comment", "Comment body can not be empty!"));
    }
    if text.chars().count() > LONGEST {
        return Err(refused(StatusCode::PAYLOAD_TOO_LARGE, "The entered text is too long."));
    }
    let properties: BTreeMap<String, Value> = new.properties.into_iter().map(|p| (p.key, p.value)).collect();
    let base = shapes::base(&headers);
    shared.controlled.state.change(|state| {
        let key = state.issue(&id).map(|(key, _)| key.clone()).ok_or_else(no_issue)?;
        let author = state.users.first().map(|user| user.account_id.clone());
        let (id, created) = (state.next_comment_id(), Timestamp::now());
        let comment = Arc::new(IssueComment { id, author, created, text, properties, kept_to: None });
        let issue = state.issue_mut(&key).ok_or_else(no_issue)?;
        issue.comments.push(Arc::clone(&comment));
        let shape = shapes::comment(&base, state, &state.issues[&key], &comment, true);
        Ok((StatusCode::CREATED, Json(shape)).into_response())
    })
}
