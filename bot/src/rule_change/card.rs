//! A change of the rules as people see it: what to look at twice, what would have become of the days before, and the lines that
//! change.

use countersign_domain::card::{Button, ButtonStyle, Card, Tone};
use countersign_domain::envelope::ActorKind;
use countersign_domain::request::{Code, Facets as _, Stage};
use countersign_domain::rule_change::{
    Compared, Draft, Group, Replayed, RuleChangeRequest as State, words as said,
};
use countersign_domain::rules::{Line, PolicyChange};
use countersign_domain::tenant::Role;
use countersign_domain::words::{instant, prose, spoken, violation};

use crate::capabilities::Shown;
use crate::cards::{self, button, deciding_buttons, shared_buttons};
use crate::words;

/// So many lines of what changes stand on a card; the rest are counted.
const LINES: usize = 24;
/// So much of a line, in characters.
const LINE: usize = 160;
/// So many warnings stand on it.
const WARNINGS: usize = 8;
/// So many requests are named of those of which the same would become.
const NAMED: usize = 5;

/// A change as its viewer sees it, with what they can do about it now.
pub fn rule_change(shown: Shown<'_, super::RuleChange>) -> Card {
    let (code, state) = (shown.code, shown.request);
    let what = state.asked.as_ref().map_or_else(String::new, said::title);
    let mut draft = cards::Draft::new(tone(state.stage), &words::rule_change(code, &what))
        .of(code)
        .live()
        .field(words::STATUS, &spoken(state.standing().word));
    if let Some(asked) = &state.asked {
        draft = draft
            .field(words::PROPOSED_BY, &proposed_by(asked))
            .field_if(words::REASON, asked.why.as_deref().map(prose).as_deref());
    }
    draft = draft.field_if(words::CHANGES, state.findings.as_ref().map(said::extent).as_deref());
    shown
        .proposal(draft)
        .lines(why_not(state))
        .lines(state.findings.iter().flat_map(|found| evidence(code, found)))
        .lines(state.open.iter().flat_map(|open| open.terms.messages.clone()))
        .lines(shown.in_the_console())
        .buttons(buttons(&shown))
        .card()
}

fn proposed_by(draft: &Draft) -> String {
    match draft.requester.kind {
        ActorKind::Agent => words::an_agent(&draft.requester.name),
        ActorKind::Person | ActorKind::System => draft.requester.name.clone(),
    }
}

const fn tone(stage: Stage) -> Tone {
    match stage {
        Stage::Waiting => Tone::Waiting,
        Stage::Standing => Tone::Good,
        Stage::Denied | Stage::Failed | Stage::Lapsed => Tone::Bad,
        Stage::New | Stage::Checking | Stage::Working | Stage::Withdrawn | Stage::Over => Tone::Neutral,
    }
}

/// Why it was denied or is not in force, what is new since it was shown, and what fails.
fn why_not(state: &State) -> Vec<String> {
    let denial = state.denial.iter().flat_map(|denial| {
        let reason = denial.reason.as_deref().map(prose).into_iter();
        reason.chain(denial.violations.iter().map(violation))
    });
    let fate = state.own.fate.iter().map(said::fate);
    let new: Vec<_> = state.changed.iter().map(said::warning).collect();
    let new = (!new.is_empty()).then(|| words::new_since_shown(&new));
    let failure = state.failure.iter().map(|failure| failure.why.clone());
    denial.chain(fate).chain(new).chain(failure).collect()
}

/// What is decided on: warnings first, then the days before, then the lines.
fn evidence(code: &Code, found: &Compared) -> Vec<String> {
    let mut told: Vec<_> = found
        .warnings
        .iter()
        .take(WARNINGS)
        .map(|warning| words::look_twice(&said::warning(warning)))
        .collect();
    if let Some(more) = found.warnings.len().checked_sub(WARNINGS).filter(|more| *more > 0) {
        told.push(words::more_warnings(more));
    }
    told.extend(found.replayed.iter().flat_map(|replayed| days_before(replayed)));
    told.extend(lines(code, found));
    told
}

fn days_before(replayed: &Replayed) -> Vec<String> {
    let since = instant(replayed.since);
    if replayed.is_the_same() {
        return vec![words::decided_again_the_same(&since, &said::replayed(replayed))];
    }
    let mut told = vec![words::decided_again(&since, replayed.requests, replayed.waiting)];
    told.extend(replayed.decided.iter().map(named));
    told.extend(replayed.open.iter().map(|group| words::of_those_open(&named(group))));
    told
}

/// `12 would need 2 countersignatures: K7QM2X, …`
fn named(group: &Group) -> String {
    let codes: Vec<_> = group.codes.iter().take(NAMED).map(ToString::to_string).collect();
    let more = group.count.saturating_sub(codes.len() as u64);
    words::requests_named(&said::group(group), &codes, more)
}

/// The lines that change, policy by policy, as far as they are no more than anybody reads on a card.
fn lines(code: &Code, found: &Compared) -> Vec<String> {
    let changes = |line: &&Line| !matches!(line, Line::Same(_));
    let all: usize = found.changes.iter().map(|change| change.lines.iter().filter(changes).count()).sum();
    let (mut told, mut left) = (Vec::new(), LINES);
    for PolicyChange { policy, what, lines } in &found.changes {
        if left == 0 {
            break;
        }
        told.push(words::policy_changes(policy, *what));
        for line in lines.iter().filter(changes).take(left) {
            left -= 1;
            told.push(line.to_string().chars().take(LINE).collect());
        }
    }
    let more = all.saturating_sub(LINES) as u64 + found.cut;
    told.extend((more > 0).then(|| words::more_lines(more, code)));
    told
}

fn buttons(shown: &Shown<'_, super::RuleChange>) -> Vec<Button> {
    let (code, state) = (shown.code, shown.request);
    let Some(viewer) = shown.viewer else { return shared_buttons(state, code) };
    let absent = shown.people.absent_for(viewer, shown.now);
    let mut buttons = deciding_buttons(state, code, viewer, &absent);
    let asked = state.asked.as_ref();
    let is_own = asked.is_some_and(|draft| draft.requester.id == viewer.id);
    if is_own && (state.open.is_some() || state.stage == Stage::Checking) {
        buttons.push(button(words::WITHDRAW, ButtonStyle::Plain, format!("withdraw {code}")));
    }
    if viewer.is(Role::Admin) && state.stage == Stage::Failed {
        buttons.push(button(words::SEE_PARKED, ButtonStyle::Plain, "effects parked".to_owned()));
    }
    let before = asked.filter(|draft| state.own.published().is_some() && draft.base > 0);
    if let Some(draft) = before.filter(|_| viewer.is(Role::Admin)) {
        let say = format!("rules back to {}", draft.base);
        buttons.push(button(words::GO_BACK, ButtonStyle::Plain, say));
    }
    buttons
}

#[cfg(test)]
pub(crate) mod tests;
