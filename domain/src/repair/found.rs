//! What looking outside found of a plan's differences: the evidence.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Drift, Place, Plan, Share};
use crate::request::Evidence;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Found<D: Drift> {
    /// Each difference as it is now, in the plan's order; nothing where none is there any more.
    pub items: Vec<Option<D>>,
    /// How much is held in all on each thing that the plan touches, by its identity.
    #[serde(default)]
    pub held: BTreeMap<String, u64>,
    /// How much the tenant holds in all.
    #[serde(default)]
    pub in_all: u64,
    /// How much of that may be changed at once.
    #[serde(default)]
    pub share: Share,
}

impl<D: Drift> Default for Found<D> {
    fn default() -> Self {
        Self { items: vec![], held: BTreeMap::new(), in_all: 0, share: Share::default() }
    }
}

impl<D: Drift> Evidence<Plan<D>> for Found<D> {
    type Difference = Changed<D>;

    fn differences(plan: &Plan<D>, shown: &Self, found: &Self, _: &[String]) -> Vec<Changed<D>> {
        differences(plan, shown, found)
    }

    /// How much is held in all says how much may be changed, and nothing of what is.
    fn decided_on(&self) -> Self {
        Self { items: self.items.clone(), ..Self::default() }
    }
}

/// A place where it is otherwise than was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Changed<D: Drift> {
    /// Where.
    pub place: Place,
    /// Where, as people say it.
    pub title: String,
    /// What was shown; nothing where there was no difference.
    pub shown: Option<D>,
    /// What is there now; nothing where there is no difference any more.
    pub found: Option<D>,
}

/// Where it is otherwise than was shown.
fn differences<D: Drift>(plan: &Plan<D>, shown: &Found<D>, found: &Found<D>) -> Vec<Changed<D>> {
    let items = plan.items.iter().enumerate();
    items
        .filter_map(|(number, item)| {
            let before = plan.found(number, Some(shown));
            let now = plan.found(number, Some(found));
            let is_same = match (before, now) {
                (Some(before), Some(now)) => before.is_same(now),
                (None, None) => true,
                _ => false,
            };
            let (place, title) = (item.drift.place(), now.unwrap_or(&item.drift).title());
            let (shown, found) = (before.cloned(), now.cloned());
            (!is_same).then_some(Changed { place, title, shown, found })
        })
        .collect()
}
