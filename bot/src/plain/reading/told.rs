//! Whether a clause tells something, as far as it was read: "the release is", "we deploy"; "of a bug" only gives it a name.

use super::clauses::Clause;
use crate::normalise::Says;

/// What stands before what is not so.
const NE: [&str; 2] = ["ne", "n'est"];
/// Articles of languages in which one of something does it by the same word as somebody is bidden to: "el cliente espera".
const DEFINITE: [&str; 11] = ["el", "la", "los", "las", "le", "les", "o", "os", "der", "die", "das"];
/// The shortest word that may be a verb by its end.
const SHORTEST: usize = 4;

/// Where a clause begins to tell something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    /// The first word by which it does, which is the verb or whoever speaks.
    verb: Option<usize>,
    /// Whether it begins with who may do what is said behind.
    is_led: bool,
    /// The first word for whoever speaks.
    speaker: Option<usize>,
}

impl Told {
    pub(super) fn of(clause: &Clause<'_>) -> Self {
        let from = clause.lead;
        let leads = |at: usize| clause.says(Says::Article, at) || clause.says(Says::Determiner, at);
        let is_caused = clause.says(Says::Caused, from);
        let is_subject = clause.says(Says::It, from)
            || clause.is_plural(from)
            || clause.is_unknown(from) && is_capital(clause, from);
        // The noun behind an article is no verb: "the tests".
        let noun = if is_caused {
            None
        } else if leads(from) && !clause.says(Says::It, from) {
            Some(from + 1)
        } else {
            is_subject.then_some(from)
        };
        let is_doing = clause.begins(Says::Does, from).is_some() || is_gerund(clause, from);
        let tells = |at: &usize| {
            clause.is_finite(*at)
                || clause.says(Says::Speaker, *at)
                || NE.contains(&clause.lower(*at))
                || is_verb(clause, *at, noun)
        };
        Self {
            verb: if is_doing { Some(from) } else { (from..clause.end).find(tells) },
            is_led: DEFINITE.contains(&clause.lower(from)),
            speaker: (from..clause.end).find(|at| clause.says(Says::FirstPerson, *at)),
        }
    }

    /// Whether something is told before this place.
    pub(super) fn before(self, at: usize) -> bool {
        self.verb_before(at).is_some()
    }

    /// The verb by which something is told before this place.
    pub(super) fn verb_before(self, at: usize) -> Option<usize> {
        self.verb.filter(|verb| *verb < at)
    }

    /// Whether what stands before this place may be who does what is said there: "customers wait", "ich auf Ben warte".
    pub(super) fn may_be_of(self, clause: &Clause<'_>, at: usize) -> bool {
        let is_before = |place: Option<usize>| place.is_some_and(|place| place < at);
        if is_before(self.speaker) || clause.says(Says::Speaker, at - 1) {
            return true;
        }
        // "The rollout hangs wait": that has its verb.
        !is_before(self.verb) && (clause.is_plural(at - 1) || self.is_led)
    }
}

fn is_capital(clause: &Clause<'_>, at: usize) -> bool {
    clause.words.get(at).is_some_and(|word| word.text.starts_with(char::is_uppercase))
}

/// "Preparing the demo".
fn is_gerund(clause: &Clause<'_>, at: usize) -> bool {
    const SHORTEST_GERUND: usize = 6;
    let word = clause.lower(at);
    word.len() >= SHORTEST_GERUND && word.ends_with("ing")
}

/// Whether a word that is not known is a verb by how it ends, behind the noun of whoever does it.
fn is_verb(clause: &Clause<'_>, at: usize, noun: Option<usize>) -> bool {
    let Some(before) = at.checked_sub(1).filter(|before| *before >= clause.lead) else { return false };
    let word = clause.lower(at);
    if is_capital(clause, at) {
        return false;
    }
    let is_behind_noun = noun.is_some_and(|noun| at > noun);
    // "Says Ben" tells who says it.
    let is_unknown = word.len() >= SHORTEST && clause.is_unknown(at) && !clause.says(Says::Quotes, at);
    // "The rollout hangs", "Ada asked", "tests run", "Server startet".
    let by_end = is_unknown && (clause.is_plural(at) || word.ends_with("ed"));
    let is_caused = clause.says(Says::Caused, clause.lead);
    let by_plural = !is_caused && clause.says(Says::Does, at) && clause.is_plural(before);
    let is_german = is_unknown && is_capital(clause, before) && (word.ends_with('t') || word.ends_with("en"));
    is_behind_noun && by_end || by_plural || is_german
}
