//! What the bot says when what was asked for is changed, taken back, asked for anew or denied: what would become of it, before it does.

use countersign_domain::request::{Code, Stage};
use countersign_domain::words::{flat, instant, plain, prose, quoted};
use jiff::Timestamp;

use crate::words::capital;

/// Before a denial with a reason that was typed; the reason by itself, where it is long.
pub fn deny_because(code: &str, reason: &str) -> (String, Option<String>) {
    const SHORT: usize = 80;
    if reason.chars().count() <= SHORT {
        return (format!("Deny {code} because {}?", quoted(reason)), None);
    }
    (format!("Deny {code} for this reason?"), Some(prose(reason)))
}

/// The title of what is said where a denial was not said why of before something else was asked.
pub const NOTHING_DENIED: &str = "Nothing was denied";

/// How it is said once more.
pub fn denied_nothing_yet(code: &str) -> String {
    format!(
        "I asked why you deny {code}, and ask something else now. Say “deny {code} because …” once that is done."
    )
}

/// What stands on a button.
pub const YES_DENY: &str = "Yes, deny it";

/// What stands on the button beside it, where it could be something else than a reason.
pub const NO_REASON: &str = "No, I want that myself";

/// The title of what is said of a decision.
pub const DECIDED: &str = "That is decided";

/// Of what they denied themselves.
pub fn you_denied(code: &Code) -> String {
    format!("You denied {code}, and that stays so. If it was a mistake, whoever asked can ask again.")
}

/// Of their own request that they withdrew.
pub fn you_withdrew(code: &Code) -> String {
    format!("You withdrew {code}, and that stays so. If you need it after all, ask for it again.")
}

/// Where who thinks better of something has done nothing.
pub fn nothing_to_take_back() -> (&'static str, &'static str) {
    (
        "There is nothing to take back",
        "You have no request that waits, and no countersignature that could be taken back.",
    )
}

/// Beneath it.
pub fn or_another_reason() -> &'static str {
    "Nothing was decided yet. Who asked will read it: write another reason, or “cancel”."
}

/// A change that could not be read.
pub fn change_not_read() -> (&'static str, &'static str) {
    (
        "I could not read that change",
        "Nothing was changed. Say it like “make it 4 hours” or “make it read”, or name another repository.",
    )
}

/// The title of what is said to who wants a request to be another one, and a line beneath what is asked of them.
pub const NOT_CHANGED: &str = "A request is never changed: it stays as it was asked for.";

/// What to do instead. `is_own`: it is theirs; `can_be`: the same can be asked for with a change.
pub fn ask_anew_instead(code: &Code, is_own: bool, can_be: bool) -> String {
    match (is_own, can_be) {
        (true, true) => format!(
            "Say what it is to be, like “replace {code} with 4 hours”: then I withdraw it and ask anew. Nothing was done yet."
        ),
        (true, false) => format!("Say “withdraw {code}”, and ask anew. Nothing was done yet."),
        (false, _) => format!(
            "Whoever asked for {code} can withdraw it and ask anew; who decides on it can deny it and say what would be right. Nothing was done yet."
        ),
    }
}

/// What stays as it was.
pub const THE_SAME: &str = "the same";

/// What would be asked for instead.
pub fn instead(what: &str, parts: &[Option<String>; 5]) -> String {
    let leads = ["on", "for", "for", "until", "with ticket"];
    let said =
        leads.iter().zip(parts).filter_map(|(lead, part)| Some(format!("{lead} {}", flat(part.as_deref()?))));
    std::iter::once(what.to_owned()).chain(said).collect::<Vec<_>>().join(" ")
}

/// Beneath the question how long it shall be instead.
pub fn withdrawn_then(code: &str) -> String {
    format!("Once you say it I withdraw {code} and ask for that instead.")
}

/// How an access that is in force can be changed in time. `can_be`: whether anything can.
pub fn what_of_what_is_in_force(code: &Code, until: &str, can_be: bool) -> String {
    let asked = if can_be { " What shall I ask for?" } else { "" };
    format!("{code} is in force until {until}.{asked}")
}

/// Whether another extension shall be asked for than the one that waits: so much `more`, or until then.
pub fn instead_of_the_extension(code: &Code, said: &str, more: bool) -> String {
    let longer = if more { "longer " } else { "" };
    format!(
        "An extension of {code} waits. Shall I withdraw that, and ask for it to last {said} {longer}instead?"
    )
}

/// That an access that is in force cannot be shortened.
pub fn ends_no_sooner() -> &'static str {
    "I cannot let it end sooner than that by itself; you can give it back at any time."
}

/// What stands on a button.
pub fn give_it_back_now() -> &'static str {
    "Give it back now"
}

/// What stands on a button: until when an access would last.
pub fn until_capital(until: &str) -> String {
    format!("Until {until}")
}

/// What stands on a button: until when an access would last, and how long that is in all.
pub fn so_long_in_all(until: &str, long: &str) -> String {
    format!("Until {until}, {long} in all")
}

/// What stands on a button: how much longer an access would last.
pub fn so_much_longer(long: &str, until: &str) -> String {
    format!("{long} more, until {until}")
}

/// A permission on a repository.
pub fn on(permission: &str, repository: &str) -> String {
    format!("{} on {}", plain(permission), plain(repository))
}

/// Something else than what is in force.
pub fn beside_what_is_in_force(code: &Code, what: &str) -> String {
    format!("{code} is in force, and stays as it is. Shall I ask for {what} as well?")
}

/// What stands on a button.
pub const YES_BESIDE: &str = "Yes, ask for it as well";

/// An access that lasts as long as was asked for, or longer: the title, and what helps.
pub fn lasts_already(code: &Code, ends: Timestamp) -> (String, String) {
    (
        format!("{code} lasts until {} already", instant(ends)),
        format!("Nothing was changed. “extend {code}” asks for more, “give back {code}” ends it sooner."),
    )
}

/// How much longer an access shall last.
pub fn how_much_longer(code: &str) -> String {
    format!("How much longer do you need {code}?")
}

/// Before a draft of what was denied or is over.
pub fn ask_anew(code: &Code, stage: Stage) -> String {
    let ended = match stage {
        Stage::Denied => "was denied",
        Stage::Withdrawn => "was withdrawn",
        _ => "is over",
    };
    format!("{code} {ended}. Shall I ask for this instead?")
}

/// What stands on a button.
pub const YES_ASK_ANEW: &str = "Yes, ask for that";

/// The same for somebody else.
pub const THE_SAME_AS_WELL: &str = "Shall I ask for this as well?";

/// What stands on a button.
pub const YES_AS_WELL: &str = "Yes, ask for it";

/// To who may not change a request.
pub fn only_theirs_to_change(who: &str, code: &Code) -> String {
    format!("Only {} can change what {code} asks for.", flat(who))
}

/// What a button begins with that denies and stands beneath a statement: no yes presses it, for nothing was asked.
pub const DENY_IT: &str = "Deny it because";

/// The reason of a denial that wishes for something else.
pub fn ask_for_that_instead(change: &str) -> String {
    format!("please ask for {} instead", flat(change))
}

/// What stands on a button.
pub fn deny_with(reason: &str) -> String {
    format!("{DENY_IT} “{}”", flat(reason))
}

/// Beneath it.
pub const fn or_deny_it() -> &'static str {
    "You can deny it, and say what would be right. Nothing was decided yet."
}

/// More was said behind a code than the command takes.
pub fn with_more(name: &str, code: &Code, more: &str, is_reason: bool) -> String {
    let (verb, more) = (capital(name), quoted(&flat(more).chars().take(120).collect::<String>()));
    if is_reason {
        format!("{verb} {code} because {more}?")
    } else {
        format!("{more} has no place in that: I can only {name} {code} as it is. Shall I?")
    }
}

/// The question is forgotten, which was about a `wish` or about something to do.
pub fn dropped(wish: bool) -> (&'static str, &'static str) {
    let said = if wish { "I forgot it. Nothing was asked for." } else { "I forgot it. Nothing was done." };
    ("All right", said)
}

/// Before a request is asked for anew.
pub fn withdraw_and_ask_anew(code: &str, what: &str) -> String {
    format!("Shall I withdraw {code} and ask for {what} instead?")
}

/// What stands on a button.
pub const YES_ANEW: &str = "Yes, withdraw it and ask anew";

/// More was said behind a command than the name of a request.
pub fn with_more_of(name: &str, more: &str, is_reason: bool, count: usize) -> String {
    let more = quoted(&flat(more).chars().take(120).collect::<String>());
    match (is_reason, count) {
        (true, 1) => format!("I know no request {more}. Do you want to {name} this because {more}?"),
        (true, _) => format!("I know no request {more}. Which one do you want to {name} because {more}?"),
        (false, 1) => format!("{more} has no place in that: I can only {name} a request as it is. Shall I?"),
        (false, _) => {
            format!("{more} has no place in that: I can only {name} a request as it is. Which one?")
        }
    }
}

/// A time was said with what is done at once.
pub fn only_at_once(name: &str, time: &str) -> String {
    let time = quoted(&flat(time).chars().take(120).collect::<String>());
    format!("{time} has no place in that: I can only {name} at once, and put nothing off. Shall I?")
}

/// A decision on a request that was named with more: why it is not quite that (`why`), what has no place in it or is the reason
/// (`more`), and the question.
pub fn decide_with_more(
    name: &str,
    why: &[String],
    more: Option<&str>,
    is_reason: bool,
    count: usize,
) -> String {
    let verb = if name == "approve" { "countersign" } else { name };
    let more = more.map(|more| quoted(&flat(more).chars().take(120).collect::<String>()));
    let asked = match (more, is_reason) {
        (Some(more), true) if count == 1 => format!("Do you want to {verb} this one because {more}?"),
        (Some(more), true) => format!("Which one do you want to {verb} because {more}?"),
        (Some(more), false) => {
            let end = if count == 1 { "Shall I?" } else { "Which one?" };
            format!("{more} has no place in that: I can only {name} a request as it is. {end}")
        }
        (None, _) if count == 1 => format!("Do you want to {verb} this one?"),
        (None, _) => format!("Which one do you want to {verb}?"),
    };
    why.iter().cloned().chain([asked]).collect::<Vec<_>>().join(" ")
}

/// A permission was named that nobody asks for there.
pub fn another_permission_waits(said: &str, on: &str, who: &str, own: &str) -> String {
    format!("There is no {said} on {}; {}’s {own} waits.", plain(on), flat(who))
}

/// Somebody was named whose it is not.
pub fn it_is_theirs(who: &str, said: &str) -> String {
    format!("It is {}’s, not {}’s.", flat(who), flat(said))
}
