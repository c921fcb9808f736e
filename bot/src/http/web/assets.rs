//! The page's own style, script and icon, in the program itself.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use countersign_domain::envelope::Digest;

use crate::http::problem::Problem;

const STYLE: &str = include_str!("../../../assets/app.css");
const SCRIPT: &str = include_str!("../../../assets/app.js");
const ICON: &str = include_str!("../../../assets/icon.svg");

/// What pages name the assets with, so that a new program is not shown in an old one's clothes.
pub(crate) static VERSION: LazyLock<String> =
    LazyLock::new(|| Digest::of([STYLE, SCRIPT, ICON].concat().as_bytes()).short());

/// `GET /assets/{file}`.
pub(crate) async fn asset(Path(file): Path<String>) -> Result<Response, Problem> {
    let (kind, content) = match file.as_str() {
        "app.css" => ("text/css; charset=utf-8", STYLE),
        "app.js" => ("text/javascript; charset=utf-8", SCRIPT),
        "icon.svg" => ("image/svg+xml", ICON),
        _ => return Err(Problem::not_found("There is no such file.")),
    };
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")], content)
        .into_response())
}
