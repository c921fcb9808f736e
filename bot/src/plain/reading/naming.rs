//! The words of a reason that may name somebody, or a repository, which only those who know them can tell.

use super::clauses::{Clause, clauses};
use super::closing::Order;
use super::looks::Looks;
use super::repositories::is_name;
use super::told::Told;
use super::why::is_of_work;
use crate::normalise::{Says, Tag, Word};

/// Names of repositories that are looked up are longer than this.
const SHORTEST: usize = 2;

/// A word of a reason that may name what is not its affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::plain) struct Named {
    /// Where the word stands.
    pub(in crate::plain) at: usize,
    /// Where what is said of it begins.
    pub(in crate::plain) from: usize,
    /// Whether it may be somebody.
    pub(in crate::plain) is_person: bool,
}

/// The words of a reason that may name what is not the reason's affair.
pub(super) fn names(text: &str, words: &[Word]) -> Vec<Named> {
    let looks = Looks::at(words);
    clauses(text, words, &looks, Order::default()).into_iter().flat_map(|clause| clause.names()).collect()
}

impl Clause<'_> {
    /// The words that may be somebody's name, or a repository's.
    pub(super) fn names(&self) -> Vec<Named> {
        let named = |at: usize, is_person: bool| Named {
            at,
            from: if self.is_first() { at } else { self.start },
            is_person,
        };
        let people = (self.start + 1..self.end)
            .filter(|at| self.is_unknown(*at) && matches!(self.tag(at - 1), Some((Tag::For, _))))
            .filter(|at| !self.is_awaited(*at))
            .filter(|at| !self.is_first() || (*at..self.end).all(|at| self.is_unknown(at)))
            .map(|at| Named { from: at - 1, ..named(at, true) });
        let mut all: Vec<Named> = people.collect();
        if self.is_first() {
            all.extend(self.named_within());
            return all;
        }
        let lead = self.lead;
        let unknown: Vec<usize> = (lead..self.end).filter(|at| self.is_bare(*at)).collect();
        let needs = matches!(self.tag(lead + 1), Some((Tag::Needs, _)))
            || Says::Modal.is(self.lower(lead + 1))
            || lead + 1 == self.end;
        if unknown.first() == Some(&lead) && needs {
            all.push(named(lead, true));
        }
        if !self.works() {
            let mut ends = vec![unknown.first(), unknown.last()];
            ends.dedup();
            let is_repository =
                |at: &&usize| is_name(&self.words[**at]) && self.words[**at].text.len() > SHORTEST;
            all.extend(ends.into_iter().flatten().filter(is_repository).map(|at| named(*at, false)));
        }
        all
    }

    /// The words of the first clause that may name what is not its affair: the last one, where nothing was told before, and who is
    /// said to need or to do something behind what was whole.
    fn named_within(&self) -> Vec<Named> {
        const NEAR: usize = 4;
        let (told, last) = (Told::of(self), self.last());
        let mut all = Vec::new();
        for at in (self.start + 1..last).filter(|at| self.is_bare(*at)) {
            let (is_last, tells) = (at + 1 == last, told.before(at));
            let is_led = self.says(Says::Opens, at - 1) && !self.says(Says::Joins, at - 1);
            let with = self.says(Says::WithWhom, at - 1);
            let needs = matches!(self.tag(at + 1), Some((Tag::Needs, _))) || self.says(Says::Modal, at + 1);
            let is_told = self.is_finite(at + 1) && last - at <= NEAR;
            let named = |is_person: bool| Named { at, from: at, is_person };
            if is_last && !tells && (!is_led || with) || !is_led && (needs || is_told && !tells) {
                all.push(named(true));
                let is_repository = is_name(&self.words[at]) && self.words[at].text.len() > SHORTEST;
                all.extend((is_repository && !is_led).then(|| named(false)));
            }
        }
        all
    }

    /// Whether somebody is waited or asked for: "I wait for Ben".
    fn is_awaited(&self, at: usize) -> bool {
        at.checked_sub(2).is_some_and(|before| before >= self.start && self.says(Says::Awaits, before))
    }

    /// Whether a word is known for nothing, and is no word of work.
    fn is_bare(&self, at: usize) -> bool {
        self.is_unknown(at) && !is_of_work(&self.words[at])
    }
}
