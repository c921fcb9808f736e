//! What is written on a ticket that looks like a request, and is none yet.

use super::flat;
use crate::access::Form;

/// What a place of the form shows that is not filled in. Whoever leaves it there has not filled it in.
pub const BLANK: &str = "…";

/// What is missing, and the form to copy, with everything that was read in its place.
pub fn form_to_copy(form: &Form) -> Vec<String> {
    let missing: Vec<&str> = [("the permission", &form.permission), ("the repository", &form.repository)]
        .into_iter()
        .filter_map(|(what, given)| given.is_none().then_some(what))
        .collect();
    let head = if missing.is_empty() {
        "This looks like a request for access. I could not read it yet.".to_owned()
    } else {
        format!("This looks like a request for access. I could not read {} in it.", super::list(&missing))
    };
    let line = |label: &str, given: &Option<String>, hint: &str| {
        let given = given.as_deref().map(flat).filter(|text| !text.is_empty());
        format!("{label}: {}", given.unwrap_or_else(|| hint.to_owned()))
    };
    let lines = [
        line("Permission", &form.permission, BLANK),
        line("Repository", &form.repository, BLANK),
        line("User", &form.user, "me"),
        line("Duration", &form.duration, "1 day"),
        line("Reason", &form.reason, BLANK),
    ];
    vec![
        head,
        "Please copy these lines into the description and fill them in. As soon as the ticket is saved I look again."
            .to_owned(),
        lines.join("\n"),
        "A permission is read, write or admin. “me” stands for whoever writes it.".to_owned(),
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
