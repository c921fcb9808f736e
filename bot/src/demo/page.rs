//! `/_sandbox/chats`: one request in four places, side by side, for somebody who sees the bot for the first time.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;

const HTML: &str = include_str!("../../assets/demo/chats.html");
const CSS: &str = include_str!("../../assets/demo/chats.css");
const SCRIPT: &str = include_str!("../../assets/demo/chats.js");
/// What can be said there by a press, to see what the help desk does.
const SAMPLES: &str = include_str!("../../assets/demo/samples.json");
/// Nothing but what this page itself is made of.
const POLICY: &str =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'";

/// The page and its parts.
pub(super) fn router() -> Router {
    Router::new()
        .route("/_sandbox/chats", get(async || part("text/html; charset=utf-8", HTML)))
        .route("/_sandbox/chats.css", get(async || part("text/css; charset=utf-8", CSS)))
        .route("/_sandbox/chats.js", get(async || part("text/javascript; charset=utf-8", SCRIPT)))
        .route("/_sandbox/samples.json", get(async || part("application/json", SAMPLES)))
}

fn part(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache"), (CONTENT_SECURITY_POLICY, POLICY)], text)
}
