//! Requests without a token: from tools on this machine such as the Agents Playground, and only where all of it says so.

use std::net::SocketAddr;

use countersign_outbound::BaseUrl;
use http::HeaderMap;
use http::header::ORIGIN;

use super::{Origin, Verified};
use crate::Auth;

/// Why a request without a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotLocal {
    /// Tokens are configured, so they are demanded.
    #[error("requests carry a token: auth is not \"none\"")]
    TokensConfigured,
    /// Somebody else could reach the bot.
    #[error(
        "auth = \"none\" works only where the bot listens on this machine alone, on an address like 127.0.0.1"
    )]
    ListensElsewhere,
    /// It comes from another machine.
    #[error("the request comes from another machine")]
    OtherMachine,
    /// A proxy brings it, from wherever.
    #[error("the request was forwarded by a proxy, so it may come from anywhere")]
    Forwarded,
    /// A page that somebody looks at sends it.
    #[error("the request comes from a page in a browser")]
    FromAPage,
    /// The answer would leave this machine.
    #[error("the activity's service address is not on this machine")]
    OtherService,
}

/// Whether a bot may start with `auth = "none"`: only where it listens on this machine alone.
pub fn may_listen(auth: Auth, listens: &[SocketAddr]) -> Result<(), NotLocal> {
    let alone = !listens.is_empty() && listens.iter().all(|address| address.ip().is_loopback());
    if auth == Auth::None && !alone { Err(NotLocal::ListensElsewhere) } else { Ok(()) }
}

/// Takes a request without a token: where that is configured, the bot listens on this machine alone, and both who sends
/// and where the answer goes are this machine.
pub fn without_token(
    auth: Auth,
    listens: &[SocketAddr],
    peer: SocketAddr,
    headers: &HeaderMap,
    origin: Origin<'_>,
) -> Result<Verified, NotLocal> {
    if auth != Auth::None {
        return Err(NotLocal::TokensConfigured);
    }
    may_listen(auth, listens)?;
    if !peer.ip().to_canonical().is_loopback() {
        return Err(NotLocal::OtherMachine);
    }
    if is_forwarded(headers) {
        return Err(NotLocal::Forwarded);
    }
    if headers.contains_key(ORIGIN) || headers.contains_key("sec-fetch-site") {
        return Err(NotLocal::FromAPage);
    }
    if !BaseUrl::parse(origin.service_url).is_ok_and(|address| address.is_loopback()) {
        return Err(NotLocal::OtherService);
    }
    Ok(Verified { unchecked: true, ..Verified::of(origin) })
}

/// Whether a proxy says that it brings the request for somebody else.
pub fn is_forwarded(headers: &HeaderMap) -> bool {
    let tells = |name: &str| {
        name.starts_with("x-forwarded-")
            || matches!(name, "forwarded" | "via" | "x-real-ip" | "x-original-host")
    };
    headers.keys().any(|name| tells(name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: &str = "127.0.0.1:3978";
    const LOCAL: Origin<'_> = Origin { channel: "msteams", service_url: "http://127.0.0.1:56150/_connector" };

    fn take(auth: Auth, listens: &[&str], peer: &str, origin: Origin<'_>) -> Result<Verified, NotLocal> {
        let listens: Vec<SocketAddr> = listens.iter().map(|address| address.parse().unwrap()).collect();
        without_token(auth, &listens, peer.parse().unwrap(), &HeaderMap::new(), origin)
    }

    #[test]
    fn trust_b3_what_a_proxy_or_a_page_brings_is_refused() {
        for (name, why) in [
            ("forwarded", NotLocal::Forwarded),
            ("x-forwarded-for", NotLocal::Forwarded),
            ("x-forwarded-proto", NotLocal::Forwarded),
            ("x-forwarded-whatever", NotLocal::Forwarded),
            ("x-real-ip", NotLocal::Forwarded),
            ("via", NotLocal::Forwarded),
            ("origin", NotLocal::FromAPage),
            ("sec-fetch-site", NotLocal::FromAPage),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, "x".parse().unwrap());
            let home = HOME.parse().unwrap();
            assert_eq!(without_token(Auth::None, &[home], home, &headers, LOCAL), Err(why), "{name}");
        }
    }

    #[test]
    fn a_tool_on_this_machine_is_taken_where_that_was_asked_for() {
        let taken = take(Auth::None, &[HOME, "[::1]:3978"], "127.0.0.1:50000", LOCAL).unwrap();
        assert!(!taken.was_checked());
        assert_eq!(taken.service_url(), LOCAL.service_url);
    }

    #[test]
    fn anything_else_is_refused() {
        let elsewhere = Origin { service_url: "https://smba.trafficmanager.net/emea/", ..LOCAL };
        for (auth, listens, peer, origin, why) in [
            (Auth::Secret, &[HOME][..], HOME, LOCAL, NotLocal::TokensConfigured),
            (Auth::Federated, &[HOME], HOME, LOCAL, NotLocal::TokensConfigured),
            (Auth::None, &[HOME, "0.0.0.0:3978"], HOME, LOCAL, NotLocal::ListensElsewhere),
            (Auth::None, &[], HOME, LOCAL, NotLocal::ListensElsewhere),
            (Auth::None, &[HOME], "10.0.0.7:50000", LOCAL, NotLocal::OtherMachine),
            (Auth::None, &[HOME], HOME, elsewhere, NotLocal::OtherService),
        ] {
            assert_eq!(take(auth, listens, peer, origin), Err(why), "{auth:?} {listens:?} {peer}");
        }
    }
}
