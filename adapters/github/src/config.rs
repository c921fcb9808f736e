//! Where a tenant's GitHub is, and as whom the bot works there.

use countersign_outbound::{AddressError, BaseUrl, OutboundError};

/// The vendor's word in errors, in the log and among people's accounts.
pub(crate) const VENDOR: &str = "github";

/// Where a tenant's GitHub is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GithubConfig {
    /// The API's base address: `https://api.github.com`, or `https://<host>/api/v3` of an Enterprise Server.
    pub base_url: String,
    /// The organization's login.
    pub organization: String,
    /// As whom the bot works there.
    pub auth: GithubAuth,
}

/// As whom the bot works at GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GithubAuth {
    /// As the person whose token it is, fine-grained or classic.
    Token {
        /// The name of the secret that holds it.
        secret: String,
    },
    /// As an app that is installed in the organization.
    App {
        /// The app's client id, or its number.
        app: String,
        /// The number of the installation.
        installation: String,
        /// The name of the secret that holds the app's private key, as GitHub hands it out.
        key_secret: String,
    },
}

/// Why the adapter cannot be made from its configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The base address cannot be used.
    #[error("github: base_url: {0}")]
    Address(#[from] AddressError),
    /// There is no way out.
    #[error("github: {0}")]
    Outbound(#[from] OutboundError),
}

/// Where the same GitHub answers GraphQL: beside `v3` on an Enterprise Server, else below the same address.
pub(crate) fn graph_base(base_url: &str) -> Result<BaseUrl, AddressError> {
    let base = base_url.trim_end_matches('/');
    BaseUrl::parse(base.strip_suffix("/v3").unwrap_or(base))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphql_is_found_on_github_com_and_on_an_enterprise_server() {
        for (rest, graph) in [
            ("https://api.github.com", "https://api.github.com/graphql"),
            ("https://git.acme.example/api/v3", "https://git.acme.example/api/graphql"),
            ("https://git.acme.example/api/v3/", "https://git.acme.example/api/graphql"),
        ] {
            assert_eq!(graph_base(rest).unwrap().join(&["graphql"]).unwrap().as_str(), graph);
        }
    }
}
