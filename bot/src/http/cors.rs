//! Pages of other sites that may use the API: those that the configuration names, and no other. They come with a token of their own; a
//! browser's session is never theirs, so what a person is signed in to here is out of their reach.

use std::time::Duration;

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, RETRY_AFTER};
use axum::http::{HeaderValue, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// So long a browser need not ask again whether it may.
const REMEMBERED: Duration = Duration::from_mins(10);

/// What says so to browsers; nothing where no other site may.
pub(super) fn layer(origins: &[HeaderValue]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let left = ["ratelimit", "ratelimit-policy"].map(HeaderName::from_static);
    let told = [ETAG, RETRY_AFTER, REQUEST_ID].into_iter().chain(left);
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.iter().cloned()))
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            IF_NONE_MATCH,
            IDEMPOTENCY_KEY,
            LAST_EVENT_ID,
            REQUEST_ID,
        ])
        .expose_headers(told.collect::<Vec<_>>())
        .max_age(REMEMBERED);
    Some(layer)
}
