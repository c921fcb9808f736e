//! Going through the words of a plain sentence, from left to right, once.

use std::ops::Range;

use super::{Plain, Refrain};
use crate::grammar::{Sentence, joined};
use crate::normalise::{Says, Tag, Word};

mod clauses;
mod closing;
mod ends;
mod looks;
mod moments;
mod naming;
mod people;
mod reasons;
mod refrains;
mod repositories;
mod several;
mod shaped;
mod tags;
mod template;
mod times;
mod told;
mod turning;
mod unknown;
mod vague;
mod why;

pub(super) use closing::Order;
use looks::Looks;
pub(super) use looks::range;
use naming::Named;
pub(super) use reasons::{bare_reason, says_something};
use repositories::is_address;
pub(super) use template::is_template;
pub(super) use why::is_of_work;

/// The most words of a reason that is said without "because": it may have 500 characters.
const REASON: usize = 80;
/// The most words of a name.
const NAME: usize = 30;
/// The most words of a duration.
const DURATION: usize = 6;
/// How many words that are not known are looked at for slips of a finger.
const SLIPS: usize = 12;

/// What the next words are, if they are nothing by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Nothing,
    Person,
    Repository,
    For,
    Ticket,
}

/// A reading under way.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that was met on the way")]
pub(super) struct Reading<'s> {
    text: &'s str,
    words: &'s [Word],
    looks: Looks,
    at: usize,
    expected: Expected,
    plain: Plain,
    /// Something of access was said: a permission, a right.
    about_access: bool,
    /// It was said in so many words that it is about access.
    says_access: bool,
    /// Somebody wants something.
    wanted: bool,
    /// The repository is taken from a word that looks like one, or was met before anything was asked for: one that is led to
    /// by other words takes its place.
    is_guess: bool,
    /// That is all that tells it is the repository: how it is written.
    is_by_look: bool,
    /// The word that could not be placed right before a permission: "infra read".
    before_permission: Option<String>,
    /// Somebody is given something: to whom may follow.
    gives: bool,
    /// Who speaks was said to be the one it is for.
    for_me: bool,
    /// Who it is for stood behind a "for", which may also have been said of a repository.
    user_by_for: bool,
    /// It is about something else.
    other: bool,
    /// A part behind the request that may be its reason, as it was written: where it begins and ends.
    reason: Option<(usize, usize)>,
    /// The same of what was said to be the reason.
    because: Option<(usize, usize)>,
    slips: usize,
    /// Somebody is thanked for access.
    thanked: bool,
    /// Somebody tells what they do.
    tells: bool,
    /// The words by which somebody tells that they have none.
    lacking: Option<Range<usize>>,
    /// It is a part of a request, in answer to a question.
    is_part: bool,
    /// What was asked for before another permission was named: each is a request of its own.
    earlier: Vec<Plain>,
}

impl<'s> Reading<'s> {
    /// Reads a sentence.
    pub(super) fn of(sentence: &'s Sentence<'_>) -> Self {
        let mut read = Self::begun(sentence).read_on();
        if let Some(refrain) = Self::begins_without_asking(&sentence.words) {
            read.plain.refrain = Some(refrain);
        }
        read
    }

    /// Reads what is a part of a request: what it lacks was said before.
    pub(super) fn of_part(sentence: &'s Sentence<'_>) -> Self {
        Self { is_part: true, ..Self::begun(sentence) }.read_on()
    }

    fn begun(sentence: &'s Sentence<'_>) -> Self {
        let words = &sentence.words;
        Self {
            text: sentence.text,
            words,
            looks: Looks::at(words),
            at: 0,
            expected: Expected::Nothing,
            plain: Plain::default(),
            about_access: false,
            says_access: false,
            wanted: false,
            is_guess: false,
            is_by_look: false,
            before_permission: None,
            gives: false,
            for_me: false,
            user_by_for: false,
            other: false,
            reason: None,
            because: None,
            slips: 0,
            thanked: false,
            tells: false,
            lacking: None,
            is_part: false,
            earlier: Vec::new(),
        }
    }

    fn read_on(mut self) -> Self {
        while self.at < self.words.len() && !self.other {
            self.step();
        }
        self
    }

    /// Whether it asks for access: it says something of access, and nothing of anything else.
    pub(super) fn asks_for_access(&self) -> bool {
        let named =
            !self.plain.repositories.is_empty() || self.plain.user.is_some() || !self.earlier.is_empty();
        // "One moment, reading the ticket" names a permission, and asks for none.
        let is_placed = |word: &String| self.before_permission.as_ref() == Some(word);
        let says_only_that =
            self.says_access || self.expected != Expected::Ticket && self.plain.unsure.iter().all(is_placed);
        let permitted = self.plain.permission.is_some() && says_only_that;
        let wants = self.about_access && (named || self.wanted || permitted);
        !self.other && (wants || self.thanked)
    }

    /// What was read.
    pub(super) fn plain(mut self) -> Plain {
        let text = self.text;
        self.take_bare_repository();
        // "I have no read on infra" asks for nothing by itself.
        if let Some(lacking) = self.lacking.take().filter(|_| !self.wanted) {
            self.plain.unsure.insert(0, joined(&self.words[lacking]));
        }
        let refrain = self.told();
        let reason =
            self.reason.map(|(start, end)| text[start..end].trim_matches([' ', ',', ';', '\n']).to_owned());
        self.plain.unsure.extend(self.bidden());
        self.doubt_vague_times();
        let ends_in = self.reason_at_end();
        let mut plain = self.plain;
        if let Some(reason) = ends_in {
            plain.unsure.clear();
            plain.reason = Some(reason);
        }
        plain.reason = plain.reason.or(reason.filter(|reason| !reason.is_empty()));
        // "write access for payments-api": nobody is named where nothing else is.
        if plain.repositories.is_empty() && self.user_by_for {
            plain.repositories.extend(plain.user.take());
            plain.repositories.append(&mut plain.also_for);
        }
        plain.reason = plain.reason.map(|reason| bare_reason(&reason).to_owned());
        let is_thanks = self.thanked && plain.permission.is_none() && plain.repositories.is_empty();
        plain.refrain = refrain.or_else(|| is_thanks.then_some(Refrain::Thanked)).or(plain.refrain);
        moments::on_the_day_it_begins(&mut plain);
        several::together(self.earlier, plain)
    }

    /// What was read, as a part of a request that was asked back: there, "for me" says who it is for.
    pub(super) fn part(mut self) -> Plain {
        // A word alone may as well be somebody's name: the question says which.
        if self.is_by_look && !self.about_access {
            self.plain.unsure.append(&mut self.plain.repositories);
        }
        if self.for_me && self.earlier.is_empty() {
            self.plain.user.get_or_insert_with(|| "me".to_owned());
        }
        self.plain()
    }

    fn rest(&self) -> &'s [Word] {
        &self.words[self.at..]
    }

    /// Takes the next words, at least one.
    fn step(&mut self) {
        let Some(word) = self.rest().first() else { return };
        let (start, begun) = (self.at, self.begins_part());
        if begun && self.at > 0 && !self.goes_on_behind_comma() {
            self.expected = Expected::Nothing;
        }
        // "Re: read access on web-shop" is what somebody answers.
        if self.at == 0 && word.stop == Some(':') && Says::Subject.is_word(word) {
            self.at += 1;
            self.unsure(start);
        } else if begun && self.is_reason_already(begun) && (self.is_free() || self.is_clause()) {
            self.take_part(start);
        } else if word.quoted || is_address(&word.lower) {
            self.take_value(word);
        } else if self.take_span()
            || self.take_before()
            || self.take_this()
            || self.take_about()
            || self.take_vague()
            || self.take_counted_by_article()
            || self.take_setting_free()
            || begun && (self.take_asked_for() || self.take_subject())
        {
        } else if let Some((tag, count)) = self.tag(self.at) {
            self.at += count;
            self.take_tag(tag, start, begun);
        } else if self.take_moment() || self.take_shaped(word) {
        } else if let Some(tag) = self.slip(word) {
            self.at += 1;
            self.take_tag(tag, start, begun);
        } else {
            self.take_unknown(begun);
        }
    }

    /// Whether the next word begins a part of the sentence.
    fn begins_part(&self) -> bool {
        self.at == 0 || self.words[self.at - 1].stop.is_some()
    }

    /// `until Dec 20, 2026`, `ticket: OPS-17`: a colon opens what a comma would end.
    fn goes_on_behind_comma(&self) -> bool {
        self.words[self.at - 1].stop == Some(':')
    }

    /// How many of the next words are a duration, the most that can be.
    fn duration(&self) -> Option<usize> {
        self.looks.duration(self.at)
    }

    /// What the words from this place on are known for, and how many of them.
    fn tag(&self, at: usize) -> Option<(Tag, usize)> {
        self.looks.tag(at)
    }

    /// How many words there are to the end of this part of the sentence.
    fn part_length(&self) -> usize {
        let rest = self.rest();
        let near = &rest[..rest.len().min(3 * DURATION)];
        near.iter().position(|word| word.stop.is_some()).map_or(near.len(), |last| last + 1)
    }

    /// Whether permission and repository were said.
    const fn is_complete(&self) -> bool {
        self.plain.permission.is_some() && !self.plain.repositories.is_empty()
    }

    fn unsure(&mut self, start: usize) {
        self.plain.unsure.push(joined(&self.words[start..self.at]));
    }
}

/// Whether a text may be a reason that was not said to be one.
pub(super) fn may_be_reason(words: &[Word]) -> bool {
    let clause = why::Clause::of(words, &[]);
    clause == why::Clause::Why || words.len() > 1 && clause != why::Clause::Other
}

/// Whether these words tell why, and show no sign of anything else.
pub(super) fn tells_why(words: &[Word]) -> bool {
    why::Clause::of(words, &[]) == why::Clause::Why
}

/// Where what was given for a reason turns into something else, in bytes.
pub(super) fn turn(reason: &str, words: &[Word], order: Order) -> Option<usize> {
    turning::turn(reason, words, order).map(|at| words[at].start)
}

/// The words of a reason that may name somebody or a repository: where each begins, where its clause does, and whether it is somebody.
pub(super) fn named(reason: &str, words: &[Word]) -> Vec<Named> {
    naming::names(reason, words)
}

fn starts_with_digit(word: &Word) -> bool {
    word.text.starts_with(|c: char| c.is_numeric())
}
