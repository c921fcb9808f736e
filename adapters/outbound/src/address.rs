//! Where a vendor is, and the addresses built from it: https, or plain http to this machine only.

use std::net::IpAddr;

use reqwest::Url;

/// A base address that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no address.
    #[error("`{given}` is not an address like https://example.com/api: {why}")]
    Malformed {
        /// The text as it was given, cut to 200 characters.
        given: String,
        /// What is wrong with it.
        why: String,
    },
    /// It would send credentials in clear over a network.
    #[error(
        "`{given}` would send credentials unencrypted: use https:// (plain http:// works only to this machine, like http://127.0.0.1:8080)"
    )]
    Plain {
        /// The text as it was given, cut to 200 characters.
        given: String,
    },
}

/// The checked base address of a vendor's API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    url: Url,
    loopback: bool,
}

impl BaseUrl {
    /// Checks a base address. User, password, query and fragment have no place in one.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let given: String = text.chars().take(200).collect();
        let malformed = |why: &str| AddressError::Malformed { given: given.clone(), why: why.to_owned() };
        let url = Url::parse(text.trim()).map_err(|error| malformed(&error.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            // The text is not repeated: it holds a credential.
            return Err(AddressError::Malformed {
                given: url.host_str().unwrap_or_default().to_owned(),
                why: "a user or password has no place in it, name a secret instead".to_owned(),
            });
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(malformed("a query or fragment has no place in it"));
        }
        let loopback = is_loopback(&url);
        match url.scheme() {
            "https" => Ok(Self { url, loopback }),
            "http" if loopback => Ok(Self { url, loopback }),
            "http" => Err(AddressError::Plain { given }),
            _ => Err(malformed("it must begin with https://")),
        }
    }

    /// Whether calls stay on this machine and go in clear.
    pub(crate) fn is_plain(&self) -> bool {
        self.url.scheme() == "http"
    }

    /// Whether calls stay on this machine.
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// The address of `path` below this one. Each element is one segment, whatever it holds; `None` where one of them
    /// cannot be part of an address (see [`is_addressable`]).
    pub fn join(&self, path: &[&str]) -> Option<Url> {
        if !path.iter().all(|segment| is_addressable(segment)) {
            return None;
        }
        let mut url = self.url.clone();
        url.path_segments_mut().ok()?.pop_if_empty().extend(path);
        Some(url)
    }

    /// The address itself, as it was given.
    pub(crate) fn url(&self) -> Url {
        self.url.clone()
    }

    /// The host.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }
}

/// Whether a name can be one segment of an address: 1 to 255 bytes, no control characters, and neither `.` nor `..`,
/// which every server would read as a way up, however they are encoded.
pub fn is_addressable(segment: &str) -> bool {
    !matches!(segment, "" | "." | "..") && segment.len() <= 255 && !segment.chars().any(char::is_control)
}

/// Whether something may go to this address: encrypted, or in clear to this machine, by whatever name.
pub fn is_guarded(url: &Url) -> bool {
    matches!(url.scheme(), "https" | "wss") || (matches!(url.scheme(), "http" | "ws") && is_loopback(url))
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn trust_d6_a_socket_is_guarded_as_a_call_is() {
        for scheme in ["http", "ws"] {
            for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]"] {
                assert!(
                    is_guarded(&Url::parse(&format!("{scheme}://{host}:9/x")).unwrap()),
                    "{scheme} {host}"
                );
            }
            for host in ["example.com", "10.0.0.1", "localhost.example.com", "[2001:db8::1]"] {
                assert!(!is_guarded(&Url::parse(&format!("{scheme}://{host}/")).unwrap()), "{scheme} {host}");
                assert!(
                    is_guarded(&Url::parse(&format!("{scheme}s://{host}/")).unwrap()),
                    "{scheme}s {host}"
                );
            }
        }
        assert!(!is_guarded(&Url::parse("ftp://127.0.0.1/").unwrap()));
    }

    #[test]
    fn https_anywhere_and_http_at_home() {
        for good in
            ["https://example.com/2.0", "http://127.0.0.1:8080", "http://[::1]:1/x", "http://localhost:9"]
        {
            assert!(BaseUrl::parse(good).is_ok(), "{good}");
        }
        for plain in [
            "http://example.com",
            "http://10.0.0.1/",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
        ] {
            assert!(matches!(BaseUrl::parse(plain), Err(AddressError::Plain { .. })), "{plain}");
        }
        for bad in
            ["", "example.com", "ftp://example.com", "https://example.com/?a=b", "https://example.com/#a"]
        {
            assert!(matches!(BaseUrl::parse(bad), Err(AddressError::Malformed { .. })), "{bad}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_refused_and_not_repeated() {
        let error = BaseUrl::parse("https://erin:hunter2@example.com").unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn a_slash_at_the_end_of_the_base_makes_no_difference() {
        for base in ["https://example.com/2.0", "https://example.com/2.0/"] {
            let url = BaseUrl::parse(base).unwrap().join(&["users", "557058:ba89"]).unwrap();
            assert_eq!(url.as_str(), "https://example.com/2.0/users/557058:ba89");
        }
    }

    proptest! {
        #[test]
        fn no_name_can_leave_its_place_in_the_address(name in prop_oneof![
            ".*",
            "[./%2eE\\\\?#;:@ \u{202e}é]{1,12}",
            Just("../admin".to_owned()),
            Just("%2e%2e".to_owned()),
            Just("..\\".to_owned()),
            Just("a?b#c".to_owned()),
        ]) {
            let base = BaseUrl::parse("https://example.com/2.0").unwrap();
            let Some(url) = base.join(&["users", &name, "tail"]) else { return Ok(()) };
            // What a server reads must be the same, also after parsing the text again.
            let again = Url::parse(url.as_str()).unwrap();
            prop_assert_eq!(&again, &url);
            let segments: Vec<&str> = again.path_segments().unwrap().collect();
            prop_assert_eq!(segments.len(), 4, "{}", url);
            prop_assert_eq!((segments[0], segments[1], segments[3]), ("2.0", "users", "tail"));
            let decoded = percent_decode(segments[2]);
            prop_assert_eq!(decoded.as_deref(), Some(name.as_str()));
            prop_assert!(again.query().is_none() && again.fragment().is_none());
        }
    }

    fn percent_decode(text: &str) -> Option<String> {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            if byte == b'%' {
                let digits = [rest.next()?, rest.next()?];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).ok()
    }
}
