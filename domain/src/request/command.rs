//! What a request can be asked to do.

use std::sync::Arc;

use super::{Assurance, Common, Difference, Kind};
use crate::envelope::Digest;
use crate::people::People;
use crate::person::Person;
use crate::rules::Ruling;

/// The commands. Who acts, what was found outside and what the rules say come in with them.
#[derive(Debug, Clone, PartialEq)]
pub enum Command<K: Kind> {
    /// Ask.
    Ask(Box<K::Content>),
    /// Take in what was found, with what the rules say to it.
    Check {
        /// What was found.
        findings: Box<K::Evidence>,
        /// What the rules say; `None`: the content was not good enough to ask them.
        ruling: Option<Ruling>,
        /// What else in the log limits it.
        past: K::Past,
    },
    /// Somebody is about to decide: this is how things are now.
    LookAgain {
        /// What was found.
        findings: Box<K::Evidence>,
        /// What the bot itself has brought about since it was looked up.
        by_us: Vec<String>,
        /// What the rules say to that, under the names it has now; `None`: the terms stand as they are.
        ruling: Option<Ruling>,
    },
    /// What was approved was not carried out, because what it was decided on has changed.
    Overtake {
        /// How things are now.
        findings: Box<K::Evidence>,
        /// What counts of what has changed.
        differences: Vec<Difference<K>>,
        /// What the rules say to that, under the names it has now; `None`: the terms stand as they are.
        ruling: Option<Ruling>,
        /// What else in the log limits it.
        past: K::Past,
    },
    /// The rules or the people changed: here is how they are now.
    Review(Box<Review<K>>),
    /// Countersign what is proposed.
    Countersign(Box<Countersignature<K>>),
    /// What every request can be told by who does not know its kind.
    Common(Common),
    /// The ticket that asked for it asks for something else now.
    Supersede {
        /// Which.
        ticket: String,
        /// Whether it asks for nothing any more.
        asks_nothing: bool,
    },
    /// The effect of a phase was parked, or given up.
    Fail {
        /// Which phase.
        phase: K::Phase,
        /// What was said.
        why: String,
        /// Whether an operator gave it up.
        given_up: bool,
    },
    /// An operator says that what failed in a phase was done by hand, and that is not read back yet.
    Vouch {
        /// Which phase.
        phase: K::Phase,
        /// What else they said.
        note: String,
    },
    /// What only this kind can be asked.
    Own(K::Command),
}

impl<K: Kind> From<Common> for Command<K> {
    fn from(common: Common) -> Self {
        Self::Common(common)
    }
}

impl<K: Kind> Command<K> {
    /// Whether it takes something away, whatever it is told to.
    pub fn is_urgent(&self) -> bool {
        match self {
            Self::Review(_) => true,
            Self::Own(command) => K::is_urgent(command),
            _ => false,
        }
    }
}

/// One person's countersignature.
#[derive(Debug, Clone, PartialEq)]
pub struct Countersignature<K: Kind> {
    /// Who.
    pub by: Person,
    /// Everybody as they are now: whose earlier countersignature still counts, and whom each may stand in for.
    pub people: Arc<People>,
    /// The receipt of what was shown; `None` for "as it stands now" (a typed sentence).
    pub receipt: Option<Digest>,
    /// The version of the rules it is given under: [`super::Request::ruled_by`].
    pub rules: u64,
    /// How surely it was them.
    pub assurance: Assurance,
    /// What else in the log limits it.
    pub past: K::Past,
}

/// The rules and the people, as they are now.
#[derive(Debug, Clone, PartialEq)]
pub struct Review<K: Kind> {
    /// Everybody.
    pub people: Arc<People>,
    /// What the rules say to what waits; `None` where they cannot be asked.
    pub open: Option<Ruling>,
    /// What they say to what stands, or was approved; `None` where nothing depends on that, or they cannot be asked.
    pub granted: Option<Ruling>,
    /// What else in the log limits it.
    pub past: K::Past,
}
