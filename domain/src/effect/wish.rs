//! What can be wished of the outside world, what is planned for it, and what can come of it.

use serde::{Deserialize, Serialize};

use crate::access::{Code, Findings, Permission};
use crate::ports::{MovePlan, PermissionPlan, TicketMove};

/// One wish. Its id, and so its idempotency key, is derived from the event that caused it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Effect {
    /// Ask forge and tracker about a request.
    LookUp {
        /// Which request.
        code: Code,
        /// The forge's account.
        account: String,
        /// The repository, where one was named.
        repository: Option<String>,
        /// The ticket, where one was named.
        ticket: Option<String>,
    },
    /// Bring the account's permission on the repository to what the log says it should be.
    SetPermission {
        /// Which request.
        code: Code,
        /// The forge's account.
        account: String,
        /// The repository.
        repository: String,
        /// To grant or to end.
        task: PermissionTask,
    },
    /// Say something on a ticket.
    Comment {
        /// Which request.
        code: Code,
        /// The ticket.
        ticket: String,
        /// The paragraphs.
        paragraphs: Vec<String>,
    },
    /// Move a ticket on.
    MoveTicket {
        /// Which request.
        code: Code,
        /// The ticket.
        ticket: String,
        /// Where to.
        to: TicketMove,
    },
}

/// Why a permission is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum PermissionTask {
    /// An approved request.
    Grant {
        /// What was approved.
        permission: Permission,
    },
    /// An access that is over.
    End,
}

impl Effect {
    /// The request it is for.
    pub const fn code(&self) -> &Code {
        match self {
            Self::LookUp { code, .. }
            | Self::SetPermission { code, .. }
            | Self::Comment { code, .. }
            | Self::MoveTicket { code, .. } => code,
        }
    }

    /// The word for its kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::LookUp { .. } => "look_up",
            Self::SetPermission { .. } => "set_permission",
            Self::Comment { .. } => "comment",
            Self::MoveTicket { .. } => "move_ticket",
        }
    }

    /// What must not be touched by two effects at once.
    pub fn lane(&self) -> String {
        match self {
            Self::LookUp { code, .. } => format!("look-up {code}"),
            Self::SetPermission { account, repository, .. } => format!("permission {account} {repository}"),
            Self::Comment { ticket, .. } | Self::MoveTicket { ticket, .. } => format!("ticket {ticket}"),
        }
    }

    /// Whether it takes access away and so may use the log's reserve of space.
    pub const fn is_urgent(&self) -> bool {
        matches!(self, Self::SetPermission { task: PermissionTask::End, .. })
    }
}

/// What an attempt is about to do: recorded before the call goes out. A dry run prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Plan {
    /// Only read.
    Read,
    /// Change a permission.
    Permission(PermissionPlan),
    /// Write these paragraphs.
    Comment {
        /// The paragraphs.
        paragraphs: Vec<String>,
    },
    /// Take this transition.
    Move(MovePlan),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// What the vendors said.
    Found(Box<Findings>),
    /// What was read back.
    PermissionIs {
        /// The permission now.
        now: Option<Permission>,
        /// What the first attempt found before anything was changed.
        before: Option<Permission>,
    },
    /// The comment is there.
    Commented,
    /// The ticket is there.
    Moved {
        /// The status it came from.
        from: String,
        /// The status it is in, as far as we moved it; `None` where nothing had to be done.
        to: Option<String>,
    },
    /// An operator says it was done by hand.
    DoneByHand {
        /// What the first attempt found before anything was changed, where there was one.
        before: Option<Permission>,
    },
}
