//! People, by number and by login, and as what they are in the organization.

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::IntoResponse as _;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use super::routes::{Answer, Shared, known_organization};
use super::shapes::{self, Paging, not_found};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/user/{id}", get(numbered))
        .route("/users/{login}", get(going_by))
        .route("/orgs/{org}/members", get(members))
        .route("/orgs/{org}/memberships/{login}", get(membership))
}

async fn numbered(State(shared): State<Shared>, headers: HeaderMap, Path(id): Path<u64>) -> Answer {
    let state = shared.state.get();
    let user = state.numbered(id).ok_or_else(not_found)?;
    Ok(shapes::tagged(&headers, &shapes::profile(&shapes::base(&headers), user)))
}

async fn going_by(State(shared): State<Shared>, headers: HeaderMap, Path(login): Path<String>) -> Answer {
    let state = shared.state.get();
    let user = state.going_by(&login).ok_or_else(not_found)?;
    Ok(shapes::tagged(&headers, &shapes::profile(&shapes::base(&headers), user)))
}

async fn members(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(org): Path<String>,
    Query(paging): Query<Paging>,
) -> Answer {
    let state = shared.state.get();
    known_organization(&state, &org)?;
    let base = shapes::base(&headers);
    let all: Vec<_> = state
        .members
        .iter()
        .filter_map(|id| state.numbered(*id))
        .map(|user| shapes::user(&base, user))
        .collect();
    Ok(shapes::page(&all, &paging, &format!("{base}/api/v3/orgs/{org}/members")))
}

async fn membership(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((org, login)): Path<(String, String)>,
) -> Answer {
    let state = shared.state.get();
    known_organization(&state, &org)?;
    let user = state.going_by(&login).filter(|user| state.members.contains(&user.id));
    let user = user.ok_or_else(not_found)?;
    let role = if state.owners.contains(&user.id) { "admin" } else { "member" };
    let base = shapes::base(&headers);
    let body = json!({
        "url": format!("{base}/api/v3/orgs/{org}/memberships/{login}"),
        "state": "active",
        "role": role,
        "organization_url": format!("{base}/api/v3/orgs/{org}"),
        "organization": {"login": state.organization, "id": 1},
        "user": shapes::user(&base, user),
    });
    Ok(Json(body).into_response())
}
