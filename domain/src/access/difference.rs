//! In what something can be otherwise than it was shown to who was about to decide.

use serde::{Deserialize, Serialize};

use super::Permission;

/// One thing that is otherwise than it was shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Difference {
    /// There is no such ticket any more.
    TicketGone {
        /// Its key.
        ticket: String,
    },
    /// There was no such ticket, and now there is.
    TicketFound {
        /// Its key.
        ticket: String,
    },
    /// The ticket has another key: it was moved to another project.
    TicketKey {
        /// The key that was shown.
        from: String,
        /// The key now.
        to: String,
    },
    /// The ticket is in another status.
    TicketStatus {
        /// Its key.
        ticket: String,
        /// The status that was shown.
        from: String,
        /// The status now.
        to: String,
        /// Whether it is over with that.
        closed: bool,
    },
    /// The ticket has another title.
    TicketTitle {
        /// Its key.
        ticket: String,
        /// The title now.
        to: String,
    },
    /// The ticket is otherwise, in a way that is not for whoever is told.
    TicketChanged {
        /// Its key.
        ticket: String,
    },
    /// There is no such repository any more.
    RepositoryGone {
        /// The name that was shown.
        repository: String,
    },
    /// The repository has another name: its old one may be another repository's by now.
    RepositoryName {
        /// The name that was shown.
        from: String,
        /// The name now.
        to: String,
    },
    /// Who shall have the access holds something else by themselves.
    Holds {
        /// The name people see.
        who: String,
        /// What was shown.
        from: Option<Permission>,
        /// What it is now.
        to: Option<Permission>,
    },
    /// By themselves they hold what they did, and through accesses of ours something else: one has begun since, or ended.
    HoldsThroughUs {
        /// The name people see.
        who: String,
        /// What was shown.
        from: Option<Permission>,
        /// What it is now.
        to: Option<Permission>,
    },
    /// What they hold is otherwise, in a way that is not for whoever is told.
    HoldingChanged {
        /// The name people see.
        who: String,
    },
}
