//! An answer as people see it: what is said, where each part of it is from, what is not certain, and what they can do now.

use countersign_domain::card::{ButtonStyle, Card, Tone};
use countersign_domain::conversation::{Answer, AnswerKind, Offer, Support, Turn, TurnStage, words as said};
use countersign_domain::words::{flat, quoted};
use uuid::Uuid;

use crate::capabilities::pressed;
use crate::cards::Draft;

/// So much of a question stands above its answer, in characters.
const QUESTION: usize = 120;
/// So much stands on a button, in characters.
const LABEL: usize = 70;
/// So many lines of an answer are shown; what follows stands on the last.
const LINES: usize = 40;

/// A turn that is being answered, with what can be seen of the answer.
pub(super) fn so_far(turn: &Turn, text: &str) -> Card {
    let goes_on = if text.is_empty() { said::unanswered(turn.stage, None) } else { said::MORE };
    let draft = Draft::new(Tone::Waiting, &title(turn)).lines(lines(text, &[])).line(goes_on);
    draft.button("Stop", ButtonStyle::Plain, super::commands::STOP).card()
}

/// What was asked, as it stands above its answer.
pub(super) fn title(turn: &Turn) -> String {
    flat(&turn.asked.text).chars().take(QUESTION).collect()
}

/// How a turn stands.
pub fn answer(turn: &Turn) -> Card {
    let title = title(turn);
    match (&turn.answer, turn.stage) {
        (Some(answer), TurnStage::Answered) => answered(turn, answer, &title),
        (_, TurnStage::Searching | TurnStage::Thinking) => so_far(turn, ""),
        (kept, stage) => {
            let kept = kept.iter().flat_map(|answer| lines(&answer.text, &[]));
            let tone = if stage == TurnStage::Failed { Tone::Bad } else { Tone::Neutral };
            let draft =
                Draft::new(tone, &title).lines(kept).line(said::unanswered(stage, turn.failed.as_deref()));
            let draft = if stage == TurnStage::Failed { draft.buttons([again(turn.id)]) } else { draft };
            ticket(draft, turn).card()
        }
    }
}

fn answered(turn: &Turn, answer: &Answer, title: &str) -> Card {
    let tone = if answer.kind == AnswerKind::Known { Tone::Good } else { Tone::Neutral };
    let mut draft = Draft::new(tone, title).lines(lines(&answer.text, &marks(answer)));
    draft = draft.lines(said::instead(answer.kind, &turn.asked.audience));
    for (number, (edition, title, exact)) in sources(answer).into_iter().enumerate() {
        let how = if exact { "" } else { ", in other words" };
        draft = draft.line(&format!("[{}] {} ({edition}{how})", number + 1, quoted(&title)));
    }
    draft = draft.lines(said::notes(answer));
    // Nobody says what they could not read.
    let cut = answer.offers.iter().filter(|offer| offer.say().chars().count() > LABEL);
    draft = draft.lines(cut.map(|offer| format!("The button says all of: {}", quoted(offer.say()))));
    let draft = draft.buttons(answer.offers.iter().map(offer));
    let draft = if answer.kind == AnswerKind::Known {
        let rate =
            |good| format!("{} {} as {}", super::commands::RATE, turn.id, if good { "good" } else { "bad" });
        draft
            .button("👍 Good answer", ButtonStyle::Plain, &rate(true))
            .button("👎 Not a good answer", ButtonStyle::Plain, &rate(false))
            .buttons([again(turn.id)])
    } else {
        draft
    };
    ticket(draft, turn).card()
}

/// What reaches a person; or the ticket that does.
fn ticket(draft: Draft, turn: &Turn) -> Draft {
    match turn.ticket {
        Some(number) => draft.line(&format!("Ticket {number} is open for it.")),
        None => draft.button(
            "Ask a person",
            ButtonStyle::Plain,
            &format!("{} {}", super::commands::TICKET, turn.id),
        ),
    }
}

fn again(turn: Uuid) -> countersign_domain::card::Button {
    crate::cards::button("Another answer", ButtonStyle::Plain, format!("{} {turn}", super::commands::AGAIN))
}

/// The sentence stands on the button as it will be said, nothing else is pressed than what is read; but that words of others came
/// before it goes with it.
fn offer(offer: &Offer) -> countersign_domain::card::Button {
    let say = offer.say();
    let label = match say.char_indices().nth(LABEL) {
        Some((end, _)) => format!("{}…", &say[..end]),
        None => say.to_owned(),
    };
    crate::cards::button(&label, ButtonStyle::Primary, pressed(offer))
}

/// The documents that an answer cites, each once, in the order in which it does: what it is, what it is called, and whether it is
/// quoted word by word.
fn sources(answer: &Answer) -> Vec<(String, String, bool)> {
    let mut sources: Vec<(String, String, bool)> = Vec::new();
    for citation in &answer.citations {
        let edition = citation.edition.to_string();
        let exact = citation.support == Support::Exact;
        match sources.iter_mut().find(|(known, ..)| *known == edition) {
            Some((.., known)) => *known |= exact,
            None => sources.push((edition, citation.title.clone(), exact)),
        }
    }
    sources
}

/// What stands behind each part of the text: the numbers of what it cites, or that it cites nothing.
fn marks(answer: &Answer) -> Vec<(usize, String)> {
    let sources = sources(answer);
    let number = |edition: &str| sources.iter().position(|(known, ..)| known == edition).map(|at| at + 1);
    let mut marks: std::collections::BTreeMap<usize, Vec<usize>> = std::collections::BTreeMap::new();
    for citation in &answer.citations {
        let numbers = marks.entry(citation.of.to as usize).or_default();
        numbers.extend(number(&citation.edition.to_string()).filter(|number| !numbers.contains(number)));
    }
    let marked = |numbers: Vec<usize>| {
        let all: Vec<_> = numbers.iter().map(|number| format!(" [{number}]")).collect();
        all.concat()
    };
    let cited = marks.into_iter().map(|(at, numbers)| (at, marked(numbers)));
    let bare = answer.unsupported.iter().map(|of| (of.to as usize, " ⚠".to_owned()));
    let mut all: Vec<_> = cited.chain(bare).collect();
    all.sort();
    all
}

/// The lines of a text, with its marks. Each is quoted: what a model says is not what the bot says.
fn lines(text: &str, marks: &[(usize, String)]) -> Vec<String> {
    let mut marked = String::with_capacity(text.len() + 8 * marks.len());
    let mut from = 0;
    for (at, mark) in marks {
        let at = text.floor_char_boundary(*at).max(from);
        marked.push_str(&text[from..at]);
        marked.push_str(mark);
        from = at;
    }
    marked.push_str(&text[from..]);
    let mut lines: Vec<_> = marked.lines().map(flat).filter(|line| !line.is_empty()).collect();
    let rest = lines.split_off(lines.len().min(LINES));
    if let (Some(last), false) = (lines.last_mut(), rest.is_empty()) {
        *last = format!("{last} {}", rest.join(" "));
    }
    lines.into_iter().map(|line| format!("“{}”", line.replace(['“', '”', '"'], "'"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_console_knows_a_question_that_is_being_answered_by_what_stops_it() {
        let script = include_str!("../../assets/app.js");
        let stop = format!("const STOP = '[name=text][value=\"{}\"]';", super::super::commands::STOP);
        assert!(script.contains(&stop), "{stop}");
    }

    #[test]
    fn each_part_has_its_numbers_and_what_has_none_is_marked() {
        let marks = [(5, " [1]".to_owned()), (12, " ⚠".to_owned())];
        assert_eq!(lines("Five. Twelve.\n\nMore", &marks), ["“Five. [1] Twelve ⚠.”", "“More”"]);
        assert_eq!(lines("a “quote” that closes", &[]), ["“a 'quote' that closes”"]);
        let many = (0..100).map(|line| line.to_string()).collect::<Vec<_>>().join("\n");
        assert_eq!(lines(&many, &[]).len(), LINES);
    }
}
