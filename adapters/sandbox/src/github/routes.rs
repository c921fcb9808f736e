//! The part of GitHub's REST API that the adapter uses: who may call, repositories, and the tokens of an app.

use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::json;

use super::shapes::{self, Paging, Refused, not_found, refused};
use super::tokens::Doors;
use super::{GithubState, graph, invitations, people, permissions};
use crate::control::Controlled;
use crate::traffic;

pub(super) type Shared = Arc<Controlled<GithubState>>;
pub(super) type Answer = Result<Response, Refused>;

pub(super) fn router(controlled: &Shared, doors: &Arc<Doors>) -> Router {
    let rest = Router::new()
        .route("/orgs/{org}", get(organization))
        .route("/orgs/{org}/repos", get(repositories))
        .route("/repos/{owner}/{name}", get(repository))
        .route("/repositories/{id}", get(by_number))
        .merge(people::router())
        .merge(permissions::router())
        .merge(invitations::router());
    let tokens = Router::new()
        .route("/api/v3/app/installations/{installation}/access_tokens", post(access_token))
        .with_state(Arc::clone(doors));
    Router::new()
        .nest("/api/v3", rest)
        .route("/api/graphql", post(graph::query))
        .fallback(async || not_found())
        .with_state(Arc::clone(controlled))
        .layer(middleware::from_fn_with_state(Arc::clone(doors), check))
        .merge(tokens)
        .layer(middleware::from_fn_with_state(Arc::clone(&controlled.traffic), traffic::pass))
}

async fn check(State(doors): State<Arc<Doors>>, request: Request, next: Next) -> Response {
    if doors.lets_in(request.headers()) {
        return next.run(request).await;
    }
    refused(StatusCode::UNAUTHORIZED, "Bad credentials").into_response()
}

/// A token for whoever has the app's key.
async fn access_token(
    State(doors): State<Arc<Doors>>,
    headers: HeaderMap,
    Path(installation): Path<String>,
) -> Answer {
    let Some((token, ends)) = doors.make(&installation, &headers) else {
        let message = "A JSON web token could not be decoded";
        return Err(refused(StatusCode::UNAUTHORIZED, message));
    };
    let expires_at = Timestamp::from_second(ends).unwrap_or(Timestamp::MAX).to_string();
    let permissions = json!({"administration": "write", "members": "read", "metadata": "read"});
    let body = json!({"token": token, "expires_at": expires_at, "permissions": permissions, "repository_selection": "all"});
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

async fn organization(State(shared): State<Shared>, Path(org): Path<String>) -> Answer {
    let state = shared.state.get();
    known_organization(&state, &org)?;
    let body = json!({"login": state.organization, "id": 1, "node_id": "O_kgDO00000001", "default_repository_permission": "none"});
    Ok(Json(body).into_response())
}

async fn repositories(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(org): Path<String>,
    Query(paging): Query<Paging>,
) -> Answer {
    let state = shared.state.get();
    known_organization(&state, &org)?;
    let base = shapes::base(&headers);
    let own = state.repositories.iter().filter(|(_, repository)| repository.owner.is_none());
    let all: Vec<_> =
        own.map(|(name, repository)| shapes::repository(&base, &state, name, repository)).collect();
    Ok(shapes::page(&all, &paging, &format!("{base}/api/v3/orgs/{org}/repos")))
}

/// One that was renamed, or has left, is told by its number.
async fn repository(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((owner, name)): Path<(String, String)>,
) -> Answer {
    let state = shared.state.get();
    let base = shapes::base(&headers);
    if let Some(name) = state.called(&owner, &name) {
        let found = shapes::repository(&base, &state, name, &state.repositories[name]);
        return Ok(shapes::tagged(&headers, &found));
    }
    let was = state.renamed.iter().find(|(was, _)| was.eq_ignore_ascii_case(&name));
    let (_, id) = was.filter(|_| owner.eq_ignore_ascii_case(&state.organization)).ok_or_else(not_found)?;
    let to = format!("{base}/api/v3/repositories/{id}");
    let mut moved = (StatusCode::MOVED_PERMANENTLY, Json(json!({"message": "Moved Permanently", "url": to})))
        .into_response();
    moved.headers_mut().extend(HeaderValue::from_str(&to).ok().map(|to| (LOCATION, to)));
    Ok(moved)
}

async fn by_number(State(shared): State<Shared>, headers: HeaderMap, Path(id): Path<u64>) -> Answer {
    let state = shared.state.get();
    let name = state.name_of(id).ok_or_else(not_found)?;
    let found = shapes::repository(&shapes::base(&headers), &state, name, &state.repositories[name]);
    Ok(Json(found).into_response())
}

pub(super) fn known_organization(state: &GithubState, named: &str) -> Result<(), Refused> {
    if named.eq_ignore_ascii_case(&state.organization) { Ok(()) } else { Err(not_found()) }
}

/// The name of a repository that whoever calls administers: nobody else sees, or changes, who has what there.
pub(super) fn administered(state: &GithubState, owner: &str, name: &str) -> Result<String, Refused> {
    let name = state.called(owner, name).ok_or_else(not_found)?;
    if state.repositories[name].closed {
        return Err(refused(StatusCode::FORBIDDEN, "Must have admin rights to Repository."));
    }
    Ok(name.to_owned())
}

/// The same, where it can be changed.
pub(super) fn changeable(state: &GithubState, owner: &str, name: &str) -> Result<String, Refused> {
    let name = administered(state, owner, name)?;
    if state.repositories[&name].archived {
        return Err(refused(StatusCode::FORBIDDEN, "Repository was archived so is read-only."));
    }
    Ok(name)
}
