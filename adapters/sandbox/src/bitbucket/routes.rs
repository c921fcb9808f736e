//! The part of Bitbucket's REST API 2.0 that the adapter uses, in Bitbucket's shapes.

use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{BitbucketState, BitbucketUser, Level};
use crate::control::Controlled;
use crate::{Access, SandboxError, traffic};

type Shared = Arc<Controlled<BitbucketState>>;

pub(super) fn router(controlled: &Shared, access: Access) -> Router {
    let permission = get(read_permission).put(set_permission).delete(remove_permission);
    Router::new()
        .route("/2.0/users/{user}", get(user))
        .route("/2.0/workspaces/{workspace}/members", get(members))
        .route("/2.0/repositories/{workspace}/{repository}", get(repository))
        .route("/2.0/repositories/{workspace}/{repository}/permissions-config/users/{user}", permission)
        .fallback(|| async { refusal(StatusCode::NOT_FOUND, "Resource not found") })
        .with_state(Arc::clone(controlled))
        .layer(middleware::from_fn_with_state(access, check))
        .layer(middleware::from_fn_with_state(Arc::clone(&controlled.traffic), traffic::pass))
}

async fn check(State(access): State<Access>, request: Request, next: Next) -> Response {
    if access.permits(request.headers()) {
        return next.run(request).await;
    }
    refusal(StatusCode::UNAUTHORIZED, "Token is invalid, expired, or not supported for this endpoint.")
}

async fn user(State(shared): State<Shared>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    match shared.state.get().user(&id) {
        Some(user) => Json(user_json(&base(&headers), user)).into_response(),
        None => refusal(StatusCode::NOT_FOUND, &format!("{id} is not a user")),
    }
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
) -> Response {
    let state = shared.state.get();
    if workspace != state.workspace {
        return no_workspace(&workspace);
    }
    if page == 0 || !(1..=100).contains(&pagelen) {
        return refusal(StatusCode::BAD_REQUEST, "Invalid page or pagelen");
    }
    let base = base(&headers);
    let start = (page - 1).saturating_mul(pagelen);
    let membership = |user: &BitbucketUser| {
        json!({
            "type": "workspace_membership",
            "user": user_json(&base, user),
            "workspace": {"type": "workspace", "slug": workspace, "name": workspace},
            "links": {"self": {"href": format!("{base}/2.0/workspaces/{workspace}/members/{}", escape(&user.account_id))}},
        })
    };
    let values: Vec<Value> = state.users.iter().skip(start).take(pagelen).map(membership).collect();
    let mut answer = json!({"values": values, "page": page, "pagelen": pagelen, "size": state.users.len()});
    if start.saturating_add(pagelen) < state.users.len() {
        let next = page + 1;
        answer["next"] =
            json!(format!("{base}/2.0/workspaces/{workspace}/members?page={next}&pagelen={pagelen}"));
    }
    Json(answer).into_response()
}

async fn repository(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((workspace, slug)): Path<(String, String)>,
) -> Response {
    let state = shared.state.get();
    if !holds(&state, &workspace, &slug) {
        return no_repository(&workspace, &slug);
    }
    Json(repository_json(&base(&headers), &workspace, &slug)).into_response()
}

type PermissionPath = Path<(String, String, String)>;

async fn read_permission(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((workspace, slug, id)): PermissionPath,
) -> Response {
    let state = shared.state.get();
    if !holds(&state, &workspace, &slug) {
        return no_repository(&workspace, &slug);
    }
    let Some(user) = state.user(&id) else {
        return refusal(StatusCode::NOT_FOUND, &format!("{id} is not a user"));
    };
    let level = state.repositories[&slug].permissions.get(&user.account_id).copied();
    Json(permission_json(&base(&headers), &workspace, &slug, user, level)).into_response()
}

async fn set_permission(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((workspace, slug, id)): PermissionPath,
    Json(body): Json<Value>,
) -> Result<Response, Refused> {
    let level: Level = serde_json::from_value(body["permission"].clone())
        .map_err(|_| Refused(refusal(StatusCode::BAD_REQUEST, "permission is invalid")))?;
    shared.state.change(|state| {
        let user = known(state, &workspace, &slug, &id)?;
        let repository = state.repositories.entry(slug.clone()).or_default();
        repository.permissions.insert(user.account_id.clone(), level);
        Ok(Json(permission_json(&base(&headers), &workspace, &slug, &user, Some(level))).into_response())
    })
}

async fn remove_permission(
    State(shared): State<Shared>,
    Path((workspace, slug, id)): PermissionPath,
) -> Result<Response, Refused> {
    shared.state.change(|state| {
        let user = known(state, &workspace, &slug, &id)?;
        state.repositories.entry(slug.clone()).or_default().permissions.remove(&user.account_id);
        Ok(StatusCode::NO_CONTENT.into_response())
    })
}

/// A request that is not carried out, with its answer.
struct Refused(Response);

impl From<SandboxError> for Refused {
    fn from(error: SandboxError) -> Self {
        Self(refusal(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0
    }
}

fn known(state: &BitbucketState, workspace: &str, slug: &str, id: &str) -> Result<BitbucketUser, Refused> {
    if !holds(state, workspace, slug) {
        return Err(Refused(no_repository(workspace, slug)));
    }
    let unknown = || Refused(refusal(StatusCode::NOT_FOUND, &format!("{id} is not a user")));
    state.user(id).cloned().ok_or_else(unknown)
}

fn holds(state: &BitbucketState, workspace: &str, slug: &str) -> bool {
    workspace == state.workspace && state.repositories.contains_key(slug)
}

fn no_workspace(workspace: &str) -> Response {
    refusal(StatusCode::NOT_FOUND, &format!("No workspace with identifier '{workspace}'."))
}

fn no_repository(workspace: &str, slug: &str) -> Response {
    let message = format!(
        "You may not have access to this repository or it no longer exists in this workspace: {workspace}/{slug}"
    );
    refusal(StatusCode::NOT_FOUND, &message)
}

fn refusal(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"type": "error", "error": {"message": message}}))).into_response()
}

fn user_json(base: &str, user: &BitbucketUser) -> Value {
    json!({
        "type": "user",
        "account_id": user.account_id,
        "uuid": user.uuid,
        "nickname": user.nickname,
        "display_name": user.display_name,
        "links": {
            "self": {"href": format!("{base}/2.0/users/{}", escape(&user.uuid))},
            "html": {"href": format!("{base}/{}/", escape(&user.uuid))},
        },
    })
}

fn repository_json(base: &str, workspace: &str, slug: &str) -> Value {
    json!({
        "type": "repository",
        "name": slug,
        "full_name": format!("{workspace}/{slug}"),
        "slug": slug,
        "scm": "git",
        "is_private": true,
        "links": {
            "self": {"href": format!("{base}/2.0/repositories/{workspace}/{}", escape(slug))},
            "html": {"href": format!("{base}/{workspace}/{}", escape(slug))},
        },
    })
}

fn permission_json(
    base: &str,
    workspace: &str,
    slug: &str,
    user: &BitbucketUser,
    level: Option<Level>,
) -> Value {
    let permission = level.map_or_else(|| json!("none"), |level| json!(level));
    let path = format!(
        "/2.0/repositories/{workspace}/{}/permissions-config/users/{}",
        escape(slug),
        escape(&user.account_id)
    );
    json!({
        "type": "repository_user_permission",
        "permission": permission,
        "user": user_json(base, user),
        "repository": repository_json(base, workspace, slug),
        "links": {"self": {"href": format!("{base}{path}")}},
    })
}

/// Where the caller sees us, for links.
fn base(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    format!("http://{host}")
}

/// Percent-encodes everything that could be misread in a link.
fn escape(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte);
    text.bytes()
        .map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
