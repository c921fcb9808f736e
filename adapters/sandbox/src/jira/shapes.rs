//! Jira's JSON shapes.

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{Issue, IssueComment, JiraState, JiraUser, Status};
use crate::{SandboxError, document};

/// A request that is not carried out, with its answer.
#[derive(Debug)]
pub(super) struct Refused(StatusCode, Value);

impl From<SandboxError> for Refused {
    fn from(error: SandboxError) -> Self {
        refused(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}

pub(super) fn refused(status: StatusCode, message: &str) -> Refused {
    Refused(status, json!({"errorMessages": [message], "errors": {}}))
}

pub(super) fn field_refused(field: &str, message: &str) -> Refused {
    Refused(StatusCode::BAD_REQUEST, json!({"errorMessages": [], "errors": {field: message}}))
}

pub(super) fn no_issue() -> Refused {
    refused(StatusCode::NOT_FOUND, "Issue does not exist or you do not have permission to see it.")
}

/// Jira says "done" with 204 and names a content type all the same.
pub(super) fn nothing() -> Response {
    (StatusCode::NO_CONTENT, [(header::CONTENT_TYPE, "application/json")]).into_response()
}

/// Where the caller sees us, for links.
pub(super) fn base(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    format!("http://{host}")
}

pub(super) fn user(base: &str, user: &JiraUser) -> Value {
    json!({
        "self": format!("{base}/rest/api/3/user?accountId={}", user.account_id),
        "accountId": user.account_id,
        "accountType": "atlassian",
        "displayName": user.display_name,
        "active": true,
    })
}

pub(super) fn user_of(base: &str, state: &JiraState, account_id: Option<&str>) -> Value {
    account_id.and_then(|id| state.user(id)).map_or(Value::Null, |found| user(base, found))
}

pub(super) fn status(base: &str, status: Status) -> Value {
    let id = status.id();
    let (category_id, category, color) = match status {
        Status::ToDo => (2, "new", "blue-gray"),
        Status::InProgress => (4, "indeterminate", "yellow"),
        Status::Done | Status::Declined => (3, "done", "green"),
    };
    let category_name = match category {
        "new" => "To Do",
        "done" => "Done",
        _ => "In Progress",
    };
    json!({
        "self": format!("{base}/rest/api/3/status/{id}"),
        "id": id,
        "name": status.name(),
        "description": "",
        "iconUrl": format!("{base}/images/icons/status.gif"),
        "statusCategory": {
            "self": format!("{base}/rest/api/3/statuscategory/{category_id}"),
            "id": category_id,
            "key": category,
            "name": category_name,
            "colorName": color,
        },
    })
}

/// An issue; `wanted` lists the fields, all of them where it is empty.
pub(super) fn issue(base: &str, state: &JiraState, key: &str, issue: &Issue, wanted: &[&str]) -> Value {
    let is_wanted = |name: &str| wanted.is_empty() || wanted.contains(&"*all") || wanted.contains(&name);
    let mut fields = serde_json::Map::new();
    fields.insert("summary".to_owned(), json!(issue.summary));
    fields.insert("status".to_owned(), status(base, issue.status));
    fields.insert("description".to_owned(), document::from_text(&issue.description));
    fields.insert("reporter".to_owned(), user_of(base, state, issue.reporter.as_deref()));
    fields.insert("assignee".to_owned(), user_of(base, state, issue.assignee.as_deref()));
    fields.insert("watches".to_owned(), watches(base, key, issue));
    fields.insert("project".to_owned(), json!({"id": "10000", "key": project_of(key)}));
    fields.insert("issuetype".to_owned(), json!({"id": "10001", "name": "Task", "subtask": false}));
    // There may be thousands of them.
    if is_wanted("comment") {
        let comments: Vec<Value> =
            issue.comments.iter().map(|entry| comment(base, state, issue, entry, false)).collect();
        let count = comments.len();
        let page = json!({"comments": comments, "startAt": 0, "maxResults": count, "total": count});
        fields.insert("comment".to_owned(), page);
    }
    fields.extend(issue.fields.clone());
    fields.retain(|name, _| is_wanted(name));
    json!({
        "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
        "id": issue.id.to_string(),
        "self": format!("{base}/rest/api/3/issue/{}", issue.id),
        "key": key,
        "fields": fields,
    })
}

/// How many watch an issue.
pub(super) fn watches(base: &str, key: &str, issue: &Issue) -> Value {
    json!({"self": format!("{base}/rest/api/3/issue/{key}/watchers"), "watchCount": issue.watchers.len(),
        "isWatching": false})
}

pub(super) fn comment(
    base: &str,
    state: &JiraState,
    issue: &Issue,
    comment: &IssueComment,
    properties: bool,
) -> Value {
    // Jira writes the zone without a colon, whatever its own document says.
    let created = comment.created.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string();
    let author = user_of(base, state, comment.author.as_deref());
    let mut shape = json!({
        "self": format!("{base}/rest/api/3/issue/{}/comment/{}", issue.id, comment.id),
        "id": comment.id.to_string(),
        "author": author,
        "updateAuthor": author,
        "body": document::from_text(&comment.text),
        "created": created,
        "updated": created,
        "jsdPublic": true,
    });
    if author.is_null() {
        let fields = shape.as_object_mut();
        fields.map(|fields| (fields.remove("author"), fields.remove("updateAuthor")));
    }
    if let Some(role) = &comment.kept_to {
        shape["visibility"] = json!({"type": "role", "value": role, "identifier": role});
    }
    if properties {
        let pair = |(key, value): (&String, &Value)| json!({"key": key, "value": value});
        shape["properties"] = comment.properties.iter().map(pair).collect();
    }
    shape
}

pub(super) fn project_of(key: &str) -> &str {
    key.rsplit_once('-').map_or(key, |(project, _)| project)
}
