//! Files that a vendor hands out: fetched from the vendor's own hosts and nowhere else, whatever address a message names, and
//! never more of one than is wanted.

use std::sync::Arc;

use bytes::Bytes;
use countersign_domain::ports::{CallError, CallErrorKind, Clock, Secrets};
use reqwest::Url;

use crate::exchange::{Exchange, Limits};
use crate::{Ask, BaseUrl, Credential, classify};

/// Where one vendor hands files out, and how they are fetched there.
pub struct Files {
    pub(crate) vendor: &'static str,
    /// Where the vendor's API is. Where that is this machine, its files are there, too.
    pub(crate) base: BaseUrl,
    /// The vendor's hosts with files on the internet; one that begins with a dot is every host below it.
    pub(crate) hosts: &'static [&'static str],
    pub(crate) credential: Credential,
    pub(crate) secrets: Arc<dyn Secrets>,
    pub(crate) client: reqwest::Client,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Files {
    /// The file at this address, of at most so many bytes. `what` is a phrase for people. There is no breaker: a file that cannot be
    /// had says nothing of the rest of the vendor.
    pub async fn fetch(&self, what: &str, address: &str, most: usize) -> Result<Bytes, CallError> {
        let Some(url) = own(&self.base, self.hosts, address) else {
            return Err(self.rejected(what, "it is not kept on one of the vendor's own hosts"));
        };
        let presented = self.credential.read(&*self.secrets).await.map_err(|error| {
            let passing = CallErrorKind::NotDone { after: None };
            let kind = if error.passing { passing } else { CallErrorKind::Barred };
            CallError { kind, ..self.rejected(what, &error.to_string()) }
        })?;
        let limits = Limits { max_body: most };
        let exchange = Exchange { client: &self.client, limits: &limits, clock: &*self.clock };
        let header = presented.as_ref().map(|presented| &presented.header);
        let outcome = exchange.run(&Ask::get(what, &[]).of_any_type(), url.clone(), header).await;
        outcome.map(|(_, body, _)| body).map_err(|failure| {
            let detail = without_address(&failure.detail, &url);
            let detail = presented.as_ref().map_or(detail.clone(), |presented| presented.redact(&detail));
            CallError { status: failure.status, kind: failure.kind, ..self.rejected(what, &detail) }
        })
    }

    /// An error of the adapter's own: what was fetched is not the file.
    pub fn rejected(&self, what: &str, detail: &str) -> CallError {
        CallError {
            vendor: self.vendor,
            what: classify::one_line(what),
            detail: classify::one_line(detail),
            status: None,
            kind: CallErrorKind::Rejected,
        }
    }
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Files")
            .field("vendor", &self.vendor)
            .field("hosts", &self.hosts)
            .finish_non_exhaustive()
    }
}

/// What a vendor said, without what stands behind the `?` of the address, should it have repeated that: some vendors hand a file out
/// to whoever knows it.
fn without_address(detail: &str, url: &Url) -> String {
    /// What is shorter is no secret, and may be a word.
    const SHORTEST: usize = 6;
    let values = url.query_pairs().map(|(_, value)| value.into_owned());
    let encoded = url.query().into_iter().flat_map(|query| query.split('&'));
    let encoded = encoded.filter_map(|pair| Some(pair.split_once('=')?.1.to_owned()));
    let mut secrets: Vec<String> = values.chain(encoded).filter(|secret| secret.len() >= SHORTEST).collect();
    // What holds another is taken out first.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets.iter().fold(detail.to_owned(), |detail, secret| detail.replace(secret.as_str(), "[redacted]"))
}

/// The address, where it is one of the vendor's own: the API's, where that is this machine; else one of its hosts, encrypted and at the
/// usual port.
fn own(base: &BaseUrl, hosts: &[&str], address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    if base.is_loopback() {
        return (url.origin() == base.url().origin()).then_some(url);
    }
    let host = url.host_str()?;
    let below = |suffix: &str| suffix.starts_with('.') && host.len() > suffix.len() && host.ends_with(suffix);
    let is_host = hosts.iter().any(|own| host == *own || below(own));
    (url.scheme() == "https" && url.port().is_none() && is_host).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_own(base: &str, address: &str) -> bool {
        own(&BaseUrl::parse(base).unwrap(), &["files.example.com", ".sharepoint.example"], address).is_some()
    }

    #[test]
    fn a_file_is_fetched_from_the_vendors_own_hosts_only() {
        let own = |address: &str| is_own("https://example.com/api", address);
        assert!(own("https://files.example.com/files-pri/T1-F1/download/rules.cedar?t=1"));
        assert!(own("https://acme-my.sharepoint.example/download.aspx?tempauth=x"));
        for elsewhere in [
            "http://files.example.com/f",
            "https://files.example.com:8443/f",
            "https://token@files.example.com/f",
            "https://files.example.com.evil.example/f",
            "https://evil.example/files.example.com",
            "https://sharepoint.example/f",
            "https://acmesharepoint.example/f",
            "https://example.com/api/f",
            "http://127.0.0.1/f",
            "file:///etc/passwd",
            "rules.cedar",
        ] {
            assert!(!own(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn what_stands_behind_the_path_of_an_address_is_not_repeated() {
        let url = Url::parse("https://files.example.com/f/rules.cedar?tempauth=v1.a%2Bb%2Fc&hm=0123abcd&x=1")
            .unwrap();
        for said in ["there is no v1.a+b/c", "no ?tempauth=v1.a%2Bb%2Fc&hm=0123abcd&x=1", "0123abcd is over"]
        {
            let told = without_address(said, &url);
            assert!(
                told.contains("[redacted]") && !told.contains("v1.a") && !told.contains("0123abcd"),
                "{told}"
            );
        }
        assert_eq!(
            without_address("it answered 401: 1 is not known", &url),
            "it answered 401: 1 is not known"
        );
    }

    #[test]
    fn a_vendor_on_this_machine_keeps_its_files_where_its_api_is() {
        let own = |address: &str| is_own("http://127.0.0.1:8093/api", address);
        assert!(own("http://127.0.0.1:8093/files/F1"));
        for elsewhere in ["http://127.0.0.1:8094/f", "https://files.example.com/f", "http://localhost:8093/f"]
        {
            assert!(!own(elsewhere), "{elsewhere}");
        }
    }
}
