//! Comparing the forge with the log, again and again: what is found new is told once, what the log has ended is ended again once.

mod react;
mod take;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Deviation, How, Permission};
use crate::aggregate::{self, Aggregate};
use crate::denied::Denied;
use crate::names::PrincipalId;
use crate::request::Code;

pub use self::react::react_to_comparison;

/// Stands for the list of all repositories, among those that could not be looked at.
pub const ALL: &str = "*";

/// Why it was compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WhyCompared {
    /// It was time.
    Schedule,
    /// Somebody wanted it.
    Asked {
        /// Who.
        by: PrincipalId,
    },
    /// The log is an older copy, as the bot found or was told at its start.
    Restored(Restored),
    /// What was found before is as the log wants it now.
    Settled,
}

/// A log that is an older copy of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// How far this bot knows that it was once acknowledged; nothing where nobody kept that.
    pub acknowledged: Option<u64>,
    /// How far it goes.
    pub head: u64,
    /// When its last event was.
    pub until: Timestamp,
}

/// A place at the forge: an account on a repository, by its identity: names change hands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Spot {
    /// The repository: the forge's immutable id, or its name where there is none.
    pub repository: String,
    /// The forge's account.
    pub account: String,
}

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Why it was made.
    pub why: WhyCompared,
    /// How many repositories were looked at.
    pub repositories: u64,
    /// How many accounts on them.
    pub accounts: u64,
    /// The repositories that could not be looked at, by name, each with the reason.
    pub unread: BTreeMap<String, String>,
    /// The same by their identities: what was found on them before stays.
    pub unseen: BTreeSet<String>,
    /// All differences there are.
    pub differences: Vec<Deviation>,
    /// What a repair has adopted and is not there any more, as far as it was.
    pub lowered: Vec<Lowered>,
}

/// What a repair has adopted, and somebody has taken away or lowered since. It is adopted no more: whoever is meant to have it asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lowered {
    /// The forge's account.
    pub account: String,
    /// The name people see.
    pub name: String,
    /// Whose account it is, where the directory says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<PrincipalId>,
    /// The repository.
    pub repository: String,
    /// The forge's immutable id of it, where the log knows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository_id: Option<String>,
    /// What was adopted.
    pub adopted: Permission,
    /// What is there.
    pub present: Option<Permission>,
    /// By which repair it was adopted when that was looked at: what another one adopts after it is not meant. A place in the log
    /// would not say so: it is another one in another store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Code>,
}

/// The events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum ComparisonEvent {
    /// The forge was compared with the log.
    AccessCompared {
        /// Why.
        why: WhyCompared,
        /// How many repositories were looked at.
        repositories: u64,
        /// How many accounts on them.
        accounts: u64,
        /// The repositories that could not be looked at, each with the reason.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        unread: BTreeMap<String, String>,
        /// The same by their identities, where these are not their names.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        unseen: BTreeSet<String>,
        /// What is different, and was not so before.
        found: Vec<Deviation>,
        /// Where nothing is different any more.
        gone: Vec<Spot>,
        /// What a repair had adopted, and is adopted no more because it is not there.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lowered: Vec<Lowered>,
        /// Whether it goes on from the event before: one comparison may find more than an event holds.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        goes_on: bool,
    },
}

impl aggregate::Tagged for ComparisonEvent {}

/// The commands.
#[derive(Debug, Clone)]
pub enum ComparisonCommand {
    /// Take in what a comparison came to.
    Take(Box<Compared>),
    /// What was different there was ended again, and read back.
    Settle(Spot),
}

/// All comparisons of a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// What is different, as far as is known.
    pub differences: Vec<Deviation>,
    /// The accesses of which that was tried: to end them again.
    pub ended_again: BTreeSet<Code>,
    /// Those of them that were read back to have ended.
    #[serde(default)]
    pub read_back: BTreeSet<Code>,
    /// The repositories that could not be looked at the last time; `*` for the list of all of them.
    #[serde(default)]
    pub unread: BTreeSet<String>,
    /// When it was compared last.
    pub last: Option<Timestamp>,
    /// Up to when the log went to which it was put back, until everything was compared with it.
    #[serde(default)]
    pub put_back: Option<Timestamp>,
    /// The repositories that were not compared with it since, by identity or name; `*` for those that nobody has listed.
    #[serde(default)]
    pub uncompared: BTreeSet<String>,
    /// Both as they were before the last comparison, of which every event says a part.
    #[serde(default)]
    before: PutBack,
    /// How many direct permissions there were then.
    #[serde(default)]
    pub accounts: u64,
    /// Since when each place is different, though perhaps in another way.
    #[serde(default)]
    pub seen: Vec<(Spot, Timestamp)>,
}

/// A log that was put back, and what was not compared with it since.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct PutBack {
    until: Option<Timestamp>,
    uncompared: BTreeSet<String>,
}

impl Deviation {
    /// Where it is.
    pub fn spot(&self) -> Spot {
        Spot { repository: self.repository_key().to_owned(), account: self.account.clone() }
    }

    /// The repository's identity: the immutable id, or the name where there is none.
    pub fn repository_key(&self) -> &str {
        self.repository_id.as_deref().unwrap_or(&self.repository)
    }

    /// Whether it is there. Earlier events name the repository where they say that something is gone.
    fn is_at(&self, spot: &Spot) -> bool {
        let on = [self.repository_key(), &self.repository];
        self.account == spot.account && on.contains(&spot.repository.as_str())
    }

    /// Whether another one says the same, be it that one is ended again and the other not any more.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        let plain = |how: &How| match how.clone() {
            How::NotEnded { code, ended, left, unended, .. } => {
                How::NotEnded { code, ended, left, unended, again: false, read_back: false }
            }
            how => how,
        };
        (self.spot(), self.wanted, self.present, plain(&self.how))
            == (other.spot(), other.wanted, other.present, plain(&other.how))
    }
}

impl Aggregate for Comparison {
    const CATEGORY: &'static str = "comparison";
    type Command = ComparisonCommand;
    type Event = ComparisonEvent;

    fn decide(&self, command: ComparisonCommand, _now: Timestamp) -> Result<Vec<ComparisonEvent>, Denied> {
        Ok(match command {
            ComparisonCommand::Take(compared) => self.take(*compared),
            ComparisonCommand::Settle(spot) if self.differences.iter().any(|found| found.is_at(&spot)) => {
                let (why, unread) = (WhyCompared::Settled, BTreeMap::new());
                let (found, gone, unseen) = (vec![], vec![spot], BTreeSet::new());
                vec![ComparisonEvent::AccessCompared {
                    why,
                    repositories: 0,
                    accounts: 0,
                    unread,
                    unseen,
                    found,
                    gone,
                    lowered: vec![],
                    goes_on: false,
                }]
            }
            ComparisonCommand::Settle(_) => vec![],
        })
    }

    fn evolve(&mut self, event: &ComparisonEvent, at: Timestamp) {
        let ComparisonEvent::AccessCompared { why, unread, unseen, found, gone, accounts, goes_on, .. } =
            event;
        if *why == WhyCompared::Settled {
            let put_right = self.differences.iter().filter(|known| gone.iter().any(|spot| known.is_at(spot)));
            self.read_back.extend(put_right.filter_map(|known| known.how.not_ended()).cloned());
        } else {
            if !goes_on {
                self.begin_anew(why, *accounts, at);
            }
            self.unread.extend(unread.keys().cloned());
            self.compare_with_what_was_put_back(unread.keys().chain(unseen));
        }
        let over = |known: &Deviation| {
            gone.iter().any(|spot| known.is_at(spot)) || found.iter().any(|new| new.is_at(&known.spot()))
        };
        self.differences.retain(|known| !over(known));
        self.differences.extend(found.iter().cloned());
        self.see(at);
        self.ended_again.extend(found.iter().filter_map(ended_again).cloned());
    }
}

/// The access that a difference has ended again, though it was read back that it had ended.
const fn ended_again(difference: &Deviation) -> Option<&Code> {
    match &difference.how {
        How::NotEnded { code, again: true, unended: None, .. } => Some(code),
        _ => None,
    }
}

impl How {
    /// The access that has ended and is there.
    const fn not_ended(&self) -> Option<&Code> {
        match self {
            Self::NotEnded { code, .. } => Some(code),
            _ => None,
        }
    }

    /// Whether what has not ended is ended again, or looked at again.
    const fn set_again(&mut self, whether: bool) {
        if let Self::NotEnded { again, .. } = self {
            *again = whether;
        }
    }
}

impl Comparison {
    /// An access has ended, and that was read back: what was different because of it is not any more.
    pub fn ended(&mut self, ended: &Code) {
        let is_over = |known: &Deviation| match &known.how {
            How::Lacking { code, .. } | How::NotEnded { code, .. } => code == ended,
            How::Exceeding { .. } | How::Unknown => false,
        };
        self.differences.retain(|known| !is_over(known));
        let differences = &self.differences;
        self.seen.retain(|(spot, _)| differences.iter().any(|known| known.is_at(spot)));
    }

    /// Since when it is different at a place.
    pub fn seen(&self, spot: &Spot) -> Option<Timestamp> {
        self.seen.iter().find(|(known, _)| known == spot).map(|(_, at)| *at)
    }

    /// What is different now is seen from now on, unless it was already.
    fn see(&mut self, at: Timestamp) {
        let before: BTreeMap<Spot, Timestamp> = std::mem::take(&mut self.seen).into_iter().collect();
        let since = |spot: &Spot| before.get(spot).copied().unwrap_or(at);
        let spots = self.differences.iter().map(Deviation::spot);
        self.seen = spots.map(|spot| (spot.clone(), since(&spot))).collect();
    }

    /// Up to when the log went to which it was put back, where a comparison made for this reason is the first to look at the
    /// repository of what it found.
    fn put_back_by(&self, why: &WhyCompared, found: &Deviation) -> Option<Timestamp> {
        match why {
            WhyCompared::Restored(Restored { until, .. }) => Some(*until),
            _ => self.put_back.filter(|_| {
                let on = [ALL, found.repository_key(), &found.repository];
                on.iter().any(|name| self.uncompared.contains(*name))
            }),
        }
    }

    /// What the last comparison says is over: another one begins.
    fn begin_anew(&mut self, why: &WhyCompared, accounts: u64, at: Timestamp) {
        self.last = Some(at);
        self.accounts = accounts;
        self.unread.clear();
        let uncompared = std::mem::take(&mut self.uncompared);
        self.before = match why {
            WhyCompared::Restored(Restored { until, .. }) => {
                PutBack { until: Some(*until), uncompared: [ALL.to_owned()].into() }
            }
            _ => PutBack { until: self.put_back, uncompared },
        };
        // What was begun before it is not begun now.
        self.differences.iter_mut().for_each(|known| known.how.set_again(false));
    }

    /// What could not be looked at since the log was put back is all that is still to be compared with it.
    fn compare_with_what_was_put_back<'a>(&mut self, unlooked: impl Iterator<Item = &'a String>) {
        let PutBack { until, uncompared } = &self.before;
        // Where nobody had listed them, whatever could not be looked at now may never have been.
        let is_still = |name: &&String| uncompared.contains(ALL) || uncompared.contains(*name);
        self.uncompared.extend(unlooked.filter(is_still).cloned());
        self.put_back = until.filter(|_| !self.uncompared.is_empty());
    }
}

#[cfg(test)]
mod tests;
