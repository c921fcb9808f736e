//! Plain sentences that ask for access, in whatever order and language: every word is placed by the lexicon, and what
//! cannot be placed is asked about, never guessed.

mod after;
mod around;
mod extending;
mod instead;
mod later;
mod reading;
mod taken;

use crate::grammar::{Said, Sentence, joined};
use crate::normalise::{LEXICON, Says, Tag, Word};

pub use self::after::after;
pub use self::around::around;
pub use self::extending::{extends, is_extension};
pub use self::instead::without_instead;
pub(crate) use self::later::time_behind;
use self::reading::{Order, Reading};

/// Why a sentence that is about access asks for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refrain {
    /// It says that something is not wanted.
    Not,
    /// It asks whether somebody has it.
    Question,
    /// It thanks for it.
    Thanked,
    /// It tells of what somebody does anyway.
    Told,
}

/// What is read of a sentence that asks for access.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plain {
    /// The word for the permission.
    pub permission: Option<String>,
    /// The repositories: more than one are to be asked about.
    pub repositories: Vec<String>,
    /// For whom.
    pub user: Option<String>,
    /// Who else it is for: each is a request of its own.
    pub also_for: Vec<String>,
    /// For how long.
    pub duration: Option<String>,
    /// Until when.
    pub until: Option<String>,
    /// When it was said to begin, as it was said; it begins when it is countersigned.
    pub begins: Option<String>,
    /// Other times that were said, as durations or with an "until": nobody can tell which one is meant.
    pub other_times: Vec<String>,
    /// Under which ticket.
    pub ticket: Option<String>,
    /// Why, as it was written.
    pub reason: Option<String>,
    /// What could not be placed.
    pub unsure: Vec<String>,
    /// Whole sentences for each of several requests, where it asks for more than one can hold.
    pub sentences: Vec<String>,
    /// Why it asks for nothing, where it does not.
    pub refrain: Option<Refrain>,
}

/// What a sentence asks for, where it asks for access; `None` where it is about something else.
pub fn asks(sentence: &Sentence<'_>) -> Option<Said> {
    if let Some(count) = Says::AsksHowTo.begins(&sentence.words) {
        return asks_how_to(sentence, count);
    }
    let reading = Reading::of(sentence);
    reading.asks_for_access().then(|| reading.plain().said())
}

/// "How do I get write on infra?" may ask for it, or how that is done: it is asked about.
fn asks_how_to(sentence: &Sentence<'_>, count: usize) -> Option<Said> {
    let (how, words) = sentence.words.split_at(count);
    let rest = Sentence { text: sentence.text, words: words.to_vec() };
    let reading = Reading::of(&rest);
    reading.asks_for_access().then(|| {
        let mut plain = reading.plain();
        plain.unsure.insert(0, joined(how));
        plain.said()
    })
}

/// What is said in answer to a question: any part of a request.
pub fn part(sentence: &Sentence<'_>) -> Plain {
    whole(sentence, Reading::of_part(sentence).part())
}

/// The same in answer to which repository: what is written as a name is its name.
pub fn part_of_repository(sentence: &Sentence<'_>) -> Plain {
    whole(sentence, Reading::of_part(sentence).plain())
}

fn whole(sentence: &Sentence<'_>, plain: Plain) -> Plain {
    // What is not wanted is no part of a request, and neither are several at once.
    if plain.refrain.is_some() || !plain.sentences.is_empty() {
        return Plain { unsure: vec![sentence.text().to_owned()], ..Plain::default() };
    }
    plain
}

/// Whether what could not be placed may be why it is asked for.
pub fn may_be_reason(text: &str) -> bool {
    reading::may_be_reason(&crate::normalise::words(text))
}

/// Whether these words tell why something is asked for, and show no sign of anything else.
pub(crate) fn tells_why(words: &[Word]) -> bool {
    reading::tells_why(words)
}

/// Whether a word is one of work, which tells why.
pub(crate) fn is_of_work(word: &Word) -> bool {
    reading::is_of_work(word)
}

/// Whether what was given for a reason says anything.
pub fn is_reason(reason: &str) -> bool {
    reading::says_something(reason)
}

/// What of a text that was given for a reason may be something else: it takes it back, puts it right or asks for more.
pub fn turned(reason: &str) -> Option<&str> {
    turned_in(reason, Order::Unknown)
}

/// The same of one that is a sentence of its own, behind a label: no "weil" stands before it.
pub fn turned_behind_label(reason: &str) -> Option<&str> {
    turned_in(reason, Order::Main)
}

fn turned_in(reason: &str, order: Order) -> Option<&str> {
    if reading::is_template(reason) {
        return Some(reason);
    }
    let at = reading::turn(reason, &crate::normalise::words(reason), order)?;
    reason.get(at..)
}

/// Whether a text speaks of approving: as the reason of a denial it may mean the opposite.
pub fn speaks_of_approving(reason: &str) -> bool {
    let words = crate::normalise::words(reason);
    words.iter().any(|word| Says::Approves.is_word(word)) || is_in_favour(&words)
}

/// "No, all good", "no, it's fine by me": who says so answers somebody else; but "no, that is not fine" is why.
fn is_in_favour(words: &[Word]) -> bool {
    /// What is longer tells more than that.
    const MOST: usize = 8;
    let negates = |at: usize| matches!(LEXICON.tag(&words[at..]), Some((Tag::Not, _)));
    let favours = |at: usize| Says::InFavour.begins(&words[at..]).is_some();
    words.len() <= MOST && (0..words.len()).any(|at| favours(at) && !(0..at).any(negates))
}

/// What of a reason may name somebody, or a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named<'r> {
    /// The name.
    pub name: &'r str,
    /// The reason from the clause on in which it is said.
    pub from: &'r str,
    /// Whether it may be somebody.
    pub is_person: bool,
}

/// What of a text that was given for a reason may name what is not its affair, where only those can tell who know the names.
pub fn named(reason: &str) -> Vec<Named<'_>> {
    let words = crate::normalise::words(reason);
    let named = reading::named(reason, &words).into_iter().filter_map(|named| {
        let (word, first) = (words.get(named.at)?, words.get(named.from)?);
        let within = reason.get(word.start..word.end)?;
        let name = within.trim_matches(|sign: char| !sign.is_alphanumeric());
        Some(Named { name, from: reason.get(first.start..)?, is_person: named.is_person })
    });
    named.collect()
}

/// A reason without the word that only leads to it: "for the rollout" and "because of the rollout" say "the rollout".
pub fn bare_reason(reason: &str) -> &str {
    reading::bare_reason(reason)
}

impl Plain {
    /// Whether anything of a request was said.
    pub(crate) fn says_something(&self) -> bool {
        self.count() > 0
    }

    /// How many parts of a request were said.
    pub(crate) fn count(&self) -> usize {
        let Self { permission, repositories, user, duration, until, begins, ticket, .. } = self;
        let said =
            [permission, user, duration, until, begins, ticket].into_iter().filter(|part| part.is_some());
        said.count() + usize::from(!repositories.is_empty())
    }

    /// Whether a permission, a time or a ticket was said: what is only written as names are may be anything.
    pub(crate) fn says_what_is_known(&self) -> bool {
        let Self { permission, duration, until, begins, ticket, .. } = self;
        [permission, duration, until, begins, ticket].into_iter().any(Option::is_some)
    }

    /// Whether nothing is said of a request but how long it lasts or until when, if that is.
    pub(crate) fn says_nothing_but_time(&self) -> bool {
        let Self { permission, repositories, user, also_for, ticket, reason, .. } = self;
        [permission, user, ticket, reason].into_iter().all(Option::is_none)
            && repositories.is_empty()
            && also_for.is_empty()
    }

    /// Whether something of a request was said, and nothing that could not be placed.
    pub(crate) fn says_only_that(&self) -> bool {
        self.says_something() && self.unsure.is_empty()
    }

    fn said(self) -> Said {
        let mut missing = Vec::new();
        if let Some(refrain) = self.refrain {
            let refrain = match refrain {
                Refrain::Not => "not",
                Refrain::Question => "question",
                Refrain::Thanked => "thanked",
                Refrain::Told => "told",
            };
            return Said::plainly([("refrain", refrain.to_owned())], missing, vec![]);
        }
        if !self.sentences.is_empty() {
            return Said::plainly([("sentences", self.sentences.join("\n"))], missing, self.unsure);
        }
        if self.permission.is_none() {
            missing.push("permission".to_owned());
        }
        let mut repositories = self.repositories.into_iter();
        let repository = repositories.next();
        if repository.is_none() {
            missing.push("repository".to_owned());
        }
        let also = repositories.collect::<Vec<_>>().join("\n");
        let others = self.other_times.join("\n");
        let slots = [
            ("begins", self.begins),
            ("times", Some(others).filter(|others| !others.is_empty())),
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
