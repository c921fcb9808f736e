//! Where somebody wanted to go before they were signed in: a page of the console, and nothing else. What a form says of it may be
//! anybody's text, and must not lead out of the console.

use std::fmt;
use std::sync::LazyLock;

use axum::http::Uri;

use super::routes;

/// Longer is no address that the console has ever given anybody.
const LONGEST: usize = 8_000;

/// The paths of the pages there are.
static PAGES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| routes::table().iter().filter(|route| route.is_page).map(|route| route.path).collect());

/// The address of a page: its path, and what it is asked to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Onward(String);

impl Onward {
    /// Where one goes who wanted nothing else.
    pub(crate) fn home() -> Self {
        Self("/".to_owned())
    }

    /// What was asked for, where it is a page.
    pub(crate) fn of(uri: &Uri) -> Option<Self> {
        Self::read(uri.path_and_query()?.as_str())
    }

    /// What a form says. Of a page's path every letter must be right, so nothing that a browser could take for another host,
    /// however it is written, is one.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let path = text.split_once('?').map_or(text, |(path, _)| path);
        let is_plain = text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic());
        (is_plain && PAGES.contains(&path)).then(|| Self(text.to_owned()))
    }

    /// Whether it is more than the page that everybody comes to.
    pub(crate) fn leads_further(&self) -> bool {
        self.0 != "/"
    }
}

impl fmt::Display for Onward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_page_is_somewhere_to_go_to_and_nothing_else_is() {
        for page in ["/", "/me", "/rules", "/?request=K7QM2X", "/?text=my%20access", "/rules?proposal=K7QM2X"]
        {
            assert_eq!(Onward::read(page).map(|page| page.to_string()).as_deref(), Some(page));
        }
        for elsewhere in [
            "",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/%2f%2fevil.example",
            "%2f%2fevil.example",
            "/%5cevil.example",
            "/.//evil.example",
            "/..//evil.example",
            "/me/../..//evil.example",
            "/\t/evil.example",
            "/me\r\nSet-Cookie: a=b",
            " /me",
            "https://evil.example",
            "https:/me",
            "javascript:alert(1)",
            "data:text/html,x",
            "me",
            "?request=K7QM2X",
            "#//evil.example",
            "/me#x",
            "/sign-out",
            "/say",
            "/events",
            "/api/v1/export",
            "/_sandbox",
        ] {
            assert_eq!(Onward::read(elsewhere), None, "{elsewhere:?}");
        }
        assert_eq!(Onward::read(&format!("/?text={}", "x".repeat(LONGEST))), None);
    }

    proptest! {
        #[test]
        fn whatever_is_written_leads_to_a_page_of_ours(text in r"(/|\\|%2f|[a-z:.?#@]|\PC|//|me|rules){0,12}") {
            if let Some(onward) = Onward::read(&text) {
                let uri: Uri = onward.to_string().parse().expect("an address");
                prop_assert!(uri.authority().is_none() && PAGES.contains(&uri.path()), "{onward}");
            }
        }
    }
}
