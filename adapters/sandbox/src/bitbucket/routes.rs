//! The part of Bitbucket's REST API 2.0 that the adapter uses.

use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::shapes::{self, Refused, refused};
use super::{BitbucketState, BitbucketUser, Level};
use crate::control::Controlled;
use crate::{Access, traffic};

type Shared = Arc<Controlled<BitbucketState>>;
type Answer = Result<Json<Value>, Refused>;

pub(super) fn router(controlled: &Shared, access: Access) -> Router {
    let permission = get(read_permission).put(set_permission).delete(remove_permission);
    Router::new()
        .route("/2.0/users/{user}", get(user))
        .route("/2.0/workspaces/{workspace}/members", get(members))
        .route("/2.0/repositories/{workspace}", get(repositories))
        .route("/2.0/repositories/{workspace}/{repository}", get(repository))
        .route("/2.0/repositories/{workspace}/{repository}/permissions-config/users", get(permissions))
        .route("/2.0/repositories/{workspace}/{repository}/permissions-config/users/{user}", permission)
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
struct Paging {
    #[serde(default = "first")]
    page: usize,
    #[serde(default = "ten")]
    pagelen: usize,
}

const fn first() -> usize {
    1
}

const fn ten() -> usize {
    10
}

async fn members(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(workspace): Path<String>,
    Query(Paging { page, pagelen }): Query<Paging>,
) -> Answer {
    let state = shared.state.get();
    if workspace != state.workspace {
        let message = format!("No workspace with identifier '{workspace}'.");
        return Err(refused(StatusCode::NOT_FOUND, message));
    }
    if page == 0 || !(1..=100).contains(&pagelen) {
        return Err(refused(StatusCode::BAD_REQUEST, "Invalid page or pagelen"));
    }
    let base = shapes::base(&headers);
    let start = (page - 1).saturating_mul(pagelen);
    let members = state.users.iter().skip(start).take(pagelen);
    let values: Vec<Value> = members.map(|user| shapes::membership(&base, &workspace, user)).collect();
    let mut answer = json!({"values": values, "page": page, "pagelen": pagelen, "size": state.users.len()});
    if start.saturating_add(pagelen) < state.users.len() {
        let query = format!("page={}&pagelen={pagelen}", page + 1);
        answer["next"] = json!(format!("{base}/2.0/workspaces/{workspace}/members?{query}"));
    }
    Ok(Json(answer))
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
    #[serde(default = "first")]
    page: usize,
    #[serde(default = "ten")]
    pagelen: usize,
}

/// Of the query language only `slug ~ "…"`, which is what the adapter says.
async fn repositories(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(workspace): Path<String>,
    Query(Search { q, page, pagelen }): Query<Search>,
) -> Answer {
    let state = shared.state.get();
    if workspace != state.workspace {
        let message = format!("No workspace with identifier '{workspace}'.");
        return Err(refused(StatusCode::NOT_FOUND, message));
    }
    let wanted = match q.strip_prefix("slug ~ \"").and_then(|rest| rest.strip_suffix('"')) {
        Some(text) => text.to_lowercase(),
        None if q.is_empty() => String::new(),
        None => return Err(refused(StatusCode::BAD_REQUEST, "Invalid query")),
    };
    let base = shapes::base(&headers);
    let found = state.repositories.keys().filter(|slug| slug.to_lowercase().contains(&wanted));
    let values: Vec<_> = found.map(|slug| shapes::repository(&base, &workspace, slug)).collect();
    shapes::page(&values, (page, pagelen), &format!("{base}/2.0/repositories/{workspace}"))
}

type RepositoryPath = Path<(String, String)>;

async fn repository(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((workspace, slug)): RepositoryPath,
) -> Answer {
    check_repository(&shared.state.get(), &workspace, &slug)?;
    Ok(Json(shapes::repository(&shapes::base(&headers), &workspace, &slug)))
}

type PermissionPath = Path<(String, String, String)>;

async fn read_permission(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((workspace, slug, id)): PermissionPath,
) -> Answer {
    let state = shared.state.get();
    check_repository(&state, &workspace, &slug)?;
    let user = known_user(&state, &id)?;
    let level = state.repositories[&slug].permissions.get(&user.account_id).copied();
    Ok(Json(shapes::permission(&shapes::base(&headers), &workspace, &slug, user, level)))
}

/// Who has a direct permission, a page at a time.
async fn permissions(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((workspace, slug)): RepositoryPath,
    Query(Paging { page, pagelen }): Query<Paging>,
) -> Answer {
    let state = shared.state.get();
    check_repository(&state, &workspace, &slug)?;
    let base = shapes::base(&headers);
    let held = state.repositories[&slug].permissions.iter();
    let known = held.filter_map(|(account, level)| Some((state.user(account)?, *level)));
    let values: Vec<_> =
        known.map(|(user, level)| shapes::permission(&base, &workspace, &slug, user, Some(level))).collect();
    let path = format!("{base}/2.0/repositories/{workspace}/{slug}/permissions-config/users");
    shapes::page(&values, (page, pagelen), &path)
}

async fn set_permission(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((workspace, slug, id)): PermissionPath,
    Json(body): Json<Value>,
) -> Answer {
    let level: Level = serde_json::from_value(body["permission"].clone())
        .map_err(|_| refused(StatusCode::BAD_REQUEST, "permission is invalid"))?;
    shared.state.change(|state| {
        check_repository(state, &workspace, &slug)?;
        let user = known_user(state, &id)?.clone();
        let repository = state.repositories.entry(slug.clone()).or_default();
        Arc::make_mut(repository).permissions.insert(user.account_id.clone(), level);
        Ok(Json(shapes::permission(&shapes::base(&headers), &workspace, &slug, &user, Some(level))))
    })
}

async fn remove_permission(
    State(shared): State<Shared>,
    Path((workspace, slug, id)): PermissionPath,
) -> Result<StatusCode, Refused> {
    shared.state.change(|state| {
        check_repository(state, &workspace, &slug)?;
        let account = known_user(state, &id)?.account_id.clone();
        let repository = state.repositories.entry(slug.clone()).or_default();
        Arc::make_mut(repository).permissions.remove(&account);
        Ok(StatusCode::NO_CONTENT)
    })
}

fn known_user<'a>(state: &'a BitbucketState, id: &str) -> Result<&'a BitbucketUser, Refused> {
    state.user(id).ok_or_else(|| refused(StatusCode::NOT_FOUND, format!("{id} is not a user")))
}

fn check_repository(state: &BitbucketState, workspace: &str, slug: &str) -> Result<(), Refused> {
    if workspace == state.workspace && state.repositories.contains_key(slug) {
        return Ok(());
    }
    let message = format!(
        "You may not have access to this repository or it no longer exists in this workspace: {workspace}/{slug}"
    );
    Err(refused(StatusCode::NOT_FOUND, message))
}
