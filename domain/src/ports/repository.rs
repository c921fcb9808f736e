//! How people write a repository's name: as its slug, with its workspace, as its id, or as an address they copied. All of
//! them are read into one [`RepositoryName`], which says what to ask the forge for; only what the forge answers is an identity.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The longest slug, in bytes.
const SLUG_MAX: usize = 100;
/// The longest host, in bytes.
const HOST_MAX: usize = 253;
/// The schemes of addresses that repositories are looked at and cloned by.
const SCHEMES: [&str; 5] = ["https", "http", "ssh", "git", "git+ssh"];

/// A repository as somebody named it. Nothing in it can lead anywhere else: hosts, workspaces and slugs have letters,
/// digits and `.`, `_`, `-` only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepositoryName {
    host: Option<String>,
    workspace: Option<String>,
    key: String,
}

/// A text that names no repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no repository's name: write it like payments-api, acme/payments-api, or paste its address")]
pub struct NotARepository;

impl RepositoryName {
    /// The host of the address, where one was given.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// The workspace, where one was given: its slug, or its id in braces.
    pub fn workspace(&self) -> Option<&str> {
        self.workspace.as_deref()
    }

    /// The slug in small letters, or the id in braces.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(host) = &self.host {
            write!(f, "https://{host}/")?;
        }
        if let Some(workspace) = &self.workspace {
            write!(f, "{workspace}/")?;
        }
        f.write_str(&self.key)
    }
}

impl FromStr for RepositoryName {
    type Err = NotARepository;

    fn from_str(text: &str) -> Result<Self, NotARepository> {
        let text = text.trim().trim_start_matches('<').trim_end_matches('>');
        let text = text.strip_prefix("git clone ").unwrap_or(text).trim();
        let (host, path) = split_host(text)?;
        // What an address says behind these is about the page.
        let path = if host.is_some() { path.split(['?', '#']).next().unwrap_or_default() } else { path };
        // A browser goes up there, and opens another page than the one that is named before.
        if path.split(['/', '\\']).any(leads_elsewhere) {
            return Err(NotARepository);
        }
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let (first, second) = (parts.next().ok_or(NotARepository)?, parts.next());
        let (workspace, last) = match (second, &host) {
            (Some(second), _) => (Some(part(first)?), second),
            // The address of a workspace is none of a repository.
            (None, Some(_)) => return Err(NotARepository),
            (None, None) => (None, first),
        };
        // Behind the repository, an address says which page of it, or which file.
        if host.is_none() && parts.next().is_some() {
            return Err(NotARepository);
        }
        Ok(Self { host, workspace, key: part(without_git(last))? })
    }
}

impl TryFrom<String> for RepositoryName {
    type Error = NotARepository;

    fn try_from(text: String) -> Result<Self, NotARepository> {
        text.parse()
    }
}

impl From<RepositoryName> for String {
    fn from(name: RepositoryName) -> Self {
        name.to_string()
    }
}

/// The host of an address, and the path behind it: `https://host/path`, `git@host:path`, `host/workspace/repository`.
fn split_host(text: &str) -> Result<(Option<String>, &str), NotARepository> {
    if let Some((scheme, rest)) = text.split_once("://") {
        if !SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) {
            return Err(NotARepository);
        }
        let (authority, path) = rest.split_once('/').ok_or(NotARepository)?;
        return Ok((Some(host(authority)?), path));
    }
    if let Some((authority, path)) = text.split_once(':').filter(|(before, _)| !before.contains('/')) {
        return Ok((Some(host(authority)?), path));
    }
    match text.split_once('/') {
        Some((first, path)) if first.contains('.') && path.trim_matches('/').contains('/') => {
            Ok((Some(host(first)?), path))
        }
        _ => Ok((None, text)),
    }
}

/// The host alone: without who signs in, the port, and `www`.
fn host(authority: &str) -> Result<String, NotARepository> {
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    if host.is_empty() || host.len() > HOST_MAX || !host.bytes().all(fits) || host.contains("..") {
        return Err(NotARepository);
    }
    Ok(host.to_owned())
}

/// A slug in small letters, or an id in braces. Browsers write the braces as `%7B` and `%7D`.
fn part(text: &str) -> Result<String, NotARepository> {
    let text = text.replace("%7B", "{").replace("%7b", "{").replace("%7D", "}").replace("%7d", "}");
    if let Some(id) = id(&text) {
        return Ok(id);
    }
    let slug = text.to_ascii_lowercase();
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    let leads_nowhere = slug.bytes().all(|byte| byte == b'.');
    if slug.len() > SLUG_MAX || leads_nowhere || !slug.bytes().all(fits) {
        return Err(NotARepository);
    }
    Ok(slug)
}

/// Whether this part of a path is a way to another one: `.` and `..`, also as browsers read `%2e`.
fn leads_elsewhere(part: &str) -> bool {
    let plain = part.to_ascii_lowercase().replace("%2e", ".");
    !plain.is_empty() && plain.bytes().all(|byte| byte == b'.')
}

/// An id as vendors write it, `{…}` in small letters; people leave the braces out.
fn id(text: &str) -> Option<String> {
    let bare = text.strip_prefix('{').map_or(Some(text), |inside| inside.strip_suffix('}'))?;
    (bare.len() == 36).then(|| Uuid::try_parse(bare).ok())?.map(|id| format!("{{{id}}}"))
}

fn without_git(text: &str) -> &str {
    let cut = text.len().saturating_sub(4);
    match text.get(cut..) {
        Some(end) if cut > 0 && end.eq_ignore_ascii_case(".git") => &text[..cut],
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "{0a1b2c3d-0000-4000-8000-00000000000f}";

    fn read(text: &str) -> (Option<String>, Option<String>, String) {
        let RepositoryName { host, workspace, key } = text.parse().unwrap_or_else(|_| panic!("{text}"));
        (host, workspace, key)
    }

    #[test]
    fn every_way_in_which_people_write_a_repository_is_read() {
        let own = |text: &str| Some(text.to_owned());
        for text in ["infra", "Infra", " INFRA ", "infra.git", "infra/"] {
            assert_eq!(read(text), (None, None, "infra".to_owned()), "{text}");
        }
        assert_eq!(read(".git").2, ".git", "an ending with nothing before it is none");
        for text in ["acme/infra", "Acme/Infra", "/acme/infra/", "acme/infra.git"] {
            assert_eq!(read(text), (None, own("acme"), "infra".to_owned()), "{text}");
        }
        for text in [
            "https://bitbucket.org/acme/infra",
            "http://www.bitbucket.org/acme/infra/",
            "<https://bitbucket.org/Acme/Infra>",
            "bitbucket.org/acme/infra",
            "https://bitbucket.org/acme/infra/src/main/README.md?at=main#lines-7",
            "https://bitbucket.org/acme/infra/pull-requests/7",
            "https://erin@bitbucket.org/acme/infra.git",
            "git clone https://erin:secret@bitbucket.org/acme/infra.git",
            "git@bitbucket.org:acme/infra.git",
            "git clone git@bitbucket.org:acme/infra.git",
            "ssh://git@bitbucket.org:7999/acme/infra.git",
            "SSH://git@Bitbucket.org/acme/INFRA.GIT",
        ] {
            assert_eq!(read(text), (own("bitbucket.org"), own("acme"), "infra".to_owned()), "{text}");
        }
        for text in [
            ID,
            "0a1b2c3d-0000-4000-8000-00000000000f",
            "0A1B2C3D-0000-4000-8000-00000000000F",
            "%7B0a1b2c3d-0000-4000-8000-00000000000f%7D",
        ] {
            assert_eq!(read(text), (None, None, ID.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_was_named_is_said_again_and_kept() {
        let named: RepositoryName = "https://bitbucket.org/Acme/Infra/src".parse().unwrap();
        let parts = (named.host(), named.workspace(), named.key());
        assert_eq!(parts, (Some("bitbucket.org"), Some("acme"), "infra"));
        let kept = serde_json::to_string(&named).unwrap();
        assert_eq!(kept, r#""https://bitbucket.org/acme/infra""#);
        assert_eq!(serde_json::from_str::<RepositoryName>(&kept).unwrap(), named);
    }

    #[test]
    fn names_are_as_long_as_names_may_be() {
        let is_read = |text: String| text.parse::<RepositoryName>().is_ok();
        assert!(is_read("x".repeat(100)) && !is_read("x".repeat(101)) && !is_read("x".repeat(150)));
        let at = |host: usize| format!("https://{}/acme/infra", "x".repeat(host));
        assert!(is_read(at(253)) && !is_read(at(254)) && !is_read(at(300)) && !is_read(at(0)));
        assert!(!is_read("https://bitbucket..org/acme/infra".to_owned()));
    }

    #[test]
    fn what_names_no_repository_or_could_lead_elsewhere_is_none() {
        for text in [
            "",
            ".",
            "..",
            "../users",
            "infra/../users",
            "acme/infra/src/main",
            "a?b",
            "%2e%2e",
            "a%2Fb",
            "a\\b",
            "päyments",
            "a b",
            "{}",
            "{infra}",
            "https://bitbucket.org/acme",
            // A browser opens another repository than the one that stands first.
            "https://bitbucket.org/acme/web-shop/../archive",
            "https://bitbucket.org/acme/web-shop/src/../../archive",
            "https://bitbucket.org/acme/web-shop/%2e%2E/archive",
            "https://bitbucket.org/acme/web-shop/..\\archive",
            "https://bitbucket.org/acme/./web-shop",
            "https://bitbucket.org",
            "file:///etc/passwd",
            "javascript:alert(1)//a/b",
            "https://[::1]/acme/infra",
            "a\0b",
        ] {
            assert_eq!(text.parse::<RepositoryName>(), Err(NotARepository), "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_fall_and_what_is_read_is_read_the_same_again(
            text in "(https?://|git@|ssh://|acme|infra|bitbucket\\.org|[/:@.{}?#%a-zA-Z0-9é \\\\-]){0,12}",
        ) {
            if let Ok(name) = text.parse::<RepositoryName>() {
                proptest::prop_assert_eq!(name.to_string().parse::<RepositoryName>(), Ok(name.clone()));
                let safe = |c: char| c.is_ascii_alphanumeric() || "{}._-".contains(c);
                for part in name.workspace().into_iter().chain([name.key()]) {
                    proptest::prop_assert!(part.chars().all(safe) && !part.chars().all(|c| c == '.'), "{}", part);
                }
            }
        }
    }
}
