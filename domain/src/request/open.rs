//! What waits for countersignatures, why something was denied, and what failed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::denied::Violation;
use crate::names::PrincipalId;
use crate::rules::Terms;

/// A proposal that waits for countersignatures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is something that is so or not")]
pub struct Open<P> {
    /// To do what.
    pub proposal: P,
    /// Who proposed it.
    pub by: PrincipalId,
    /// On which terms.
    pub terms: Terms,
    /// Who countersigned so far.
    pub countersigned: Vec<PrincipalId>,
    /// Nobody countersigning by then, it lapses.
    pub due: Timestamp,
    /// Nobody countersigning by then, others are asked too.
    pub escalate_at: Option<Timestamp>,
    /// Whether others are asked too.
    pub escalated: bool,
    /// Those of them whose countersignature is a reaction, which they can take back by taking the reaction back.
    #[serde(default)]
    pub by_reaction: BTreeSet<PrincipalId>,
    /// Who of them stood in for whom: the own countersignature of the latter would be the same one twice.
    #[serde(default)]
    pub stood_in_for: BTreeMap<PrincipalId, PrincipalId>,
    /// Those whose countersignature counted, and does not any more, each with what took it.
    #[serde(default)]
    pub voided: BTreeMap<PrincipalId, WhyVoid>,
    /// Whether it was approved before, and waits again because what it is decided on became otherwise.
    #[serde(default)]
    pub overtaken: bool,
    /// Whether what became otherwise last cost anybody a countersignature.
    #[serde(default)]
    pub has_just_voided: bool,
    /// Nobody countersigning by then, those who were asked are reminded.
    #[serde(default)]
    pub remind_at: Option<Timestamp>,
    /// How often they were.
    #[serde(default)]
    pub reminded: u32,
    /// Whether who asked wants everybody to be asked, however many they are.
    #[serde(default)]
    pub announced: bool,
    /// Why it is proposed, where that is not said with what was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Why a countersignature that counted does not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyVoid {
    /// What it is decided on became otherwise.
    Evidence,
    /// The rules say something else of it.
    Rules,
    /// Whoever gave it may not any more.
    Signer,
}

/// Why it was denied, for the card and the ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denial {
    /// Who said no; nobody where the checks did.
    pub by: Option<PrincipalId>,
    /// Why, where they said.
    pub reason: Option<String>,
    /// All that the checks found.
    pub violations: Vec<Violation>,
    /// The version of the rules that said no to what waited already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<u64>,
}

/// What failed, and while doing what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure<P> {
    /// While doing what.
    pub phase: P,
    /// What was said.
    pub why: String,
    /// Whether an operator gave it up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given_up: bool,
    /// What an operator said who says that it was done by hand, until that is read back or seen not to be so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vouched: Option<String>,
}

impl<P> Open<P> {
    /// Somebody's countersignature is none any more.
    pub(super) fn take_off(&mut self, by: &PrincipalId) {
        self.countersigned.retain(|id| id != by);
        self.by_reaction.remove(by);
        self.stood_in_for.remove(by);
    }

    /// Nobody's countersignature is one any more, and whoever gave one is told so, and why.
    pub(super) fn void(&mut self, why: WhyVoid) {
        self.has_just_voided = !self.countersigned.is_empty();
        self.voided.extend(self.countersigned.drain(..).map(|by| (by, why)));
        self.by_reaction.clear();
        self.stood_in_for.clear();
    }
}
