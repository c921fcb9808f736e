//! Files that people send: in private with an address where whoever knows it can read them; elsewhere a bot is told no more than that
//! there is one (<https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/bots-filesv4>).

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Shared, Talk, TalkKind, TeamsState};
use crate::SharedFile;

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/personal/files/{id}/download.aspx", get(download))
}

/// Keeps a file; the attachments of the message that it came with.
pub(super) fn attached(state: &mut TeamsState, talk: &Talk, file: &SharedFile, base: &str) -> Value {
    let id = state.next();
    if talk.kind != TalkKind::Personal {
        let text = format!("<p></p><attachment id=\"{id}\"></attachment>");
        return json!([{ "contentType": "text/html", "content": text }]);
    }
    let ending = file.name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let address = format!("{base}personal/files/{id}");
    let content = json!({
        "downloadUrl": format!("{address}/download.aspx?tempauth={}", auth(&id)), "uniqueId": id, "fileType": ending, "etag": "",
    });
    state.files.insert(id, Arc::new(file.clone()));
    json!([{
        "contentType": "application/vnd.microsoft.teams.file.download.info", "name": file.name,
        "contentUrl": format!("{address}/{}", file.name), "content": content,
    }])
}

#[derive(Deserialize)]
struct Asked {
    tempauth: Option<String>,
}

/// The address is the permission; whoever shows another one, too, is refused.
async fn download(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    if asked.tempauth != Some(auth(&id)) || headers.contains_key(header::AUTHORIZATION) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let state = shared.controlled.state.get();
    state.files.get(&id).map_or_else(|| StatusCode::NOT_FOUND.into_response(), |file| file.answer())
}

fn auth(id: &str) -> String {
    format!("v1.sandbox-{id}")
}
