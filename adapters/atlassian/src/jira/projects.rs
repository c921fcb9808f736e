//! Which projects hold requests, and whose tickets are open to whom: what the configuration adds to what Jira says.

use std::collections::{BTreeMap, BTreeSet};

use countersign_domain::ports::{CallError, CallErrorKind, Reach};
use countersign_outbound::{Ask, found};
use serde::{Deserialize, Serialize};

use super::Jira;
use super::answers::{IssueAnswer, Watchers};

/// Projects by what they are to the bot, each by its key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Projects {
    /// Those whose tickets are requests and nothing else, so that they move with the access.
    #[serde(rename = "request_projects")]
    pub requests: BTreeSet<String>,
    /// Those whose tickets everybody of the tenant can see.
    #[serde(rename = "open_projects")]
    pub open: BTreeSet<String>,
    /// Those whose tickets the members of a group can see, by the group.
    #[serde(rename = "group_projects")]
    pub open_to: BTreeMap<String, BTreeSet<String>>,
}

impl Projects {
    /// Every project that is named, and under which key of the configuration.
    pub(super) fn named(&self) -> BTreeMap<&str, &'static str> {
        let requests = self.requests.iter().map(|project| (project.as_str(), "request_projects"));
        let open = self.open.iter().map(|project| (project.as_str(), "open_projects"));
        let open_to = self.open_to.values().flatten().map(|project| (project.as_str(), "group_projects"));
        requests.chain(open).chain(open_to).collect()
    }

    pub(super) fn is_request(&self, key: &str) -> bool {
        self.requests.contains(project_of(key))
    }

    /// Who can see a ticket because of its project.
    fn reach(&self, key: &str) -> Reach {
        let project = project_of(key);
        let groups = self.open_to.iter().filter(|(_, projects)| projects.contains(project));
        Reach {
            everybody: self.open.contains(project),
            groups: groups.map(|(group, _)| group.clone()).collect(),
            accounts: BTreeSet::new(),
        }
    }
}

fn project_of(key: &str) -> &str {
    key.rsplit_once('-').map_or(key, |(project, _)| project)
}

impl Jira {
    /// Who can see this ticket. Its watchers are asked for only where that could add anybody.
    pub(super) async fn reach(&self, issue: &IssueAnswer) -> Result<Reach, CallError> {
        let mut reach = self.projects.reach(&issue.key);
        reach.accounts = issue.fields.people().map(str::to_owned).collect();
        if !reach.everybody && issue.fields.is_watched() {
            reach.accounts.extend(self.watchers(&issue.key).await?);
        }
        Ok(reach)
    }

    /// Its watchers; nobody where the bot may not know them.
    async fn watchers(&self, key: &str) -> Result<Vec<String>, CallError> {
        let ask = Ask::get(
            format!("look who watches the ticket {key}"),
            &["rest", "api", "3", "issue", key, "watchers"],
        );
        match found(self.vendor.send(ask).await) {
            Ok(Some(answer)) => Ok(answer.json::<Watchers>()?.into_accounts()),
            Ok(None) => Ok(Vec::new()),
            Err(error) if error.kind == CallErrorKind::Rejected && error.status == Some(403) => {
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }
}
