//! The cards of questions back: one question, what was understood so far, and what can be answered by a button.

use countersign_domain::card::{Button, ButtonStyle, Card, Tone, short};
use countersign_domain::duration::End;
use countersign_domain::heard::Form;
use countersign_domain::ports::Place;
use countersign_domain::question::{About, Offer, Question};
use countersign_domain::request::REASON_MAX;
use countersign_domain::words::{instant, prose, quoted};

use super::draft::Draft;
use crate::words;

/// An answer that is longer than this is named by its number on a button: what buttons hold is short.
const LONGEST: usize = 36;

/// No chat takes longer labels.
const LABEL: usize = 70;

/// A question back; `place`: in which chat it is asked, where it is in one.
pub fn question(question: &Question, asked: &str, lines: &[String], place: Option<&Place>) -> Card {
    let drawn = |listed: &dyn Fn(&Offer) -> bool| {
        let draft = Draft::new(Tone::Waiting, asked).lines(lines);
        let so_far = question.wish.as_ref().and_then(|wish| so_far(&wish.form));
        let draft = so_far.into_iter().fold(draft, |draft, text| draft.line(&words::so_far(&text)));
        let named = question.offers.iter().enumerate().filter(|(_, offer)| listed(offer));
        let draft = draft.lines(named.map(|(place, offer)| words::numbered(place + 1, &offer.label)));
        let buttons = question.offers.iter().enumerate().map(|(place, offer)| button(question, place, offer));
        let draft = if question.wish.is_some() { draft.line(words::or_type_it(place)) } else { draft };
        draft.buttons(buttons).card()
    };
    // What a number stands for is said wherever buttons are not; beside the buttons only where one of them cannot say it all, and then
    // of all of them: a list of which lines are left out reads as if something were missing.
    let text = drawn(&|offer| !fits(question, offer)).text;
    let is_cut = question.offers.iter().any(|offer| offer.label.chars().count() > LABEL);
    Card { text, ..drawn(&|_| is_cut) }
}

/// A question of whose offers nothing can be done any more: it stays said, and nothing of it can be pressed.
pub fn question_over(asked: Card) -> Card {
    let asked = Card { tone: Tone::Neutral, ..asked };
    Draft::of(asked).with_only(|_| false).line(words::OFFERS_OVER).card()
}

/// Whether an answer stands on its button as it is: where it is a part of a request. A whole sentence is named by its number: its
/// words would be read as those around it.
fn fits(question: &Question, offer: &Offer) -> bool {
    question.about != About::Which
        && question.wish.is_some()
        && offer.say.len() <= LONGEST
        && !offer.say.contains(['"', '\n'])
        && !offer.say.split(' ').any(|word| word == "with")
}

fn button(question: &Question, place: usize, offer: &Offer) -> Button {
    let answer = if fits(question, offer) { offer.say.clone() } else { (place + 1).to_string() };
    Button {
        label: short(&offer.label, LABEL),
        // Nothing is recommended: it is for who answers to know.
        style: ButtonStyle::Plain,
        say: format!("answer {} with {answer}", question.id),
        proof: false,
        asks_why: false,
    }
}

/// A reason; of one that is too long to be taken, only as much as shows which it is: its writer has it, and makes it shorter.
fn fitting(reason: &str) -> String {
    if reason.chars().count() > REASON_MAX { short(reason, LABEL) } else { reason.to_owned() }
}

/// What a form holds, as a sentence would say it; nothing where it holds nothing.
pub(super) fn so_far(form: &Form) -> Option<String> {
    let part = |before: &str, value: &Option<String>| {
        value.as_deref().map(|value| format!("{before}{}", quoted(value)))
    };
    let until =
        form.duration.as_deref().and_then(End::read).map(|until| format!("until {}", instant(until.at)));
    let long = if until.is_some() { until } else { part("for ", &form.duration) };
    let parts = [
        part("", &form.permission),
        part("on ", &form.repository),
        part("for ", &form.user),
        long,
        part("ticket ", &form.ticket),
        form.reason.as_deref().map(|reason| format!("because {}", prose(&fitting(reason)))),
    ];
    let said: Vec<_> = parts.into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(" "))
}

#[cfg(test)]
mod tests {
    use countersign_domain::question::Within;

    use super::*;

    fn asked(labels: &[&str]) -> Card {
        let offer = |label: &&str| Offer { label: (*label).to_owned(), say: format!("deny {label}") };
        let id = "K7QM2X".parse().unwrap();
        let offers = labels.iter().map(offer).collect();
        let asked = Question { id, about: About::Which, wish: None, offers, within: Within::default() };
        question(&asked, words::WHICH_ONE, &[], None)
    }

    #[test]
    fn what_is_over_stays_said_and_offers_nothing() {
        let over = question_over(asked(&["one", "two"]));
        assert_eq!((over.title.as_str(), &over.buttons[..]), (words::WHICH_ONE, &[][..]));
        assert_eq!(over.lines, [words::OFFERS_OVER]);
        assert!(!over.text.contains("You can say"), "{}", over.text);
    }

    #[test]
    fn a_reason_that_is_too_long_is_not_said_back_whole() {
        let because = |length: usize| {
            so_far(&Form { reason: Some("x".repeat(length)), ..Form::default() }).unwrap_or_default()
        };
        assert!(because(REASON_MAX).contains(&"x".repeat(REASON_MAX)));
        assert!(because(REASON_MAX + 1).chars().count() < 100, "{}", because(REASON_MAX + 1));
    }

    #[test]
    fn a_list_beside_buttons_has_all_its_lines_or_none() {
        let long = "x".repeat(LABEL + 1);
        assert_eq!(asked(&["one", "two"]).lines, [""; 0], "the buttons say it all");
        assert_eq!(
            asked(&["one", &long, "three"]).lines,
            ["1: one".to_owned(), format!("2: {long}"), "3: three".to_owned()]
        );
        assert!(asked(&["one", "two"]).text.contains("1: one\n2: two"), "where no buttons are, it is said");
    }
}
