//! What a person sees who follows a link to a ticket, and a form to make one without knowing the API.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;
use serde_json::json;

use super::issues;
use super::shapes::{self, Refused};
use super::{JiraState, Shared, Status};
use crate::document;
use crate::page::{escape, page};

const EXAMPLE: &str = "Permission: write\nRepository: payments-api\nDuration: 2 days\nReason: rollout";

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/browse/{key}", get(ticket))
        .route("/_sandbox/tickets", post(create))
        .route("/_sandbox/tickets/{key}/comments", post(comment))
        .route("/_sandbox/tickets/{key}/status", post(move_on))
        .with_state(shared)
}

async fn home(State(shared): State<Arc<Shared>>) -> Response {
    let state = shared.controlled.state.get();
    let mut body = String::from("<ul>");
    for (key, issue) in &state.issues {
        let (key, summary) = (escape(key), escape(&issue.summary));
        let _ =
            write!(body, "<li><a href=\"/browse/{key}\">{key}</a> {summary}: {}</li>", issue.status.name());
    }
    page("Tickets", &format!("{body}</ul>{}", form(&state)))
}

fn people(state: &JiraState) -> String {
    let mut people = String::new();
    // The first one is who calls the API; people come before it.
    for user in state.users.iter().skip(1).chain(state.users.first()) {
        let (id, name) = (escape(&user.account_id), escape(&user.display_name));
        let _ = write!(people, "<option value=\"{id}\">{name}</option>");
    }
    people
}

fn form(state: &JiraState) -> String {
    let people = people(state);
    format!(
        "<h2>New ticket</h2><form method=\"post\" action=\"/_sandbox/tickets\"><p><label>Title \
         <input name=\"summary\" value=\"Access, please\" required></label></p><p><label>Description \
         <textarea name=\"description\" rows=\"6\">{EXAMPLE}</textarea></label></p><p><label>Reported by \
         <select name=\"reporter\">{people}</select></label></p><button>Create</button></form>"
    )
}

async fn ticket(State(shared): State<Arc<Shared>>, Path(key): Path<String>) -> Response {
    let state = shared.controlled.state.get();
    let Some((key, issue)) = state.issue(&key) else {
        let body = "<p><a href=\"/\">All tickets</a></p>";
        return (StatusCode::NOT_FOUND, page("No such ticket", body)).into_response();
    };
    let name = |id: &Option<String>| {
        let user = id.as_deref().and_then(|id| state.user(id));
        user.map_or_else(|| "somebody".to_owned(), |user| escape(&user.display_name))
    };
    let mut body = format!(
        "<p><b>{}</b>, reported by {}</p><pre>{}</pre><h2>Comments</h2>",
        issue.status.name(),
        name(&issue.reporter),
        escape(&issue.description)
    );
    for comment in &issue.comments {
        let (who, when, text) = (name(&comment.author), comment.created, escape(&comment.text));
        let _ = write!(body, "<p><b>{who}</b> <small>{when:.0}</small></p><pre>{text}</pre>");
    }
    body.push_str(&acts(&state, key));
    page(&format!("{key} {}", issue.summary), &body)
}

/// What somebody can do with a ticket.
fn acts(state: &JiraState, key: &str) -> String {
    let key = escape(key);
    let people = people(state);
    let mut statuses = String::new();
    for status in Status::ALL {
        let _ = write!(statuses, "<option>{}</option>", status.name());
    }
    format!(
        "<form method=\"post\" action=\"/_sandbox/tickets/{key}/comments\"><p><label>Comment <textarea name=\"text\" rows=\"3\" required>\
         </textarea></label></p><p><label>By <select name=\"by\">{people}</select></label></p><button>Say it</button></form>\
         <form method=\"post\" action=\"/_sandbox/tickets/{key}/status\"><p><label>Status <select name=\"status\">{statuses}</select>\
         </label></p><button>Move it</button></form>"
    )
}

#[derive(Deserialize)]
struct NewTicket {
    summary: String,
    description: String,
    reporter: String,
}

#[derive(Deserialize)]
struct Said {
    text: String,
    by: String,
}

/// Somebody says something on a ticket, and the webhook tells of it.
async fn comment(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(key): Path<String>,
    Form(Said { text, by }): Form<Said>,
) -> Result<Redirect, Refused> {
    shared.says(&shapes::base(&headers), &key, &by, &text)?;
    Ok(Redirect::to(&format!("/browse/{key}")))
}

#[derive(Deserialize)]
struct Moved {
    status: Status,
}

/// Somebody moves a ticket, whatever the workflow says, and the webhook tells of it.
async fn move_on(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(key): Path<String>,
    Form(Moved { status }): Form<Moved>,
) -> Result<Redirect, Refused> {
    shared.moves(&shapes::base(&headers), &key, status)?;
    Ok(Redirect::to(&format!("/browse/{key}")))
}

/// The same as the API does, webhook included.
async fn create(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(new): Form<NewTicket>,
) -> Result<Redirect, Refused> {
    let project =
        shared.controlled.state.get().issues.keys().next().map(|key| shapes::project_of(key).to_owned());
    let fields = json!({
        "project": {"key": project.as_deref().unwrap_or("OPS")},
        "summary": new.summary,
        "description": document::from_text(&new.description),
        "reporter": {"accountId": new.reporter},
    });
    let (key, _) = issues::add(&shared, &shapes::base(&headers), &fields)?;
    Ok(Redirect::to(&format!("/browse/{key}")))
}
