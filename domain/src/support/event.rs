//! What can have happened to a ticket. Names and shapes are for ever.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Pages, Priority, Promise, Reading, ServiceLevel};
use crate::aggregate::Tagged;
use crate::names::PrincipalId;
use crate::ports::TicketStage;

/// A ticket as it was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Its number, which the tenant has once.
    pub number: u64,
    /// What it was opened for: the same again is the same ticket, however often it is asked for.
    pub marker: Uuid,
    /// Who asks.
    pub by: PrincipalId,
    /// The name people see.
    pub name: String,
    /// What it is about, on one line.
    pub subject: String,
    /// What they say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The turn of a conversation that it came of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<Turn>,
    /// What was said in it until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Attached>,
}

/// What was said in a conversation before a ticket was opened of it, as far as everybody may read it who reads the ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// What who asked has asked, oldest first; the last is what the ticket is opened for.
    pub turns: Vec<Exchange>,
    /// How much of it is left out because it is too long.
    pub earlier: u32,
    /// How many turns of others are left out.
    pub others: u32,
}

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// In which words.
    pub asked: String,
    /// What was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<String>,
    /// Whether the answer is left out, for not everybody who reads the ticket may read what it was taken from.
    pub withheld: bool,
    /// Who may not read it, where not everybody may who reads the ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_from: Option<KeptFrom>,
}

/// From whom of those who read tickets an answer is kept, the fewest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptFrom {
    /// From those who look after none: the desk may read what it was taken from, and so the answer.
    Others,
    /// From everybody: what it was taken from is there no more.
    Everybody,
    /// From the desk, of which not everybody may read what it was taken from.
    Desk,
}

impl KeptFrom {
    /// Whether the answer goes along all the same, for those who look after tickets.
    pub const fn is_told_the_desk(self) -> bool {
        matches!(self, Self::Others)
    }
}

/// A turn of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The conversation.
    pub conversation: Uuid,
    /// The turn.
    pub turn: Uuid,
}

/// Who says something on a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Who asked.
    Asker,
    /// Who looks after it.
    Staff,
}

/// The events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum TicketEvent {
    /// Somebody opened it.
    TicketOpened(Box<Opened>),
    /// It was sorted, or sorted anew: from now on this is promised.
    TicketTriaged {
        /// By whom; nobody where it was opened so.
        by: Option<PrincipalId>,
        /// How much it hurries.
        priority: Priority,
        /// What is promised.
        level: Box<ServiceLevel>,
        /// How each promise stands. What it has taken until now stays taken.
        readings: Vec<Reading>,
    },
    /// Somebody looks after it; nobody where it was given back.
    TicketAssigned {
        /// By whom.
        by: PrincipalId,
        /// Who.
        to: Option<PrincipalId>,
        /// The name people see of them.
        name: Option<String>,
    },
    /// Somebody said something.
    TicketReplied {
        /// Who.
        by: PrincipalId,
        /// The name people see.
        name: String,
        /// On which side.
        side: Side,
        /// What.
        text: String,
    },
    /// It waits for whoever asked, and its clocks stand.
    TicketWaiting {
        /// By whom.
        by: PrincipalId,
        /// How each promise stands.
        readings: Vec<Reading>,
    },
    /// It waits no more.
    TicketResumed {
        /// How each promise stands.
        readings: Vec<Reading>,
    },
    /// It is resolved, as who looked after it says.
    TicketResolved {
        /// Who.
        by: PrincipalId,
        /// How.
        how: String,
        /// How each promise stands.
        readings: Vec<Reading>,
        /// Until when whoever asked can say that it is not.
        until: Timestamp,
    },
    /// It is not resolved, as who asked says.
    TicketReopened {
        /// How each promise stands: the time between counts for none.
        readings: Vec<Reading>,
    },
    /// It is over.
    TicketClosed {
        /// By whom; nobody where nobody said anything for long.
        by: Option<PrincipalId>,
    },
    /// It stands in a tracker as well.
    TicketLinked {
        /// Its key there: `OPS-17`.
        key: String,
        /// Who says so; nobody where we made it there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<PrincipalId>,
    },
    /// It is to stand in the tracker as well.
    TicketMirrored {
        /// In which project.
        project: String,
    },
    /// It stands so in the tracker, as far as was looked.
    TrackerSeen {
        /// The name of its status.
        status: String,
        /// How far that is.
        stage: TicketStage,
        /// What had been said on it before a person linked it, by the tracker's ids: that is of no ticket of ours.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        before: Vec<String>,
    },
    /// Somebody said something on it in the tracker.
    TrackerCommented {
        /// The tracker's id of it.
        comment: String,
        /// Who that is here; nobody where they are known there alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<PrincipalId>,
        /// The name people see of them there.
        name: String,
        /// On which side.
        side: Side,
        /// What.
        text: String,
    },
    /// It is resolved, for a person moved it there so.
    TicketResolvedThere {
        /// The name of its status.
        status: String,
        /// How each promise stands.
        readings: Vec<Reading>,
        /// Until when whoever asked can say that it is not.
        until: Timestamp,
    },
    /// Somebody is woken, for a promise was not kept.
    TicketPaged {
        /// Which.
        promise: Promise,
        /// Who, and how.
        by: Pages,
        /// How often they were, with this time.
        times: u32,
        /// When they are woken again, unless somebody says something.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Timestamp>,
    },
    /// Somebody has heard of it, and nobody else is woken.
    TicketAcknowledged {
        /// Who.
        by: PrincipalId,
    },
    /// Others are told, for a promise was not kept.
    TicketEscalated {
        /// The groups.
        to: Vec<String>,
        /// Which promise.
        promise: Promise,
    },
    /// Most of the time is over.
    SlaWarned {
        /// For what.
        promise: Promise,
        /// When all of it is.
        due: Timestamp,
    },
    /// The time is over.
    SlaBreached {
        /// For what.
        promise: Promise,
        /// Since when.
        due: Timestamp,
    },
    /// It was kept in time.
    SlaMet {
        /// What.
        promise: Promise,
        /// In how much working time, in seconds.
        spent: u64,
    },
}

impl Tagged for TicketEvent {}
