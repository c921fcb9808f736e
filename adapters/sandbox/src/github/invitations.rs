//! Invitations: listed, changed and taken back.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use axum::routing::{get, patch};
use axum::{Json, Router};
use serde_json::Value;

use super::routes::{Answer, Shared, administered, changeable};
use super::shapes::{self, Paging, not_found, refused};

const ROLES: [&str; 5] = ["read", "triage", "write", "maintain", "admin"];

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/repos/{owner}/{name}/invitations", get(list))
        .route("/repos/{owner}/{name}/invitations/{id}", patch(change).delete(take_back))
}

async fn list(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((owner, name)): Path<(String, String)>,
    Query(paging): Query<Paging>,
) -> Answer {
    let state = shared.state.get();
    let name = administered(&state, &owner, &name)?;
    let (base, repository) = (shapes::base(&headers), &state.repositories[&name]);
    let shown = |one| shapes::invitation(&base, &state, (&name, repository), one);
    let all: Vec<_> = repository.invitations.iter().map(shown).collect();
    Ok(shapes::page(&all, &paging, &format!("{base}/api/v3/repos/{owner}/{name}/invitations")))
}

async fn change(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((owner, name, id)): Path<(String, String, u64)>,
    Json(body): Json<Value>,
) -> Answer {
    shared.state.change(|state| {
        let name = changeable(state, &owner, &name)?;
        let asked = body["permissions"].as_str();
        let role = ROLES.into_iter().find(|role| Some(*role) == asked);
        let role = role.ok_or_else(|| refused(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed"))?;
        let repository = state.repository_mut(&name).ok_or_else(not_found)?;
        let one = repository.invitations.iter_mut().find(|one| one.id == id).ok_or_else(not_found)?;
        role.clone_into(&mut one.role);
        let one = one.clone();
        let repository = &state.repositories[&name];
        let shown = shapes::invitation(&shapes::base(&headers), state, (&name, repository), &one);
        Ok(Json(shown).into_response())
    })
}

async fn take_back(
    State(shared): State<Shared>,
    Path((owner, name, id)): Path<(String, String, u64)>,
) -> Answer {
    shared.state.change(|state| {
        let name = changeable(state, &owner, &name)?;
        let repository = state.repository_mut(&name).ok_or_else(not_found)?;
        let place = repository.invitations.iter().position(|one| one.id == id).ok_or_else(not_found)?;
        repository.invitations.remove(place);
        Ok(StatusCode::NO_CONTENT.into_response())
    })
}
