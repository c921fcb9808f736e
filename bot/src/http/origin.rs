//! Where a browser's request comes from: a page of ours, or somebody else's that wants to act in the person's name.

use axum::http::header::{HOST, HeaderName, ORIGIN};
use axum::http::{HeaderMap, HeaderValue};

use super::problem::Problem;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses what does not show that it comes from a page of ours.
pub(super) fn must_be_ours(headers: &HeaderMap, by_tls: bool) -> Result<(), Problem> {
    match is_ours(headers, by_tls) {
        Some(true) => Ok(()),
        Some(false) => Err(foreign()),
        None => Err(Problem::forbidden(
            "Nothing says from which page this came, so nothing was done: use the page in a browser; a program sends its token to the API.",
        )),
    }
}

/// Refuses what shows that it comes from elsewhere. Programs that are no browser say nothing, and have no cookie to abuse.
pub(super) fn must_not_be_foreign(headers: &HeaderMap, by_tls: bool) -> Result<(), Problem> {
    if is_ours(headers, by_tls) == Some(false) { Err(foreign()) } else { Ok(()) }
}

/// Refuses a page of another site, unless it is one of these. A browser lets any page open a WebSocket anywhere and asks nobody first, so
/// CORS keeps none away: we look ourselves.
pub(super) fn must_be_known(
    headers: &HeaderMap,
    by_tls: bool,
    others: &[HeaderValue],
) -> Result<(), Problem> {
    match headers.get(ORIGIN) {
        Some(origin) if others.contains(origin) => Ok(()),
        _ => must_not_be_foreign(headers, by_tls),
    }
}

fn foreign() -> Problem {
    Problem::forbidden("This came from a page of another site, so nothing was done; open Countersign itself.")
}

/// `None` where the request says nothing about it. A page of ours has our scheme too: what somebody put in its place without TLS is
/// not ours. Browsers by TLS say it all in the first header, also where a proxy gave us no public address.
fn is_ours(headers: &HeaderMap, by_tls: bool) -> Option<bool> {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = text(&FETCH_SITE) {
        return Some(matches!(site, "same-origin" | "none"));
    }
    let origin = text(&ORIGIN)?;
    let ours = origin.split_once("://").is_some_and(|(scheme, host)| {
        scheme == if by_tls { "https" } else { "http" } && Some(host) == text(&HOST)
    });
    Some(ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_page_may_act_in_a_persons_name() {
        let cases: [(&[(_, &str)], _); 6] = [
            (&[("sec-fetch-site", "same-origin")], Some(true)),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "http://bot.example"),
                    ("host", "bot.example"),
                ],
                Some(false),
            ),
            (&[("origin", "http://bot.example"), ("host", "bot.example")], Some(true)),
            (&[("origin", "http://evil.example"), ("host", "bot.example")], Some(false)),
            (&[("origin", "null"), ("host", "bot.example")], Some(false)),
            (&[("host", "bot.example")], None),
        ];
        for (given, expected) in cases {
            let pairs =
                given.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
            assert_eq!(is_ours(&pairs.collect::<HeaderMap>(), false), expected, "{given:?}");
        }
    }

    #[test]
    fn trust_b6_a_page_of_another_scheme_is_not_ours() {
        for (scheme, by_tls) in [("http", false), ("https", true)] {
            let origin = format!("{scheme}://bot.example");
            let pairs = [(ORIGIN, origin.parse().unwrap()), (HOST, "bot.example".parse().unwrap())];
            let headers = HeaderMap::from_iter(pairs);
            assert_eq!(is_ours(&headers, by_tls), Some(true), "{origin}");
            assert_eq!(is_ours(&headers, !by_tls), Some(false), "{origin}");
        }
    }
}
