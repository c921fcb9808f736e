//! What the bot says when it asks which request or who is meant, and of who has or could approve what.

use countersign_domain::request::Code;
use countersign_domain::words::{countersignatures, flat, list, plain, quoted};

use super::{THIS_ONE, WHICH_OF_THESE, nothing_to_take_back};
use crate::chat::Concern;

/// A question.
pub const WHICH_PERMISSION_IS_MEANT: &str = "Which permission do you mean?";
/// A question.
pub const WHICH_REPOSITORY_IS_MEANT: &str = "Which repository do you mean? Please ask with its name.";

/// Until when somebody is away.
pub const AWAY_UNTIL_WHEN: &str = "Until when are you away?";

/// What was pasted came with a question.
pub const fn asked_with_a_block() -> (&'static str, &'static str) {
    (
        "I did nothing with what you pasted",
        "That reads like a question. Say it once more with the same text and without the question, if you want it done.",
    )
}

/// A yes with a condition.
pub fn no_plain_yes() -> (&'static str, &'static str) {
    (
        "I decided nothing",
        "I take a yes with a “but” for no yes. Say “approve CODE”, or “deny CODE because …”.",
    )
}

/// Several requests that may be meant.
pub fn which_one(command: &str, count: usize) -> String {
    let verb = match command {
        "approve" => "countersign",
        "deny without a reason" => "deny",
        "make it" | "replace" => "change",
        "deny" | "withdraw" | "give back" | "extend" | "revoke" | "take back" => command,
        // What only looks at one, or has no verb of its own.
        _ if count == 1 => return THIS_ONE.to_owned(),
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

/// The title of what is said where nothing is called so.
pub const NONE_OF_THAT: &str = "I know of none";

/// What was asked after is nothing of theirs.
pub fn no_story_of(named: &str) -> String {
    format!(
        "No request of yours, and none that waits for you, is for {}. “status” shows what is open.",
        plain(named)
    )
}

/// Nothing that they had has ended.
pub const fn nothing_has_ended() -> (&'static str, &'static str) {
    (NONE_OF_THAT, "No access of yours has ended. “my access” shows what you have.")
}

/// That there are more than are offered, and how to name one.
pub fn and_more(count: usize, command: &str) -> String {
    format!(
        "{} Name one by its code, its repository, its ticket or who asked: “{command} K7QM2X”.",
        there_are(count)
    )
}

/// The same beneath a list of which the rest can be asked for.
pub fn and_more_listed(count: usize, command: &str) -> String {
    format!("{} “more” shows them.", and_more(count, command))
}

/// The title of what says how many are not shown.
pub const NOT_ALL: &str = "These are not all";

/// The same where each is to be changed.
pub fn and_more_to_change(count: usize, change: &str) -> String {
    let (count, change) = (there_are(count), flat(change));
    format!("{count} Name one by its code: “replace K7QM2X with {change}”. “more” shows them.")
}

/// How many more left lately than are shown.
pub fn more_left(count: usize) -> String {
    format!(
        "{} who left within the last week: the audit says what became of what they had.",
        there_are(count).trim_end_matches('.')
    )
}

/// That more people may be meant than are offered.
pub fn and_more_people(more: usize) -> String {
    format!("{} Say the whole name, or the id.", there_are(more))
}

/// To who asks for the rest of a list that has none.
pub const NO_MORE: &str = "These are the last of them.";

/// How many are not listed.
pub fn there_are(more: usize) -> String {
    if more == 1 { "There is 1 more.".to_owned() } else { format!("There are {more} more.") }
}

/// A yes with a condition, where something was asked.
pub const PLAIN_ANSWER_TO: &str = "I take a yes with a “but” for no answer. Is it a yes or a no?";

/// A yes where several can be meant.
pub const ONE_OF_SEVERAL: &str = "There are several. Say which one you mean.";

/// To who means several of what can be decided.
pub const EACH_BY_ITSELF: &str = "Each is done by itself. Say which one comes first.";

/// A question, of several decisions that were said at once.
pub const WHICH_DECISION_FIRST: &str = "I take one decision at a time. Which one first?";

/// One of several decisions, on its button.
pub fn decision_on(command: &str, named: &str) -> String {
    format!("{} {named}", verb_of(command))
}

/// What is asked of who does not need any more what may be held as well as asked for.
pub const WHICH_IS_NOT_NEEDED: &str = "Which of these do you not need any more?";

/// One of several that can be given up, on its button.
pub fn given_up_by(command: &str, named: &str) -> String {
    format!("{} {named}", if command == "withdraw" { "Withdraw" } else { "Give back" })
}

/// The title of what somebody had.
pub const WHAT_YOU_HAD: &str = "What you had there";

/// The answer to who never had it.
pub const HAD_NONE: (&str, &str) = (
    "You had none that I gave",
    "“my access” shows what you have now, and “access read on REPOSITORY” asks for more.",
);

/// What somebody had on a repository, since when, and what became of it.
pub fn had(code: &Code, (permission, repository): (&str, &str), since: Option<&str>, became: &str) -> String {
    let since = since.map_or_else(String::new, |since| format!(", since {since}"));
    format!("{code}: {permission} on {}{since}: {}", plain(repository), became.replace('_', " "))
}

/// What a decision does.
pub fn verb_of(command: &str) -> &'static str {
    if command == "approve" { "Countersign" } else { "Deny" }
}

/// Why, on the button of a decision.
pub fn decision_because(reason: &str) -> String {
    format!("because {}", quoted(&flat(reason).chars().take(120).collect::<String>()))
}

/// A whole request that was said where something else was asked.
pub fn or_that_request(said: &str) -> String {
    format!("You said {}.", quoted(&flat(said).chars().take(120).collect::<String>()))
}

/// The reason that is kept with what is offered.
pub fn for_this_reason(reason: &str) -> String {
    format!("Because {}.", quoted(&flat(reason).chars().take(120).collect::<String>()))
}

/// What was told not to be meant.
pub fn nothing_done_with(name: &str) -> String {
    format!("With {} I do nothing.", quoted(name))
}

/// The title of a card that several decisions were not understood, and how to say them.
pub fn one_decision_at_a_time() -> (&'static str, &'static str) {
    (
        "I take one decision at a time",
        "I am not sure that I read all of that rightly, so I did nothing. Please say each by itself: “approve infra”, and then “deny payments-api because …”.",
    )
}

/// The same where some of those that were named are not there.
pub fn each_of_those_named(unknown: &[&str]) -> String {
    match unknown {
        [] => EACH_BY_ITSELF.to_owned(),
        names => {
            let names: Vec<_> = names.iter().map(|name| quoted(name)).collect();
            format!("I know nothing of yours called {}. {EACH_BY_ITSELF}", list(&names))
        }
    }
}

/// Something between a yes and a question.
pub const PLAIN_ANSWER: &str = "I take a question for no answer. Is it a yes or a no?";

/// Whoever says that something is good, where it was asked whether to deny it.
pub const GOOD_IS_NO_DENIAL: &str = "That sounds like a yes to the request, and I asked whether to deny it. “yes” denies it, and “no” leaves it as it is.";

/// The same where it was asked why it is denied.
pub const GOOD_IS_NO_REASON: &str = "That sounds like a yes to the request, and I asked why you deny it. Say why, or “cancel”: then it stays as it is.";

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

/// The title where a kind was named of which none waits.
pub fn none_of_a_kind_waits(kind: &str) -> String {
    format!("No {kind} waits for you")
}

/// Beneath it.
pub const NOTHING_DECIDED: &str = "Nothing was decided. “status” shows what waits for you.";

/// The title of the answer to who forbids what nobody does.
pub const NOTHING_DONE: &str = "I did nothing";

/// Beneath it.
pub fn would_do(command: &str, code: &Code) -> String {
    format!("It stays as it is. “{command} {code}” would do it.")
}

/// The title where nothing fits that was said, of so many that there are: of none it is that there is none.
fn none_fits(concern: Concern, count: usize) -> String {
    match count {
        0 => nothing_of(concern).0.to_owned(),
        1 => "The only one that there is does not fit".to_owned(),
        _ => format!("None of the {count} that there are fits"),
    }
}

/// The same of what was said of it, where there are so many of which something else was said.
pub(crate) fn nothing_like(concern: Concern, said: &str, count: usize) -> (String, String) {
    (
        none_fits(concern, count),
        format!("There is nothing like {} that I could do that with, so I did nothing.", quoted(said)),
    )
}

/// The same of one repository.
pub(crate) fn nothing_on(concern: Concern, name: &str, count: usize) -> (String, String) {
    let title = none_fits(concern, count);
    let name = plain(name);
    let line = match concern {
        Concern::ToDecide => format!("No request for {name} waits for your countersignature."),
        Concern::OwnWaiting | Concern::OwnToChange => {
            format!("You have no request for {name} that waits. “my access” shows what you have.")
        }
        Concern::OwnInForce => {
            format!("You have no access to {name} that I gave you. “my access” shows what you have.")
        }
        Concern::Countersigned => format!("You have countersigned nothing for {name}."),
        Concern::InForce => format!("There is no access to {name} in force that you could end."),
        Concern::Open => format!("Nothing of yours for {name} is open, and nothing for it waits for you."),
    };
    (title, line)
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
pub fn has_it(name: &str, permission: &str, until: Option<&str>, code: &Code) -> String {
    match until {
        Some(until) => format!("{name}: {permission}, until {until}"),
        None => {
            format!("{name}: {permission}, given by hand and adopted by the repair {code}, without an end")
        }
    }
}

/// The title of what cannot be said now.
pub const CANNOT_TELL: &str = "I cannot tell now";

/// That nobody can say now whether there is a repository, and why.
pub fn cannot_tell_of(named: &str, why: Option<&str>) -> String {
    let why = why.unwrap_or("The configuration names no forge for this tenant.");
    format!(
        "{why} So I cannot tell whether there is a repository {}, nor who has anything on it. Please ask once more later.",
        plain(named)
    )
}

/// Nobody has it.
pub fn nobody_has_it() -> &'static str {
    "Nobody, as far as I gave it."
}

/// What the list does not hold.
pub fn only_what_i_gave() -> &'static str {
    "What was given at the forge itself is not in this list, unless a repair has adopted it."
}

/// The title of the list of those who can approve.
pub fn who_could_approve(repository: &str, whom: Option<&str>) -> String {
    let whom = whom.map_or_else(String::new, |whom| format!(", for {whom}"));
    format!("Who could countersign a request for {}{whom}", plain(repository))
}

/// Who could countersign a permission.
pub fn could_approve(permission: &str, (people, places): (&[String], usize), quorum: u32) -> String {
    let needed = countersignatures(quorum);
    match people {
        [] => format!("{permission}: nobody at the moment ({needed})"),
        few if places < quorum as usize => {
            format!("{permission}: {} ({needed}, so nobody gets it: too few can)", list(few))
        }
        _ => format!("{permission}: {} ({needed})", list(people)),
    }
}

/// To whoever asks for somebody else, of them.
pub fn they_are_left_out(name: &str) -> String {
    format!("{name} is not in this list, because it would be for them: nobody countersigns their own.")
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
