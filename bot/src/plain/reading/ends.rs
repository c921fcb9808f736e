//! Where a reason ends though no comma ends it: "risky no wait", "of a bug tomorrow", "too long Ada must agree".
//!
//! It may end between any two of its words: where what stands before is whole, and what stands behind would be asked about as a
//! clause of its own. What takes back, sets a condition or leaves it to somebody else is asked about whatever stands before. A time
//! or a remark is asked about where nothing is told before it, for else it belongs to that: "the release is tomorrow".

use super::clauses::Clause;
use super::closing::closes;
use super::moments::BEFORE;
use super::repositories::is_shaped;
use super::told::Told;
use super::why::is_of_work;
use crate::grammar::is_key;
use crate::normalise::{Says, Tag};

mod second;

/// Said of asking anew.
pub(super) const ASK: [&str; 6] = ["ask", "frage", "beantrage", "redemande", "redemanderai", "pido"];
/// What leads to what something is: "de lectura" is no time, and "of Monday" belongs to what stands before.
const OF: [&str; 11] = ["of", "de", "del", "du", "von", "vom", "van", "do", "da", "der", "des"];
/// What leads to a permission that somebody is to have.
const AS: [&str; 6] = ["as", "als", "en", "de", "como", "comme"];
/// What leads to how something was done, and takes nothing back: "deleted by mistake".
const BY: [&str; 5] = ["by", "aus", "par", "por", "per"];
/// Between two things either of which may be the reason: nothing is put right by it.
const EITHER: [&str; 10] = ["or", "oder", "ou", "o", "of", "without", "ohne", "sans", "sin", "neither"];
/// What leads to something that may be or not be.
const WHETHER: [&str; 5] = ["whether", "if", "ob", "si", "se"];
/// The most phrases that are passed over before what is meant.
const PASSED: usize = 4;
/// The most words behind what puts something right: "better 30 minutes".
const RIGHT: usize = 2;
/// How far behind somebody it is said that they agree: "Ada must first agree".
const NEAR: usize = 4;

/// The places within a clause where the reason may end, and what is known of the clause as a whole: it is gone through once.
pub(super) struct Ends<'c, 'w> {
    clause: &'c Clause<'w>,
    told: Told,
    /// Where the politeness behind it begins.
    last: usize,
    /// From here on all words are of a time.
    timed_from: usize,
    /// The last words that are of a time, of a time that is over, of consent, of work, verbs, and "to".
    time: Option<usize>,
    past: Option<usize>,
    consent: Option<usize>,
    work: Option<usize>,
    verb: Option<usize>,
    to: Option<usize>,
}

/// Whether there is such a word at this place or behind it.
fn is_behind(place: Option<usize>, from: usize) -> bool {
    place.is_some_and(|place| place >= from)
}

impl<'c, 'w> Ends<'c, 'w> {
    pub(super) fn of(clause: &'c Clause<'w>) -> Self {
        let (start, last) = (clause.start, clause.last());
        let is_of_time = |at: &usize| clause.is_of_time(*at) || BEFORE.contains(&clause.lower(*at));
        let of_time = (start..last).rev().take_while(is_of_time).count();
        let find = |fits: &dyn Fn(usize) -> bool| (start..last).rfind(|at| fits(*at));
        Self {
            told: Told::of(clause),
            last,
            timed_from: last - of_time,
            time: find(&|at| clause.is_timed(at)),
            past: find(&|at| clause.begins(Says::Past, at).is_some()),
            // "Only with Ada's ok": that is more than politeness.
            consent: (start..clause.end).rfind(|at| clause.begins(Says::Consent, *at).is_some()),
            work: find(&|at| is_of_work(&clause.words[at])),
            verb: find(&|at| clause.is_finite(at)),
            to: find(&|at| clause.is_word(at, "to")),
            clause,
        }
    }

    /// The first word behind the reason.
    pub(super) fn find(&self) -> Option<usize> {
        // What leads to a later clause was looked at with it.
        let first = if self.clause.is_first() { self.clause.start } else { self.clause.lead };
        let is_end = |at: &usize| self.thinks_again(*at) || self.is_whole_before(*at) && self.is_end(*at);
        let closed = closes(self.clause, self.last);
        (first + 1..closed.unwrap_or(self.last)).find(is_end).or(closed)
    }

    /// Whether what stands before this place is whole: it does not end with what leads to more.
    fn is_whole_before(&self, at: usize) -> bool {
        !self.clause.says(Says::Opens, at - 1)
            && !self.clause.says(Says::Joins, at - 1)
            && !self.asks_whether(at)
    }

    /// "To see if it works" tells what somebody wants to know, and sets no condition; "of a check if Ada agrees" does.
    fn asks_whether(&self, at: usize) -> bool {
        let (clause, verb) = (self.clause, at - 1);
        let leads = |at: usize| clause.says(Says::Opens, at) && !clause.says(Says::Article, at);
        let is_verb =
            verb == clause.lead || clause.is_word(verb, "out") || verb.checked_sub(1).is_some_and(leads);
        WHETHER.contains(&clause.lower(at))
            && clause.says(Says::FindsOut, verb)
            && is_verb
            && !is_behind(self.consent, at)
    }

    fn is_end(&self, at: usize) -> bool {
        let tells = self.told.before(at);
        self.takes_back(at)
            || self.sets_condition(at)
            || self.announces(at)
            || self.leaves_it(at)
            || self.compares(at)
            || self.clause.begins(Says::AsksBack, at).is_some()
            || !tells && self.is_end_of_a_name(at)
    }

    /// Whether it ends here where nothing was told before: only a name was given to what it is because of.
    fn is_end_of_a_name(&self, at: usize) -> bool {
        self.bids(at)
            || self.remarks(at)
            || self.says_when(at)
            || self.permits(at)
            || self.puts_right(at)
            || self.turns_to_somebody(at)
    }

    /// The first word behind exclamations and politeness, where anything is left, and whether there are any: "no wait", "please not".
    fn behind_exclaims(&self, at: usize) -> (usize, bool) {
        let mut from = at;
        for _ in 0..PASSED {
            let exclaims = self.clause.begins(Says::Exclaims, from);
            let polite = self.clause.tag(from).filter(|(tag, _)| *tag == Tag::Polite).map(|(_, count)| count);
            match exclaims.or(polite).filter(|count| from + count < self.last) {
                Some(count) => from += count,
                None => break,
            }
        }
        (from, from > at)
    }

    /// Whether somebody thinks better of all of it.
    fn takes_back(&self, at: usize) -> bool {
        let (behind, is_led) = self.behind_exclaims(at);
        self.takes_back_from((at, false), at) || is_led && self.takes_back_from((behind, true), at)
    }

    fn takes_back_from(&self, (from, is_led): (usize, bool), at: usize) -> bool {
        let clause = self.clause;
        if from + 1 == self.last {
            let stops = clause.says(Says::Stops, from) && (is_led || !self.told.may_be_of(clause, at));
            let called_off = is_led && clause.begins(Says::CalledOff, from).is_some();
            return clause.says(Says::BreaksOff, from) || stops || called_off;
        }
        // "It works again" tells; "no longer needed" belongs to what is told before.
        let over = clause.begins(Says::Over, from).filter(|_| !clause.is_finite(from));
        let taken = clause.tag(from).filter(|(tag, _)| *tag == Tag::TakenBack).map(|(_, count)| count);
        let says = [Says::CalledOff, Says::Regret, Says::Undo, Says::Cancel, Says::TakenBack];
        let counts = says.into_iter().filter_map(|says| clause.begins(says, from)).chain(over).chain(taken);
        let is_denial = matches!(clause.tag(from), Some((Tag::Not, _)))
            || clause.begins(Says::Remark, from).is_some_and(|count| from + count == self.last);
        let is_told = is_denial && !is_led && self.told.before(at) || BY.contains(&clause.lower(from));
        let meant = clause.begins(Says::Meant, from);
        let is_meant = meant.is_some_and(|count| !clause.is_word(from + count, "to"));
        is_meant || !is_told && counts.into_iter().any(|count| from + count >= self.last)
    }

    /// Whether a condition begins here. Behind what is told it is one only where somebody has to agree: "it crashes when the queue
    /// is full".
    fn sets_condition(&self, at: usize) -> bool {
        let clause = self.clause;
        let Some(count) = clause.begins(Says::Condition, at) else { return false };
        if count == 1 && Says::Only.is(clause.lower(at)) {
            return false;
        }
        let behind = at + count;
        // "After the deploy", "when saving".
        let is_event =
            clause.says(Says::Beside, at) && is_behind(self.work, behind) && !is_behind(self.verb, behind)
                || clause.lower(behind).ends_with("ing");
        is_behind(self.consent, behind) || !self.told.before(at) && !is_event
    }

    /// "I will ask again later", "I would rather approve infra".
    fn announces(&self, at: usize) -> bool {
        let decides = |at: usize| {
            let says = [Says::Approves, Says::Denies];
            says.into_iter().any(|says| self.clause.says(says, at)) || ASK.contains(&self.clause.lower(at))
        };
        self.clause.says(Says::FirstPerson, at)
            && (at + 1..self.last.min(at + NEAR)).any(decides)
            && !is_behind(self.to, at)
    }

    /// Whether it is left to somebody: "Ada must agree", "Ben decides".
    pub(super) fn leaves_it(&self, at: usize) -> bool {
        let clause = self.clause;
        let is_name = clause.is_unknown(at) && clause.words[at].text.starts_with(char::is_uppercase);
        let is_somebody = is_name || clause.begins(Says::Somebody, at).is_some();
        let must =
            |at: usize| clause.says(Says::Modal, at) || matches!(clause.tag(at), Some((Tag::Needs, _)));
        let agrees = |at: usize| at < self.last && clause.begins(Says::Consent, at).is_some();
        is_somebody && (agrees(at + 1) || must(at + 1) && (at + 2..=at + NEAR).any(agrees))
            || clause.says(Says::It, at) && must(at + 1) && (at + 2..=at + NEAR).any(agrees)
    }

    /// "Write would be better".
    fn compares(&self, at: usize) -> bool {
        let Some(count) = self.clause.begins(Says::Level, at) else { return false };
        let behind = at + count;
        // "Den Log lesen können muss": the verbs of a German clause stand together at its end.
        let closes = behind + 1 < self.last && (behind..self.last).all(|at| self.clause.is_finite(at));
        self.clause.is_finite(behind) && !closes && (behind + 1 < self.last || !self.told.before(at))
    }

    /// "Approve infra", "ask Ben first".
    fn bids(&self, at: usize) -> bool {
        let clause = self.clause;
        let Some(next) = clause.words.get(at + 1).filter(|_| at + 1 < self.last) else { return false };
        let decides = clause.says(Says::Approves, at) || clause.says(Says::Denies, at);
        let bids = clause.begins(Says::Bids, at) == Some(1);
        let is_unknown = clause.is_unknown(at + 1);
        let is_named = is_unknown && next.text.starts_with(char::is_uppercase) || is_shaped(next);
        let is_it =
            [Says::It, Says::Pronoun, Says::Article].into_iter().any(|says| clause.says(says, at + 1));
        let is_one = is_it || is_named || is_key(&next.text) || decides && is_unknown;
        // "Customers ask Ben" tells.
        !clause.is_plural(at - 1) && (decides || bids) && is_one
    }

    /// The first word behind what says how, when or whether, and no more than that.
    fn behind_remarks(&self, at: usize) -> usize {
        let mut from = at;
        for _ in 0..PASSED {
            let says = [Says::Remark, Says::Exclaims, Says::Only];
            match says.into_iter().filter_map(|says| self.clause.begins(says, from)).max() {
                Some(count) => from += count,
                None => break,
            }
        }
        from.min(self.last)
    }

    fn remarks(&self, at: usize) -> bool {
        self.behind_remarks(at) == self.last
    }

    /// Whether all behind this place is a time that is not over.
    fn says_when(&self, at: usize) -> bool {
        let clause = self.clause;
        let led = clause.tag(at).filter(|(tag, _)| matches!(tag, Tag::Until | Tag::From | Tag::For));
        let from = led.map_or_else(|| self.behind_remarks(at), |(_, count)| at + count);
        let is_of = OF.contains(&clause.lower(at)) || clause.is_finite(at);
        from >= self.timed_from && is_behind(self.time, from) && !is_of && !is_behind(self.past, at - 1)
    }

    /// "Only read", "for write".
    fn permits(&self, at: usize) -> bool {
        let mut from = self.behind_remarks(at);
        if matches!(self.clause.tag(from), Some((Tag::For, _))) || AS.contains(&self.clause.lower(from)) {
            from += 1;
        }
        let level = self.clause.begins(Says::Level, from);
        level.is_some_and(|count| self.behind_remarks(from + count) == self.last)
    }

    /// "But infra", "rather 30 minutes", "or".
    fn puts_right(&self, at: usize) -> bool {
        let clause = self.clause;
        let but = clause.tag(at).filter(|(tag, _)| *tag == Tag::But).map(|(_, count)| count);
        let turn = clause.begins(Says::Turn, at).filter(|_| !clause.says(Says::SecondThought, at));
        let Some(count) = clause.begins(Says::PutsRight, at).or(but).or(turn) else { return false };
        let behind = at + count;
        if behind >= self.last {
            return but.is_some();
        }
        let is_short = self.last - behind <= RIGHT && !is_of_work(&clause.words[self.last - 1]);
        is_short && !EITHER.contains(&clause.lower(at))
    }

    /// "@Ben", "not for me".
    fn turns_to_somebody(&self, at: usize) -> bool {
        let is_name = self.clause.tag(at).is_none() && self.clause.words[at].text.contains(['@', '‹']);
        let mentions = at + 1 == self.last && is_name;
        let is_not = match self.clause.tag(at) {
            Some((Tag::Not, count)) => matches!(self.clause.tag(at + count), Some((Tag::Me | Tag::For, _))),
            _ => false,
        };
        mentions || is_not
    }
}

#[cfg(test)]
mod tests;
