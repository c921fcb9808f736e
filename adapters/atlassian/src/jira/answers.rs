//! What Jira answers, as far as we read it.

use std::collections::BTreeMap;

use countersign_domain::ports::TicketStage;
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(super) struct IssueAnswer {
    pub(super) key: String,
    pub(super) fields: IssueFields,
}

#[derive(Debug, Deserialize)]
pub(super) struct IssueFields {
    #[serde(default)]
    pub(super) summary: String,
    pub(super) status: StatusAnswer,
    reporter: Option<PersonAnswer>,
    assignee: Option<PersonAnswer>,
    watches: Option<Watches>,
    pub(super) project: Option<Named>,
    pub(super) issuetype: Option<Named>,
}

impl IssueFields {
    /// The accounts of its reporter and its assignee.
    pub(super) fn people(&self) -> impl Iterator<Item = &str> {
        let both = [&self.reporter, &self.assignee].into_iter().flatten();
        both.filter_map(|person| person.account_id.as_deref())
    }

    /// Whether anybody watches it, or nobody says.
    pub(super) fn is_watched(&self) -> bool {
        self.watches.as_ref().and_then(|watches| watches.count) != Some(0)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PersonAnswer {
    account_id: Option<String>,
    display_name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Watches {
    #[serde(rename = "watchCount")]
    count: Option<u64>,
}

/// Who watches a ticket.
#[derive(Debug, Deserialize)]
pub(super) struct Watchers {
    #[serde(default)]
    watchers: Vec<PersonAnswer>,
}

impl Watchers {
    pub(super) fn into_accounts(self) -> Vec<String> {
        self.watchers.into_iter().filter_map(|person| person.account_id).collect()
    }
}

/// What is named by an id.
#[derive(Debug, Deserialize)]
pub(super) struct Named {
    pub(super) id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusAnswer {
    pub(super) id: Option<String>,
    pub(super) name: String,
    status_category: Category,
}

#[derive(Debug, Deserialize)]
struct Category {
    key: String,
}

impl StatusAnswer {
    /// By category, because the names are every site's own.
    pub(super) fn stage(&self) -> TicketStage {
        match self.status_category.key.as_str() {
            "new" | "undefined" => TicketStage::Todo,
            "done" => TicketStage::Done,
            _ => TicketStage::InProgress,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Transitions {
    #[serde(default)]
    pub(super) transitions: Vec<Transition>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Transition {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    pub(super) to: StatusAnswer,
    #[serde(default = "yes")]
    pub(super) is_available: bool,
    #[serde(default)]
    fields: BTreeMap<String, ScreenField>,
}

impl Transition {
    /// The fields that must be filled in to take it, by the names people know.
    pub(super) fn demands(&self) -> Vec<&str> {
        let demanded = |field: &&ScreenField| field.required && !field.has_default_value;
        self.fields.values().filter(demanded).map(|field| field.name.as_str()).collect()
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ScreenField {
    #[serde(default)]
    name: String,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    has_default_value: bool,
}

const fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
pub(super) struct CommentPage {
    #[serde(default)]
    pub(super) total: usize,
    #[serde(default)]
    pub(super) comments: Vec<CommentId>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CommentId {
    pub(super) id: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct CommentList {
    #[serde(default)]
    pub(super) values: Vec<MarkedComment>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MarkedComment {
    #[serde(default)]
    pub(super) id: String,
    author: Option<PersonAnswer>,
    #[serde(default)]
    pub(super) body: Value,
    /// The group or the role that it is kept to.
    visibility: Option<Value>,
    /// Whether a service desk shows it to its customers.
    #[serde(default = "yes")]
    jsd_public: bool,
    #[serde(default)]
    pub(super) properties: Vec<Property>,
}

impl MarkedComment {
    /// The account of who wrote it, and the name people see of them.
    pub(super) fn author(&self) -> (Option<String>, Option<String>) {
        let author = self.author.as_ref();
        (
            author.and_then(|author| author.account_id.clone()),
            author.and_then(|author| author.display_name.clone()),
        )
    }

    /// Whether whoever sees the ticket sees it.
    pub(super) fn is_open(&self) -> bool {
        self.jsd_public && self.visibility.as_ref().is_none_or(Value::is_null)
    }
}

/// An issue that was made.
#[derive(Debug, Deserialize)]
pub(super) struct Made {
    pub(super) key: String,
}

/// What a search found.
#[derive(Debug, Deserialize)]
pub(super) struct Found {
    #[serde(default)]
    pub(super) issues: Vec<Made>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Property {
    pub(super) key: String,
    pub(super) value: Value,
}
