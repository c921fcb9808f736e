//! The tracker: where tickets live (Jira).

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CallError, Examined};
use crate::person::Person;

/// How far a ticket is. Ordered: a ticket never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketStage {
    /// Nobody has begun (Jira's category `new`).
    Todo,
    /// It waits for a countersignature or is being carried out (Jira's category `indeterminate`).
    InProgress,
    /// It is over (Jira's category `done`).
    Done,
}

/// What shall become of a ticket. The tenant's configuration names the status for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketMove {
    /// The request is being looked at.
    Started,
    /// The access was granted.
    Granted,
    /// The request was denied, withdrawn or expired.
    Declined,
}

impl TicketMove {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Granted => "granted",
            Self::Declined => "declined",
        }
    }

    /// The stage this leads to.
    pub const fn stage(self) -> TicketStage {
        match self {
            Self::Started => TicketStage::InProgress,
            Self::Granted | Self::Declined => TicketStage::Done,
        }
    }
}

/// A ticket as the tracker knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// `OPS-17`.
    pub key: String,
    /// The title.
    pub title: String,
    /// The name of the status, as people see it.
    pub status: String,
    /// How far that is.
    pub stage: TicketStage,
    /// Where people look at it.
    pub url: String,
    /// Whether it is a request by itself, and nobody's work: its project is one of those that the configuration names.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_request: bool,
    /// Who can see it.
    #[serde(default, skip_serializing_if = "Reach::is_nobodys")]
    pub reach: Reach,
}

/// Who can see a ticket, as far as the tracker and the configuration tell. Whoever is not among them may be able to, too:
/// they are told nothing of it all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reach {
    /// Whether its project is open to everybody of the tenant.
    pub everybody: bool,
    /// The groups that its project is open to, as the rules name them.
    pub groups: BTreeSet<String>,
    /// The accounts of its reporter, its assignee and its watchers.
    pub accounts: BTreeSet<String>,
}

impl Reach {
    /// Whether this person can see the ticket, whose tracker knows people by their accounts at this vendor.
    pub fn includes(&self, person: &Person, vendor: &str) -> bool {
        self.everybody
            || !self.groups.is_disjoint(&person.groups)
            || person.accounts.get(vendor).is_some_and(|account| self.accounts.contains(account))
    }

    fn is_nobodys(&self) -> bool {
        *self == Self::default()
    }
}

/// One paragraph after another, plain text; the adapter puts it into the vendor's document format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Found again by this when an answer was lost: the effect's id.
    pub marker: Uuid,
    /// The paragraphs.
    pub paragraphs: Vec<String>,
}

/// A ticket that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTicket {
    /// Found again by this when an answer was lost: the effect's id.
    pub marker: Uuid,
    /// In which project: `OPS`.
    pub project: String,
    /// Of which type, as the project names it: `Task`.
    pub kind: String,
    /// The title.
    pub title: String,
    /// What stands in it, plain text.
    pub paragraphs: Vec<String>,
}

/// What somebody said on a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The tracker's id of it.
    pub id: String,
    /// The account of who said it.
    pub account: Option<String>,
    /// The name people see of them there.
    pub name: String,
    /// What, as plain text.
    pub text: String,
    /// Whether we wrote it, by its marker.
    pub is_ours: bool,
    /// Whether whoever sees the ticket sees it: not what is kept to a group or a role.
    pub is_open: bool,
}

/// What it takes to move a ticket: made only from the ticket as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovePlan {
    /// The ticket.
    pub key: String,
    /// Where it is.
    pub from: String,
    /// Where to, and by which transition; `None` where nothing must be done: it is there or further already.
    pub step: Option<MoveStep>,
    /// The rest of the way, where it takes more than one step: known to its end before the first one is taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<MoveStep>,
}

/// The transition to take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveStep {
    /// The vendor's id of the transition.
    pub transition: String,
    /// The status it leads to.
    pub to: String,
}

/// Tickets of one tenant's tracker.
#[async_trait]
pub trait Tracker: Send + Sync {
    /// The name that its errors carry, and its pauses: `jira`.
    fn vendor(&self) -> &'static str;

    /// Whether the bot can work with it: who it is there, and what is missing of what the configuration names.
    async fn examine(&self) -> Result<Examined, CallError>;

    /// The ticket with this key; `None` where the tracker says there is none.
    async fn ticket(&self, key: &str) -> Result<Option<Ticket>, CallError>;

    /// Adds a comment with its marker.
    async fn comment(&self, key: &str, comment: &Comment) -> Result<(), CallError>;

    /// Whether a comment with this marker is there.
    async fn has_comment(&self, key: &str, marker: Uuid) -> Result<bool, CallError>;

    /// What it takes to move the ticket; never a step backwards. A tracker without a way there answers `Rejected`.
    async fn plan_move(&self, key: &str, to: TicketMove) -> Result<MovePlan, CallError>;

    /// Takes the steps of a plan.
    async fn apply_move(&self, plan: &MovePlan) -> Result<(), CallError>;

    /// Makes a ticket with its marker; its key.
    async fn make(&self, new: &NewTicket) -> Result<String, CallError>;

    /// The key of the ticket of a project that has this marker, where there is one.
    async fn made(&self, project: &str, marker: Uuid) -> Result<Option<String>, CallError>;

    /// The last of what was said on a ticket, oldest first, but for what is `known` already.
    async fn remarks(&self, key: &str, known: &BTreeSet<String>) -> Result<Vec<Remark>, CallError>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::example::person;

    #[test]
    fn trust_a9_a_ticket_is_seen_by_its_people_and_by_whom_its_project_is_open_to() {
        let has = |account: &str| Person {
            accounts: [("jira".to_owned(), account.to_owned())].into(),
            ..person("ada", &["approvers", "security"])
        };
        let ada = has("5b10ada");
        let text = |text: &str| text.to_owned();
        let sees = |reach: &Reach, person: &Person| reach.includes(person, "jira");
        assert!(!sees(&Reach::default(), &ada), "nobody is said to see it");
        assert!(sees(&Reach { everybody: true, ..Reach::default() }, &person("zoe", &[])));
        let of_group = Reach { groups: [text("security"), text("legal")].into(), ..Reach::default() };
        assert!(sees(&of_group, &ada));
        assert!(!sees(&of_group, &person("bob", &["approvers"])), "another group");
        let of_people = Reach { accounts: [text("5b10ada")].into(), ..Reach::default() };
        assert!(sees(&of_people, &ada) && !sees(&of_people, &has("5b10bob")));
        assert!(!of_people.includes(&ada, "bitbucket"), "an account is one at its vendor");
        assert!(!sees(&of_people, &person("5b10ada", &[])), "an id is no account");
    }
}
