//! The part of Bitbucket's REST API 2.0 that the adapter uses: who may call, users and repositories.

use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::Value;

use super::shapes::{self, Refused, refused};
use super::{BitbucketState, BitbucketUser, permissions, workspace};
use crate::control::Controlled;
use crate::{Access, traffic};

pub(super) type Shared = Arc<Controlled<BitbucketState>>;
pub(super) type Answer = Result<Json<Value>, Refused>;

pub(super) fn router(controlled: &Shared, access: Access) -> Router {
    Router::new()
        .route("/2.0/users/{user}", get(user))
        .route("/2.0/repositories/{workspace}", get(repositories))
        .route("/2.0/repositories/{workspace}/{repository}", get(repository))
        .merge(workspace::router())
        .merge(permissions::router())
        .fallback(|| async { refused(StatusCode::NOT_FOUND, "Resource not found") })
        .with_state(Arc::clone(controlled))
        .layer(middleware::from_fn_with_state(access, check))
        .layer(middleware::from_fn_with_state(Arc::clone(&controlled.traffic), traffic::pass))
}

async fn check(State(access): State<Access>, request: Request, next: Next) -> Response {
    if access.permits(request.headers()) {
        return next.run(request).await;
    }
    let message = "Token is invalid, expired, or not supported for this endpoint.";
    refused(StatusCode::UNAUTHORIZED, message).into_response()
}

async fn user(State(shared): State<Shared>, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    let state = shared.state.get();
    Ok(Json(shapes::user(&shapes::base(&headers), known_user(&state, &id)?)))
}

#[derive(Deserialize)]
pub(super) struct Paging {
    #[serde(default = "first")]
    pub(super) page: usize,
    #[serde(default = "ten")]
    pub(super) pagelen: usize,
}

pub(super) const fn first() -> usize {
    1
}

pub(super) const fn ten() -> usize {
    10
}

/// What is looked for, in the query language, and which page of it.
#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    pub(super) q: String,
    #[serde(default = "first")]
    pub(super) page: usize,
    #[serde(default = "ten")]
    pub(super) pagelen: usize,
}

/// Of the query language only `slug ~ "…"`, which is what the adapter says.
async fn repositories(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(workspace): Path<String>,
    Query(Search { q, page, pagelen }): Query<Search>,
) -> Answer {
    let state = shared.state.get();
    known_workspace(&state, &workspace)?;
    let wanted = match q.strip_prefix("slug ~ \"").and_then(|rest| rest.strip_suffix('"')) {
        Some(text) => text.to_lowercase(),
        None if q.is_empty() => String::new(),
        None => return Err(refused(StatusCode::BAD_REQUEST, "Invalid query")),
    };
    let base = shapes::base(&headers);
    let found = state.repositories.keys().filter(|slug| slug.to_lowercase().contains(&wanted));
    let values: Vec<_> = found.map(|slug| shapes::repository(&base, &state, slug)).collect();
    shapes::page(&values, (page, pagelen), &format!("{base}/2.0/repositories/{workspace}"))
}

pub(super) type RepositoryPath = Path<(String, String)>;

async fn repository(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((workspace, slug)): RepositoryPath,
) -> Answer {
    let state = shared.state.get();
    let slug = known_repository(&state, &workspace, &slug)?;
    Ok(Json(shapes::repository(&shapes::base(&headers), &state, slug)))
}

pub(super) fn known_workspace(state: &BitbucketState, named: &str) -> Result<(), Refused> {
    let unknown = || refused(StatusCode::NOT_FOUND, format!("No workspace with identifier '{named}'."));
    if named == state.workspace { Ok(()) } else { Err(unknown()) }
}

pub(super) fn known_user<'a>(state: &'a BitbucketState, id: &str) -> Result<&'a BitbucketUser, Refused> {
    state.user(id).ok_or_else(|| refused(StatusCode::NOT_FOUND, format!("{id} is not a user")))
}

/// The slug of the repository that a path names, as Bitbucket reads it: by slug or UUID.
pub(super) fn known_repository<'a>(
    state: &'a BitbucketState,
    workspace: &str,
    named: &str,
) -> Result<&'a str, Refused> {
    state.slug_of(workspace, named).ok_or_else(|| {
        let message = format!(
            "You may not have access to this repository or it no longer exists in this workspace: {workspace}/{named}"
        );
        refused(StatusCode::NOT_FOUND, message)
    })
}
