//! A change of the rules as people see it: what to look at twice, what would have become of the days before, and the lines that
//! change.

use countersign_domain::card::{Button, ButtonStyle, Card};
use countersign_domain::envelope::ActorKind;
use countersign_domain::request::Code;
use countersign_domain::rule_change::{Compared, Draft, Group, Replayed, words as said};
use countersign_domain::rules::{Line, PolicyChange};
use countersign_domain::tenant::Role;
use countersign_domain::words::instant;

use super::wording;
use crate::capabilities::Shown;
use crate::cards::button;

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
    let asked = state.asked.as_ref();
    let what = asked.map_or_else(String::new, said::title);
    let (by, why) = (asked.map(proposed_by), asked.and_then(|asked| asked.why.as_deref()));
    let head = shown.head(&wording::rule_change(code, &what), by.as_deref(), why);
    let head = head.field_if(wording::CHANGES, state.findings.as_ref().map(said::extent).as_deref());
    shown
        .proposal(head)
        .lines(why_not(&shown))
        .lines(state.findings.iter().flat_map(|found| evidence(code, found)))
        .lines(state.open.iter().flat_map(|open| open.terms.messages.clone()))
        .lines(shown.in_the_console())
        .buttons(buttons(&shown))
        .card()
}

fn proposed_by(draft: &Draft) -> String {
    match draft.requester.kind {
        ActorKind::Agent => wording::an_agent(&draft.requester.name),
        ActorKind::Person | ActorKind::System => draft.requester.name.clone(),
    }
}

/// Why it was denied or is not in force, what is new since it was shown, and what fails.
fn why_not(shown: &Shown<'_, super::RuleChange>) -> Vec<String> {
    let state = shown.request;
    let fate = state.own.fate.iter().map(said::fate);
    let new: Vec<_> = state.changed.iter().map(said::warning).collect();
    let new = (!new.is_empty()).then(|| wording::new_since_shown(&new));
    shown.denial().chain(fate).chain(new).chain(shown.failure()).collect()
}

/// What is decided on: warnings first, then the days before, then the lines.
fn evidence(code: &Code, found: &Compared) -> Vec<String> {
    let mut told: Vec<_> = found
        .warnings
        .iter()
        .take(WARNINGS)
        .map(|warning| wording::look_twice(&said::warning(warning)))
        .collect();
    if let Some(more) = found.warnings.len().checked_sub(WARNINGS).filter(|more| *more > 0) {
        told.push(wording::more_warnings(more));
    }
    told.extend(found.replayed.iter().flat_map(|replayed| days_before(replayed)));
    told.extend(lines(code, found));
    told
}

fn days_before(replayed: &Replayed) -> Vec<String> {
    let since = instant(replayed.since);
    if replayed.is_the_same() {
        return vec![wording::decided_again_the_same(&since, &said::replayed(replayed))];
    }
    let mut told = vec![wording::decided_again(&since, replayed.requests, replayed.waiting)];
    told.extend(replayed.decided.iter().map(named));
    told.extend(replayed.open.iter().map(|group| wording::of_those_open(&named(group))));
    told
}

/// `12 would need 2 countersignatures: K7QM2X, …`
fn named(group: &Group) -> String {
    let codes: Vec<_> = group.codes.iter().take(NAMED).map(ToString::to_string).collect();
    let more = group.count.saturating_sub(codes.len() as u64);
    wording::requests_named(&said::group(group), &codes, more)
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
        told.push(wording::policy_changes(policy, *what));
        for line in lines.iter().filter(changes).take(left) {
            left -= 1;
            told.push(line.to_string().chars().take(LINE).collect());
        }
    }
    let more = all.saturating_sub(LINES) as u64 + found.cut;
    told.extend((more > 0).then(|| wording::more_lines(more, code)));
    told
}

/// What every proposal's viewer can press, and to go back to the rules that these took the place of.
fn buttons(shown: &Shown<'_, super::RuleChange>) -> Vec<Button> {
    let (mut buttons, state) = (shown.proposal_buttons(), shown.request);
    let is_admin = shown.viewer.is_some_and(|viewer| viewer.is(Role::Admin));
    let before = state.asked.as_ref().filter(|draft| state.own.published().is_some() && draft.base > 0);
    if let Some(draft) = before.filter(|_| is_admin) {
        let say = format!("rules back to {}", draft.base);
        buttons.push(button(wording::GO_BACK, ButtonStyle::Plain, say));
    }
    buttons
}

#[cfg(test)]
pub(crate) mod tests;
