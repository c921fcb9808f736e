//! How a call to a vendor can end when it does not simply succeed.

use std::time::Duration;

use jiff::Timestamp;

use crate::names::Tenant;

/// What stands between what came of a call and its cure.
pub const CURE: &str = " — ";

/// The vendor of what fails before any is asked: the bot itself.
pub const OURSELVES: &str = "countersign";

/// A call that did not succeed. The kind says what may be concluded; nothing else may be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{vendor}: {what}: {detail}")]
pub struct CallError {
    /// Whose answer it is: `bitbucket`, `jira`.
    pub vendor: &'static str,
    /// What was asked, as a phrase: `read the permission of erin on payments-api`.
    pub what: String,
    /// What came of it, free of secrets, at most 500 characters; behind the last [`CURE`], how who runs the bot can mend it.
    pub detail: String,
    /// The HTTP status, where an answer came at all.
    pub status: Option<u16>,
    /// What may be concluded.
    pub kind: CallErrorKind,
}

impl CallError {
    /// The same with the name of something in the place of its id, which says nothing to people.
    #[must_use]
    pub fn calling(self, id: &str, name: &str) -> Self {
        let named = |text: &str| if id.is_empty() { text.to_owned() } else { text.replace(id, name) };
        Self { what: named(&self.what), detail: named(&self.detail), ..self }
    }
}

/// What may be concluded from a call that did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallErrorKind {
    /// The vendor definitely refused; asking again will not help (4xx, a contract broken).
    Rejected,
    /// The same, and it is known what that means: asking again helps once somebody has mended it there.
    Refused(Refusal),
    /// It was definitely not done, and neither will anything else be: the credential is missing or not accepted, or what
    /// answers is not the vendor. It is one fault for all that is asked of this vendor, and a person has to mend it.
    Barred,
    /// It was definitely not done and may be tried again, not before `after` where the vendor said so (429, 503,
    /// no connection, breaker open).
    NotDone {
        /// How long the vendor asked us to wait.
        after: Option<Duration>,
    },
    /// It may or may not have been done (time-out, connection lost after sending, 500, 502, 504): look before trying again.
    Unknown,
}

/// What a vendor's refusal means, by its published contract or by a look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Whom it is for is not among the people of the workspace.
    NotAMember,
    /// Whom it is for owns the workspace: nothing can be given to them, for they may do everything.
    Owner,
    /// The plan of the workspace has no room for one more.
    PlanFull,
    /// The bot's own account may not do it there.
    NotAllowed,
    /// The repository is archived: nobody's permission can be changed there.
    ReadOnly,
}

/// Whom vendors asked to leave them alone for a while (`Retry-After`), whoever calls.
pub trait Pauses: Send + Sync {
    /// Lets no call go to this vendor for this tenant before `until`. A later moment that was said before stays.
    fn pause(&self, vendor: &str, tenant: &Tenant, until: Timestamp);

    /// Until when no call goes to it, if it wants none now.
    fn paused_until(&self, vendor: &str, tenant: &Tenant) -> Option<Timestamp>;
}

impl CallErrorKind {
    /// Whether this one thing was definitely refused.
    pub const fn is_refusal(self) -> bool {
        matches!(self, Self::Rejected | Self::Refused(_))
    }

    /// The word for it in logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rejected | Self::Refused(_) => "rejected",
            Self::Barred => "barred",
            Self::NotDone { .. } => "not_done",
            Self::Unknown => "unknown",
        }
    }
}
