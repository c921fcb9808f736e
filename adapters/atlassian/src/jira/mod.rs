//! Jira Cloud as the Tracker: tickets, comments with markers, and moves by name.

mod answers;
mod comments;
mod examine;
mod mirror;
mod moves;
mod projects;
mod workflow;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{
    CallError, Comment, Examined, MovePlan, NewTicket, Remark, Secrets, Ticket, TicketMove, Tracker,
};
use countersign_outbound::{Ask, Credential, Outbound, Vendor};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::connect::{ConnectError, connect};
use crate::webhook::FieldMapping;
use answers::IssueAnswer;
pub(crate) use mirror::is_made_by_us;
pub use projects::Projects;

const VENDOR: &str = "jira";

/// Where a tenant's Jira is, and how its workflow names things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JiraConfig {
    /// The site's address: `https://acme.atlassian.net`.
    pub base_url: String,
    /// Where people look at tickets, where that is not the base address.
    #[serde(default)]
    pub site_url: Option<String>,
    /// The credential: an e-mail address with an API token, or an access token.
    pub credential: Credential,
    /// The names of the statuses.
    #[serde(default)]
    pub statuses: Statuses,
    /// Where access forms stand in tickets.
    #[serde(default)]
    pub fields: FieldMapping,
    /// Which projects hold requests, and which are open to whom.
    #[serde(default)]
    pub projects: Projects,
}

/// The names of the statuses a ticket is moved to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Statuses {
    /// While it waits or is carried out.
    pub started: String,
    /// When the access was granted.
    pub granted: String,
    /// When it was denied, withdrawn or expired.
    pub declined: String,
}

impl Default for Statuses {
    fn default() -> Self {
        Self {
            started: "In Progress".to_owned(),
            granted: "Done".to_owned(),
            declined: "Declined".to_owned(),
        }
    }
}

impl Statuses {
    fn name(&self, to: TicketMove) -> &str {
        match to {
            TicketMove::Started => &self.started,
            TicketMove::Granted => &self.granted,
            TicketMove::Declined => &self.declined,
        }
    }
}

/// One Jira site.
#[derive(Debug)]
pub struct Jira {
    vendor: Vendor,
    site_url: String,
    statuses: Statuses,
    projects: Projects,
    /// The ids of the fields that the configuration names.
    fields: Vec<String>,
    /// Until when it counts as known that it is a Jira that lets us in.
    there: Mutex<Option<Timestamp>>,
}

impl Jira {
    /// The site that `config` names, for `tenant`. Nothing is called yet.
    pub fn new(
        config: &JiraConfig,
        tenant: &Tenant,
        outbound: &Outbound,
        secrets: Arc<dyn Secrets>,
    ) -> Result<Self, ConnectError> {
        let vendor = connect((VENDOR, &config.base_url), tenant, outbound, (&config.credential, secrets))?
            .limiting_all()
            // `rest/api/3/issue/<key>`
            .with_parts(5);
        let site_url = config.site_url.as_ref().unwrap_or(&config.base_url).trim_end_matches('/').to_owned();
        let (fields, projects) = (config.fields.ids(), config.projects.clone());
        let (statuses, there) = (config.statuses.clone(), Mutex::default());
        Ok(Self { vendor, site_url, statuses, projects, fields, there })
    }

    /// These fields of a ticket; `None` where Jira says there is none.
    async fn issue(&self, key: &str, fields: &str) -> Result<Option<IssueAnswer>, CallError> {
        let ask = Ask::get(format!("look up the ticket {key}"), &["rest", "api", "3", "issue", key])
            .query("fields", fields);
        self.found(ask).await?.map(|answer| answer.json()).transpose()
    }
}

#[async_trait]
impl Tracker for Jira {
    fn vendor(&self) -> &'static str {
        VENDOR
    }

    async fn examine(&self) -> Result<Examined, CallError> {
        self.examined().await
    }

    async fn ticket(&self, key: &str) -> Result<Option<Ticket>, CallError> {
        if !is_key(key) {
            return Ok(None);
        }
        let Some(issue) = self.issue(key, "summary,status,reporter,assignee,watches").await? else {
            return Ok(None);
        };
        let reach = self.reach(&issue).await?;
        let stage = issue.fields.status.stage();
        let url = format!("{}/browse/{}", self.site_url, issue.key);
        let is_request = self.projects.is_request(&issue.key);
        Ok(Some(Ticket {
            key: issue.key,
            title: issue.fields.summary,
            status: issue.fields.status.name,
            stage,
            url,
            is_request,
            reach,
        }))
    }

    async fn comment(&self, key: &str, comment: &Comment) -> Result<(), CallError> {
        self.add_comment(key, comment).await
    }

    async fn has_comment(&self, key: &str, marker: Uuid) -> Result<bool, CallError> {
        self.find_comment(key, marker).await
    }

    async fn plan_move(&self, key: &str, to: TicketMove) -> Result<MovePlan, CallError> {
        self.plan(key, to).await
    }

    async fn apply_move(&self, plan: &MovePlan) -> Result<(), CallError> {
        self.take(plan).await
    }

    async fn make(&self, new: &NewTicket) -> Result<String, CallError> {
        self.make_issue(new).await
    }

    async fn made(&self, project: &str, marker: Uuid) -> Result<Option<String>, CallError> {
        self.find_made(project, marker).await
    }

    async fn remarks(&self, key: &str, known: &BTreeSet<String>) -> Result<Vec<Remark>, CallError> {
        self.newest_remarks(key, known).await
    }
}

/// Whether a text is a ticket's key: a project in capitals, a dash, a number.
pub(crate) fn is_key(text: &str) -> bool {
    let Some((project, number)) = text.split_once('-') else { return false };
    let capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    text.len() <= 100
        && project.bytes().next().is_some_and(|first| first.is_ascii_uppercase())
        && project.bytes().all(capital)
        && !number.starts_with('0')
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_key_is_a_key() {
        for key in ["OPS-17", "A1_B-2"] {
            assert!(is_key(key), "{key}");
        }
        for other in
            ["", "OPS", "ops-17", "OPS-", "OPS-017", "OPS-1/..", "10001", "1A-2", "OPS-1-2", "OPS-１"]
        {
            assert!(!is_key(other), "{other}");
        }
    }
}
