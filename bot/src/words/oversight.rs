//! What administrators are told of vendors, of accesses that would not end, and of what the forge holds.

use std::collections::BTreeMap;

use countersign_domain::ports::{CURE, TicketMove};
use countersign_domain::request::Code;
use countersign_domain::words::{instant, plain, vendor, when_moved};
use jiff::Timestamp;

/// The label of a button.
pub const COMPARE: &str = "Compare now";
/// The title of a comparison that is under way.
pub const COMPARING: &str = "I am comparing the forge with the log";

/// A vendor lets nobody in.
pub fn vendor_is_shut(name: &str) -> String {
    format!("{} does not let me in", vendor(name))
}

/// The same, for days.
pub fn vendor_is_still_shut(name: &str, since: Timestamp) -> String {
    format!("{} does not let me in, since {}", vendor(name), instant(since))
}

/// It does again.
pub fn vendor_is_open(name: &str) -> String {
    format!("{} lets me in again", vendor(name))
}

/// What is wrong, and what waits for it.
pub fn what_waits(why: &str, endings: usize) -> Vec<String> {
    let mut lines = vec![format!("What was said: {why}")];
    match endings {
        0 => {}
        1 => lines.push("One access that has ended is still there.".to_owned()),
        many => lines.push(format!("{many} accesses that have ended are still there.")),
    }
    lines.push(
        "Nothing is lost and nothing has to be requeued: I ask again every minute, and everything that waits goes on by itself when it is mended."
            .to_owned(),
    );
    lines
}

/// After it was mended.
pub const fn goes_on() -> &'static str {
    "Everything that waited goes on by itself."
}

/// An access has ended and is still there.
pub fn not_ended(code: &Code) -> String {
    format!("{code} has ended, and the access is still there")
}

/// The same, for days.
pub fn still_not_ended(code: &Code, since: Timestamp) -> String {
    format!("{code} has ended, and the access is still there since {}", instant(since))
}

/// It is not there any more.
pub fn ended_at_last(code: &Code, known: &str) -> String {
    format!("{code} has ended at last, and {known}")
}

/// Why it is still there.
pub fn why_not_ended(why: &str) -> Vec<String> {
    vec![
        format!("Taking it back did not work: {why}"),
        "It counts as in force until I have read back that it is gone, and I remind you every day until then.".to_owned(),
    ]
}

/// What to say when it was done by hand.
pub fn by_hand(effect: &str) -> String {
    format!("When you have taken it away by hand, say “resolve {effect} as done”.")
}

/// Where somebody says that it was taken away, and nobody could look yet.
pub const fn looks_itself() -> &'static str {
    "An administrator says that it was taken away by hand. I cannot look at the moment, and look again by myself until I have read that back; nothing has to be said again."
}

/// Where somebody gave it up.
pub const fn nothing_tries() -> &'static str {
    "Nothing tries it any more: take it away by hand, and “compare access” shows what is left."
}

/// The tickets of a project stay where they are.
pub fn cannot_be_moved(project: &str, to: TicketMove) -> String {
    format!("I cannot move tickets of {project} on when {}", when_moved(to))
}

/// They do not any more, or somebody has said what shall become of one.
pub fn moved_again(project: &str, to: TicketMove) -> String {
    format!("Nothing keeps tickets of {project} from being moved on any more when {}", when_moved(to))
}

/// What is missing, and the cure.
pub fn why_not_moved(why: &str) -> Vec<String> {
    let (said, cure) = why.rsplit_once(CURE).unwrap_or((why, "mend it where the tickets live"));
    vec![
        format!("What is missing: {said}."),
        format!("What to do: {cure}. Then have it tried again."),
        "Accesses do not depend on it: only the ticket stays where it is. I tell this once for all tickets of the project."
            .to_owned(),
    ]
}

/// What to say when it was done by hand.
pub fn moved_by_hand(effect: &str) -> String {
    format!("If you have moved the ticket by hand, or it shall stay, say “resolve {effect} as done”.")
}

/// The title of what a comparison found new.
pub fn differences_found(count: usize) -> String {
    match count {
        0 => "The forge holds what the log wants, as far as I can see".to_owned(),
        1 => "The forge holds something else than the log wants".to_owned(),
        many => format!("The forge holds something else than the log wants, in {many} places"),
    }
}

/// The title of all that is different.
pub fn differences_there_are(count: usize) -> String {
    match count {
        0 => "The forge holds what the log wants".to_owned(),
        1 => "There is one difference between the forge and the log".to_owned(),
        many => format!("There are {many} differences between the forge and the log"),
    }
}

/// Those that are not told one by one.
pub fn more_differences(count: usize) -> Option<String> {
    (count > 0).then(|| format!("And {count} more: “countersign access compare” lists all."))
}

/// What was looked at.
pub fn looked_at(repositories: u64, accounts: u64) -> String {
    let accounts = if accounts == 1 {
        "1 direct permission".to_owned()
    } else {
        format!("{accounts} direct permissions")
    };
    let on =
        if repositories == 1 { "1 repository".to_owned() } else { format!("{repositories} repositories") };
    format!("I looked at {accounts} on {on}.")
}

/// What could not be looked at.
pub fn not_looked_at(unread: &BTreeMap<String, String>) -> Vec<String> {
    let line = |(name, why): (&String, &String)| match name.as_str() {
        "*" => format!("I could not list the repositories: {why}"),
        name => format!("I could not look at {}: {why}", plain(name)),
    };
    unread.iter().take(5).map(line).collect()
}

/// While it is being compared.
pub const fn comparing() -> &'static str {
    "It goes page by page and takes a while. What is different is told to the administrators; “compare access” again shows all."
}
