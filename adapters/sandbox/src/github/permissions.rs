//! What a repository itself gives people: who is in the organization has it at once, who is outside is invited first.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use axum::routing::put;
use axum::{Json, Router};
use serde_json::Value;

use super::routes::{Answer, Shared, changeable};
use super::shapes::{self, Refused, not_found, refused};
use super::{GithubInvitation, GithubState};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/repos/{owner}/{name}/collaborators/{login}", put(give).delete(remove))
}

type Collaborator = Path<(String, String, String)>;

async fn give(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((owner, name, login)): Collaborator,
    body: Bytes,
) -> Answer {
    let role = asked_for(&body)?;
    shared.state.change(|state| {
        let name = changeable(state, &owner, &name)?;
        let id = state.going_by(&login).ok_or_else(not_found)?.id;
        let has_something = state.repositories[&name].direct.contains_key(&id);
        if has_something || state.members.contains(&id) {
            drop(state.repository_mut(&name).ok_or_else(not_found)?.direct.insert(id, role.to_owned()));
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        let one = invite(state, &name, id, role)?;
        let repository = &state.repositories[&name];
        let shown = shapes::invitation(&shapes::base(&headers), state, (&name, repository), &one);
        Ok((StatusCode::CREATED, Json(shown)).into_response())
    })
}

/// Whoever is invited again has one invitation, to what was said last.
fn invite(
    state: &mut GithubState,
    name: &str,
    invitee: u64,
    role: &str,
) -> Result<GithubInvitation, Refused> {
    state.invited += 1;
    let (id, inviter) = (state.invited, state.viewer.clone());
    let one = GithubInvitation { id, invitee, inviter, role: role.to_owned(), expired: false };
    let repository = state.repository_mut(name).ok_or_else(not_found)?;
    repository.invitations.retain(|other| other.invitee != invitee);
    repository.invitations.push(one.clone());
    Ok(one)
}

async fn remove(State(shared): State<Shared>, Path((owner, name, login)): Collaborator) -> Answer {
    shared.state.change(|state| {
        let name = changeable(state, &owner, &name)?;
        let id = state.going_by(&login).ok_or_else(not_found)?.id;
        state.repository_mut(&name).ok_or_else(not_found)?.direct.remove(&id);
        Ok(StatusCode::NO_CONTENT.into_response())
    })
}

/// The role that is asked for, by the words that are used for setting one; `push` where none is said.
fn asked_for(body: &[u8]) -> Result<&'static str, Refused> {
    let invalid = || refused(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed");
    let body: Value =
        if body.is_empty() { Value::Null } else { serde_json::from_slice(body).map_err(|_| invalid())? };
    match body.get("permission").map_or(Some("push"), Value::as_str) {
        Some("pull") => Ok("read"),
        Some("triage") => Ok("triage"),
        Some("push") => Ok("write"),
        Some("maintain") => Ok("maintain"),
        Some("admin") => Ok("admin"),
        _ => Err(invalid()),
    }
}
