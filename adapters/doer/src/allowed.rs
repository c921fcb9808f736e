//! Which addresses may be called: those below one of a few, and no others, however they are written.

use countersign_outbound::{AddressError, BaseUrl};
use percent_encoding::percent_decode_str;
use url::Url;

/// An address below which everything may be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    base: BaseUrl,
    url: Url,
}

/// One that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It is none, or would send in clear over a network.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Whatever the library says of it.
    #[error("`{0}` is no address")]
    NoAddress(String),
}

/// What a call is about to be sent to, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The parts of the path below the base, as they are without what an address needs.
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    /// The path and the query as they are sent.
    pub(crate) sent: String,
}

impl Allowed {
    /// Everything below this address.
    pub fn read(address: &str) -> Result<Self, BadAddress> {
        let base = BaseUrl::parse(address)?;
        let url = Url::parse(base.as_str()).map_err(|_| BadAddress::NoAddress(address.to_owned()))?;
        Ok(Self { base, url })
    }

    /// Whether this may be called. Places in braces stand for a name each.
    pub fn allows(&self, address: &str) -> bool {
        self.target(address).is_some()
    }

    pub(crate) const fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// The address taken apart, where it stands below this one.
    pub(crate) fn target(&self, address: &str) -> Option<Target> {
        let url = Url::parse(address).ok()?;
        let is_bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        if !is_bare || url.origin() != self.url.origin() {
            return None;
        }
        let (above, all) = (parts(&self.url)?, parts(&url)?);
        let path = all.strip_prefix(&*above)?.to_vec();
        let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        // What is signed is what the client makes of it, and not how somebody wrote it.
        let mut sent = self.base.join(&path.iter().map(String::as_str).collect::<Vec<_>>())?;
        if !query.is_empty() {
            sent.query_pairs_mut().extend_pairs(&query);
        }
        let sent = sent[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        Some(Target { path, query, sent })
    }
}

/// The parts of a path, each as it is meant.
fn parts(url: &Url) -> Option<Vec<String>> {
    let decoded = |part: &str| Some(percent_decode_str(part).decode_utf8().ok()?.into_owned());
    let mut parts = url.path_segments()?.map(decoded).collect::<Option<Vec<_>>>()?;
    // A slash at the end is no part.
    parts.pop_if(|last| last.is_empty());
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_below_is_allowed_and_nothing_that_only_looks_so() {
        let jobs = Allowed::read("https://jobs.example/v1").unwrap();
        for address in [
            "https://jobs.example/v1/restart",
            "https://jobs.example/v1",
            "https://jobs.example:443/v1/a%2Fb?x=1",
            "https://jobs.example/v1/{job}/restart",
        ] {
            assert!(jobs.allows(address), "{address}");
        }
        for address in [
            "http://jobs.example/v1/restart",
            "https://jobs.example/v10/restart",
            "https://jobs.example/v1/../admin",
            "https://jobs.example/v1/%2e%2e/admin",
            "https://jobs.example.evil/v1/restart",
            "https://evil@jobs.example/v1/restart",
            "https://jobs.example:8443/v1/restart",
            "https://jobs.example/v1/restart#x",
            "https://jobs.example/v1//restart",
            "restart",
        ] {
            assert!(!jobs.allows(address), "{address}");
        }
        assert!(Allowed::read("http://jobs.example").is_err(), "in clear over a network");
    }

    #[test]
    fn a_name_with_a_slash_stays_one_part_and_is_signed_as_it_is_sent() {
        let jobs = Allowed::read("https://jobs.example/v1/").unwrap();
        let target = jobs.target("https://jobs.example/v1/web%2F..%2Fx/restart?why=a%20b").unwrap();
        assert_eq!(target.path, ["web/../x", "restart"]);
        assert_eq!(target.sent, "/v1/web%2F..%2Fx/restart?why=a+b");
    }
}
