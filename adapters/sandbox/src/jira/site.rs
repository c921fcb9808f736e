//! What a Jira site says of itself and of who asks: the account, its permissions, the statuses and the fields.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, RawQuery, State};
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::state::{JiraUser, Status};
use super::{Shared, shapes};

pub(super) async fn myself(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Json<Value> {
    let state = shared.controlled.state.get();
    // The first one is who calls the API.
    let nobody = || JiraUser { account_id: "712020:caller".to_owned(), display_name: "Caller".to_owned() };
    let caller = state.users.first().cloned().unwrap_or_else(nobody);
    Json(shapes::user(&shapes::base(&headers), &caller))
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    permissions: String,
}

/// Whoever is let in may do everything.
pub(super) async fn permissions(Query(wanted): Query<Wanted>) -> Json<Value> {
    let keys = wanted.permissions.split(',').filter(|key| !key.is_empty());
    let permissions: serde_json::Map<_, _> = keys
        .map(|key| {
            (key.to_owned(), json!({"key": key, "name": key, "type": "PROJECT", "havePermission": true}))
        })
        .collect();
    Json(json!({ "permissions": permissions }))
}

pub(super) async fn statuses(headers: HeaderMap) -> Json<Value> {
    let base = shapes::base(&headers);
    Json(Status::ALL.map(|status| shapes::status(&base, status)).to_vec().into())
}

/// The system's own, and every custom field that some issue has.
pub(super) async fn fields(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let state = shared.controlled.state.get();
    let custom = state.issues.values().flat_map(|issue| issue.fields.keys());
    let ids: BTreeSet<&str> =
        custom.map(String::as_str).chain(["summary", "status", "description"]).collect();
    let field = |id: &str| json!({"id": id, "key": id, "name": id, "custom": id.starts_with("customfield_")});
    Json(ids.into_iter().map(field).collect())
}

/// Every project that has an issue; of those that are asked for, where any are.
pub(super) async fn projects(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Json<Value> {
    let state = shared.controlled.state.get();
    let wanted: Vec<&str> = query
        .iter()
        .flat_map(|query| query.split('&'))
        .filter_map(|pair| pair.strip_prefix("keys="))
        .collect();
    let there: BTreeSet<&str> = state.issues.keys().map(|key| shapes::project_of(key)).collect();
    let there = there.into_iter().filter(|key| wanted.is_empty() || wanted.contains(key));
    let values: Vec<_> = there.map(|key| json!({"id": "10000", "key": key, "name": key})).collect();
    Json(json!({ "startAt": 0, "maxResults": 100, "total": values.len(), "isLast": true, "values": values }))
}
