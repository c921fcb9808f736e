//! Under which names the bot answers. A page elsewhere can let its own name point to this machine (DNS rebinding), and would then
//! be of the same origin as the console; so every name is refused that nobody gave the bot. An address is nobody's name.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::problem::Problem;

/// The names that the bot answers to.
#[derive(Debug, Clone, Default)]
pub struct Hosts(Option<Arc<BTreeSet<String>>>);

impl Hosts {
    /// Its addresses, `localhost`, and these names; without any case.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(Some(Arc::new(names.into_iter().map(str::to_ascii_lowercase).collect())))
    }

    /// Whether a request for this authority is for us.
    fn know(&self, authority: &str) -> bool {
        let Some(names) = &self.0 else { return true };
        let Ok(authority) = authority.parse::<Authority>() else { return false };
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let name = host.trim_end_matches('.').to_ascii_lowercase();
        host.parse::<IpAddr>().is_ok() || name == "localhost" || names.contains(&name)
    }
}

/// Whom a request is for: what stands in its address goes before its header, as HTTP wants it. `None` where it does not say.
fn wanted<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let in_header = || headers.get(HOST).map(|host| host.to_str().unwrap_or("?"));
    uri.authority().map(Authority::as_str).or_else(in_header)
}

/// Refuses what is for somebody else.
pub(super) async fn must_be_ours(hosts: Hosts, request: Request, next: Next) -> Response {
    let known = wanted(request.uri(), request.headers()).is_none_or(|host| hosts.know(host));
    if known {
        return next.run(request).await;
    }
    let detail =
        "This bot is not called so. Use its own address; an operator adds further names under `http.hosts`.";
    Problem::new(StatusCode::MISDIRECTED_REQUEST, "unknown-host", detail).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_b6_only_addresses_and_given_names_are_ours() {
        let hosts = Hosts::new(["Countersign.acme.example", "bot"]);
        for ours in [
            "127.0.0.1",
            "127.0.0.1:8080",
            "[::1]:8080",
            "192.0.2.7",
            "localhost",
            "LOCALHOST:1",
            "localhost.",
            "countersign.acme.example",
            "countersign.ACME.example:443",
            "bot:8080",
        ] {
            assert!(hosts.know(ours), "{ours}");
        }
        for theirs in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "evil.localhost",
            "?",
            "",
            "acme.example",
            "countersign.acme.example.evil.example",
            "bot@evil.example",
            "a b",
        ] {
            assert!(!hosts.know(theirs), "{theirs}");
        }
    }
}
