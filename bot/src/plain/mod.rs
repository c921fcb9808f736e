//! Plain sentences that ask for access, in whatever order and language: every word is placed by the lexicon, and what
//! cannot be placed is asked about, never guessed.

mod reading;

use crate::grammar::{Said, Sentence};

use self::reading::Reading;

/// What is read of a sentence that asks for access.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plain {
    /// The word for the permission.
    pub permission: Option<String>,
    /// The repositories: more than one are to be asked about.
    pub repositories: Vec<String>,
    /// For whom.
    pub user: Option<String>,
    /// For how long.
    pub duration: Option<String>,
    /// Until when.
    pub until: Option<String>,
    /// Under which ticket.
    pub ticket: Option<String>,
    /// Why, as it was written.
    pub reason: Option<String>,
    /// What could not be placed.
    pub unsure: Vec<String>,
}

/// What a sentence asks for, where it asks for access; `None` where it is about something else.
pub fn asks(sentence: &Sentence<'_>) -> Option<Said> {
    let reading = Reading::of(sentence);
    reading.asks_for_access().then(|| reading.plain().said())
}

/// What is said in answer to a question: any part of a request.
pub fn part(sentence: &Sentence<'_>) -> Plain {
    Reading::of(sentence).plain()
}

impl Plain {
    fn said(self) -> Said {
        let mut missing = Vec::new();
        if self.permission.is_none() {
            missing.push("permission".to_owned());
        }
        let mut repositories = self.repositories.into_iter();
        let repository = repositories.next();
        if repository.is_none() {
            missing.push("repository".to_owned());
        }
        let also = repositories.collect::<Vec<_>>().join("\n");
        let slots = [
            ("permission", self.permission),
            ("repository", repository),
            ("also", Some(also).filter(|also| !also.is_empty())),
            ("user", self.user),
            ("duration", self.duration),
            ("time", self.until),
            ("KEY", self.ticket),
            ("reason", self.reason),
        ];
        let slots = slots.into_iter().filter_map(|(slot, value)| Some((slot, value?)));
        Said::plainly(slots, missing, self.unsure)
    }
}

#[cfg(test)]
mod tests;
