//! What a person sees who follows a link to a repository.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{BitbucketState, Level};
use crate::control::Controlled;
use crate::page::{escape, page};

type Shared = Arc<Controlled<BitbucketState>>;

pub(super) fn router(controlled: Shared) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/{workspace}/{repository}", get(repository))
        .with_state(controlled)
}

async fn home(State(shared): State<Shared>) -> Response {
    let state = shared.state.get();
    let workspace = &state.workspace;
    let mut body = String::from("<ul>");
    for name in state.repositories.keys() {
        let path = escape(&format!("/{workspace}/{name}"));
        let _ = write!(body, "<li><a href=\"{path}\">{}</a></li>", escape(name));
    }
    page(&format!("Repositories of {workspace}"), &format!("{body}</ul>"))
}

async fn repository(
    State(shared): State<Shared>,
    Path((workspace, name)): Path<(String, String)>,
) -> Response {
    let state = shared.state.get();
    let known = state.slug_of(&workspace, &name).and_then(|slug| state.repositories.get_key_value(slug));
    let Some((name, repository)) = known else {
        return (
            StatusCode::NOT_FOUND,
            page("No such repository", "<p><a href=\"/\">All repositories</a></p>"),
        )
            .into_response();
    };
    if repository.permissions.is_empty() {
        return page(name, "<p>Nobody has a direct permission here.</p>");
    }
    let mut body = String::from("<table><tr><th>Who</th><th>Permission</th></tr>");
    for (account, level) in &repository.permissions {
        let who = state.user(account).map_or(account, |user| &user.display_name);
        let level = match level {
            Level::Read => "read",
            Level::Write => "write",
            Level::Admin => "admin",
        };
        let _ = write!(body, "<tr><td>{}</td><td>{level}</td></tr>", escape(who));
    }
    page(name, &format!("{body}</table>"))
}
