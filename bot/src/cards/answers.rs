//! The cards that are not a request's: what was refused, what was not understood, help, and short lists.

use countersign_domain::capabilities::{AnyRequest, violation};
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::heard::Form;
use countersign_domain::request::Code;

use countersign_domain::envelope::Digest;

use super::asking::so_far;
use super::draft::Draft;
use crate::commands::CommandSpec;
use crate::words;
use countersign_domain::card::{ButtonStyle, Card, Tone};

/// So much of what stands in the place of a code is said again.
const LONGEST_CODE: usize = 40;

/// A "no", with every reason; and the request it is about, if one, as it stands.
pub fn denied(denied: &Denied, about: Option<(&Code, &AnyRequest)>) -> Card {
    let draft = Draft::refusal(words::NOT_DONE).lines(denied.0.iter().map(violation));
    match about {
        Some((code, request)) => draft.about_any(code, request).card(),
        None => draft.card(),
    }
}

/// An address names a request that there is not, or not for who looks.
pub fn no_such_request(given: &str) -> Card {
    let given = given.chars().take(LONGEST_CODE).collect();
    Draft::refusal(words::NO_SUCH_REQUEST)
        .line(&violation(&Violation::UnknownCode { given }))
        .button(words::YOUR_REQUESTS, ButtonStyle::Plain, "status")
        .card()
}

/// Before somebody denies: the reason is asked for; leaving it open is offered only where the rule lets them, and not where
/// it `must` be given.
pub fn say_why(code: &Code, receipt: &Digest, must: bool) -> Card {
    let draft = Draft::new(Tone::Waiting, &words::say_why(code)).line(&words::how_to_say_why(code));
    if must {
        return draft.card();
    }
    let unexplained = words::denied_unexplained(code, receipt);
    draft.button(words::DENY_UNEXPLAINED, ButtonStyle::Danger, &unexplained).card()
}

/// The same once more, to who said something else.
pub fn say_why_again(code: &Code) -> Card {
    Draft::new(Tone::Waiting, &words::say_why(code)).line(&words::how_to_say_why(code)).card()
}

/// The same with a note of why it is asked once more.
pub fn say_why_noted(code: &Code, note: &str) -> Card {
    Draft::new(Tone::Waiting, &words::say_why(code)).line(note).line(&words::how_to_say_why(code)).card()
}

/// To who denied by a reaction, and gave no reason by it.
pub fn denied_by_reaction(code: &Code) -> Card {
    Draft::new(Tone::Neutral, &words::denied_by_reaction(code)).line(words::no_reason_by_reaction()).card()
}

/// A token that was given once more, and is not theirs.
pub fn not_your_token(about: Option<(&Code, &str)>) -> Card {
    let draft = Draft::refusal(words::NOT_DONE).line(words::not_your_token());
    match about {
        Some((code, status)) => draft.about(code, status).card(),
        None => draft.card(),
    }
}

/// The card of a request that was asked for once more says so: what was said otherwise this time is not in it.
pub fn asked_already(card: &mut Card) {
    card.lines.insert(0, words::ASKED_ALREADY.to_owned());
    let title = card.title.len().min(card.text.len());
    card.text.insert_str(title, &format!("\n{}", words::ASKED_ALREADY));
}

/// What somebody asks for and holds already, or somebody else does (`own`: they themselves); `through`: by which request.
pub fn held_already(denied: &Denied, own: bool, through: Option<&Code>) -> Card {
    let draft = Draft::new(Tone::Good, if own { words::HELD_ALREADY } else { words::HELD_BY_OTHERS })
        .lines(denied.0.iter().map(violation))
        .lines((!own).then_some(words::LONGER_FOR_OTHERS));
    match through {
        Some(code) => {
            // For how much longer is asked then, with what fits; or it is said why nothing does.
            draft.button(words::EXTEND_SOMEHOW, ButtonStyle::Plain, &format!("extend {code}")).card()
        }
        None => draft.card(),
    }
}

/// Words that were not understood, with the nearest commands, best first.
pub fn not_understood(denied: &Denied, nearest: &[&CommandSpec]) -> Card {
    Draft::refusal(words::NOT_UNDERSTOOD)
        .lines(denied.0.iter().map(not_read))
        .lines(nearest.iter().map(|spec| words::usage(&spec.said(), spec.summary)))
        .button(words::HELP, ButtonStyle::Plain, "help")
        .card()
}

/// What could not be read, beneath a title that says that it could not be.
fn not_read(why: &Violation) -> String {
    match why {
        Violation::NotUnderstood { said, nearest } => words::not_read(said, nearest),
        other => violation(other),
    }
}

/// A command that lacks something.
pub fn not_complete(spec: &CommandSpec, missing: &[String]) -> Card {
    let example = spec.examples.first().copied().unwrap_or(spec.name);
    Draft::refusal(words::NOT_COMPLETE)
        .lines(words::is_missing(missing, &spec.said(), example))
        .button(words::HELP, ButtonStyle::Plain, &format!("help {}", spec.name))
        .card()
}

/// To who says good morning: what to say next.
pub fn hello() -> Card {
    let (title, next) = words::hello();
    Draft::new(Tone::Neutral, title).line(next).button(words::HELP, ButtonStyle::Plain, "help").card()
}

/// All commands.
pub fn help_all<'a>(commands: impl IntoIterator<Item = &'a CommandSpec>) -> Card {
    // Where a chat has no room for all, the last are left out: those are the help desk's.
    let (desk, others): (Vec<_>, Vec<_>) = commands.into_iter().partition(|spec| spec.is_of_the_desk());
    Draft::new(Tone::Neutral, words::WHAT_I_CAN_DO)
        .lines(others.into_iter().chain(desk).map(|spec| words::usage(&spec.said(), spec.summary)))
        .line(words::plain_sentences())
        .card()
}

/// One command.
pub fn help_one(spec: &CommandSpec) -> Card {
    Draft::new(Tone::Neutral, spec.name)
        .line(&words::usage(&spec.said(), spec.summary))
        .lines(spec.said_examples().map(words::for_example))
        .card()
}

/// An empty list: what that means, and what to do next.
pub fn nothing((title, next): (&str, &str)) -> Card {
    Draft::new(Tone::Neutral, title).line(next).card()
}

/// What somebody said ended the program each time, and is tried no more.
pub fn given_up() -> Card {
    let (title, next) = words::given_up();
    Draft::new(Tone::Bad, title).line(next).card()
}

/// A draft that gave way to something else: all that was understood of it, so that it can be said once more.
pub fn draft_dropped(form: &Form) -> Card {
    let draft = Draft::new(Tone::Neutral, words::DRAFT_DROPPED);
    so_far(form).into_iter().fold(draft, |draft, text| draft.line(&words::draft_was(&text))).card()
}

/// A list, one thing a line.
pub fn lines(title: &str, lines: &[String]) -> Card {
    Draft::new(Tone::Neutral, title).lines(lines).card()
}

/// A list of effects, one a line, with a button for each that is parked.
pub fn effects(lines: &[String], parked: &[String], all: u64) -> Card {
    let draft = Draft::new(Tone::Neutral, &words::effects(lines.len() as u64, all)).lines(lines);
    parked
        .iter()
        .fold(draft, |draft, id| draft.button(words::REQUEUE, ButtonStyle::Plain, &format!("requeue {id}")))
        .card()
}

/// An effect is tried again.
pub fn requeued(id: &str) -> Card {
    Draft::new(Tone::Waiting, &words::requeued(id)).card()
}

/// An operator said that it was done, and nobody can look at the moment.
pub fn is_looked_at(id: &str) -> Card {
    Draft::new(Tone::Waiting, &words::is_looked_at(id)).card()
}

/// An operator said how an effect ends.
pub fn resolved(id: &str, how: &str) -> Card {
    Draft::new(Tone::Neutral, &words::resolved(id, how)).card()
}
