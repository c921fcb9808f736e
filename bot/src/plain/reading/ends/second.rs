//! Second thoughts at the very end: "no", "not yet", "doch nicht", "plus tard", "mejor no". Whatever was told before them, they are asked
//! about, unless the grammar of the clause surely uses them: "it does not", "whether it works or not", "two days later".

use super::{Ends, WHETHER};
use crate::normalise::{Says, Tag};

/// The most phrases that only lead to a second thought: "but maybe".
const LEADS: usize = 3;
/// What alone makes a second thought of what leads to it.
const THOUGHTS: [Says; 3] = [Says::SecondThought, Says::Postpones, Says::Negates];
/// Of these a verb is said not to be, and a clause may end with that.
const AUXILIARIES: [&str; 28] = [
    "is", "are", "was", "were", "do", "does", "did", "has", "have", "had", "can", "could", "will", "would",
    "should", "must", "may", "might", "it's", "that's", "they're", "we're", "i'm", "i've", "we've", "i'll",
    "we'll", "they've",
];
/// What tells how something is, and needs that to be said.
const BEING: [&str; 14] =
    ["is", "are", "was", "were", "ist", "sind", "war", "waren", "est", "sont", "es", "está", "é", "è"];
/// What a verb ends with that is said in two pieces.
const PARTICLES: [&str; 6] = ["on", "in", "over", "under", "into", "about"];
/// Between two ways of which either may be: "if it works or not".
const EITHER: [&str; 4] = ["or", "oder", "ou", "o"];
/// What stands before how much later something is.
const MUCH: [&str; 10] = ["much", "little", "bit", "even", "no", "any", "viel", "etwas", "peu", "poco"];

impl Ends<'_, '_> {
    /// Whether all that stands from this place on is a second thought.
    pub(super) fn thinks_again(&self, at: usize) -> bool {
        if self.hangs(at) {
            return false;
        }
        let from = self.behind_leads(at);
        let is_told = || self.clause.says(Says::Quotes, at - 1) || self.is_one_way_or_other(at);
        self.is_all(Says::SecondThought, from) && !is_told()
            || self.is_all(Says::Postpones, from) && !self.is_dated(from)
            // "But not yet" is no part of a verb.
            || self.is_all(Says::Negates, from) && (from > at || !self.is_negated(from)) && !is_told()
    }

    /// Whether this is said from this place on, and nothing else.
    fn is_all(&self, says: Says, from: usize) -> bool {
        self.clause.begins(says, from).is_some_and(|count| from + count >= self.last)
    }

    /// Whether what stands here belongs to the word before it: "to forget it", "cannot cancel it". Nothing of the kind hangs on what only
    /// is, "the build is no", or is a part of its verb, "the freeze is on no".
    fn hangs(&self, at: usize) -> bool {
        let before = self.clause.lower(at - 1);
        let is_whole = BEING.contains(&before) || PARTICLES.contains(&before);
        self.clause.says(Says::Joins, at - 1) || self.clause.says(Says::Opens, at - 1) && !is_whole
    }

    /// The first word behind what only leads to a second thought: "but maybe", "oder doch".
    fn behind_leads(&self, at: usize) -> usize {
        let mut from = at;
        for _ in 0..LEADS {
            let tag = self.clause.tag(from).and_then(|(tag, count)| match tag {
                Tag::Polite | Tag::And => Some(count),
                // Of "but not yet" the "not" belongs to what it leads to.
                Tag::But => Some(1),
                _ => None,
            });
            let said = [Says::Exclaims, Says::LeadsAgain].map(|says| self.clause.begins(says, from));
            let leads = said.into_iter().flatten().chain(tag).max();
            match leads.filter(|count| from + count < self.last) {
                Some(count) if !THOUGHTS.into_iter().any(|says| self.is_all(says, from)) => from += count,
                _ => break,
            }
        }
        from
    }

    /// "Whether it works or not": that it may be so or not is what is told.
    fn is_one_way_or_other(&self, at: usize) -> bool {
        let leads = |at: usize| WHETHER.contains(&self.clause.lower(at));
        EITHER.contains(&self.clause.lower(at)) && (self.clause.start..at).any(leads)
    }

    /// "The release is later", "two days later", "much later".
    fn is_dated(&self, at: usize) -> bool {
        /// The most words of how much later.
        const LONG: usize = 4;
        let before = self.clause.lower(at - 1);
        let is_long = |back: usize| {
            let from = at.checked_sub(back).filter(|from| *from >= self.clause.start);
            from.is_some_and(|from| self.clause.looks.duration(from) == Some(back))
        };
        BEING.contains(&before) || MUCH.contains(&before) || (1..=LONG).any(is_long)
    }

    /// "Es geht nicht": "es" is no verb here, as it is in Spanish.
    fn is_it_before(&self, it: usize, verb: usize) -> bool {
        self.clause.says(Says::It, it) && it + 1 == verb && self.clause.is_finite(verb)
    }

    /// Whether the verb of the clause is what is said not to be: "it does not", "ça ne marche pas", "wir finden den Fehler nicht". Behind
    /// "weil" the verb stands last, and so "der Rollout hängt nicht" may be either.
    fn is_negated(&self, at: usize) -> bool {
        let (clause, before) = (self.clause, at - 1);
        match clause.lower(at) {
            "not" => AUXILIARIES.contains(&clause.lower(before)),
            "pas" => {
                let is_ne =
                    |at: usize| matches!(clause.lower(at), "ne") || clause.lower(at).starts_with("n'");
                clause.is_finite(before) || (clause.start..at).any(is_ne)
            }
            _ => match self.told.verb_before(at) {
                None => false,
                Some(verb) if verb == before || self.is_it_before(verb, before) => {
                    !clause.may_be_subordinate()
                }
                // An object between them: the verb stands second.
                Some(verb) => {
                    let is_thing = clause.words[before].text.starts_with(char::is_uppercase);
                    (is_thing || clause.says(Says::It, before)) && !BEING.contains(&clause.lower(verb))
                }
            },
        }
    }
}

#[cfg(test)]
mod tests;
