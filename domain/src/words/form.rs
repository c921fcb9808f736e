//! What is written on a ticket that looks like a request, and is none yet.

use super::{flat, quoted};
use crate::code::Code;
use crate::denied::{Field, Violation};
use crate::heard::Form;

/// What a place of the form shows that is not filled in. Whoever leaves it there has not filled it in.
pub const BLANK: &str = "…";

/// What is missing, and the form to copy, with everything that was read in its place.
pub fn form_to_copy(form: &Form) -> Vec<String> {
    let lacks = [form.permission.is_none(), form.repository.is_none()];
    vec![unread(lacks), COPY.to_owned(), lines(form), PERMISSIONS.to_owned()]
}

/// What could not be read of permission and repository.
fn unread(lacks: [bool; 2]) -> String {
    let missing: Vec<&str> = ["the permission", "the repository"]
        .into_iter()
        .zip(lacks)
        .filter_map(|(what, lacks)| lacks.then_some(what))
        .collect();
    if missing.is_empty() {
        format!("{LOOKS}. I could not read it yet.")
    } else {
        format!("{LOOKS}. I could not read {} in it.", super::list(&missing))
    }
}

/// Whether a line of a ticket is one that the bot writes around the form: who copies all of a comment has said nothing by it.
pub fn is_line_of_ours(line: &str) -> bool {
    let lacks = [[false, false], [false, true], [true, false], [true, true]];
    let is_head = || line.starts_with(LOOKS) && lacks.into_iter().any(|lacks| line == unread(lacks));
    [COPY, WRITE, PERMISSIONS, MEND].contains(&line) || is_head()
}

/// How it begins.
const LOOKS: &str = "This looks like a request for access";
/// What stands above the form that is to be filled in, and above one that is to be written anew.
const COPY: &str = "Please copy these lines into the description and fill them in. As soon as the ticket is saved I look again.";
const WRITE: &str = "Please write it like this in place of what stands there now. As soon as the ticket is saved I look again.";
/// What comes before what is wrong with a ticket.
const MEND: &str =
    "This looks like a request for access, and I cannot take it like this. Nothing is asked for yet.";

/// What stands beneath the form.
const PERMISSIONS: &str = "A permission is read, write or admin. “me” stands for whoever writes it.";

/// The lines of the form, with all that is there.
fn lines(form: &Form) -> String {
    let line = |label: &str, given: &Option<String>, hint: &str| {
        let given = given.as_deref().map(flat).filter(|text| !text.is_empty());
        format!("{label}: {}", given.unwrap_or_else(|| hint.to_owned()))
    };
    [
        line("Permission", &form.permission, BLANK),
        line("Repository", &form.repository, BLANK),
        line("User", &form.user, "me"),
        line("Duration", &form.duration, "1 day"),
        line("Reason", &form.reason, BLANK),
    ]
    .join("\n")
}

/// A ticket was edited, and asks for what was decided before: how it can ask again.
pub fn asks_the_same(code: &Code, status: &str) -> Vec<String> {
    vec![
        format!(
            "This ticket asks for the same as before, and that is decided: request {code} is {}.",
            super::spoken(status)
        ),
        "To ask again, change what it asks for and save it, or write a new ticket. I leave this one in the status it is in."
            .to_owned(),
    ]
}

/// What a ticket names cannot be looked up, however long it was tried; `told` is why.
pub fn cannot_be_looked_up(told: &str) -> Vec<String> {
    vec![
        format!("This looks like a request for access, and I cannot look up what it names: {told}"),
        "Nothing is asked for yet. The administrators see it, and it goes on when they have it tried again; or save the ticket \
         once more later."
            .to_owned(),
    ]
}

/// What stands in a ticket and has no place in what it asks for; nothing of any other reason for a "no".
pub(super) fn unplaced(violation: &Violation) -> String {
    match violation {
        Violation::MisleadingTitle { character, place } => format!(
            "The ticket's title holds the invisible character {character} at place {place}, which could mislead readers; please leave it out."
        ),
        Violation::UnreadTitle => UNREAD_TITLE.to_owned(),
        Violation::UnreadLine { line } => format!(
            "I do not know what {} means for it, and leave nothing out unsaid. Say it in one of the lines below, or take it out.",
            quoted(line)
        ),
        Violation::BeginsLater { given } => format!(
            "Access begins as soon as it is countersigned. It cannot begin later, so I did not take {} as its start.",
            quoted(given)
        ),
        _ => String::new(),
    }
}

/// It stands above what is said on the ticket, and is repeated nowhere.
const UNREAD_TITLE: &str = "The ticket's title may say something that the form does not, and I leave nothing out unsaid. Say it in one of the lines below, or take it out of the title.";

/// What of a ticket could not be read or found, each with what helps; and the form to write it anew, with all that was read,
/// where that mends it.
pub fn to_mend(faults: Vec<String>, form: Option<&Form>) -> Vec<String> {
    let head = MEND.to_owned();
    let cure = match form {
        Some(form) => vec![WRITE.to_owned(), lines(form), PERMISSIONS.to_owned()],
        None => vec!["As soon as that is mended and the ticket is saved I look again.".to_owned()],
    };
    std::iter::once(head).chain(faults).chain(cure).collect()
}

/// That a ticket names more than one of these, and nobody can tell which is meant.
pub fn one_request_a_ticket(several: &[Field]) -> Vec<String> {
    let names: Vec<&str> = several.iter().map(|field| field.as_str()).collect();
    vec![
        format!(
            "This looks like a request for access, and it names more than one {}. Nothing is asked for yet.",
            super::list(&names)
        ),
        "One ticket is one request: please leave the lines of one in the description, and write a ticket of its own for each other one."
            .to_owned(),
        "As soon as the ticket is saved I look again.".to_owned(),
    ]
}

/// That nobody can be asked for, because the ticket has no reporter.
pub fn nobody_reports() -> Vec<String> {
    vec![
        "This looks like a request for access, but the ticket has no reporter, so I cannot tell who asks.".to_owned(),
        "Please set the reporter, or write the form into the description yourself. As soon as the ticket is saved I look again."
            .to_owned(),
    ]
}
