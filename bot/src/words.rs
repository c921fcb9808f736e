//! What the bot says in chat only; what it says elsewhere too stands in [`countersign_domain::words`].
//!
//! The same tone, and the same rule: no sentence is built in two places.

mod again;
mod asking;
mod attached;
mod changing;
mod empty;
mod labels;
mod leave;
mod naming;
mod operating;
mod oversight;
mod rules;
mod talk;

use countersign_domain::duration::say_minutes;
use countersign_domain::envelope::{ActorKind, Digest};
use countersign_domain::request::{Code, Requester};
use countersign_domain::words::{instant, list, prose, quoted, what_else};
use jiff::Timestamp;

pub use again::*;
pub use asking::*;
pub(crate) use attached::*;
pub use changing::*;
pub use empty::*;
pub use labels::*;
pub use leave::*;
pub use naming::*;
pub use operating::*;
pub use oversight::*;
pub use rules::*;
pub use talk::*;

/// That an access is for somebody with an account at the forge whom the tenant does not know.
pub fn not_one_of_us(name: &str) -> String {
    format!("{name} is not one of the people here.")
}

/// The title of what is asked before somebody denies.
pub fn say_why(code: &Code) -> String {
    format!("Why do you deny {code}?")
}

/// How to say it.
pub fn how_to_say_why(code: &Code) -> String {
    format!(
        "Nothing was decided yet. Who asked will read your reason: just write it, or say “deny {code} because …”."
    )
}

/// The title of a change that changes nothing.
pub const NOTHING_TO_CHANGE: &str = "There is nothing to change";

/// What it would change is so already.
pub fn asks_that_already(code: &Code) -> String {
    format!("{code} asks for that already, and stays as it is.")
}

/// The sentence that denies without a reason.
pub fn denied_unexplained(code: &Code, receipt: &Digest) -> String {
    format!("deny without a reason {code} receipt {receipt}")
}

/// To who denied by a reaction.
pub fn denied_by_reaction(code: &Code) -> String {
    format!("You denied {code}, without a reason")
}

/// Beneath it.
pub fn no_reason_by_reaction() -> &'static str {
    "Your 👎 counted. Who asked sees that it was you, and no reason: tell them why, or press Deny the next time, which asks for one."
}

/// Above the field for the reason of a denial.
pub fn why_is_asked() -> &'static str {
    "Who asked will read your reason."
}

/// Why a countersignature does not count that was to be proven.
pub fn not_your_token() -> &'static str {
    "That is not your token, so nothing was counted. Try again with the token that you sign in with."
}

/// The title of a card that says that there is nothing to ask for.
pub const HELD_ALREADY: &str = "You have that already";
/// The title of a card that says that there is nothing to ask for, for somebody else.
pub const HELD_BY_OTHERS: &str = "That is there already";
/// To who asks for what they have asked for.
pub const ASKED_ALREADY: &str =
    "You have asked for this already, so nothing new was asked: it stays as it stands here, also the reason.";
/// Until when somebody else holds it is theirs to know.
pub const LONGER_FOR_OTHERS: &str =
    "If it has to last until some time at least, say until when: I ask for it where that is later.";
/// The title of a card that asks what was meant.
pub const NOT_UNDERSTOOD: &str = "I did not understand that";
/// The title of a card that asks for what is missing.
pub const NOT_COMPLETE: &str = "Something is missing";
/// The title of the help.
pub const WHAT_I_CAN_DO: &str = "What I can do";

/// What can be typed instead of pressing buttons; nothing where there are none.
pub fn you_can_say(sentences: &[String]) -> Option<String> {
    (!sentences.is_empty()).then(|| format!("You can say: {}", sentences.join(" · ")))
}

/// The title of a request's card.
pub fn title(code: &Code, what: &str) -> String {
    format!("{code}: {what}")
}

/// When it was asked, and by whom where the title does not say it.
pub fn asked_on(at: Timestamp, by: Option<&str>) -> String {
    by.map_or_else(|| instant(at), |by| format!("{} by {by}", instant(at)))
}

/// To whom something was asked for by somebody else.
pub fn asked_by(name: &str) -> String {
    format!("{name} asked for it.")
}

/// That nobody said for how long, so that the usual time was taken.
pub fn as_is_usual(minutes: u64) -> String {
    format!("For how long was not said; {} is usual.", say_minutes(minutes))
}

/// Who asks.
pub fn requester(requester: &Requester, name: &str) -> String {
    match requester.kind {
        ActorKind::Agent => format!("{name} (an agent)"),
        _ if !requester.known => format!("{name} (whom I do not know)"),
        _ => name.to_owned(),
    }
}

/// Where no reason was given.
pub fn no_reason() -> String {
    "no reason was given".to_owned()
}

/// So many others.
pub fn more(count: usize) -> String {
    if count == 1 { "one other".to_owned() } else { format!("{count} others") }
}

/// Who said no, and why.
pub fn denied_by(name: &str, reason: Option<&str>) -> String {
    match reason {
        Some(reason) => format!("Denied by {name}: {}", prose(reason)),
        None => format!("Denied by {name}, without a reason."),
    }
}

/// The first letter as a capital.
pub fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The title of a request's story.
pub fn title_of_story(code: &Code) -> String {
    format!("{code}: what happened, and why")
}

/// What could not be read, and what to say instead.
pub fn not_read(said: &str, nearest: &[String]) -> String {
    format!("You said {}. {}", quoted(said), what_else(nearest))
}

/// What a command still needs, with an example.
pub fn is_missing(missing: &[String], grammar: &str, example: &str) -> Vec<String> {
    let missing: Vec<_> = missing.iter().map(|slot| format!("the {slot}")).collect();
    vec![format!("I still need {}: “{grammar}”, like “{example}”.", list(&missing))]
}

/// How a command is said, and what it does.
pub fn usage(grammar: &str, summary: &str) -> String {
    format!("{grammar} — {summary}")
}

/// An example.
pub fn for_example(example: &str) -> String {
    format!("For example: {example}")
}

/// Under the help.
pub fn plain_sentences() -> &'static str {
    "Plain sentences work too: “I need write access to payments-api for 2 days, ticket OPS-17, because of the rollout”."
}

/// The title of an empty list, and what to do next.
pub fn nothing_open() -> (&'static str, &'static str) {
    (
        "Nothing is open",
        "You have no open request and nothing waits for you. To ask: access write on payments-api for 2 days.",
    )
}

/// The title of an empty list, and what to do next.
pub fn no_access() -> (&'static str, &'static str) {
    ("No access in force", "You have no access that I gave you. To ask: access read on web-shop for 1 day.")
}

/// The title of a card of what there is not, and what it means.
pub fn no_such_request() -> (&'static str, &'static str) {
    ("No such request", "Nobody has asked for this.")
}

/// The title of a list of requests.
pub fn so_many_requests(count: usize) -> String {
    format!("{count} requests")
}

/// One request of a list.
pub fn listed(title: &str, standing: Option<&str>) -> String {
    standing.map_or_else(|| title.to_owned(), |standing| format!("{title} — {standing}"))
}

/// The title of the list of those who can approve.
pub fn title_of_approvers(code: &Code) -> String {
    format!("{code}: who can countersign")
}
