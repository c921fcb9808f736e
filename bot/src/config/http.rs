//! What the HTTP side takes in: how many connections, under which names, and who may look at the measures.

use std::time::Duration;

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
    section.finish();
    http
}

fn is_name(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
}
