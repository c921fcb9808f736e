//! Issues: created, read, edited, found.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::shapes::{self, Refused, field_refused, no_issue, refused};
use super::{Issue, JiraState, Shared};
use crate::document;

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    fields: String,
}

pub(super) async fn read(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(Wanted { fields }): Query<Wanted>,
) -> Result<Json<Value>, Refused> {
    let state = shared.controlled.state.get();
    let (key, issue) = state.issue(&id).ok_or_else(no_issue)?;
    let wanted: Vec<&str> = fields.split(',').map(str::trim).filter(|field| !field.is_empty()).collect();
    Ok(Json(shapes::issue(&shapes::base(&headers), &state, key, issue, &wanted)))
}

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<Response, Refused> {
    let base = shapes::base(&headers);
    let (key, id) = add(&shared, &base, &body["fields"])?;
    let created = json!({"id": id.to_string(), "key": key, "self": format!("{base}/rest/api/3/issue/{id}")});
    Ok((StatusCode::CREATED, Json(created)).into_response())
}

/// Adds an issue, tells the webhook, and gives its key and number.
pub(super) fn add(shared: &Shared, base: &str, fields: &Value) -> Result<(String, u64), Refused> {
    let project = fields["project"]["key"].as_str().unwrap_or_default();
    if project.is_empty() || !project.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
        return Err(field_refused("project", "Specify a valid project ID or key"));
    }
    let fields = fields.as_object().cloned().unwrap_or_default();
    let (key, id) = shared.controlled.state.change(|state| {
        let reporter = state.users.first().map(|user| user.account_id.clone());
        let mut issue = Issue { id: state.next_issue_id(), reporter, ..Issue::default() };
        write_fields(state, &mut issue, &fields)?;
        if issue.summary.trim().is_empty() {
            return Err(field_refused("summary", "You must specify a summary of the issue."));
        }
        let (key, id) = (state.next_key(project), issue.id);
        state.issues.insert(key.clone(), Arc::new(issue));
        Ok((key, id))
    })?;
    shared.webhooks.tell(base, &shared.controlled.state.get(), &key, "jira:issue_created", &[]);
    Ok((key, id))
}

pub(super) async fn edit(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Result<Response, Refused> {
    let fields = body["fields"].as_object().cloned().unwrap_or_default();
    let (key, reporter) = shared.controlled.state.change(|state| {
        let (key, mut issue) =
            state.issue(&id).map(|(key, issue)| (key.clone(), issue.clone())).ok_or_else(no_issue)?;
        let reporter = issue.reporter.clone().unwrap_or_default();
        write_fields(state, &mut issue, &fields)?;
        state.issues.insert(key.clone(), Arc::new(issue));
        Ok::<_, Refused>((key, reporter))
    })?;
    let base = shapes::base(&headers);
    let before = |name: &str| if name == "reporter" { reporter.clone() } else { String::new() };
    let changed: Vec<_> = fields.keys().map(|name| (name.as_str(), before(name), String::new())).collect();
    shared.webhooks.tell(&base, &shared.controlled.state.get(), &key, "jira:issue_updated", &changed);
    Ok(shapes::nothing())
}

/// Deletes it, and tells the webhook how it was.
pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let state = shared.controlled.state.get();
    let key = state.issue(&id).map(|(key, _)| key.clone()).ok_or_else(no_issue)?;
    shared.webhooks.tell(&shapes::base(&headers), &state, &key, "jira:issue_deleted", &[]);
    shared.controlled.state.change(|state| {
        state.issues.remove(&key);
        Ok::<_, Refused>(())
    })?;
    Ok(shapes::nothing())
}

/// Who watches it.
pub(super) async fn watchers(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refused> {
    let state = shared.controlled.state.get();
    let (key, issue) = state.issue(&id).ok_or_else(no_issue)?;
    let base = shapes::base(&headers);
    let mut shape = shapes::watches(&base, key, issue);
    shape["watchers"] = issue
        .watchers
        .iter()
        .filter_map(|account| state.user(account))
        .map(|user| shapes::user(&base, user))
        .collect();
    Ok(Json(shape))
}

fn write_fields(state: &JiraState, issue: &mut Issue, fields: &Map<String, Value>) -> Result<(), Refused> {
    for (name, value) in fields {
        match name.as_str() {
            "project" | "issuetype" => {}
            "summary" => value.as_str().unwrap_or_default().clone_into(&mut issue.summary),
            "description" if document::is_document(value) => issue.description = document::to_text(value),
            "description" => {
                return Err(field_refused(
                    "description",
                    "Operation value must be an Atlassian Document (see the Atlassian Document Format)",
                ));
            }
            "reporter" | "assignee" => {
                let account = value["accountId"].as_str().unwrap_or_default();
                let wrong = format!("The {name} specified is not a user.");
                state.user(account).ok_or_else(|| field_refused(name, &wrong))?;
                let place = if name == "reporter" { &mut issue.reporter } else { &mut issue.assignee };
                *place = Some(account.to_owned());
            }
            custom if custom == "labels" || custom.starts_with("customfield_") => {
                issue.fields.insert(custom.to_owned(), value.clone());
            }
            other => {
                let message = format!(
                    "Field '{other}' cannot be set. It is not on the appropriate screen, or unknown."
                );
                return Err(field_refused(other, &message));
            }
        }
    }
    Ok(())
}

#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    jql: String,
    #[serde(default)]
    fields: String,
}

/// Understands `project = KEY`, with `AND labels = "label"` behind it, and `key = KEY-1`, and says so for everything else.
pub(super) async fn search(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Query(Search { jql, fields }): Query<Search>,
) -> Result<Json<Value>, Refused> {
    let unknown = || {
        let message =
            "The sandbox understands `project = KEY [AND labels = \"label\"]` and `key = KEY-1` only.";
        refused(StatusCode::BAD_REQUEST, message)
    };
    let (jql, label) = match jql.split_once(" AND labels = ") {
        Some((jql, label)) => (jql, Some(label.trim().trim_matches('"'))),
        None => (&*jql, None),
    };
    let (field, value) =
        jql.split_once('=').map(|(field, value)| (field.trim(), value.trim())).ok_or_else(unknown)?;
    let matches = |key: &str| match field {
        "project" => Some(shapes::project_of(key) == value),
        "key" => Some(key == value),
        _ => None,
    };
    matches("").ok_or_else(unknown)?;
    let state = shared.controlled.state.get();
    let base = shapes::base(&headers);
    let wanted: Vec<&str> = fields.split(',').map(str::trim).filter(|field| !field.is_empty()).collect();
    let has_label = |issue: &Issue| {
        let labels = issue.fields.get("labels").and_then(Value::as_array);
        label.is_none_or(|label| labels.is_some_and(|labels| labels.iter().any(|own| own == label)))
    };
    let found = state.issues.iter().filter(|(key, issue)| matches(key) == Some(true) && has_label(issue));
    let issues: Vec<Value> =
        found.map(|(key, issue)| shapes::issue(&base, &state, key, issue, &wanted)).collect();
    Ok(Json(json!({"issues": issues, "isLast": true})))
}
