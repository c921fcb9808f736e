//! What an access request can be asked to do.

use std::sync::Arc;

use super::event::{Ending, Findings, Phase};
use super::{Asked, Assurance, Difference, Permission, Span, Subject};
use crate::denied::Violation;
use crate::envelope::Digest;
use crate::rules::Ruling;
use crate::tenant::{Person, TenantState};

/// The commands. Who acts, what the vendors said and what the rules say come in with them.
#[derive(Debug, Clone)]
pub enum AccessCommand {
    /// Ask for access.
    Ask(Box<Asked>),
    /// Take in what the vendors said, with what the rules say to it (`None`: the content was not good enough to ask).
    Check {
        /// What the vendors said.
        findings: Box<Findings>,
        /// Whose the account is that the forge found.
        subject: Option<Subject>,
        /// What the rules say.
        ruling: Option<Ruling>,
        /// When the same account held as much on the same repository through other accesses.
        earlier: Vec<Span>,
    },
    /// Somebody is about to decide: this is what the vendors say now.
    LookAgain {
        /// What they say.
        findings: Box<Findings>,
        /// The statuses that the bot itself brought the ticket to since it was looked up.
        moved_by_us: Vec<String>,
    },
    /// What was approved was not carried out, because what it was decided on has changed.
    Overtake {
        /// What the vendors say now.
        findings: Box<Findings>,
        /// What counts of what has changed.
        differences: Vec<Difference>,
    },
    /// The rules or the people changed: here is how they are now.
    Review(Box<Review>),
    /// Countersign what is proposed.
    Countersign(Box<Countersignature>),
    /// Take the own countersignature back.
    TakeBack {
        /// Who.
        by: Person,
        /// By what; a reaction that is taken back takes back only what a reaction gave.
        assurance: Assurance,
    },
    /// Say no to what is proposed.
    Deny {
        /// Who.
        by: Person,
        /// Those they may stand in for now.
        absent: Vec<Person>,
        /// The receipt of what was shown.
        receipt: Option<Digest>,
        /// Why.
        reason: Option<String>,
    },
    /// Take the own proposal back.
    Withdraw {
        /// Who.
        by: Person,
    },
    /// Nobody answered in time.
    Lapse,
    /// Nobody answered for long: ask others too.
    Escalate,
    /// Nobody answered for a while: remind those who were asked.
    Remind,
    /// Ask everybody, however many they are.
    Announce {
        /// Who wants it.
        by: Person,
    },
    /// The access ends soon: tell who has it.
    Warn,
    /// The permission was set and read back.
    Confirm {
        /// What was read back.
        permission: Permission,
        /// What there was before.
        before: Option<Permission>,
    },
    /// The effect of a phase was parked, or given up.
    Fail {
        /// Which phase.
        phase: Phase,
        /// What was said.
        why: String,
        /// Whether an operator gave it up.
        given_up: bool,
    },
    /// A vendor lets nobody in; what it holds back goes on by itself.
    Delay {
        /// Which.
        vendor: String,
    },
    /// Let it last longer.
    Extend {
        /// Who asks.
        by: Person,
        /// By how many minutes.
        minutes: u64,
        /// What the rules say to what is left and that.
        ruling: Ruling,
        /// When the same account held as much on the same repository through other accesses.
        earlier: Vec<Span>,
    },
    /// Give it back before its time.
    GiveBack {
        /// Who.
        by: Person,
    },
    /// Take it away before its time.
    Revoke {
        /// Who.
        by: Person,
        /// Why.
        reason: Option<String>,
    },
    /// Its time is over.
    Expire,
    /// It has ended, and that was read back.
    ConfirmEnd {
        /// What the account still holds.
        left: Option<Permission>,
    },
}

/// One person's countersignature.
#[derive(Debug, Clone)]
pub struct Countersignature {
    /// Who.
    pub by: Person,
    /// Everybody as they are now: whose earlier countersignature still counts, and whom each may stand in for.
    pub people: Arc<TenantState>,
    /// The receipt of what was shown; `None` for "as it stands now" (a typed sentence).
    pub receipt: Option<Digest>,
    /// The version of the rules in force.
    pub rules: u64,
    /// How surely it was them.
    pub assurance: Assurance,
    /// When the same account held as much on the same repository through other accesses.
    pub earlier: Vec<Span>,
}

/// The rules and the people, as they are now.
#[derive(Debug, Clone)]
pub struct Review {
    /// Everybody.
    pub people: Arc<TenantState>,
    /// What the rules say to what waits; `None` where they cannot be asked.
    pub open: Option<Ruling>,
    /// What they say to what was granted; `None` where they cannot be asked.
    pub granted: Option<Ruling>,
}

/// Why it was denied, for the card and the ticket.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Denial {
    /// Who said no; nobody where the checks did.
    pub by: Option<crate::names::PrincipalId>,
    /// Why, where they said.
    pub reason: Option<String>,
    /// All that the checks found.
    pub violations: Vec<Violation>,
}

impl AccessCommand {
    /// Whether it takes access away.
    pub const fn is_urgent(&self) -> bool {
        matches!(
            self,
            Self::GiveBack { .. }
                | Self::Revoke { .. }
                | Self::Expire
                | Self::ConfirmEnd { .. }
                | Self::Review(_)
        )
    }
}

impl Ending {
    /// The word for the ending.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::GivenBack { .. } => "given back",
            Self::Revoked { .. } => "revoked",
            Self::Left { .. } => "left",
            Self::NotAllowed { .. } => "not allowed any more",
        }
    }
}
