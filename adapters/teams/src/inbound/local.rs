//! Requests without a token: from tools on this machine such as the Agents Playground, and only where all of it says so.

use std::net::SocketAddr;

use countersign_outbound::BaseUrl;

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
    origin: Origin<'_>,
) -> Result<Verified, NotLocal> {
    if auth != Auth::None {
        return Err(NotLocal::TokensConfigured);
    }
    may_listen(auth, listens)?;
    if !peer.ip().to_canonical().is_loopback() {
        return Err(NotLocal::OtherMachine);
    }
    if !BaseUrl::parse(origin.service_url).is_ok_and(|address| address.is_loopback()) {
        return Err(NotLocal::OtherService);
    }
    Ok(Verified { unchecked: true, ..Verified::of(origin) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: &str = "127.0.0.1:3978";
    const ORIGIN: Origin<'_> =
        Origin { channel: "msteams", service_url: "http://127.0.0.1:56150/_connector" };

    fn take(auth: Auth, listens: &[&str], peer: &str, origin: Origin<'_>) -> Result<Verified, NotLocal> {
        let listens: Vec<SocketAddr> = listens.iter().map(|address| address.parse().unwrap()).collect();
        without_token(auth, &listens, peer.parse().unwrap(), origin)
    }

    #[test]
    fn a_tool_on_this_machine_is_taken_where_that_was_asked_for() {
        let taken = take(Auth::None, &[HOME, "[::1]:3978"], "127.0.0.1:50000", ORIGIN).unwrap();
        assert!(!taken.was_checked());
        assert_eq!(taken.service_url(), ORIGIN.service_url);
    }

    #[test]
    fn anything_else_is_refused() {
        let elsewhere = Origin { service_url: "https://smba.trafficmanager.net/emea/", ..ORIGIN };
        for (auth, listens, peer, origin, why) in [
            (Auth::Secret, &[HOME][..], HOME, ORIGIN, NotLocal::TokensConfigured),
            (Auth::Federated, &[HOME], HOME, ORIGIN, NotLocal::TokensConfigured),
            (Auth::None, &[HOME, "0.0.0.0:3978"], HOME, ORIGIN, NotLocal::ListensElsewhere),
            (Auth::None, &[], HOME, ORIGIN, NotLocal::ListensElsewhere),
            (Auth::None, &[HOME], "10.0.0.7:50000", ORIGIN, NotLocal::OtherMachine),
            (Auth::None, &[HOME], HOME, elsewhere, NotLocal::OtherService),
        ] {
            assert_eq!(take(auth, listens, peer, origin), Err(why), "{auth:?} {listens:?} {peer}");
        }
    }
}
