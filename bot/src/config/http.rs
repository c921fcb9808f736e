//! What the HTTP side takes in: how many connections, under which names, how much of the API and from which pages, and who may look at
//! the measures.

use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::Uri;
use countersign_domain::envelope::Digest;
use serde::Serialize;

use super::alone;
use super::read::duration;
use super::section::Section;

/// What the HTTP side takes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HttpConfig {
    /// How many connections there are at once, at most. Fewer where the system gives the process too few files.
    pub connections: usize,
    /// How many of them come from one address, at most; from this machine as many as there are.
    pub connections_per_address: usize,
    /// How long a connection may take to say what it wants, and then as long again for the body of it.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub header_timeout: Duration,
    /// Names that people and machines may call the bot by, besides its addresses, `localhost` and the name in `public_url`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// How much one person may ask of the API in a minute; without it, as much as they like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person_per_minute: Option<NonZeroU32>,
    /// The same of all people of a tenant together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_per_minute: Option<NonZeroU32>,
    /// Other sites whose pages may use the API, with tokens of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
    /// The digest of the token with which `/metrics` and the details of `/readyz` are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitor_sha256: Option<Digest>,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            connections: 4096,
            connections_per_address: 256,
            header_timeout: Duration::from_secs(10),
            hosts: Vec::new(),
            person_per_minute: None,
            tenant_per_minute: None,
            origins: Vec::new(),
            monitor_sha256: None,
        }
    }
}

/// The table `http`.
pub(super) fn read(mut section: Section<'_>) -> HttpConfig {
    let mut http = HttpConfig::default();
    section.read("connections", "a whole number, such as 4096", &mut http.connections);
    section.read("connections_per_address", "a whole number, such as 256", &mut http.connections_per_address);
    http.header_timeout = duration(&mut section, "header_timeout", "10s").unwrap_or(http.header_timeout);
    section.read("hosts", "a list of names, such as [\"countersign.internal\"]", &mut http.hosts);
    let like = "a whole number from 1 on, such as 600";
    http.person_per_minute = section.optional("person_per_minute", like);
    http.tenant_per_minute = section.optional("tenant_per_minute", like);
    section.read("origins", "a list of sites, such as [\"https://portal.acme.example\"]", &mut http.origins);
    http.monitor_sha256 =
        section.optional("monitor_sha256", "what `countersign token hash` prints for a token");
    alone::token(&section, "monitor_sha256", http.monitor_sha256);
    for key in ["connections", "connections_per_address"] {
        let number = if key == "connections" { http.connections } else { http.connections_per_address };
        if number == 0 {
            section.fault(key, "0 would mean that nobody is ever heard: write at least 1");
        }
    }
    if let Some(host) = http.hosts.iter().find(|host| !is_name(host)) {
        section.fault(
            "hosts",
            format!("`{host}` is no name of a machine: write it without scheme, port and path"),
        );
    }
    if let Some(origin) = http.origins.iter().find(|origin| !is_origin(origin)) {
        section.fault(
            "origins",
            format!("`{origin}` is no origin of pages: write it as a browser does, such as `https://portal.acme.example`, without a path"),
        );
    }
    section.finish();
    http
}

/// As browsers say it: a scheme, a name in small letters, and a port where it is not the usual one.
fn is_origin(origin: &str) -> bool {
    let Ok(uri) = origin.parse::<Uri>() else { return false };
    let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else { return false };
    let usual = if scheme == "https" { ":443" } else { ":80" };
    let port = uri.port().map(|port| format!(":{port}")).filter(|port| port != usual).unwrap_or_default();
    ["http", "https"].contains(&scheme) && origin == format!("{scheme}://{}{port}", host.to_ascii_lowercase())
}

fn is_name(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_say_it() {
        for good in ["https://portal.acme.example", "http://localhost:3000", "https://[::1]:8443"] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "*",
            "null",
            "portal.acme.example",
            "https://portal.acme.example/",
            "https://Portal.acme.example",
            "https://portal.acme.example:443",
            "https://ada@portal.acme.example",
            "https://portal.acme.example?x",
            "ftp://portal.acme.example",
            "",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
