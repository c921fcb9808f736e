//! What speaks against an access, and against nothing else.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Difference, Permission, words};
use crate::code::Code;
use crate::denied::{self, Field, Own, Violation};
use crate::ports::{USUAL_FORGE, vendor};
use crate::{people, ticket};

/// Why an access is not asked for, countersigned or given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "code", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Fault {
    /// A required field is empty.
    MissingField {
        /// Which.
        field: Field,
    },
    /// The permission is not on the whitelist.
    UnknownPermission {
        /// What was asked for.
        given: String,
    },
    /// The duration is not one.
    BadDuration {
        /// What was given.
        given: String,
        /// What is wrong with it.
        why: String,
    },
    /// The duration is above what the rule allows.
    DurationTooLong {
        /// Minutes asked for.
        asked: u64,
        /// Minutes allowed.
        max: u64,
    },
    /// It would last longer without a break than the rule allows.
    UnbrokenTooLong {
        /// Minutes allowed.
        max: u64,
        /// Since when it lasts without a break.
        since: Timestamp,
        /// How many minutes more would fit.
        fits: u64,
        /// Until when it would last then; nothing where nothing fits.
        until: Option<Timestamp>,
    },
    /// It would be more within the last days than the rule allows.
    TotalTooLong {
        /// Minutes allowed.
        max: u64,
        /// Minutes that there were, or are granted, already.
        used: u64,
        /// Within how many days.
        days: u64,
        /// How many minutes more would fit.
        fits: u64,
        /// Until when it would last then; nothing where nothing fits.
        until: Option<Timestamp>,
    },
    /// What is asked for is held already.
    HeldAlready {
        /// The name people see of who holds it.
        user: String,
        /// What is asked for.
        permission: Permission,
        /// On which repository.
        repository: String,
        /// What they hold.
        holds: Permission,
        /// The access of ours that gives it, and until when; nothing where they hold it by themselves.
        through: Option<(Code, Timestamp)>,
    },
    /// The forge knows no such user.
    UnknownUser {
        /// The user as given.
        user: String,
    },
    /// The directory does not say which of the forge's accounts is this person's.
    NoAccount {
        /// Who.
        person: String,
    },
    /// The directory gives one of the forge's accounts to several people.
    SharedAccount {
        /// The name of the account at the forge.
        account: String,
        /// To whom.
        people: Vec<String>,
    },
    /// The forge knows the user, and they are not in the workspace.
    NotInWorkspace {
        /// The name people see.
        user: String,
    },
    /// The user owns the workspace: nothing can be given to them, for they may do everything.
    OwnsWorkspace {
        /// The name people see.
        user: String,
    },
    /// The repository is in another workspace than the tenant's, or at another forge.
    OtherWorkspace {
        /// The repository as given.
        repository: String,
        /// The tenant's.
        ours: String,
    },
    /// The forge knows no such repository.
    UnknownRepository {
        /// The repository as given.
        repository: String,
    },
    /// The tracker knows no such ticket.
    UnknownTicket {
        /// The key as given.
        ticket: String,
    },
    /// Who asks is not a person of this tenant.
    UnknownRequester {
        /// The name by which the vendor knows them.
        account: String,
    },
    /// The rules demand a ticket.
    TicketRequired {
        /// The pattern it must match.
        pattern: String,
    },
    /// The ticket key does not look as the rules demand.
    TicketMismatch {
        /// The key as given.
        ticket: String,
        /// The pattern it must match.
        pattern: String,
    },
    /// The ticket is not in one of the statuses that the rules want it to be in.
    TicketStatus {
        /// The ticket's key.
        ticket: String,
        /// The statuses that would do.
        wanted: Vec<String>,
    },
    /// No rule allows it.
    NoRuleAllows {
        /// The permission.
        permission: Permission,
        /// The repository.
        repository: String,
    },
    /// What it is decided on has changed since they were asked.
    EvidenceChanged {
        /// What.
        differences: Vec<Difference>,
    },
}

impl denied::Fault for Fault {
    fn of(own: &Own) -> Option<Self> {
        own.read()
    }

    fn said(&self) -> String {
        self.said_at(USUAL_FORGE)
    }

    fn said_at(&self, forge: &str) -> String {
        words::fault(self, vendor(forge))
    }
}

/// Whether it says that there is nothing to ask for.
pub(super) fn is_there_already(violation: &Violation) -> bool {
    matches!(violation.own(), Some(Fault::HeldAlready { .. } | Fault::OwnsWorkspace { .. }))
}

/// Whether it only says that something could not be read or found: nobody and no rule has said no, and whoever asked can mend
/// it, or have it mended.
pub(super) fn is_unread(violation: &Violation) -> bool {
    match violation {
        Violation::BadMoment { .. } | Violation::TextTooLong { .. } | Violation::BadCharacter { .. } => true,
        other if other.own::<ticket::Fault>().is_some() || is_nobody(other) => true,
        other => matches!(
            other.own(),
            Some(
                Fault::MissingField { .. }
                    | Fault::UnknownPermission { .. }
                    | Fault::BadDuration { .. }
                    | Fault::UnknownUser { .. }
                    | Fault::NoAccount { .. }
                    | Fault::SharedAccount { .. }
                    | Fault::NotInWorkspace { .. }
                    | Fault::UnknownRepository { .. }
                    | Fault::OtherWorkspace { .. }
                    | Fault::UnknownTicket { .. }
                    | Fault::UnknownRequester { .. }
            )
        ),
    }
}

/// Whether it says that nobody can tell who is meant.
pub(super) fn is_nobody(violation: &Violation) -> bool {
    use people::Fault as F;
    matches!(violation.own(), Some(F::SeveralPeople { .. } | F::NotLinked { .. }))
}
