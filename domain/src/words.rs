//! What the bot says, in one place.
//!
//! The tone: short, plain, kind. Say what happened, who decided, what happens next and when. Name things by their real
//! names. Never blame. A refusal says which rule and who could help. No sentence is built in two places.

mod denied;
mod form;
mod happened;
mod operations;

pub(crate) use denied::either;
pub use denied::{denied, violation, what_else};
pub use form::{
    BLANK, asks_the_same, cannot_be_looked_up, form_to_copy, is_line_of_ours, nobody_reports,
    one_request_a_ticket, to_mend,
};
pub use happened::happened;
pub use operations::*;

use crate::names::PrincipalId;
pub use crate::ports::vendor;
pub use crate::text::{flat, instant, list, plain, prose, quoted, told};

/// Somebody by their name, where the directory says that the account is theirs. An account names itself as it likes, be it as
/// somebody else is called: so such a name never stands without the account.
pub fn called(is_known: bool, name: &str, account: &str) -> String {
    if is_known {
        flat(name)
    } else if name == account {
        plain(name)
    } else {
        format!("{} ({})", plain(name), plain(account))
    }
}

/// What a ticket's key must look like, by an example: nobody has to read a pattern.
pub fn a_key_like(pattern: &str) -> String {
    match crate::rules::ticket_example(pattern) {
        Some(example) => format!("its key, such as {example}"),
        None => "a key of the kind that the rules name".to_owned(),
    }
}

/// A status as a word of a sentence: `given back`.
pub fn spoken(status: &str) -> String {
    status.replace('_', " ")
}

/// `one countersignature`, `2 countersignatures`.
pub fn countersignatures(quorum: u32) -> String {
    if quorum == 1 { "one countersignature".to_owned() } else { format!("{quorum} countersignatures") }
}

/// Who countersigned, as a sentence.
pub fn countersigners(by: &[PrincipalId], name: &dyn Fn(&PrincipalId) -> String) -> String {
    let names: Vec<_> = by.iter().map(name).collect();
    countersigned(by, &list(&names))
}

pub(crate) fn countersigned(by: &[PrincipalId], names: &str) -> String {
    if by.is_empty() {
        "The rules ask for no countersignature.".to_owned()
    } else {
        format!("Countersigned by {names}.")
    }
}

/// The names of who countersigned a request, each with that of whom they stood in for.
pub fn signers<'a>(
    by: &[PrincipalId],
    place: &dyn Fn(&PrincipalId) -> Option<&'a PrincipalId>,
    name: &dyn Fn(&PrincipalId) -> String,
) -> String {
    let said = |id: &PrincipalId| match place(id) {
        Some(absent) => format!("{}, in the place of {}", name(id), name(absent)),
        None => name(id),
    };
    let names: Vec<_> = by.iter().map(said).collect();
    // Whose place it was belongs to one of them only.
    if by.iter().any(|id| place(id).is_some()) { names.join("; ") } else { list(&names) }
}

/// What an operator says was done by hand, and nobody could look at yet.
pub fn vouched(doing: &str, note: &str) -> String {
    let note = if note.is_empty() { String::new() } else { format!(": {}", prose(note)) };
    format!(
        "An administrator says that {doing} was done by hand{note}. I cannot look at it at the moment, and look again by myself until I have read that back."
    )
}

/// Why an effect is looked at of which an operator says that it was done by hand.
pub const fn vouched_for() -> &'static str {
    "an operator says that it was done by hand, and it is looked at until that is read back"
}

/// Why an attempt that ends its bot each time is made no more.
pub fn ends_its_bot(times: u32) -> String {
    format!("I was ended {times} times in a row while I was at it, and do not know what came of it")
}
