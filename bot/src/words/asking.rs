//! What the bot says when it asks back: one question, short and plain, and never a word of its own insides.

use countersign_domain::denied::Field;
use countersign_domain::ports::Place;
use countersign_domain::question::Wish;
use countersign_domain::words::{flat, list, plain, quoted};

use super::{YES_ANEW, YES_AS_WELL, YES_ASK_ANEW, YES_BESIDE, YES_DENY};

/// What stands on a button.
pub const YES: &str = "Yes, like that";

/// What stands on the button beside it, where what could not be placed may be the reason.
pub const THAT_IS_WHY: &str = "Yes, and that is why";

/// A question.
pub const WHICH_PERMISSION: &str = "Which permission do you need?";

/// A question.
pub const WHICH_REPOSITORY: &str = "Which repository is it for?";

/// A question.
pub const FOR_WHOM_IS_IT: &str = "For whom is it?";

/// A question.
pub const FOR_HOW_LONG: &str = "For how long do you need it?";

/// A question.
pub const UNTIL_WHEN: &str = "Until when do you need it?";

/// A question.
pub const WHICH_TICKET: &str = "Which ticket does it belong to?";

/// A question.
pub const WHAT_FOR: &str = "What is it for?";

/// A question.
pub const WHICH_OF_THESE: &str = "Which of these do you mean?";

/// A question: two times were said.
pub const WHICH_OF_THE_TIMES: &str = "You named more than one time. Which one do you mean?";

/// A question: it was said to begin at some time.
pub const FROM_NOW_ON: &str = "For how long do you need it, from now on?";

/// A question.
pub const WHICH_ONE: &str = "Which one do you mean?";

/// What stands on a question of whose offers nothing can be done any more.
pub const OFFERS_OVER: &str = "Nothing of this can be done any more.";

/// A question.
pub const THIS_ONE: &str = "Do you mean this one?";

/// A question.
pub const IS_IT_RIGHT: &str = "Is that what you want?";

/// The next of several requests.
pub const AND_THIS_ONE: &str = "Shall I ask for this one as well?";

/// The next of several requests.
pub const WHICH_ONE_NEXT: &str = "Which one next?";

/// Several requests in one sentence.
pub const ONE_AT_A_TIME: &str = "I can take one of these at a time. Which one first?";

/// Everybody, or a group, was named.
pub fn one_person_at_a_time(said: &str) -> String {
    format!("I ask for one person at a time, and {} is more than one.", quoted(said))
}

/// A group was named.
pub fn is_a_group(said: &str, count: usize) -> String {
    let people = if count == 1 { "1 person".to_owned() } else { format!("{count} people") };
    format!("{} is a group of {people}, and I ask for one person at a time.", quoted(said))
}

/// Somebody was meant who was not named.
pub fn who_is(said: &str) -> String {
    format!("I cannot tell who {} is.", quoted(said))
}

/// A start was named.
pub fn begins_at_once(said: &str) -> String {
    format!(
        "Access begins as soon as it is countersigned. It cannot begin later, so I did not take {} as its start.",
        quoted(said)
    )
}

/// A time was named that may be when it is needed, or until when.
pub fn begins_or_ends(said: &str) -> String {
    format!(
        "I cannot tell whether {} is when you need it or until when. Access begins as soon as it is countersigned, and not later.",
        quoted(said)
    )
}

/// What stands on a button.
pub fn for_so_long(duration: &str) -> String {
    format!("for {}", plain(duration))
}

/// What stands on a button.
pub fn until_then(instant: &str) -> String {
    format!("until {instant}")
}

/// Words that nobody could place, beside another question.
pub fn left_out(unsure: &[String]) -> String {
    format!("I could not read {}, and left it out.", list(&seen(unsure)))
}

/// A sentence about access that asks for none: it is a "question", was "told", "thanked" for, or says what is "not" wanted.
pub fn asked_for_nothing(refrain: &str) -> (&'static str, &'static str) {
    let how = match refrain {
        "question" => {
            "This reads like a question. “my access” shows what you have, “who has write on REPOSITORY” who else has it. To ask for it, say “access write on REPOSITORY for 2 hours”."
        }
        "told" => {
            return (
                "All right",
                "I did nothing. To ask for access, say “access read on REPOSITORY for 2 hours”; “status” shows what waits.",
            );
        }
        "thanked" => {
            "This reads like thanks for what there is. “my access” shows it. To ask for more, say “access write on REPOSITORY for 2 hours”."
        }
        _ => {
            "This reads as something that is not wanted. “my access” shows what you have, “give back CODE” ends it early, “withdraw CODE” takes a request back."
        }
    };
    ("I asked for nothing", how)
}

/// What was understood so far.
pub fn so_far(text: &str) -> String {
    format!("So far I have: {text}.")
}

/// Beneath the buttons. What only they see among others is not answered where everybody would read it.
pub fn or_type_it(place: Option<&Place>) -> &'static str {
    match place {
        Some(place) if place.is_aside() => {
            "You can also answer with my slash command, which nobody else sees: “cancel” there forgets it. Nothing was asked for yet."
        }
        Some(place) if !place.is_direct() => {
            "You can also mention me with the answer. “cancel” forgets it; nothing was asked for yet."
        }
        _ => "You can also just write the answer. “cancel” forgets it; nothing was asked for yet.",
    }
}

/// Words that nobody could place.
pub fn did_i_understand(unsure: &[String]) -> String {
    format!("I am not sure about {}. Did I understand the rest right?", list(&seen(unsure)))
}

/// The same of what is asked for: where a part of it was read out of those very words ("under 2 hours"), it is no rest.
pub fn did_i_understand_all(wish: &Wish) -> String {
    let long = wish.form.duration.as_deref().map(str::to_lowercase);
    let is_of_it = |unread: &String| long.as_ref().is_some_and(|long| unread.to_lowercase().contains(long));
    if wish.unread.iter().any(is_of_it) {
        return format!("I am not sure about {}. Is what I made of it right?", list(&seen(&wish.unread)));
    }
    did_i_understand(&wish.unread)
}

/// Words as they were said; those of which nobody sees anything by one name, once.
fn seen(words: &[String]) -> Vec<String> {
    let (seen, unseen): (Vec<_>, Vec<_>) = words.iter().partition(|word| !flat(word).is_empty());
    let unseen = (!unseen.is_empty()).then(|| "signs that nobody sees".to_owned());
    seen.into_iter().map(|word| quoted(word)).chain(unseen).collect()
}

/// Before something is done whose reason ends in what may be something else.
pub fn is_it_the_reason(turned: &str) -> String {
    format!("I am not sure about {}. Is all of it the reason, and shall I do this?", quoted(turned))
}

/// A name of somebody that could not be placed.
pub fn is_it_for(name: &str) -> String {
    format!("You named {}. For whom is it?", quoted(name))
}

/// What stands on a button.
pub fn for_somebody(name: &str) -> String {
    format!("For {}", flat(name))
}

/// What stands on a button.
pub const FOR_ME: &str = "For me";

/// What is not offered.
pub fn left_out_too_long() -> &'static str {
    "I left out what is longer than that."
}

/// What was said is no answer to what was asked.
pub const NO_ANSWER: &str = "I could not take that for an answer.";

/// A place in a list was named that it does not have.
pub fn only_so_many(offers: usize) -> String {
    format!("There are only {offers} to choose from: say a number from 1 to {offers}, or what stands there.")
}

/// Said beneath a question that was not answered, but not forgotten either.
pub const STILL_ASKED: &str = "This still waits for an answer.";

/// The title of what is said of a draft that gave way to something else.
pub const DRAFT_DROPPED: &str = "I forgot what you were asking for before";

/// What that was.
pub fn draft_was(text: &str) -> String {
    format!("It was: {text}. Nothing of it was asked for; say it once more if you still need it.")
}

/// Said beneath a list of sentences of which only so many have a button.
pub fn only_the_first_have_buttons(count: usize) -> String {
    format!(
        "Only the first {count} have a button. Please say each of the others by itself, once these are done with."
    )
}

/// To who does not know what to answer.
pub const YOU_SAY: &str = "I cannot say that for you. “cancel” forgets the request.";

/// What whoever has none of what was asked for is told.
pub const fn cannot_do_without(field: Field) -> &'static str {
    match field {
        Field::Ticket => "I cannot ask for this without a ticket. Once there is one, say its key.",
        Field::Reason => "The rule wants a reason, for those who decide.",
        Field::Permission | Field::Repository | Field::User | Field::Duration => {
            "I cannot ask for this without it."
        }
    }
}

/// What is asked for behind this.
pub fn and_then(what: &str) -> String {
    format!("After that I ask for {}.", quoted(what))
}

/// A sentence of a list, as it is shown: without the word that it begins with.
pub fn of_sentence(sentence: &str) -> &str {
    sentence.strip_prefix("access ").unwrap_or(sentence)
}

/// A time that may be one of several.
pub fn which_time(given: &str) -> String {
    format!("Which one do you mean by {}?", quoted(given))
}

/// A time that is over.
pub fn has_passed(given: &str) -> String {
    format!("{} has passed already.", quoted(given))
}

/// A time that nobody reckons with.
pub fn too_far(given: &str) -> String {
    format!("{} is too far away: nothing is asked for longer than ten years.", quoted(given))
}

/// What names no one zone.
pub fn which_zone(given: &str) -> String {
    format!("{} may be more than one place. Whose time is yours?", quoted(given))
}

/// No time at all.
pub fn no_time(given: &str) -> String {
    format!(
        "I cannot read {} as a time: say it like “Friday”, “tomorrow 6pm”, “2026-12-04 18:00” or “2 days”.",
        quoted(given)
    )
}

/// Several repositories in one sentence.
pub fn one_request_each(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| plain(name)).collect();
    format!("Do you want one request each for {}?", list(&names))
}

/// Whether what stands on a button says yes. It may be anybody's name, too.
pub fn is_yes(label: &str) -> bool {
    let count = label.strip_prefix("Yes, ").and_then(|rest| rest.strip_suffix(" requests")?.parse().ok());
    [YES, THAT_IS_WHY, YES_DENY, YES_BESIDE, YES_ASK_ANEW, YES_AS_WELL, YES_ANEW].contains(&label)
        || count.is_some_and(|count| each_of(count) == label)
}

/// What stands on a button.
pub fn each_of(count: usize) -> String {
    format!("Yes, {count} requests")
}

/// What stands on a button.
pub fn only(name: &str) -> String {
    format!("Only {name}")
}

/// Somebody who may be meant.
pub fn which_person(given: &str) -> String {
    format!("Whom do you mean by {}?", quoted(given))
}

/// A repository that there is not, with those that are near to it.
pub fn no_such_repository(name: &str, near: &[String]) -> String {
    match near {
        [] => format!("There is no repository {}. Which one do you mean?", plain(name)),
        [one] => format!("There is no repository {}. Do you mean {}?", plain(name), plain(one)),
        _ => format!("There is no repository {}. Which one of these do you mean?", plain(name)),
    }
}

/// The rule wants a ticket.
pub fn the_rule_wants_a_ticket(example: &str) -> String {
    format!("This needs a ticket: say {example}.")
}

/// The rule wants a reason.
pub fn the_rule_wants_a_reason() -> &'static str {
    "The rule wants a reason, for those who decide."
}

/// A sentence with a slip of a finger.
pub fn do_you_mean(text: &str) -> String {
    format!("Do you mean {}?", quoted(text))
}

/// A repository that is called as a word is that says something else.
pub fn do_you_mean_the_repository(name: &str) -> String {
    format!("Do you mean the repository {}?", quoted(name))
}

/// What cannot be found, with the nearest that there are.
pub fn or_one_of(fault: &str, near: &[String]) -> String {
    let near: Vec<_> = near.iter().map(|name| plain(name)).collect();
    format!("{fault} Do you mean {}?", near.join(" or "))
}

/// What cannot be read for sure, where no button can be pressed: why, and what may be meant.
pub fn doubted(question: &str, why: &[String], offers: &[String]) -> String {
    let why = why.iter().cloned().chain([question.to_owned()]).collect::<Vec<_>>().join(" ");
    if offers.is_empty() { why } else { format!("{why} It could be: {}.", offers.join("; ")) }
}

/// The title of the card that says what can be asked for.
pub const WHAT_THERE_IS: &str = "What there is to ask for";

/// The forge holds none.
pub const NO_REPOSITORIES: &str = "There are no repositories that I could give access to.";

/// The forge does not answer.
pub const REPOSITORIES_UNKNOWN: &str = "I cannot look up the repositories at the moment.";

/// The repositories there are, or the first of them.
pub fn repositories(names: &[String], more: bool) -> String {
    let more = if more {
        " There are more: say the beginning of a name, and I offer what is near to it."
    } else {
        ""
    };
    format!("Repositories: {}.{more}", list(names))
}

/// The permissions there are.
pub fn permissions(all: &str) -> String {
    format!("Permissions: {all}; each includes those before it.")
}

/// How to ask for any of it.
pub const fn ask_like_this() -> &'static str {
    "To ask for one, say “access write on REPOSITORY for 2 hours”, or the same in your own words."
}

#[cfg(test)]
mod tests {
    use countersign_domain::heard::Form;

    use super::*;

    #[test]
    fn what_was_read_out_of_the_very_words_in_doubt_is_no_rest() {
        let of = |duration: &str| {
            let form = Form { duration: Some(duration.to_owned()), ..Form::default() };
            did_i_understand_all(&Wish { form, unread: vec!["under 2 hours".to_owned()], ..Wish::default() })
        };
        assert_eq!(of("2 hours"), "I am not sure about “under 2 hours”. Is what I made of it right?");
        assert_eq!(of("1 day"), "I am not sure about “under 2 hours”. Did I understand the rest right?");
    }

    #[test]
    fn what_nobody_sees_is_asked_about_in_words() {
        let unsure = ["hav", "\0", "\u{202e}"].map(str::to_owned);
        let asked = did_i_understand(&unsure);
        assert!(asked.starts_with("I am not sure about “hav” and signs that nobody sees."), "{asked}");
        assert!(left_out(&unsure[1..]).starts_with("I could not read signs that nobody sees,"));
    }
}
