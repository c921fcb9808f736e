//! A change of the rules as people see it: what to look at twice, what would have become of the days before, and the lines that
//! change.

use countersign_domain::card::{Button, ButtonStyle, Card};
use countersign_domain::request::Code;
use countersign_domain::rule_change::{Compared, Group, Replayed, words as said};
use countersign_domain::rules::{Line, PolicyChange};
use countersign_domain::tenant::{People, Role};
use countersign_domain::words::{flat, instant};

use super::wording;
use crate::capabilities::Shown;
use crate::cards::button;
use crate::words;

/// So many lines of what changes stand on a card; the rest are counted.
const LINES: usize = 24;
/// So much of a line, in characters.
const LINE: usize = 160;
/// So much of all of them, so that what is said before them and behind them has its place in every chat.
const ROOM: usize = 2_000;
/// So many warnings stand on it, and so much of each.
const WARNINGS: usize = 8;
const WARNING: usize = 200;
/// So many requests are named of those of which the same would become, and so many of such groups.
const NAMED: usize = 5;
const GROUPS: usize = 6;

/// A change as its viewer sees it, with what they can do about it now.
pub fn rule_change(shown: Shown<'_, super::RuleChange>) -> Card {
    let (code, state) = (shown.code, shown.request);
    let asked = state.asked.as_ref();
    let (by, why) = (asked.map(|draft| &draft.requester), asked.and_then(|asked| asked.why.as_deref()));
    let head = shown.head(&title(shown), by, why);
    let mut head = head.field_if(wording::CHANGES, state.findings.as_ref().map(said::extent).as_deref());
    let evidence =
        state.findings.as_ref().map(|found| Evidence::of(code, found, shown.people)).unwrap_or_default();
    if evidence.is_cut {
        head = head.on_a_page(words::ALL_OF_IT, wording::RULES_PAGE, &format!("/rules?proposal={code}"));
    }
    shown
        .proposal(head)
        .lines(why_not(&shown))
        .lines(evidence.lines)
        .lines(state.open.iter().flat_map(|open| open.terms.messages.clone()))
        .lines(shown.in_the_console())
        .buttons(buttons(&shown))
        .card()
}

/// The title of that card.
pub fn title(shown: Shown<'_, super::RuleChange>) -> String {
    let what = shown.request.asked.as_ref().map_or_else(String::new, said::title);
    wording::rule_change(shown.code, &what)
}

/// Why it was denied or is not in force, what is new since it was shown, and what fails.
fn why_not(shown: &Shown<'_, super::RuleChange>) -> Vec<String> {
    let state = shown.request;
    let fate = state.own.fate.iter().map(said::fate);
    let new: Vec<_> = said::warnings(&state.changed, shown.people);
    let new = (!new.is_empty()).then(|| wording::new_since_shown(&new));
    shown.denial().chain(fate).chain(new).chain(shown.lost()).chain(shown.failure()).collect()
}

/// What is decided on, as far as it has its place on a card: warnings first, then the days before, then the lines.
#[derive(Default)]
struct Evidence {
    lines: Vec<String>,
    /// Whether it is less than there is. That is said, and before what is cut: whatever a chat has no room for stands at the end.
    is_cut: bool,
}

impl Evidence {
    fn of(code: &Code, found: &Compared, people: &People) -> Self {
        let mut evidence = Self::default();
        evidence.warnings(found, people);
        if let Some(replayed) = &found.replayed {
            evidence.days_before(replayed);
        }
        evidence.changes(code, found);
        evidence
    }

    fn warnings(&mut self, found: &Compared, people: &People) {
        let mut warnings = found.warnings.clone();
        // Older bots did not put the gravest first.
        warnings.sort();
        for warning in warnings.iter().take(WARNINGS) {
            let (said, is_cut) = cut(&said::warning(warning, &|id| people.called(id)), WARNING);
            self.is_cut |= is_cut;
            self.lines.push(wording::look_twice(&said));
        }
        let more = warnings.len().saturating_sub(WARNINGS) as u64 + found.more_warnings;
        if more > 0 {
            self.is_cut = true;
            self.lines.push(wording::more_warnings(more));
        }
    }

    fn days_before(&mut self, replayed: &Replayed) {
        let since = instant(replayed.since);
        if replayed.is_the_same() {
            self.lines.push(wording::decided_again_the_same(&since, &said::replayed(replayed)));
            return;
        }
        self.lines.push(wording::decided_again(&since, replayed.requests, replayed.waiting));
        let decided = replayed.decided.iter().map(named);
        let open = replayed.open.iter().map(|group| wording::of_those_open(&named(group)));
        let proposals = replayed.proposals.iter().map(|group| wording::of_proposals(&named(group)));
        let all: Vec<_> = decided.chain(open).chain(proposals).collect();
        self.lines.extend(all.iter().take(GROUPS).cloned());
        if let Some(more) = all.len().checked_sub(GROUPS).filter(|more| *more > 0) {
            self.is_cut = true;
            self.lines.push(wording::more_groups(more));
        }
        self.lines.extend(said::lost(replayed));
    }

    /// The lines that change, policy by policy, as far as they are no more than anybody reads on a card.
    fn changes(&mut self, code: &Code, found: &Compared) {
        let changes = |line: &&Line| !matches!(line, Line::Same(_));
        let (mut told, mut left, mut room, mut cut_short) = (Vec::new(), LINES, ROOM, 0);
        for PolicyChange { policy, what, lines } in &found.changes {
            if left == 0 || room == 0 {
                break;
            }
            told.push(wording::policy_changes(policy, *what));
            for line in lines.iter().filter(changes).take(left) {
                if room == 0 {
                    break;
                }
                let (line, is_cut) = cut(&line.to_string(), LINE.min(room));
                (left, room) = (left - 1, room.saturating_sub(line.chars().count()));
                cut_short += u64::from(is_cut);
                told.push(line);
            }
        }
        let lines = found.changes.iter().flat_map(|change| &change.lines).filter(changes);
        let more = (lines.count() - (LINES - left)) as u64 + found.cut;
        self.is_cut |= more > 0 || cut_short > 0;
        self.lines.extend(wording::not_whole(more, cut_short, code));
        self.lines.extend(told);
    }
}

/// A text on one line with at most so many characters, of which the last says that there are more; and whether there are.
fn cut(text: &str, most: usize) -> (String, bool) {
    let text = flat(text);
    if text.chars().count() <= most {
        return (text, false);
    }
    (text.chars().take(most.saturating_sub(1)).chain(['…']).collect(), true)
}

/// `12 would need 2 countersignatures: K7QM2X, …`
fn named(group: &Group) -> String {
    let codes: Vec<_> = group.codes.iter().take(NAMED).map(ToString::to_string).collect();
    let more = group.count.saturating_sub(codes.len() as u64);
    wording::requests_named(&said::group(group), &codes, more)
}

/// What every proposal's viewer can press, and to go back to the rules that these took the place of while these are in force: once
/// others are, that would undo more than stands here.
fn buttons(shown: &Shown<'_, super::RuleChange>) -> Vec<Button> {
    let (mut buttons, state) = (shown.proposal_buttons(), shown.request);
    let is_admin = shown.viewer.is_some_and(|viewer| viewer.is(Role::Admin));
    let is_in_force = state.own.published() == Some(shown.rules);
    let before = state.asked.as_ref().filter(|draft| is_in_force && draft.base > 0);
    if let Some(draft) = before.filter(|_| is_admin) {
        let say = format!("rules back to {}", draft.base);
        buttons.push(button(wording::GO_BACK, ButtonStyle::Plain, say));
    }
    buttons
}

#[cfg(test)]
pub(crate) mod tests;
