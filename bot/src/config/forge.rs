//! Which forge a tenant has: a workspace on Bitbucket, or an organization on GitHub. It has one, for people are known by their accounts
//! there.

use countersign_github::GithubAuth;
use countersign_outbound::BaseUrl;
use serde::Serialize;

use super::atlassian::{self, BitbucketConfig};
use super::secret::secret;
use super::section::Section;

/// Where github.com answers.
const GITHUB: &str = "https://api.github.com";

/// The forge of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForgeConfig {
    /// A Bitbucket Cloud workspace.
    Bitbucket(BitbucketConfig),
    /// A GitHub organization.
    Github(GithubConfig),
}

/// A GitHub organization, on github.com or on an Enterprise Server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GithubConfig {
    /// The address of the API.
    pub url: String,
    /// The organization's login.
    pub organization: String,
    /// As whom the bot works there.
    #[serde(flatten)]
    pub access: GithubAccess,
}

/// As whom the bot works at GitHub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum GithubAccess {
    /// As the person whose token it is.
    Token {
        /// The name of the secret that holds it.
        token_secret: String,
    },
    /// As an app that is installed in the organization.
    App {
        /// Its client id.
        app: String,
        /// The number of its installation.
        installation: u64,
        /// The name of the secret that holds its private key.
        private_key_secret: String,
    },
}

impl ForgeConfig {
    /// The word for it: the key of its table, and of people's accounts there.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Bitbucket(_) => "bitbucket",
            Self::Github(_) => "github",
        }
    }

    /// The secret it needs: its key, and its name.
    pub fn secret(&self) -> (&'static str, &str) {
        match self {
            Self::Bitbucket(bitbucket) => ("bitbucket.token_secret", bitbucket.token_secret.as_str()),
            Self::Github(GithubConfig { access: GithubAccess::Token { token_secret }, .. }) => {
                ("github.token_secret", token_secret.as_str())
            }
            Self::Github(GithubConfig { access: GithubAccess::App { private_key_secret, .. }, .. }) => {
                ("github.private_key_secret", private_key_secret.as_str())
            }
        }
    }

    /// The workspace, where it is one on Bitbucket.
    pub const fn bitbucket(&self) -> Option<&BitbucketConfig> {
        match self {
            Self::Bitbucket(bitbucket) => Some(bitbucket),
            Self::Github(_) => None,
        }
    }

    /// The same, to be changed.
    pub const fn bitbucket_mut(&mut self) -> Option<&mut BitbucketConfig> {
        match self {
            Self::Bitbucket(bitbucket) => Some(bitbucket),
            Self::Github(_) => None,
        }
    }

    /// Where its repositories are, as it is said, and the address of the API.
    pub(super) fn place(&self) -> (String, &str) {
        match self {
            Self::Bitbucket(BitbucketConfig { workspace, url, .. }) => {
                (format!("the Bitbucket workspace {}", workspace.to_lowercase()), url.as_str())
            }
            Self::Github(GithubConfig { organization, url, .. }) => {
                (format!("the GitHub organization {}", organization.to_lowercase()), url.as_str())
            }
        }
    }
}

impl GithubConfig {
    /// What the adapter needs to know.
    pub fn adapter(&self) -> countersign_github::GithubConfig {
        countersign_github::GithubConfig {
            base_url: self.url.clone(),
            organization: self.organization.clone(),
            auth: match &self.access {
                GithubAccess::Token { token_secret } => GithubAuth::Token { secret: token_secret.clone() },
                GithubAccess::App { app, installation, private_key_secret } => GithubAuth::App {
                    app: app.clone(),
                    installation: installation.to_string(),
                    key_secret: private_key_secret.clone(),
                },
            },
        }
    }
}

/// The forge of the tenant in this table.
pub(super) fn read(tenant: &mut Section<'_>) -> ForgeConfig {
    let Some(section) = tenant.optional_section("github") else {
        return ForgeConfig::Bitbucket(atlassian::bitbucket(tenant.section("bitbucket")));
    };
    let github = github(section);
    if tenant.optional_section("bitbucket").is_some() {
        tenant.fault(
            "github",
            "a tenant has one forge, and this one has a table `bitbucket` as well: take one of both away",
        );
    }
    ForgeConfig::Github(github)
}

fn github(mut section: Section<'_>) -> GithubConfig {
    let url: Option<String> = section.optional("url", &format!("an address, such as \"{GITHUB}\""));
    let url = url.unwrap_or_else(|| GITHUB.to_owned());
    if let Err(error) = BaseUrl::parse(&url) {
        section.fault("url", error);
    }
    let host = url.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    if host.trim_start_matches("www.").eq_ignore_ascii_case("github.com") {
        section.fault(
            "url",
            format!("this is where people look at GitHub: write its API's address, \"{GITHUB}\", and the organization in `organization`"),
        );
    }
    let organization = section.required("organization", "the organization's login, as in github.com/<login>");
    let access = access(&mut section);
    section.finish();
    GithubConfig { url, organization: organization.unwrap_or_default(), access }
}

/// Either a token, or an app with its key.
fn access(section: &mut Section<'_>) -> GithubAccess {
    let app: Option<String> = section.optional("app", "the client id of an app, such as \"Iv23liAbCdEf\"");
    let Some(app) = app else {
        return GithubAccess::Token { token_secret: secret(section, "token_secret") };
    };
    let installation =
        section.required("installation", "the number at the end of the address of the app's installation");
    let private_key_secret = secret(section, "private_key_secret");
    let token: Option<String> = section.optional("token_secret", "the name of a secret");
    if token.is_some() {
        section.fault("token_secret", "the bot works as an app or by a token: take `app` or this away");
    }
    GithubAccess::App { app, installation: installation.unwrap_or_default(), private_key_secret }
}
