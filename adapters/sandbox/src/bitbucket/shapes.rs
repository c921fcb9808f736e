//! Bitbucket's JSON shapes.

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{BitbucketUser, Level};
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
        (self.0, Json(json!({"type": "error", "error": {"message": self.1}}))).into_response()
    }
}

pub(super) fn refused(status: StatusCode, message: impl Into<String>) -> Refused {
    Refused(status, message.into())
}

pub(super) fn user(base: &str, user: &BitbucketUser) -> Value {
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

pub(super) fn membership(base: &str, workspace: &str, member: &BitbucketUser) -> Value {
    let account = escape(&member.account_id);
    json!({
        "type": "workspace_membership",
        "user": user(base, member),
        "workspace": {"type": "workspace", "slug": workspace, "name": workspace},
        "links": {"self": {"href": format!("{base}/2.0/workspaces/{workspace}/members/{account}")}},
    })
}

pub(super) fn repository(base: &str, workspace: &str, slug: &str) -> Value {
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

pub(super) fn permission(
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
        "user": self::user(base, user),
        "repository": repository(base, workspace, slug),
        "links": {"self": {"href": format!("{base}{path}")}},
    })
}

/// The page of a list that was asked for, with the address of the next one.
pub(super) fn page(
    all: &[Value],
    (page, pagelen): (usize, usize),
    address: &str,
) -> Result<Json<Value>, Refused> {
    if page == 0 || !(1..=100).contains(&pagelen) {
        return Err(refused(StatusCode::BAD_REQUEST, "Invalid page or pagelen"));
    }
    let start = (page - 1).saturating_mul(pagelen);
    let values: Vec<_> = all.iter().skip(start).take(pagelen).collect();
    let mut answer = json!({"values": values, "page": page, "pagelen": pagelen, "size": all.len()});
    if start.saturating_add(pagelen) < all.len() {
        answer["next"] = json!(format!("{address}?page={}&pagelen={pagelen}", page + 1));
    }
    Ok(Json(answer))
}

/// Where the caller sees us, for links.
pub(super) fn base(headers: &HeaderMap) -> String {
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
