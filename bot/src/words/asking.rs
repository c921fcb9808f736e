//! What the bot says when it asks back: one question, short and plain, and never a word of its own insides.

use countersign_domain::denied::Field;
use countersign_domain::question::About;
use countersign_domain::request::Code;
use countersign_domain::words::{flat, instant, list, plain, prose, quoted};
use jiff::Timestamp;

use crate::chat::Concern;
use crate::words::capital;

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

/// A question.
pub const WHICH_PERMISSION_IS_MEANT: &str = "Which permission do you mean?";

/// A question: two times were said.
pub const WHICH_OF_THE_TIMES: &str = "You named more than one time. Which one do you mean?";
/// A question: it was said to begin at some time.
pub const FROM_NOW_ON: &str = "For how long do you need it, from now on?";
/// Several requests in one sentence.
pub const ONE_AT_A_TIME: &str = "I can take one of these at a time. Which one first?";

/// Everybody, or a group, was named.
pub fn one_person_at_a_time(said: &str) -> String {
    format!("I ask for one person at a time, and {} is more than one.", quoted(said))
}

/// A start was named.
pub fn begins_at_once(said: &str) -> String {
    format!(
        "Access begins as soon as it is countersigned. It cannot begin later, so I did not take {} as its start.",
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
    let unsure: Vec<_> = unsure.iter().map(|words| quoted(words)).collect();
    format!("I could not read {}, and left it out.", list(&unsure))
}

/// A sentence about access that asks for none: it is a "question", was "told", or says what is "not" wanted.
pub fn asked_for_nothing(refrain: &str) -> (&'static str, &'static str) {
    let how = match refrain {
        "question" => {
            "This reads like a question. “my access” shows what you have, “who has write on REPOSITORY” who else has it. To ask for it, say “access write on REPOSITORY for 2 hours”."
        }
        "told" => {
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

/// Beneath the buttons.
pub fn or_type_it() -> &'static str {
    "You can also just write the answer. “cancel” forgets it; nothing was asked for yet."
}

/// Words that nobody could place.
pub fn did_i_understand(unsure: &[String]) -> String {
    let unsure: Vec<_> = unsure.iter().map(|words| quoted(words)).collect();
    format!("I am not sure about {}. Did I understand the rest right?", list(&unsure))
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

/// Before a denial with a reason that was typed; the reason by itself, where it is long.
pub fn deny_because(code: &str, reason: &str) -> (String, Option<String>) {
    const SHORT: usize = 80;
    if reason.chars().count() <= SHORT {
        return (format!("Deny {code} because {}?", quoted(reason)), None);
    }
    (format!("Deny {code} for this reason?"), Some(prose(reason)))
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
        "Nothing was changed. Say it like “make it 4 hours”, “make it read” or “make it web-shop”.",
    )
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

/// What is not offered.
pub fn left_out_too_long() -> &'static str {
    "I left out what is longer than that."
}

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

/// What was said is no answer to what was asked.
pub const NO_ANSWER: &str = "I could not take that for an answer. This is what I asked:";

/// A question once more, to who said yes where that answers nothing.
pub const fn asked_again(about: About, is_open: bool) -> &'static str {
    match about {
        About::Part(Field::Permission) => WHICH_PERMISSION,
        About::Part(Field::Repository) => WHICH_REPOSITORY,
        About::Part(Field::User) => FOR_WHOM_IS_IT,
        About::Part(Field::Duration) => FOR_HOW_LONG,
        About::Part(Field::Ticket) => WHICH_TICKET,
        About::Part(Field::Reason) => WHAT_FOR,
        About::All | About::Which if is_open => NO_ANSWER,
        About::All | About::Which => WHICH_OF_THESE,
    }
}

/// A yes with a condition.
pub fn no_plain_yes() -> (&'static str, &'static str) {
    (
        "I decided nothing",
        "I take a yes with a “but” for no yes. Say “approve CODE”, or “deny CODE because …”.",
    )
}

/// A time that may be one of several.
pub fn which_time(given: &str) -> String {
    format!("Which one do you mean by {}?", quoted(given))
}

/// A time that is over.
pub fn has_passed(given: &str) -> String {
    format!("{} has passed already.", quoted(given))
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

/// Several requests that may be meant.
pub fn which_one(command: &str, count: usize) -> String {
    let verb = match command {
        "approve" => "countersign",
        "deny without a reason" => "deny",
        "make it" | "replace" => "change",
        "deny" | "withdraw" | "give back" | "extend" | "revoke" | "take back" => command,
        // What only looks at one, or has no verb of its own.
        _ if count == 1 => return "Do you mean this one?".to_owned(),
        _ => return WHICH_OF_THESE.to_owned(),
    };
    match count {
        1 => format!("Do you want to {verb} this one?"),
        _ => format!("Which one do you want to {verb}?"),
    }
}

/// An offer, by the number that chooses it.
pub fn numbered(number: usize, label: &str) -> String {
    format!("{number}: {label}")
}

/// That there are more than are offered, and how to name one.
pub fn and_more(count: usize, command: &str) -> String {
    let are = if count == 1 { "is 1 more".to_owned() } else { format!("are {count} more") };
    format!(
        "There {are}. Name one by its code, its repository, its ticket or who asked: “{command} K7QM2X”, “{command} payments-api”."
    )
}

/// A yes with a condition, where something was asked.
pub const PLAIN_ANSWER_TO: &str = "I take a yes with a “but” for no answer. Is it a yes or a no?";

/// More was said behind a code than the command takes.
pub fn with_more(name: &str, code: &Code, more: &str, is_reason: bool) -> String {
    let (verb, more) = (capital(name), quoted(&flat(more).chars().take(120).collect::<String>()));
    if is_reason {
        format!("{verb} {code} because {more}?")
    } else {
        format!("{more} has no place in that: I can only {name} {code} as it is. Shall I?")
    }
}

/// Something between a yes and a question.
pub const PLAIN_ANSWER: &str = "I take a question for no answer. Is it a yes or a no?";

/// Where there is nothing that can be meant.
pub(crate) fn nothing_of(concern: Concern) -> (&'static str, &'static str) {
    match concern {
        Concern::ToDecide => ("Nothing waits for you", "No request waits for your countersignature."),
        Concern::OwnWaiting | Concern::OwnToChange => {
            ("Nothing is open", "You have no request that waits. “my access” shows what you have.")
        }
        Concern::OwnInForce => ("No access in force", "You have no access that I gave you."),
        Concern::Countersigned => nothing_to_take_back(),
        Concern::InForce => ("No access in force", "There is no access in force that you could end."),
        Concern::Open => ("Nothing is open", "You have no open request, and nothing waits for you."),
    }
}

/// The question is forgotten, which was about a `wish` or about something to do.
pub fn dropped(wish: bool) -> (&'static str, &'static str) {
    let said = if wish { "I forgot it. Nothing was asked for." } else { "I forgot it. Nothing was done." };
    ("All right", said)
}

/// To who says good morning.
pub fn hello() -> (&'static str, &'static str) {
    (
        "Hello!",
        "I give access to repositories once somebody countersigned it. Say what you need, like “write on payments-api for 2 days ticket OPS-17”; “status” shows what is open.",
    )
}

/// To who says thanks.
pub fn you_are_welcome() -> (&'static str, &'static str) {
    ("You are welcome", "“help” shows what else I can do.")
}

/// Before a request is asked for anew.
pub fn withdraw_and_ask_anew(code: &str, what: &str) -> String {
    format!("Shall I withdraw {code} and ask for {what} instead?")
}

/// What stands on a button.
pub const YES_ANEW: &str = "Yes, withdraw it and ask anew";

/// A group stands in, and not one person.
pub fn a_group_stands_in(name: &str) -> String {
    format!("A group stands in for somebody, not one person. Which group of {name} is it?")
}

/// Who stands in is in no group.
pub fn in_no_group(name: &str) -> String {
    format!("{name} is in no group, so nobody could stand in. Which group is it?")
}

/// The title of the list of those who have something.
pub fn who_has(permission: &str, repository: &str) -> String {
    format!("Who has {permission} or more on {}", plain(repository))
}

/// One who has it.
pub fn has_it(name: &str, permission: &str, until: &str) -> String {
    format!("{name}: {permission}, until {until}")
}

/// Nobody has it.
pub fn nobody_has_it() -> &'static str {
    "Nobody, as far as I gave it."
}

/// What the list does not hold.
pub fn only_what_i_gave() -> &'static str {
    "What was given at the forge itself is not in this list."
}

/// The title of the list of those who can approve.
pub fn who_could_approve(repository: &str) -> String {
    format!("Who could countersign a request for {}", plain(repository))
}

/// Who could countersign a permission.
pub fn could_approve(permission: &str, people: &[String], quorum: &str) -> String {
    match people {
        [] => format!("{permission}: nobody at the moment ({quorum})"),
        _ => format!("{permission}: {} ({quorum})", list(people)),
    }
}

/// To an approver, of themselves.
pub fn you_are_left_out() -> &'static str {
    "You are not in this list, because it is about what you would ask for: nobody countersigns their own."
}

/// A permission for which nobody is asked.
pub fn needs_nobody(permission: &str) -> String {
    format!("{permission}: nobody has to, it is granted at once")
}

/// A permission that the rules do not allow.
pub fn not_allowed(permission: &str) -> String {
    format!("{permission}: the rules allow nobody like you to ask for it")
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
