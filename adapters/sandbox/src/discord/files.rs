//! Files that people attach: at an address that is signed for a while, where nobody shows a credential
//! (<https://discord.com/developers/docs/reference#signed-attachment-cdn-urls>).

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{DiscordState, Shared};
use crate::SharedFile;

/// How long an address is good, in seconds.
const LIVES: i64 = 24 * 3_600;

/// Keeps a file; how its message tells of it.
pub(super) fn attached(state: &mut DiscordState, base: &str, channel: &str, file: SharedFile) -> Value {
    let id = state.next_id();
    let now = Timestamp::now().as_second();
    let (issued, ends) = (format!("{now:x}"), format!("{:x}", now + LIVES));
    let signature = signature(&id, &issued, &ends);
    let address =
        format!("{base}/attachments/{channel}/{id}/{}?ex={ends}&is={issued}&hm={signature}&", file.name);
    let shape = json!({
        "id": id, "filename": file.name, "size": file.bytes().len(), "url": address, "proxy_url": address,
        "content_type": file.media, "content_scan_version": 0,
    });
    state.files.insert(id, Arc::new(file));
    shape
}

/// What an address says beside the file.
#[derive(Deserialize)]
pub(super) struct Signed {
    #[serde(default)]
    ex: String,
    #[serde(default, rename = "is")]
    issued: String,
    #[serde(default)]
    hm: String,
}

/// The address is the permission; whoever shows a credential, too, is refused.
pub(super) async fn download(
    State(shared): State<Arc<Shared>>,
    Path((_, id, _)): Path<(String, String, String)>,
    Query(signed): Query<Signed>,
    headers: HeaderMap,
) -> Response {
    if headers.contains_key(header::AUTHORIZATION) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let ends = i64::from_str_radix(&signed.ex, 16).unwrap_or_default();
    let is_good =
        signed.hm == signature(&id, &signed.issued, &signed.ex) && ends > Timestamp::now().as_second();
    let state = shared.controlled.state.get();
    match state.files.get(&id).filter(|_| is_good) {
        Some(file) => file.answer(),
        None => (StatusCode::NOT_FOUND, "This content is no longer available.").into_response(),
    }
}

fn signature(id: &str, issued: &str, ends: &str) -> String {
    hex::encode(Sha256::digest(format!("sandbox {id} {issued} {ends}")))
}
