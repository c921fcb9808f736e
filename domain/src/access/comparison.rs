//! Comparing the forge with the log, again and again: what is found new is told once, what the log has ended is ended again once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Code, Difference, How};
use crate::aggregate::{self, Aggregate};
use crate::denied::Denied;
use crate::effect::{Effect, EffectEvent, PermissionTask};
use crate::names::PrincipalId;
use crate::reaction::{Reaction, Wish};

/// An event holds at most so many differences.
const MOST: usize = 500;

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

/// A place at the forge: an account on a repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Spot {
    /// The repository.
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
    /// The repositories that could not be looked at, each with the reason: what was found on them before stays.
    pub unread: BTreeMap<String, String>,
    /// All differences there are.
    pub differences: Vec<Difference>,
}

/// The events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
        /// What is different, and was not so before.
        found: Vec<Difference>,
        /// Where nothing is different any more.
        gone: Vec<Spot>,
    },
}

impl aggregate::Event for ComparisonEvent {}

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
    pub differences: Vec<Difference>,
    /// The accesses that were ended again.
    pub ended_again: BTreeSet<Code>,
    /// When it was compared last.
    pub last: Option<Timestamp>,
}

impl Difference {
    /// Where it is.
    pub fn spot(&self) -> Spot {
        Spot { repository: self.repository.clone(), account: self.account.clone() }
    }

    /// Whether another one says the same, be it that one is ended again and the other not any more.
    fn is_same(&self, other: &Self) -> bool {
        let plain = |how: &How| match how.clone() {
            How::NotEnded { code, ended, left, .. } => How::NotEnded { code, ended, left, again: false },
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
            ComparisonCommand::Settle(spot) if self.differences.iter().any(|found| found.spot() == spot) => {
                let (why, unread) = (WhyCompared::Settled, BTreeMap::new());
                let (found, gone) = (vec![], vec![spot]);
                vec![ComparisonEvent::AccessCompared { why, repositories: 0, accounts: 0, unread, found, gone }]
            }
            ComparisonCommand::Settle(_) => vec![],
        })
    }

    fn evolve(&mut self, event: &ComparisonEvent, at: Timestamp) {
        let ComparisonEvent::AccessCompared { why, found, gone, .. } = event;
        if *why != WhyCompared::Settled {
            self.last = Some(at);
        }
        let over = |known: &Difference| gone.contains(&known.spot()) || found.iter().any(|new| new.spot() == known.spot());
        self.differences.retain(|known| !over(known));
        self.differences.extend(found.iter().cloned());
        self.ended_again.extend(found.iter().filter_map(ended_again).cloned());
    }
}

/// The access that a difference has ended again.
const fn ended_again(difference: &Difference) -> Option<&Code> {
    match &difference.how {
        How::NotEnded { code, again: true, .. } => Some(code),
        _ => None,
    }
}

impl Comparison {
    fn take(&self, compared: Compared) -> Vec<ComparisonEvent> {
        let Compared { why, repositories, accounts, unread, differences } = compared;
        let there = |known: &Difference| differences.iter().any(|found| found.spot() == known.spot());
        let gone = self.differences.iter().filter(|known| !there(known) && !unread.contains_key(&known.repository));
        let gone: Vec<_> = gone.map(Difference::spot).collect();
        let is_new = |found: &Difference| !self.differences.iter().any(|known| known.is_same(found));
        let mut found: Vec<_> = differences.iter().filter(|found| is_new(found)).cloned().collect();
        for new in &mut found {
            if let How::NotEnded { code, again, .. } = &mut new.how {
                *again = !self.ended_again.contains(code);
            }
        }
        let mut parts = found.chunks(MOST).map(<[Difference]>::to_vec);
        let first = parts.next().unwrap_or_default();
        let event = |found, gone, unread| {
            let why = why.clone();
            ComparisonEvent::AccessCompared { why, repositories, accounts, unread, found, gone }
        };
        let mut events = vec![event(first, gone, unread)];
        events.extend(parts.map(|part| event(part, vec![], BTreeMap::new())));
        events
    }
}

/// What follows: what is news is told, and what the log has ended is ended again. Anything else changes nothing.
pub fn react_to_comparison(event: &ComparisonEvent) -> Vec<Reaction> {
    let ComparisonEvent::AccessCompared { why, found, .. } = event;
    let is_news = !found.is_empty() || matches!(why, WhyCompared::Restored(_));
    let told = is_news.then(|| Reaction::new("tell", Wish::TellOfComparison(Box::new(event.clone()))));
    let mut reactions: Vec<_> = told.into_iter().collect();
    let again = found.iter().filter_map(|difference| match &difference.how {
        How::NotEnded { code, left, again: true, .. } => Some(Effect::SetPermission {
            code: code.clone(),
            account: difference.account.clone(),
            repository: difference.repository.clone(),
            task: PermissionTask::EndAgain { left: *left },
        }),
        _ => None,
    });
    reactions.extend(again.map(|effect| Reaction::new("end_again", Wish::Perform(effect))));
    reactions
}

/// What an effect's success means for what was found: it is as the log wants it.
pub fn settled(event: &EffectEvent) -> Option<Reaction> {
    let EffectEvent::EffectSucceeded { effect, .. } = event else { return None };
    let Effect::SetPermission { account, repository, task: PermissionTask::EndAgain { .. }, .. } = effect else {
        return None;
    };
    let spot = Spot { repository: repository.clone(), account: account.clone() };
    Some(Reaction::new("settle", Wish::Settle(spot)))
}
