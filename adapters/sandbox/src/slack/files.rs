//! Files that people share: told of in their messages, and handed out to whoever shows a token that may read them
//! (<https://docs.slack.dev/messaging/working-with-files>).

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};

use super::Shared;
use super::tokens::Takes;
use crate::SharedFile;

/// Keeps a file; how messages tell of it.
pub(super) fn keep(shared: &Shared, user: &str, file: SharedFile) -> Result<Value, String> {
    let base = shared.base.get().cloned().unwrap_or_default();
    shared.change(|state| {
        let id = state.id("F");
        let name = &file.name;
        let private = format!("{base}/files-pri/{}-{id}", state.team);
        let ending = name.rsplit_once('.').map_or("text", |(_, ending)| ending);
        let shape = json!({
            "id": id, "name": name, "title": name, "mimetype": file.media, "filetype": ending, "pretty_type": "Text",
            "user": user, "editable": false, "size": file.bytes().len(), "mode": "hosted", "is_external": false,
            "external_type": "", "is_public": false, "public_url_shared": false, "display_as_bot": false, "username": "",
            "url_private": format!("{private}/{name}"), "url_private_download": format!("{private}/download/{name}"),
            "permalink": format!("{base}/files/{user}/{id}/{name}"), "file_access": "visible",
        });
        state.files.insert(id, Arc::new(file));
        Ok(shape)
    })
}

/// Hands a file out; whoever may not have it is sent to where people sign in.
pub(super) fn download(shared: &Shared, id: &str, token: Option<&str>) -> Response {
    if shared.tokens.check(Takes::Bot, token).is_err() {
        return Redirect::to("/?redir=%2Ffiles-pri").into_response();
    }
    let state = shared.state();
    let file = id.strip_prefix(&format!("{}-", state.team)).and_then(|id| state.files.get(id));
    file.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |file| file.answer())
}
