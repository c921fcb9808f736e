//! `GET /api/v1/ws`: a WebSocket, over which somebody says what they want, and is told answers as they are given. Whoever opens it shows
//! who they are as everywhere else, and a page of another site opens none that the configuration does not name.
//!
//! A browser's script can send no `Authorization` with a WebSocket. Where it has no session of ours, it offers its token as one of the
//! protocols, beside the real one: nothing secret stands in an address, where it would be kept by whoever sees addresses.

mod line;
mod words;

use axum::body::Body;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::header::{AUTHORIZATION, CONNECTION, HeaderName, SEC_WEBSOCKET_PROTOCOL, UPGRADE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tracing::Instrument as _;

use self::line::Line;
pub(super) use self::words::SPOKEN;
use super::answers::feed::{Feed, Start};
use super::origin;
use super::problem::Problem;
use super::request_id::RequestId;
use super::state::HttpState;
use super::viewer::Viewer;
use super::watching::Watching;
use crate::conversation::private;
use crate::listener::TakenOver;

/// What is spoken here.
const PROTOCOL: &str = "countersign.v1";
/// What stands before a token that is offered as a protocol; behind it, the token in base64url, of which protocols may be made.
const BEARER: &str = "bearer.";
/// So long may be what is said at once, in bytes: a page of text with a block of rules, each sign of it escaped.
const LARGEST: usize = 256 * 1_024;
/// What is kept of a connection for reading, and for writing, in bytes: there are many of them, and what is said is short.
const KEPT: usize = 4 * 1_024;

/// Opens it.
pub(super) async fn connect(State(state): State<HttpState>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    take_token(&mut parts.headers)?;
    let viewer = Viewer::from_request_parts(&mut parts, &state).await?;
    must_be_welcome(&state, &viewer, &parts.headers)?;
    let upgrade = parts.extensions.remove::<OnUpgrade>();
    let Some((upgrade, answer)) = upgrade.zip(handshake(&parts)) else { return Ok(not_here()) };
    let id = RequestId::from_request_parts(&mut parts, &state).await.unwrap_or_else(|never| match never {});
    let own = private(&viewer.tenant, &viewer.person.id, None);
    let feed = Feed::begin(Watching::begin(state, viewer).await?, own, Start::Now).await?;
    // Its place among the connections is its own for as long as it lasts.
    let taken_over = parts.extensions.remove::<TakenOver>();
    let talk = async move {
        if let Ok(upgraded) = upgrade.await {
            let upgraded = TokioIo::new(upgraded);
            let socket = WebSocketStream::from_raw_socket(upgraded, Role::Server, Some(config())).await;
            Line::new(socket, feed, id).talk().await;
        }
        drop(taken_over);
    };
    tokio::spawn(talk.in_current_span());
    Ok(answer)
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(KEPT)
        .write_buffer_size(KEPT)
        .max_message_size(Some(LARGEST))
        .max_frame_size(Some(LARGEST))
}

/// Who comes by a session comes from a page of ours, and says so. Who comes by a token may be a page that was named, or no page at all.
fn must_be_welcome(state: &HttpState, viewer: &Viewer, headers: &HeaderMap) -> Result<(), Problem> {
    let by_tls = state.settings.secure_cookies;
    if viewer.session.is_some() {
        origin::must_be_ours(headers, by_tls)
    } else {
        origin::must_be_known(headers, by_tls, &state.settings.origins)
    }
}

/// Takes the token that is offered as a protocol for what it is, and out of the protocols.
fn take_token(headers: &mut HeaderMap) -> Result<(), Problem> {
    let offered = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    let offered: Vec<_> = offered.flat_map(|value| value.split(',')).map(str::trim).collect();
    if offered.is_empty() {
        return Ok(());
    }
    if !offered.contains(&PROTOCOL) {
        return Err(Problem::bad_request(format!("Of the protocols, one must be `{PROTOCOL}`.")));
    }
    let mut tokens = offered.iter().filter_map(|one| one.strip_prefix(BEARER));
    let (token, another) = (tokens.next(), tokens.next());
    let Some(token) = token else { return Ok(()) };
    if another.is_some() || headers.contains_key(AUTHORIZATION) {
        return Err(Problem::bad_request(
            "The token came more than once, and only one of them could count, so nothing was done: send it once.",
        ));
    }
    let token = URL_SAFE_NO_PAD.decode(token).ok().and_then(|token| String::from_utf8(token).ok());
    let bearer = token.and_then(|token| HeaderValue::try_from(format!("Bearer {token}")).ok());
    let mut bearer = bearer.ok_or_else(|| {
        Problem::sign_in_needed(format!(
            "Behind `{BEARER}` the token must stand in base64url, without padding."
        ))
    })?;
    bearer.set_sensitive(true);
    headers.insert(AUTHORIZATION, bearer);
    headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(PROTOCOL));
    Ok(())
}

/// The answer that opens a WebSocket; `None` where none is asked for.
fn handshake(parts: &Parts) -> Option<Response> {
    let asked = axum::http::Request::from_parts(parts.clone(), ());
    let mut answer = create_response_with_body(&asked, Body::empty).ok()?;
    if parts.headers.contains_key(SEC_WEBSOCKET_PROTOCOL) {
        answer.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(PROTOCOL));
    }
    Some(answer)
}

/// To who comes without a WebSocket.
fn not_here() -> Response {
    let detail =
        "At this address WebSocket is spoken, version 13, and nothing else: open it with a client for that.";
    let problem = Problem::new(StatusCode::UPGRADE_REQUIRED, "upgrade-required", detail);
    let told: [(HeaderName, HeaderValue); 2] =
        [(CONNECTION, HeaderValue::from_static("upgrade")), (UPGRADE, HeaderValue::from_static("websocket"))];
    let mut answer = problem.into_response();
    answer.headers_mut().extend(told);
    answer
}

#[cfg(test)]
mod tests;
