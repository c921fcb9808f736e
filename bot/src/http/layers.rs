//! What stands around every request: id and span, measures, security headers, problem documents, time-out, panic catcher.

use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use super::host;
use super::state::HttpState;
use super::{once, problem, rate, request_id};

/// The largest body that is taken, in bytes.
pub(super) const LARGEST_BODY: usize = 1024 * 1024;
/// Longer than any answer should take; streams have begun by then and go on.
const TIME_OUT: Duration = Duration::from_secs(30);

/// `same-origin` and not `no-referrer`: with the latter, browsers send our own forms with the origin `null`.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
];

/// Gives up what takes too long.
pub(super) fn in_time() -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, TIME_OUT)
}

/// The router with everything around it; the last one is the outermost. Nothing is served under another name, be it one of ours
/// or what is beside it.
pub(super) fn around(router: Router, beside: Router, state: &HttpState) -> Router {
    let hosts = state.settings.hosts.clone();
    router
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(CatchPanicLayer::custom(panicked))
        .merge(beside.layer(map_response(as_it_is)))
        .layer(from_fn(move |request, next| host::must_be_ours(hosts.clone(), request, next)))
        .layer(from_fn(once::must_be_said_once))
        .layer(from_fn_with_state(state.clone(), problem::render))
        .layer(from_fn(rate::say))
        .layer(from_fn(security_headers))
        .layer(from_fn(measure))
        .layer(from_fn(request_id::assign))
}

/// What is beside ours has errors of its own.
async fn as_it_is(mut response: Response) -> Response {
    let (name, value) = problem::IS_PAGE;
    response.headers_mut().insert(name, value);
    response
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let why =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!("a handler panicked: {}", why.unwrap_or("without a word"));
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in &HEADERS {
        // A page beside ours may say of itself what it needs.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // What one person sees is for nobody's cache; assets say otherwise themselves.
    headers.entry(axum::http::header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

async fn measure(request: Request, next: Next) -> Response {
    let start = Instant::now();
    // A method that nobody knows is anybody's text, and no label.
    let known =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE].contains(request.method());
    let method = if known { request.method().as_str().to_owned() } else { "other".to_owned() };
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    let status = response.status();
    let seconds = start.elapsed().as_secs_f64();
    tracing::debug!(route, status = status.as_u16(), seconds, "answered");
    metrics::histogram!("countersign_http_request_seconds", "route" => route.clone(), "method" => method.clone())
        .record(seconds);
    metrics::counter!("countersign_http_requests_total", "route" => route, "method" => method, "status" => status.as_str().to_owned())
        .increment(1);
    response
}
