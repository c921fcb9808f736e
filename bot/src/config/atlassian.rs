//! Where the repositories and the tickets of a tenant are.

use std::collections::BTreeSet;

use countersign_atlassian::webhook::FieldMapping;
use countersign_atlassian::{Projects, Statuses};
use countersign_outbound::{BaseUrl, Credential};
use serde::Serialize;

use super::alone;
use super::secret::secret;
use super::section::Section;

/// Where Bitbucket Cloud answers.
const BITBUCKET: &str = "https://api.bitbucket.org/2.0";

/// A Bitbucket Cloud workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BitbucketConfig {
    /// The address of the API.
    pub url: String,
    /// The workspace's slug.
    pub workspace: String,
    /// The account that the API token belongs to; without one, the token is sent as a bearer token, by which Bitbucket changes no
    /// permission.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The name of the secret that holds the token.
    pub token_secret: String,
}

/// A Jira Cloud site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JiraConfig {
    /// The address of the site.
    pub url: String,
    /// The account that an API token belongs to; without one, the token is sent as a bearer token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The name of the secret that holds the API token.
    pub token_secret: String,
    /// The name of the secret that webhooks are signed with.
    pub webhook_secret: String,
    /// Which status a ticket is moved to.
    pub statuses: Statuses,
    /// Which custom fields hold a request. A ticket without them may hold it as lines of its description.
    pub fields: FieldMapping,
    /// Which projects hold requests, and which are open to whom.
    #[serde(flatten)]
    pub projects: Projects,
}

impl BitbucketConfig {
    /// What the adapter needs to know.
    pub fn adapter(&self) -> countersign_atlassian::BitbucketConfig {
        countersign_atlassian::BitbucketConfig {
            base_url: self.url.clone(),
            workspace: self.workspace.clone(),
            credential: credential(self.email.as_ref(), &self.token_secret),
        }
    }
}

impl JiraConfig {
    /// What the adapter needs to know.
    pub fn adapter(&self) -> countersign_atlassian::JiraConfig {
        countersign_atlassian::JiraConfig {
            base_url: self.url.clone(),
            site_url: None,
            credential: credential(self.email.as_ref(), &self.token_secret),
            statuses: self.statuses.clone(),
            fields: self.fields.clone(),
            projects: self.projects.clone(),
        }
    }
}

fn credential(email: Option<&String>, secret: &str) -> Credential {
    let secret = secret.to_owned();
    match email {
        Some(user) => Credential::Basic { user: user.clone(), secret },
        None => Credential::Bearer { secret },
    }
}

pub(super) fn bitbucket(mut section: Section<'_>) -> BitbucketConfig {
    let url = address(&mut section, BITBUCKET, false);
    let host = url.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    if host.trim_start_matches("www.").eq_ignore_ascii_case("bitbucket.org") {
        section.fault(
            "url",
            format!("this is where people look at Bitbucket: write its API's address, \"{BITBUCKET}\", and the workspace in `workspace`"),
        );
    }
    let workspace = section.required("workspace", "the workspace's slug, as in bitbucket.org/<slug>");
    let email = section.optional("email", "the address of the account that the API token belongs to");
    let token_secret = secret(&mut section, "token_secret");
    section.finish();
    BitbucketConfig { url, workspace: workspace.unwrap_or_default(), email, token_secret }
}

pub(super) fn jira(mut section: Section<'_>) -> JiraConfig {
    let url = address(&mut section, "https://your-site.atlassian.net", true);
    let email = section.optional("email", "the address of the account that the API token belongs to");
    let token_secret = secret(&mut section, "token_secret");
    let webhook_secret = secret(&mut section, "webhook_secret");
    let mut statuses = Statuses::default();
    let mut names = section.section("statuses");
    names.read("started", "the name of a status", &mut statuses.started);
    names.read("granted", "the name of a status", &mut statuses.granted);
    names.read("declined", "the name of a status", &mut statuses.declined);
    names.finish();
    let fields = fields(section.section("fields"));
    let projects = projects(&mut section);
    alone::jira(&section, (&url, &webhook_secret), &projects);
    section.finish();
    JiraConfig { url, email, token_secret, webhook_secret, statuses, fields, projects }
}

fn projects(section: &mut Section<'_>) -> Projects {
    let like = "a list of projects' keys, such as [\"OPS\"]";
    let mut projects = Projects::default();
    section.read("request_projects", like, &mut projects.requests);
    section.read("open_projects", like, &mut projects.open);
    let like = "the projects by group, such as { security = [\"SEC\"] }";
    section.read("group_projects", like, &mut projects.open_to);
    for (key, named) in [("request_projects", &projects.requests), ("open_projects", &projects.open)] {
        check_projects(section, key, named);
    }
    projects.open_to.values().for_each(|named| check_projects(section, "group_projects", named));
    projects
}

fn check_projects(section: &Section<'_>, key: &'static str, named: &BTreeSet<String>) {
    let is_key = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    for name in named.iter().filter(|name| !is_key(name)) {
        section.fault(key, format!("{name:?} is no project's key: write it as tickets do, OPS of OPS-17"));
    }
}

fn fields(mut section: Section<'_>) -> FieldMapping {
    let mut field = |part| section.optional(part, "a field's id, such as \"customfield_10042\"");
    let fields = FieldMapping {
        permission: field("permission"),
        repository: field("repository"),
        user: field("user"),
        duration: field("duration"),
        reason: field("reason"),
    };
    section.finish();
    fields
}

fn address(section: &mut Section<'_>, usual: &str, required: bool) -> String {
    let like = format!("an address, such as \"{usual}\"");
    let given: Option<String> =
        if required { section.required("url", &like) } else { section.optional("url", &like) };
    let url = given.unwrap_or_else(|| usual.to_owned());
    if let Err(error) = BaseUrl::parse(&url) {
        section.fault("url", error);
    }
    url
}
