//! What Jira answers, as far as we read it.

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
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusAnswer {
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
pub(super) struct MarkedComment {
    #[serde(default)]
    pub(super) properties: Vec<Property>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Property {
    pub(super) key: String,
    pub(super) value: Value,
}
