//! Direct permissions on repositories, and what Bitbucket's contract says of who may change whose.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::Value;

use super::routes::{Answer, Paging, RepositoryPath, Shared, known_repository, known_user};
use super::shapes::{self, Refused, refused};
use super::{BitbucketState, BitbucketUser};

pub(super) fn router() -> Router<Shared> {
    let permission = get(read_permission).put(set_permission).delete(remove_permission);
    Router::new()
        .route("/2.0/repositories/{workspace}/{repository}/permissions-config/users", get(permissions))
        .route("/2.0/repositories/{workspace}/{repository}/permissions-config/users/{user}", permission)
}

type PermissionPath = Path<(String, String, String)>;

async fn read_permission(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((workspace, slug, id)): PermissionPath,
) -> Answer {
    let state = shared.state.get();
    let slug = administered(&state, &workspace, &slug)?;
    let user = known_user(&state, &id)?;
    let level = state.repositories[slug].permissions.get(&user.account_id).copied();
    Ok(Json(shapes::permission(&shapes::base(&headers), &state, slug, user, level)))
}

/// Who has a direct permission, a page at a time.
async fn permissions(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((workspace, slug)): RepositoryPath,
    Query(Paging { page, pagelen }): Query<Paging>,
) -> Answer {
    let state = shared.state.get();
    let slug = administered(&state, &workspace, &slug)?;
    let base = shapes::base(&headers);
    let held = state.repositories[slug].permissions.iter();
    let known = held.filter_map(|(account, level)| Some((state.user(account)?, *level)));
    let values: Vec<_> =
        known.map(|(user, level)| shapes::permission(&base, &state, slug, user, Some(level))).collect();
    let path = format!("{base}/2.0/repositories/{workspace}/{slug}/permissions-config/users");
    shapes::page(&values, (page, pagelen), &path)
}

async fn set_permission(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((workspace, slug, id)): PermissionPath,
    Json(body): Json<Value>,
) -> Answer {
    by_api_token(&headers)?;
    shared.state.change(|state| {
        let slug = administered(state, &workspace, &slug)?.to_owned();
        let level = serde_json::from_value(body["permission"].clone())
            .map_err(|_| refused(StatusCode::BAD_REQUEST, "permission is invalid"))?;
        let user = known_user(state, &id)?.clone();
        may_be_given(state, &user)?;
        let repository = state.repositories.entry(slug.clone()).or_default();
        Arc::make_mut(repository).permissions.insert(user.account_id.clone(), level);
        Ok(Json(shapes::permission(&shapes::base(&headers), state, &slug, &user, Some(level))))
    })
}

async fn remove_permission(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((workspace, slug, id)): PermissionPath,
) -> Result<StatusCode, Refused> {
    by_api_token(&headers)?;
    shared.state.change(|state| {
        let slug = administered(state, &workspace, &slug)?.to_owned();
        let account = known_user(state, &id)?.account_id.clone();
        let repository = state.repositories.entry(slug).or_default();
        Arc::make_mut(repository).permissions.remove(&account);
        Ok(StatusCode::NO_CONTENT)
    })
}

/// Permissions are changed with what stands for a person only: an app password, or the API token that came after it.
fn by_api_token(headers: &HeaderMap) -> Result<(), Refused> {
    let given = headers.get(AUTHORIZATION).and_then(|given| given.to_str().ok());
    if given.is_some_and(|given| given.starts_with("Basic ")) {
        return Ok(());
    }
    let message = "This endpoint takes app passwords and API tokens only, no access tokens.";
    Err(refused(StatusCode::FORBIDDEN, message))
}

/// The slug of a repository that the caller administers: nobody else sees, or changes, who has what there.
fn administered<'a>(state: &'a BitbucketState, workspace: &str, named: &str) -> Result<&'a str, Refused> {
    let slug = known_repository(state, workspace, named)?;
    if state.repositories[slug].closed {
        let message = "Your account does not have admin access to this repository.";
        return Err(refused(StatusCode::FORBIDDEN, message));
    }
    Ok(slug)
}

/// Members are given permissions, except the owner of the workspace, and as far as the plan reaches.
fn may_be_given(state: &BitbucketState, user: &BitbucketUser) -> Result<(), Refused> {
    let is_member = state.member(&user.account_id).is_some();
    if !is_member || state.owner.as_deref() == Some(&user.account_id) {
        let message = format!("{} is not a valid user to update", user.display_name);
        return Err(refused(StatusCode::BAD_REQUEST, message));
    }
    if state.is_full_for(&user.account_id) {
        let message = "You have reached your plan's user limit and must upgrade before giving access to additional users.";
        return Err(refused(StatusCode::PAYMENT_REQUIRED, message));
    }
    Ok(())
}
