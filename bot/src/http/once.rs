//! What decides something stands once in a request. Where such a header came twice, who asks, and for what, would hang on which of
//! both is read first, by us or by a proxy before us; so nothing is read of it at all.

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, HeaderName, ORIGIN};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::problem::Problem;

/// Who asks, for whom, from where, and as part of what. Where a vendor's signature came twice, that is for whoever looks at signatures to
/// refuse. A cookie has several parts in one header, never several headers: that is HTTP/2's way, which the bot does not speak.
static DECIDING: [HeaderName; 14] = [
    AUTHORIZATION,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    COOKIE,
    HOST,
    ORIGIN,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("sec-fetch-site"),
    HeaderName::from_static("x-atlassian-webhook-identifier"),
    HeaderName::from_static("x-countersign-surface"),
    HeaderName::from_static("x-github-delivery"),
    HeaderName::from_static("x-github-event"),
    HeaderName::from_static("x-request-id"),
];

/// Refuses what says twice what decides.
pub(super) async fn must_be_said_once(request: Request, next: Next) -> Response {
    match doubled(request.headers()) {
        None => next.run(request).await,
        Some(name) => Problem::bad_request(format!(
            "The header {name} came more than once, and only one of them could count, so nothing was done: send it once."
        ))
        .into_response(),
    }
}

fn doubled(headers: &HeaderMap) -> Option<&'static HeaderName> {
    DECIDING.iter().find(|name| headers.get_all(*name).iter().count() > 1)
}
