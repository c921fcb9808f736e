//! What the Jira sandbox knows, in the shape that people read and write under `/_sandbox`.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::workflow::Workflow;
use crate::control::Shown;

/// Everything the Jira sandbox knows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JiraState {
    /// The people; the first one is who calls the API.
    #[serde(default)]
    pub users: Vec<JiraUser>,
    /// The issues by key.
    #[serde(default)]
    pub issues: BTreeMap<String, Arc<Issue>>,
    /// The issues that were moved to another project: their keys now by the keys they had.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub moved: BTreeMap<String, String>,
    /// How issues go from status to status.
    #[serde(default, skip_serializing_if = "Workflow::is_usual")]
    pub workflow: Workflow,
    /// The greatest number of all comments; found out anew whenever the state is written by hand.
    #[serde(skip)]
    pub last_comment_id: u64,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JiraUser {
    /// The Atlassian account id.
    pub account_id: String,
    /// The name people see.
    pub display_name: String,
}

/// An issue.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    /// The vendor's number; given by the sandbox where it is 0.
    #[serde(default)]
    pub id: u64,
    /// The title.
    pub summary: String,
    /// The status.
    #[serde(default)]
    pub status: Status,
    /// The description, as plain text.
    #[serde(default)]
    pub description: String,
    /// The account id of who reported it.
    #[serde(default)]
    pub reporter: Option<String>,
    /// The account id of whose work it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// The account ids of those who watch it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watchers: Vec<String>,
    /// Custom fields, as the API shows them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Value>,
    /// The comments, oldest first.
    #[serde(default)]
    pub comments: Vec<Arc<IssueComment>>,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssueComment {
    /// The vendor's number; given by the sandbox where it is 0.
    #[serde(default)]
    pub id: u64,
    /// The account id of who wrote it.
    #[serde(default)]
    pub author: Option<String>,
    /// When.
    #[serde(default)]
    pub created: Timestamp,
    /// The text, a line for each paragraph.
    pub text: String,
    /// The role that it is kept to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_to: Option<String>,
    /// The properties that came with it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, Value>,
}

/// The status of an issue: one small workflow for all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Nobody has begun.
    #[default]
    #[serde(rename = "To Do")]
    ToDo,
    /// Somebody is at it.
    #[serde(rename = "In Progress")]
    InProgress,
    /// It was done.
    Done,
    /// It will not be done.
    Declined,
}

impl Status {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::ToDo, Self::InProgress, Self::Done, Self::Declined];

    /// The vendor's id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::ToDo => "10000",
            Self::InProgress => "10001",
            Self::Done => "10002",
            Self::Declined => "10003",
        }
    }

    /// The name people see.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ToDo => "To Do",
            Self::InProgress => "In Progress",
            Self::Done => "Done",
            Self::Declined => "Declined",
        }
    }
}

impl JiraState {
    /// The issue with this key or number, with its key; one that was moved is found by the key it had, too.
    pub fn issue(&self, id_or_key: &str) -> Option<(&String, &Issue)> {
        let id_or_key = self.moved.get(id_or_key).map_or(id_or_key, String::as_str);
        let by_key = self.issues.get_key_value(id_or_key);
        let number = id_or_key.parse::<u64>().ok();
        let found = by_key.or_else(|| self.issues.iter().find(|(_, issue)| Some(issue.id) == number));
        found.map(|(key, issue)| (key, &**issue))
    }

    /// The issue with this key, to be changed.
    pub fn issue_mut(&mut self, key: &str) -> Option<&mut Issue> {
        self.issues.get_mut(key).map(Arc::make_mut)
    }

    /// The person with this account id.
    pub fn user(&self, account_id: &str) -> Option<&JiraUser> {
        self.users.iter().find(|user| user.account_id == account_id)
    }

    pub(crate) fn next_issue_id(&self) -> u64 {
        self.issues.values().map(|issue| issue.id).max().unwrap_or_default().max(10_000) + 1
    }

    pub(crate) fn next_comment_id(&mut self) -> u64 {
        self.last_comment_id = self.last_comment_id.max(20_000) + 1;
        self.last_comment_id
    }

    /// The next key of a project: `OPS-18`.
    pub(crate) fn next_key(&self, project: &str) -> String {
        let number = |key: &String| key.strip_prefix(project)?.strip_prefix('-')?.parse::<u64>().ok();
        let last = self.issues.keys().filter_map(number).max().unwrap_or_default();
        format!("{project}-{}", last + 1)
    }
}

impl Shown for JiraState {
    fn complete(&mut self) {
        let comments = self.issues.values().flat_map(|issue| &issue.comments);
        let last = comments.map(|comment| comment.id).max().unwrap_or_default();
        let mut issue_id = self.next_issue_id();
        let mut comment_id = self.last_comment_id.max(last).max(20_000);
        let lacks_ids =
            |issue: &&mut Arc<Issue>| issue.id == 0 || issue.comments.iter().any(|comment| comment.id == 0);
        for issue in self.issues.values_mut().filter(lacks_ids).map(Arc::make_mut) {
            if issue.id == 0 {
                issue.id = issue_id;
                issue_id += 1;
            }
            for comment in issue.comments.iter_mut().filter(|comment| comment.id == 0) {
                comment_id += 1;
                Arc::make_mut(comment).id = comment_id;
            }
        }
        self.last_comment_id = comment_id;
    }
}
