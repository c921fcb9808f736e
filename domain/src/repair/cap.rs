//! How much of what is held may be changed at once. Above it a plan is refused, with what of it would fit.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::plan::mark;
use super::{Drift, Fault, Found, Item, Over, Plan, RepairRequest};
use crate::denied::Violation;

/// A share of what is held, in percent. One thing may always be changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Share(u8);

impl Share {
    /// A fifth, where nobody says how much.
    pub const USUAL: Self = Self(20);

    /// So many percent; nothing where that is more than all.
    pub fn percent(percent: u8) -> Option<Self> {
        (percent <= 100).then_some(Self(percent))
    }

    /// How much that is of what is held.
    pub fn of(self, held: u64) -> u64 {
        (held.saturating_mul(u64::from(self.0)) / 100).max(1)
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} %", self.0)
    }
}

/// What other plans change at the same time: how much on each thing, by its identity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Elsewhere(pub BTreeMap<String, u64>);

impl Elsewhere {
    /// What these plans change, or have changed: items of which nothing was done, and will not be, do not count.
    pub fn of<'a, D: Drift>(plans: impl IntoIterator<Item = &'a RepairRequest<D>>) -> Self {
        let mut changed = Self::default();
        for repair in plans {
            let items = repair.asked.iter().flat_map(|plan| &plan.items);
            let counting = (0..).zip(items).filter(|(item, _)| repair.is_counted(*item));
            for (_, item) in counting.filter(|(_, item)| item.remedy.changes()) {
                *changed.0.entry(item.drift.place().on).or_default() += 1;
            }
        }
        changed
    }

    fn on(&self, thing: &str) -> u64 {
        self.0.get(thing).copied().unwrap_or_default()
    }

    fn in_all(&self) -> u64 {
        self.0.values().fold(0, |all, one| all.saturating_add(*one))
    }
}

/// The violation, where the plan changes more than it may.
pub(super) fn beyond<D: Drift>(
    plan: &Plan<D>,
    found: Option<&Found<D>>,
    elsewhere: &Elsewhere,
) -> Option<Violation> {
    let nothing = Found::default();
    let found = found.unwrap_or(&nothing);
    // What a plan says twice changes once, and is refused for that.
    let mut places = BTreeSet::new();
    let changing: Vec<_> = plan.changing(found).filter(|item| places.insert(item.drift.place())).collect();
    if changing.is_empty() {
        return None;
    }
    let mut over: Vec<Over> = Vec::new();
    let mut by_thing: BTreeMap<String, Vec<&Item<D>>> = BTreeMap::new();
    for item in &changing {
        by_thing.entry(item.drift.place().on).or_default().push(item);
    }
    for (thing, items) in &by_thing {
        let held = found.held.get(thing).copied().unwrap_or_default();
        let on = items.first().map(|item| item.drift.on().to_owned());
        over.push(Over {
            on,
            changes: items.len() as u64,
            elsewhere: elsewhere.on(thing),
            held,
            most: found.share.of(held),
        });
    }
    let (changes, held) = (changing.len() as u64, found.in_all);
    over.push(Over { on: None, changes, elsewhere: elsewhere.in_all(), held, most: found.share.of(held) });
    over.retain(|over| over.changes.saturating_add(over.elsewhere) > over.most);
    if over.is_empty() {
        return None;
    }
    let fits = fitting(&changing, found, elsewhere);
    let fits = fits.into_iter().map(|item| format!("{} {}", item.remedy.as_str(), mark(&item.drift)));
    Some(Violation::from(Fault::BeyondTheCap { share: found.share.0, over, fits: fits.collect() }))
}

/// What of it would fit, from the beginning of the plan on.
fn fitting<'a, D: Drift>(
    changing: &[&'a Item<D>],
    found: &Found<D>,
    elsewhere: &Elsewhere,
) -> Vec<&'a Item<D>> {
    let mut left = found.share.of(found.in_all).saturating_sub(elsewhere.in_all());
    let mut left_on: BTreeMap<String, u64> = BTreeMap::new();
    let mut fits = Vec::new();
    for &item in changing {
        let thing = item.drift.place().on;
        let held = found.held.get(&thing).copied().unwrap_or_default();
        let here = left_on
            .entry(thing.clone())
            .or_insert_with(|| found.share.of(held).saturating_sub(elsewhere.on(&thing)));
        if *here > 0 && left > 0 {
            (*here, left) = (*here - 1, left - 1);
            fits.push(item);
        }
    }
    fits
}

impl<D: Drift> Plan<D> {
    /// The items by which something changes, as far as it is still different.
    pub(super) fn changing<'a>(&'a self, found: &'a Found<D>) -> impl Iterator<Item = &'a Item<D>> {
        let looked = found.items.len() == self.items.len();
        let items = self.items.iter().enumerate();
        items
            .filter(move |(number, item)| {
                item.remedy.changes() && (!looked || self.found(*number, Some(found)).is_some())
            })
            .map(|(_, item)| item)
    }
}

#[cfg(test)]
mod tests;
