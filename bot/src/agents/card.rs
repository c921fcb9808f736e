//! An agent as people see it: what would answer, what it could do more than before, and the lines that change from what is in force. In a
//! channel stands that there is one, and how it stands: what an agent is told is not for whoever reads along there.

use countersign_domain::agents::{Draft, title as what, words as said};
use countersign_domain::card::Card;
use countersign_domain::request::Code;
use countersign_domain::rules::Line;
use countersign_domain::words::flat;

use super::Agent;
use crate::capabilities::{Capability as _, Shown};

/// So many lines of what changes stand on a card, and so much of all of them, so that what can be pressed has its place in every chat.
const LINES: usize = 24;
const ROOM: usize = 2_000;

/// Nobody countersigned it, and that is said.
const ALONE: &str =
    "Nobody countersigned this: the rules asked nobody, as there was nobody else to ask, or as they say so.";

/// What is said where others read along than those who decide on it.
const ASIDE: &str = "What it is told is not shown where others read along.";

/// The title of its card.
pub(super) fn title(shown: Shown<'_, Agent>) -> String {
    let what = shown.request.asked.as_ref().map(what).unwrap_or_default();
    format!("Agent {}: {what}", shown.code)
}

/// An agent as its viewer sees it, with what they can do about it now.
pub(super) fn agent(shown: Shown<'_, Agent>) -> Card {
    let (request, asked) = (shown.request, shown.request.asked.as_ref());
    let (by, why) = (asked.map(|draft| &draft.requester), asked.and_then(|draft| draft.why.as_deref()));
    let is_alone = request.fixed.is_some() && request.countersigned_by.is_empty();
    let messages = request.open.iter().flat_map(|open| open.terms.messages.clone());
    let told = asked.filter(|_| Agent::is_told(shown));
    let drift = request.own.drift.as_ref().filter(|_| told.is_some());
    shown
        .proposal(shown.head(&title(shown), by, why))
        .lines(shown.denial().chain(shown.failure()).chain(shown.lost()))
        .lines(is_alone.then_some(ALONE))
        .lines(drift.map(|found| format!("⚠ Where it is run, it is otherwise: {}", flat(found))))
        .lines(messages)
        .lines(told.into_iter().flat_map(said::widened).map(|more| format!("⚠ {more}")))
        .lines(request.findings.iter().filter(|_| told.is_some()).flat_map(said::found))
        .lines(told.map_or_else(|| aside(shown.code), |draft| changes(shown.code, draft)))
        .lines(shown.in_the_console())
        .buttons(shown.proposal_buttons())
        .card()
}

/// Where it is read instead.
fn aside(code: &Code) -> Vec<String> {
    vec![
        ASIDE.to_owned(),
        format!("Say “show agent {code}” to me in private: whoever decides on it reads all of it there."),
    ]
}

/// What changes, as far as it has its place on a card; where that is less than there is, how all of it is read is said first. Of a line
/// that has no place, its beginning stands there.
fn changes(code: &Code, draft: &Draft) -> Vec<String> {
    let all = said::changes(draft);
    let changed: Vec<_> = all.iter().filter(|line| !matches!(line, Line::Same(_))).collect();
    let (mut told, mut room, mut left) = (Vec::new(), ROOM, changed.len());
    for line in changed.iter().take(LINES) {
        let line = line.to_string();
        let length = line.chars().count();
        if length > room {
            told.push(format!("{}…", line.chars().take(room).collect::<String>()));
            break;
        }
        (room, left) = (room - length, left - 1);
        told.push(line);
    }
    let head = match &draft.before {
        None => "It is new:".to_owned(),
        Some(_) => format!("Beside version {}, which is in force:", draft.base),
    };
    let more = (left > 0).then(|| {
        format!("That is not all of it, {left} lines that change are left out or cut: “show agent {code}” shows all of it.")
    });
    std::iter::once(head).chain(more).chain(told).collect()
}
