//! Under which names a sandbox answers: those of this machine, and no others. A page elsewhere can let its own name point here (DNS
//! rebinding), and would read and steer the sandbox as if it were its own.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio_tungstenite::tungstenite::handshake::server::ErrorResponse;

const WHY: &str = "the sandbox answers to 127.0.0.1 and localhost only\n";

/// Refuses what is for another name.
pub(crate) async fn must_be_this_machine(request: Request, next: Next) -> Response {
    if is_this_machine(request.uri(), request.headers()) {
        return next.run(request).await;
    }
    (StatusCode::MISDIRECTED_REQUEST, WHY).into_response()
}

/// The same for whoever wants a WebSocket.
pub(crate) fn misdirected() -> ErrorResponse {
    let mut refused = ErrorResponse::new(Some(WHY.to_owned()));
    *refused.status_mut() = StatusCode::MISDIRECTED_REQUEST;
    refused
}

/// Whether a request is for this machine: by its address, where that says so, and by its one header.
pub(crate) fn is_this_machine(uri: &Uri, headers: &HeaderMap) -> bool {
    let hosts = headers.get_all(HOST).iter().map(|host| host.to_str().ok()?.parse::<Authority>().ok());
    let mut named = hosts.chain(uri.authority().map(|authority| Some(authority.clone())));
    headers.get_all(HOST).iter().count() <= 1
        && named.all(|named| named.is_some_and(|authority| is_loopback(authority.host())))
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers_to(hosts: &[&str]) -> bool {
        let headers = hosts.iter().map(|host| (HOST, host.parse().unwrap())).collect();
        is_this_machine(&Uri::from_static("/_sandbox"), &headers)
    }

    #[test]
    fn trust_b6_a_sandbox_answers_to_this_machine_only() {
        for ours in ["127.0.0.1:18091", "localhost", "LOCALHOST.:1", "[::1]:18091", "127.0.0.2"] {
            assert!(answers_to(&[ours]), "{ours}");
        }
        for theirs in
            ["evil.example", "127.0.0.1.evil.example", "evil.localhost", "192.0.2.7", "?", "", "a b"]
        {
            assert!(!answers_to(&[theirs]), "{theirs}");
        }
        assert!(!answers_to(&["localhost", "evil.example"]) && answers_to(&[]));
        let whole = Uri::from_static("http://evil.example/_sandbox");
        assert!(!is_this_machine(&whole, &HeaderMap::new()));
    }
}
