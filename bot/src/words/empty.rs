//! What is said beside an empty list, so that nobody takes it for the answer to a question that they did not mean to ask.

use countersign_domain::tenant::People;
use countersign_domain::words::{instant, quoted};
use jiff::Timestamp;

use crate::config::nearest;

/// What was asked for, and what of it the log knows at all.
#[derive(Debug, Default)]
pub struct Empty<'q> {
    /// Whose, where that is nobody whom the log knows.
    pub nobody: Option<&'q str>,
    /// Where, where that is nothing that the log knows.
    pub nowhere: Option<&'q str>,
    /// The moment that was asked about, and when the log begins.
    pub at: Option<Timestamp>,
    /// When the tenant's first event was.
    pub begins: Option<Timestamp>,
}

/// Why it may be empty, a sentence each; nothing where nothing speaks against it.
pub fn why_empty(empty: &Empty<'_>, people: &People) -> Vec<String> {
    let before = empty.begins.filter(|begins| empty.at.is_some_and(|at| at < *begins));
    let lines = [
        empty.nobody.map(|word| {
            let ids = people.people.values().flat_map(|person| [person.id.as_str(), person.name.as_str()]);
            let known: Vec<&str> = ids.collect();
            match nearest(word, &known) {
                Some(meant) => {
                    format!("The log knows nobody called {}: is {} meant?", quoted(word), quoted(meant))
                }
                None => format!("The log knows nobody called {}.", quoted(word)),
            }
        }),
        empty.nowhere.map(|name| format!("The log knows no repository called {}.", quoted(name))),
        before
            .map(|begins| format!("The log begins on {}: of before that it knows nothing.", instant(begins))),
    ];
    lines.into_iter().flatten().collect()
}

/// A time from which on nothing can fit.
pub const fn from_after_to() -> &'static str {
    "`from` is after `to`, so nothing can fit."
}
