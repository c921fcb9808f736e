//! A plan: what is to be done about which difference. What is asked for, and what a dry run prints.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Drift, Found, words};
use crate::names::PrincipalId;
use crate::request::{Code, Content, Facts, Leaver, Origin, Requester};
use crate::tenant::People;

/// No plan has more items than this: who countersigns it reads them all.
pub const MOST_ITEMS: usize = 50;

/// What the names of differences are derived in.
const MARKS: Uuid = Uuid::from_u128(0x7c1e_44d0_9a0b_4c37_8f12_5be3_0a6d_c915);
/// How long such a name is. Of 500 differences, one in a hundred times two have the same.
const MARK: usize = 5;

/// What is done about a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Remedy {
    /// The log takes over what is held.
    Adopt,
    /// What is held is set back to what the log wants.
    Revert,
    /// Nothing, and nobody speaks of it until then.
    Ignore {
        /// Until when.
        until: Timestamp,
    },
}

impl Remedy {
    /// Whether what is held, or what the log wants, changes by it.
    pub const fn changes(self) -> bool {
        !matches!(self, Self::Ignore { .. })
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Adopt => "adopt",
            Self::Revert => "revert",
            Self::Ignore { .. } => "ignore",
        }
    }
}

/// One difference, and what is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Item<D: Drift> {
    /// The difference, as it was when the plan was made.
    pub drift: D,
    /// What is to be done about it.
    pub remedy: Remedy,
    /// Since when it is seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Timestamp>,
    /// Whose it is, where the directory knew that then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<PrincipalId>,
}

impl<D: Drift> Item<D> {
    /// Whoever held it and belongs here no more.
    pub fn left(&self, people: &People) -> Option<Leaver> {
        let holder = self.holder.as_ref().filter(|id| !people.people.contains_key(*id))?;
        Some(Leaver::of(holder, people))
    }

    /// Who left, where nothing is done about it for that: what would be taken from them is taken, and nothing is given to them or
    /// left with them on anybody's word.
    pub fn not_for(&self, people: &People) -> Option<Leaver> {
        let is_taken = matches!(self.remedy, Remedy::Revert) && self.drift.takes_away();
        self.left(people).filter(|_| !is_taken)
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Plan<D: Drift> {
    /// The request's code.
    pub code: Code,
    /// Who proposes it.
    pub requester: Requester,
    /// What is to be done, in this order.
    pub items: Vec<Item<D>>,
    /// Why, where they said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One step of a plan, in words: what a dry run prints, and a card shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The difference's name.
    pub mark: String,
    /// What is done about it: `adopt`, `revert`, `ignore`.
    pub remedy: String,
    /// Where it is.
    pub title: String,
    /// What is held there.
    pub held: String,
    /// What the log wants there.
    pub wanted: String,
    /// Which event is missing.
    pub missing: String,
    /// What would be done, or was.
    pub would: String,
}

/// The name by which people call a difference: another one as soon as something else is held, or wanted.
pub fn mark<D: Drift>(drift: &D) -> String {
    let place = drift.place();
    let text = format!("{}\n{}\n{}\n{}", place.on, place.by, drift.held(), drift.wanted());
    let code = Code::candidate(Uuid::new_v5(&MARKS, text.as_bytes()), 0).to_string();
    code.chars().take(MARK).collect()
}

impl<D: Drift> Plan<D> {
    /// The item of this number, with the difference as it was found last: nothing where none is there any more.
    pub(super) fn found<'a>(&self, item: usize, found: Option<&'a Found<D>>) -> Option<&'a D> {
        let in_order = found.filter(|found| found.items.len() == self.items.len())?;
        in_order.items.get(item)?.as_ref()
    }

    /// Each step in words, with what was found last; before anybody looked, with what was there when the plan was made.
    pub fn steps(&self, found: Option<&Found<D>>) -> Vec<Step> {
        let items = self.items.iter().enumerate();
        items
            .map(|(number, item)| {
                let now = found.is_none().then_some(&item.drift).or_else(|| self.found(number, found));
                let shown = now.unwrap_or(&item.drift);
                Step {
                    mark: mark(shown),
                    remedy: item.remedy.as_str().to_owned(),
                    title: shown.title(),
                    held: shown.held(),
                    wanted: shown.wanted(),
                    missing: shown.missing(),
                    would: now.map_or_else(words::nothing_differs, |now| words::would(now, item.remedy)),
                }
            })
            .collect()
    }
}

impl<D: Drift> Content for Plan<D> {
    fn code(&self) -> &Code {
        &self.code
    }

    fn requester(&self) -> &Requester {
        &self.requester
    }

    fn origin(&self) -> Origin {
        Origin::Chat
    }

    /// Whose permission, or whatever it is, the plan is about: nobody countersigns what becomes of their own.
    fn subjects(&self) -> Vec<&PrincipalId> {
        let mut holders: Vec<_> = self.items.iter().filter_map(|item| item.holder.as_ref()).collect();
        holders.sort_unstable();
        holders.dedup();
        holders
    }

    fn facts(&self) -> Facts {
        let things = self.items.iter().flat_map(|item| item.drift.things()).collect();
        Facts { things, ..Facts::default() }
    }
}
