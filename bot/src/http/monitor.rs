//! Who may look at the measures and at the details of readiness: they name every organisation, and say what is wrong.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use countersign_domain::envelope::Digest;
use countersign_teams::inbound::is_forwarded;
use subtle::ConstantTimeEq as _;

use super::state::HttpState;
use super::viewer::bearer;

/// Whether who asks watches the bot: has the token for that, or sits on this machine where nobody else can seem to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Monitor(pub(super) bool);

/// By whom `/metrics` and `/readyz` may be read in full.
#[derive(Debug, Clone, Default)]
pub struct Monitors {
    /// The digest of a token that is good for that.
    pub token: Option<Digest>,
    /// Whether this machine is trusted without one: not where a proxy on it brings everybody.
    pub this_machine: bool,
}

impl Monitors {
    fn admit(&self, headers: &HeaderMap, peer: Option<SocketAddr>) -> bool {
        let given = bearer(headers).ok().flatten().map(|token| Digest::of(token.as_bytes()));
        let by_token = match (self.token, given) {
            (Some(token), Some(given)) => bool::from(token.as_bytes().ct_eq(given.as_bytes())),
            _ => false,
        };
        let here = peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback());
        by_token || self.this_machine && here && !is_forwarded(headers)
    }
}

impl FromRequestParts<HttpState> for Monitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
        Ok(Self(state.settings.monitors.admit(&parts.headers, peer)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_b6_measures_are_for_who_has_the_token_or_sits_here() {
        let (token, here, elsewhere) = (Some(Digest::of(b"watch")), "127.0.0.1:1", "192.0.2.7:1");
        for (token, this_machine, peer, header, admitted) in [
            (None, true, here, ("accept", "*/*"), true),
            (None, true, elsewhere, ("accept", "*/*"), false),
            (None, false, here, ("accept", "*/*"), false),
            (None, true, here, ("x-forwarded-for", "192.0.2.7"), false),
            (None, true, here, ("forwarded", "for=192.0.2.7"), false),
            (token, false, elsewhere, ("authorization", "Bearer watch"), true),
            (token, false, elsewhere, ("authorization", "Bearer watch "), true),
            (token, false, elsewhere, ("authorization", "Bearer wait"), false),
            (token, false, elsewhere, ("authorization", "Basic watch"), false),
            (None, false, elsewhere, ("authorization", "Bearer watch"), false),
        ] {
            let headers = HeaderMap::from_iter([(header.0.parse().unwrap(), header.1.parse().unwrap())]);
            let monitors = Monitors { token, this_machine };
            assert_eq!(monitors.admit(&headers, Some(peer.parse().unwrap())), admitted, "{peer} {header:?}");
        }
        assert!(!Monitors { token: None, this_machine: true }.admit(&HeaderMap::new(), None));
    }
}
