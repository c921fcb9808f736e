//! Where a browser's request comes from: a page of ours, or somebody else's that wants to act in the person's name.

use axum::http::HeaderMap;
use axum::http::header::{HOST, HeaderName, ORIGIN};

use super::problem::Problem;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses what does not show that it comes from a page of ours.
pub(super) fn must_be_ours(headers: &HeaderMap) -> Result<(), Problem> {
    if is_ours(headers) == Some(true) { Ok(()) } else { Err(foreign()) }
}

/// Refuses what shows that it comes from elsewhere. Programs that are no browser say nothing, and have no cookie to abuse.
pub(super) fn must_not_be_foreign(headers: &HeaderMap) -> Result<(), Problem> {
    if is_ours(headers) == Some(false) { Err(foreign()) } else { Ok(()) }
}

fn foreign() -> Problem {
    Problem::forbidden("This came from a page of another site, so nothing was done; open Countersign itself.")
}

/// `None` where the request says nothing about it.
fn is_ours(headers: &HeaderMap) -> Option<bool> {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = text(&FETCH_SITE) {
        return Some(matches!(site, "same-origin" | "none"));
    }
    let origin = text(&ORIGIN)?;
    let host = origin.split_once("://").map(|(_, host)| host);
    Some(host.is_some() && host == text(&HOST))
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
            assert_eq!(is_ours(&pairs.collect::<HeaderMap>()), expected, "{given:?}");
        }
    }
}
