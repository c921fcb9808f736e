//! A link that a vendor gave: kept only where it leads to the vendor's own pages, by HTTPS, and carries nothing but the way there.

use url::Url;

/// The longest that is kept, in bytes.
const LONGEST: usize = 1000;

/// The link, where it leads to a page of this host; nothing where it leads anywhere else.
pub(crate) fn link(text: &str, host: &str) -> Option<String> {
    let mut url = Url::parse(text).ok().filter(|_| text.len() <= LONGEST)?;
    let leads_there = url.scheme() == "https"
        && url.host_str() == Some(host)
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if !leads_there {
        return None;
    }
    url.set_query(None);
    url.set_fragment(None);
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_link_leads_to_the_vendors_own_pages_and_nowhere_else() {
        let of = |text: &str| link(text, "github.com");
        let page = "https://github.com/acme/pay-api/pull/12";
        assert_eq!(of(&format!("{page}?token=x#y")).as_deref(), Some(page));
        for other in [
            "http://github.com/acme",
            "https://github.com.evil.example/acme",
            "https://github.com@evil.example/",
            "https://user:word@github.com/acme",
            "https://github.com:444/acme",
            "javascript:alert(1)",
            "//github.com/acme",
            "",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn e07_every_link_is_https_of_the_host_and_without_credentials(
            text in "(https?|ftp|data)://([a-z:@]{0,8})?(github\\.com|evil\\.example)(:[0-9]{1,5})?/[ -~]{0,40}|\\PC{0,60}",
        ) {
            if let Some(kept) = link(&text, "github.com") {
                prop_assert!(kept.starts_with("https://github.com/"), "{kept}");
                prop_assert!(!kept.contains(['?', '#']), "{kept}");
            }
        }
    }
}
