//! A plan as people see it: each step with what is held, what the log wants, which event is missing and what would be done.

use std::collections::BTreeSet;

use countersign_domain::card::Card;
use countersign_domain::repair::{dry_run, not_for, summary};
use countersign_domain::request::Facets as _;
use countersign_domain::words::instant;

use super::wording;
use crate::capabilities::Shown;

/// So many steps are told one by one; the rest are counted.
const TOLD: usize = 20;

/// A plan as its viewer sees it, with what they can do about it now.
pub fn repair(shown: Shown<'_, super::Repair>) -> Card {
    let state = shown.request;
    let plan = state.asked.as_ref();
    let steps = state.steps();
    let (by, why) = (plan.map(|plan| &plan.requester), plan.and_then(|plan| plan.reason.as_deref()));
    shown
        .proposal(shown.head(&title(shown), by, why))
        .lines(dry_run(&steps[..steps.len().min(TOLD)]))
        .lines((steps.len() > TOLD).then(|| wording::more_steps(steps.len() - TOLD)))
        .lines(not_for_leavers(&shown))
        .lines(why_not(&shown))
        .lines(shown.in_the_console())
        .buttons(shown.proposal_buttons())
        .card()
}

/// The title of that card.
pub fn title(shown: Shown<'_, super::Repair>) -> String {
    let what = shown.request.asked.as_ref().map_or_else(String::new, summary);
    wording::repair(shown.code, &what)
}

/// Of whom the plan speaks and who is gone, while anything of it is to be done.
fn not_for_leavers(shown: &Shown<'_, super::Repair>) -> BTreeSet<String> {
    let items = shown.request.asked.iter().filter(|_| !shown.request.is_over()).flat_map(|plan| &plan.items);
    items.filter_map(|item| item.not_for(shown.people)).map(|left| not_for(&left.name)).collect()
}

/// Why it was denied, what changed since it was shown, and what fails.
fn why_not(shown: &Shown<'_, super::Repair>) -> Vec<String> {
    let state = shown.request;
    let changed = (!state.changed.is_empty()).then(|| wording::since_shown(&state.changed));
    let looked =
        state.looked_at.filter(|_| state.open.is_some()).map(|at| wording::looked_at_on(&instant(at)));
    shown.denial().chain(changed).chain(shown.lost()).chain(shown.failure()).chain(looked).collect()
}
