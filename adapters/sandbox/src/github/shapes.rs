//! GitHub's JSON shapes.

use axum::Json;
use axum::http::header::{ETAG, IF_NONE_MATCH, LINK};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::state::node_of;
use super::{GithubInvitation, GithubRepository, GithubState, GithubUser};
use crate::SandboxError;

/// A request that is not carried out, with its answer.
pub(super) struct Refused(StatusCode, String);

impl From<SandboxError> for Refused {
    fn from(error: SandboxError) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let documentation = "https://docs.github.com/rest";
        let status = self.0.as_u16().to_string();
        let body = json!({"message": self.1, "documentation_url": documentation, "status": status});
        (self.0, Json(body)).into_response()
    }
}

pub(super) fn refused(status: StatusCode, message: impl Into<String>) -> Refused {
    Refused(status, message.into())
}

/// What is not there, or what whoever asks may not see: GitHub tells no difference.
pub(super) fn not_found() -> Refused {
    refused(StatusCode::NOT_FOUND, "Not Found")
}

/// Which page of a list.
#[derive(Deserialize)]
pub(super) struct Paging {
    #[serde(default = "first")]
    page: usize,
    #[serde(default = "thirty")]
    per_page: usize,
}

const fn first() -> usize {
    1
}

const fn thirty() -> usize {
    30
}

pub(super) fn user(base: &str, user: &GithubUser) -> Value {
    account(base, user.id, &user.login, "User")
}

fn account(base: &str, id: u64, login: &str, kind: &str) -> Value {
    let url = format!("{base}/api/v3/users/{login}");
    json!({
        "id": id,
        "node_id": format!("U_kgDO{id:08}"),
        "login": login,
        "avatar_url": format!("{base}/avatars/{id}"),
        "gravatar_id": "",
        "url": url,
        "html_url": format!("{base}/{login}"),
        "followers_url": format!("{url}/followers"),
        "following_url": format!("{url}/following{{/other_user}}"),
        "gists_url": format!("{url}/gists{{/gist_id}}"),
        "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
        "subscriptions_url": format!("{url}/subscriptions"),
        "organizations_url": format!("{url}/orgs"),
        "repos_url": format!("{url}/repos"),
        "events_url": format!("{url}/events{{/privacy}}"),
        "received_events_url": format!("{url}/received_events"),
        "type": kind,
        "site_admin": false,
    })
}

/// The same with what stands on their page.
pub(super) fn profile(base: &str, of: &GithubUser) -> Value {
    let mut shown = user(base, of);
    shown["name"] = json!(of.name);
    shown["created_at"] = json!("2020-01-01T00:00:00Z");
    shown["updated_at"] = json!("2020-01-01T00:00:00Z");
    shown
}

pub(super) fn repository(base: &str, state: &GithubState, name: &str, of: &GithubRepository) -> Value {
    let owner = state.owner_of(of);
    json!({
        "id": of.id,
        "node_id": node_of(of.id),
        "name": name,
        "full_name": format!("{owner}/{name}"),
        "owner": account(base, 1, owner, "Organization"),
        "private": true,
        "fork": false,
        "description": null,
        "html_url": format!("{base}/{owner}/{name}"),
        "url": format!("{base}/api/v3/repos/{owner}/{name}"),
        "archived": of.archived,
    })
}

pub(super) fn invitation(
    base: &str,
    state: &GithubState,
    (name, of): (&str, &GithubRepository),
    one: &GithubInvitation,
) -> Value {
    let owner = state.owner_of(of);
    let at = format!("{base}/api/v3/repos/{owner}/{name}/invitations/{}", one.id);
    json!({
        "id": one.id,
        "node_id": format!("RI_kgDO{:08}", one.id),
        "repository": repository(base, state, name, of),
        "invitee": state.numbered(one.invitee).map(|invitee| user(base, invitee)),
        "inviter": account(base, 2, &one.inviter, "Bot"),
        "permissions": one.role,
        "created_at": "2026-03-01T12:00:00Z",
        "expired": one.expired,
        "url": at,
        "html_url": format!("{base}/{owner}/{name}/invitations"),
    })
}

/// The page of a list that was asked for; where the next one is stands in the head.
pub(super) fn page(all: &[Value], Paging { page, per_page }: &Paging, address: &str) -> Response {
    let (page, size) = ((*page).max(1), (*per_page).clamp(1, 100));
    let start = (page - 1).saturating_mul(size);
    let values: Vec<_> = all.iter().skip(start).take(size).collect();
    let mut response = Json(json!(values)).into_response();
    if start.saturating_add(size) < all.len() {
        let next = format!("<{address}?per_page={size}&page={}>; rel=\"next\"", page + 1);
        response.headers_mut().extend(HeaderValue::from_str(&next).ok().map(|next| (LINK, next)));
    }
    response
}

/// An answer with its tag; only that it is the same, to who has it already.
pub(super) fn tagged(headers: &HeaderMap, body: &Value) -> Response {
    let tag = format!("W/\"{:08x}\"", crc32fast::hash(body.to_string().as_bytes()));
    let is_known = headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response =
        if is_known { StatusCode::NOT_MODIFIED.into_response() } else { Json(body).into_response() };
    response.headers_mut().extend(HeaderValue::from_str(&tag).ok().map(|tag| (ETAG, tag)));
    response
}

/// Where the caller sees us, for links.
pub(super) fn base(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    format!("http://{host}")
}
