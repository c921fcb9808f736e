//! A plan as people see it: each step with what is held, what the log wants, which event is missing and what would be done.

use countersign_domain::card::{ButtonStyle, Card, Tone};
use countersign_domain::repair::{dry_run, summary};
use countersign_domain::request::{Facets as _, Stage};
use countersign_domain::words::{instant, prose, spoken, violation};

use super::State;
use crate::capabilities::Shown;
use crate::cards::{Draft, button, deciding_buttons, shared_buttons};
use crate::words;

/// So many steps are told one by one; the rest are counted.
const TOLD: usize = 20;

/// A plan as its viewer sees it, with what they can do about it now.
pub fn repair(shown: Shown<'_, super::Repair>) -> Card {
    let (code, state) = (shown.code, shown.request);
    let plan = state.asked.as_ref();
    let title = plan.map_or_else(|| words::repair(code, ""), |plan| words::repair(code, &summary(plan)));
    let steps = state.steps();
    let mut draft = Draft::new(tone(state.stage), &title)
        .of(code)
        .live()
        .field(words::STATUS, &spoken(state.standing().word))
        .field_if(words::PROPOSED_BY, plan.map(|plan| plan.requester.name.as_str()))
        .field_if(words::REASON, plan.and_then(|plan| plan.reason.as_deref()).map(prose).as_deref());
    draft = shown.proposal(draft);
    draft
        .lines(dry_run(&steps[..steps.len().min(TOLD)]))
        .lines((steps.len() > TOLD).then(|| words::more_steps(steps.len() - TOLD)))
        .lines(why_not(state))
        .lines(shown.in_the_console())
        .buttons(buttons(&shown))
        .card()
}

const fn tone(stage: Stage) -> Tone {
    match stage {
        Stage::Waiting => Tone::Waiting,
        Stage::Standing => Tone::Good,
        Stage::Denied | Stage::Failed | Stage::Lapsed => Tone::Bad,
        Stage::New | Stage::Checking | Stage::Working | Stage::Withdrawn | Stage::Over => Tone::Neutral,
    }
}

/// Why it was denied, what changed since it was shown, and what fails.
fn why_not(state: &State) -> Vec<String> {
    let denial = state.denial.iter().flat_map(|denial| {
        let reason = denial.reason.as_deref().map(prose).into_iter();
        reason.chain(denial.violations.iter().map(violation))
    });
    let changed = (!state.changed.is_empty()).then(|| words::since_shown(&state.changed));
    let failure = state.failure.iter().map(|failure| failure.why.clone());
    let looked = state.looked_at.filter(|_| state.open.is_some()).map(|at| words::looked_at_on(&instant(at)));
    denial.chain(changed).chain(failure).chain(looked).collect()
}

fn buttons(shown: &Shown<'_, super::Repair>) -> Vec<countersign_domain::card::Button> {
    let (code, state) = (shown.code, shown.request);
    let Some(viewer) = shown.viewer else { return shared_buttons(state, code) };
    let absent = shown.people.absent_for(viewer, shown.now);
    let mut buttons = deciding_buttons(state, code, viewer, &absent);
    let is_own = state.asked.as_ref().is_some_and(|plan| plan.requester.id == viewer.id);
    if is_own && (state.open.is_some() || state.stage == Stage::Checking) {
        buttons.push(button(words::WITHDRAW, ButtonStyle::Plain, format!("withdraw {code}")));
    }
    if state.stage == Stage::Failed && viewer.is(countersign_domain::tenant::Role::Admin) {
        buttons.push(button(words::SEE_PARKED, ButtonStyle::Plain, "effects parked".to_owned()));
    }
    buttons
}
