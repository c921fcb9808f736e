//! "No" as a value: every reason why a command was not carried out, all at once, each specific.

mod fault;
mod field;
mod own;
mod text;

use serde::{Deserialize, Serialize};

pub use self::fault::{RuleFault, RuleFaults};

pub use self::field::Field;
pub use self::own::{Fault, Own};
pub use self::text::text_fault;

/// A command that was not carried out. Told to the person in full, and kept as an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Denied(pub Vec<Violation>);

impl Denied {
    /// Denied for one reason.
    pub fn because(violation: Violation) -> Self {
        Self(vec![violation])
    }
}

impl From<Violation> for Denied {
    fn from(violation: Violation) -> Self {
        Self::because(violation)
    }
}

/// One reason, as data; [`violation`](crate::words::violation) says it to the person. What can be said of a
/// request of whatever kind, or of any sentence, stands here; what one part alone says no for, a capability, the people, the effects
/// or the tickets, is its own [`Fault`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "code", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Violation {
    /// A text is too long.
    TextTooLong {
        /// Which field.
        field: Field,
        /// Its length in characters.
        length: usize,
        /// The most it may have.
        max: usize,
    },
    /// A text holds a character that could deceive a reader.
    BadCharacter {
        /// Which field.
        field: Field,
        /// The code point, as `U+202E`.
        character: String,
        /// Where, in characters from 1.
        place: usize,
    },
    /// A rule forbids it.
    ForbiddenByRule {
        /// The policies that forbid it.
        policies: Vec<String>,
        /// What they say.
        messages: Vec<String>,
    },
    /// One's own request, or a request for oneself.
    OwnRequest,
    /// Agents ask, and never countersign.
    AgentMayNotCountersign,
    /// The rules do not count them among those who may countersign.
    NotEligible {
        /// Who may, as the rules say it.
        approvers: Vec<String>,
    },
    /// They have countersigned already.
    AlreadyCountersigned,
    /// They have countersigned, and enough others have: what was countersigned is carried out, or was, and stays countersigned.
    TooLateToTakeBack {
        /// How the request stands.
        status: String,
        /// Whether what comes of it lasts until somebody ends it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        lasts: bool,
    },
    /// They have countersigned, and it is being carried out, or was.
    CountersignedAndSet {
        /// How the request stands.
        status: String,
    },
    /// What they saw is not what stands now.
    Stale,
    /// What was given for a receipt of it is none, and never was.
    NotItsReceipt {
        /// As it was given.
        given: String,
    },
    /// Nobody can say now whether what they were shown is still so.
    EvidenceUnknown {
        /// Which vendor does not say.
        vendor: String,
        /// What it does not let the bot do, as people are told, where it does answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refused: Option<String>,
    },
    /// The rule wants a reason for a no.
    DenialNeedsReason,
    /// They have not countersigned, so there is nothing to take back.
    NotCountersigned,
    /// The countersignature that somebody wants to take back counts for nothing already.
    CountersignatureVoid,
    /// The rule wants more than a reaction.
    ReactionNotEnough,
    /// The rule wants the countersignature in the console, with another proof of who they are.
    StepUpNeeded,
    /// The time is none, or none to come.
    BadMoment {
        /// What was given.
        given: String,
    },
    /// What was answered is not asked any more.
    QuestionOver,
    /// Somebody whom it stands on does not belong to the tenant any more.
    HasLeft {
        /// The name people saw.
        name: String,
    },
    /// The ticket that asked was edited, and asks for something else now.
    AsksOtherwise {
        /// The ticket.
        ticket: String,
    },
    /// The ticket that asked was edited, and asks for nothing any more.
    AsksNothing {
        /// The ticket.
        ticket: String,
    },
    /// There is nothing to decide any more (or yet).
    NothingToDecide {
        /// How the request stands.
        status: String,
    },
    /// It cannot be done in this state.
    WrongStatus {
        /// What was tried.
        action: String,
        /// How the request stands.
        status: String,
    },
    /// What was said is for requests of another kind.
    AnotherKind {
        /// What this one is of.
        kind: String,
    },
    /// Only those it concerns may do this.
    NotYours {
        /// What was tried.
        action: String,
    },
    /// It takes a role they do not hold.
    RoleRequired {
        /// What was tried.
        action: String,
        /// The role.
        role: String,
    },
    /// No request has this code.
    UnknownCode {
        /// The code as given.
        given: String,
    },
    /// What a plan would put right has changed since they were asked.
    PlanChanged {
        /// What, as the middle of a sentence.
        what: String,
    },
    /// Other rules are in force by now than those in whose place these were to be.
    RulesMovedOn {
        /// Those in whose place.
        base: u64,
        /// Those in force.
        now: u64,
    },
    /// The rule set has faults.
    RuleSetFaults {
        /// Each with its line.
        faults: Vec<RuleFault>,
    },
    /// The words were not understood.
    NotUnderstood {
        /// What was said, cut to 100 characters.
        said: String,
        /// The nearest commands, best first.
        nearest: Vec<String>,
    },
    /// What one capability alone says no for.
    #[serde(untagged)]
    Own(Own),
}

impl Violation {
    /// Why a request is decided by nobody any more whose ticket was edited.
    pub fn superseded(ticket: &str, asks_nothing: bool) -> Self {
        let ticket = ticket.to_owned();
        if asks_nothing { Self::AsksNothing { ticket } } else { Self::AsksOtherwise { ticket } }
    }

    /// It as what a capability alone says no for, where it is one of these.
    pub fn own<F: Fault>(&self) -> Option<F> {
        if let Self::Own(own) = self { F::of(own) } else { None }
    }
}
