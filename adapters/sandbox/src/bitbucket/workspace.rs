//! Who is in the workspace, and as what.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};

use super::BitbucketState;
use super::routes::{Answer, Paging, Search, Shared, known_workspace};
use super::shapes::{self, refused};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/2.0/workspaces/{workspace}/members", get(members))
        .route("/2.0/workspaces/{workspace}/members/{member}", get(member))
        .route("/2.0/workspaces/{workspace}/permissions", get(roles))
}

async fn members(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(workspace): Path<String>,
    Query(Paging { page, pagelen }): Query<Paging>,
) -> Answer {
    let state = shared.state.get();
    known_workspace(&state, &workspace)?;
    let base = shapes::base(&headers);
    let members = state.users.iter().map(|user| shapes::membership(&base, &workspace, user));
    let address = format!("{base}/2.0/workspaces/{workspace}/members");
    shapes::page(&members.collect::<Vec<_>>(), (page, pagelen), &address)
}

async fn member(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((workspace, id)): Path<(String, String)>,
) -> Answer {
    let state = shared.state.get();
    known_workspace(&state, &workspace)?;
    let stranger = || refused(StatusCode::NOT_FOUND, format!("{id} is not a member of {workspace}"));
    let user = state.member(&id).ok_or_else(stranger)?;
    Ok(Json(shapes::membership(&shapes::base(&headers), &workspace, user)))
}

/// Of the query language only `permission="…"`, which is what the adapter says.
async fn roles(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(workspace): Path<String>,
    Query(Search { q, page, pagelen }): Query<Search>,
) -> Answer {
    let state = shared.state.get();
    known_workspace(&state, &workspace)?;
    let wanted = q.strip_prefix("permission=\"").and_then(|rest| rest.strip_suffix('"'));
    if wanted.is_none() && !q.is_empty() {
        return Err(refused(StatusCode::BAD_REQUEST, "Invalid query"));
    }
    let base = shapes::base(&headers);
    let as_what = state.users.iter().map(|user| (user, role(&state, &user.account_id)));
    let values =
        as_what.filter(|(_, role)| wanted.is_none_or(|wanted| wanted == *role)).map(|(user, role)| {
            let mut membership = shapes::membership(&base, &workspace, user);
            membership["permission"] = role.into();
            membership
        });
    let address = format!("{base}/2.0/workspaces/{workspace}/permissions");
    shapes::page(&values.collect::<Vec<_>>(), (page, pagelen), &address)
}

fn role(state: &BitbucketState, account: &str) -> &'static str {
    if state.owner.as_deref() == Some(account) { "owner" } else { "member" }
}
