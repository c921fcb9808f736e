//! Going through the words of a plain sentence, from left to right, once.

use std::ops::Range;

use countersign_domain::access::Permission;

use super::{Plain, Refrain};
use crate::grammar::{Sentence, is_key, is_key_in_any_case, joined};
use crate::normalise::{LEXICON, Says, Tag, Word};

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
mod template;
mod times;
mod told;
mod turning;
mod vague;
mod why;

pub(super) use closing::Order;
use looks::Looks;
use naming::Named;
pub(super) use reasons::{bare_reason, says_something};
use repositories::{is_address, is_shaped};
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

/// What says where something is told, before a ticket or an address.
const SEE: [&str; 3] = ["see", "voir", "ver"];

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
        Self::begun(sentence).read_on()
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

    fn take_tag(&mut self, tag: Tag, start: usize, begun: bool) {
        match tag {
            Tag::And if self.is_behind_me(start) => {
                self.at = start;
                self.take_me();
                self.at = self.at.max(start + 1);
            }
            Tag::And => {
                if !self.take_more_repositories() {
                    self.expected = Expected::Nothing;
                }
            }
            Tag::Want => {
                self.wanted = true;
                self.take_doubt_whether(start);
            }
            // "To get", "could I maybe get": nobody is named by it where somebody wants it already.
            Tag::Give if self.wanted && matches!(self.words[start].lower.as_str(), "get" | "have") => {}
            Tag::Give => {
                (self.wanted, self.gives, self.expected) = (true, true, Expected::Person);
                if self.gives_somebody(start) {
                    self.unsure(start);
                }
            }
            Tag::Everyone => self.take_everyone(start),
            Tag::Me => self.take_me(),
            // "For my colleague Ben": Ben.
            Tag::Kin => self.take_kin(start),
            Tag::Access => {
                (self.about_access, self.says_access) = (true, true);
                self.expected = Expected::Repository;
            }
            // "see OPS-17", "see https://wiki…" say where it is told, not that it is to be read.
            Tag::Permission(_) if SEE.contains(&self.words[start].lower.as_str()) && self.is_reference() => {
                self.expected = Expected::Ticket;
            }
            Tag::Permission(permission) | Tag::PermissionOn(permission) => self.permission(permission, start),
            Tag::On if self.takes_person(start) => self.expected = Expected::Person,
            Tag::On | Tag::Repository if self.plain.repositories.is_empty() || self.is_guess => {
                self.expected = Expected::Repository;
            }
            // "infra on Monday", "infra in 2 hours", "from 2pm to 5pm".
            Tag::On if self.take_time_behind_on(start) => {}
            // "Zugriff auf web-shop zum Lesen".
            Tag::On if self.leads_to_permission(start) => {}
            // "… to fix the build": what for is told behind the repository.
            Tag::On if self.words[start].lower == "to" => self.take_purpose(start),
            Tag::But | Tag::TakenBack if self.is_complete() => self.set_aside(start),
            // "Sorry to bother, but could you …": nothing was said that it could take back.
            Tag::But if self.joins_beginning(start) => {}
            // "Acesso de escrita no payments-api": in Portuguese, that is "on".
            Tag::Not if self.is_portuguese_on(start) => {}
            Tag::Not => self.take_not(start, begun),
            // "I will look at infra later" tells; "let me see infra" asks.
            Tag::Telling | Tag::Lacking if self.is_complete() => self.unsure(start),
            Tag::Telling => self.tells |= !self.wanted,
            Tag::Lacking => self.lacking = Some(start..self.at),
            Tag::Question => self.take_question(start),
            // "Everyone needs it": of a greeting nobody can tell who is meant.
            Tag::On | Tag::But | Tag::TakenBack | Tag::Needs | Tag::About => {
                self.unsure(start);
            }
            Tag::Thanked => self.take_thanks(start),
            Tag::Idle if self.states(start) || self.names_what_is(start) => self.unsure(start),
            Tag::Idle if self.remarks(start) => self.set_aside(start),
            Tag::Idle if self.means_several(start) => self.unsure(start),
            Tag::Polite | Tag::Hello | Tag::Closing | Tag::Idle | Tag::Repository | Tag::Asking => {}
            Tag::From => self.take_from(start),
            Tag::Ever => self.set_duration(joined(&self.words[start..self.at])),
            Tag::For if self.asks_how_long(start) => self.take_question(start),
            Tag::For => self.take_for(),
            Tag::Until if self.is_due(start) => {}
            Tag::Until => self.take_until(),
            Tag::Ticket => self.expected = Expected::Ticket,
            Tag::Because if self.take_since(start) => {}
            Tag::Because => self.take_because(),
            // "Why: the rollout", as cards say it; without the colon it asks for a reason.
            Tag::Other if self.words[start].lower == "why" && self.words[start].stop == Some(':') => {
                self.take_because();
            }
            Tag::Other if self.is_reason_already(begun) => self.take_part(start),
            Tag::Other if self.is_complete() && self.expected == Expected::Nothing => self.set_aside(start),
            Tag::Other => self.other = true,
        }
    }

    fn permission(&mut self, permission: Permission, start: usize) {
        let word = permission.as_str();
        self.about_access = true;
        if self.names_what_is(start) {
            self.unsure(start);
        }
        if self.is_complete() {
            self.begin_another();
        }
        match &self.plain.permission {
            Some(known) if known != word => self.unsure(start),
            _ => self.plain.permission = Some(word.to_owned()),
        }
        if self.plain.repositories.is_empty() || self.is_guess {
            self.expected = Expected::Repository;
        }
    }

    /// Whether the next word is a ticket's key; in small letters it may be a repository, until that was named.
    fn is_before_key(&self) -> bool {
        let named = !self.plain.repositories.is_empty();
        self.rest().first().is_some_and(|next| is_key(&next.text) || named && is_key_in_any_case(&next.text))
    }

    /// What can be told by its look: a key, a duration.
    fn take_shaped(&mut self, word: &Word) -> bool {
        let named = !self.plain.repositories.is_empty();
        let is_ticket = match self.expected {
            Expected::Ticket => is_key_in_any_case(&word.text),
            Expected::Person => false,
            Expected::Repository if !named => is_key(&word.text),
            // In small letters it may be a repository, until that was named.
            _ => is_key(&word.text) || named && is_key_in_any_case(&word.text),
        };
        if is_ticket {
            self.at += 1;
            self.ticket(&word.text);
            return true;
        }
        if let Some(key) = self.key_in_two_words() {
            self.at += 2;
            self.ticket(&key);
            return true;
        }
        if let Some(count) = self.duration() {
            let text = joined(&self.rest()[..count]);
            self.at += count;
            self.set_duration(text);
            return true;
        }
        self.take_number(word)
    }

    /// `OPS 17`, where a ticket may stand.
    fn key_in_two_words(&self) -> Option<String> {
        let [project, number, ..] = self.rest() else { return None };
        let is_project = project.text.len() > 1 && project.text.chars().all(|c| c.is_ascii_uppercase());
        let is_number = number.text.chars().all(|c| c.is_ascii_digit());
        let is_told =
            self.expected == Expected::Ticket || self.is_complete() && self.expected != Expected::Person;
        let fits = is_project && is_number && project.stop.is_none() && !project.quoted && is_told;
        fits.then(|| format!("{}-{}", project.text, number.text))
    }

    fn ticket(&mut self, key: &str) {
        match &self.plain.ticket {
            Some(known) if !known.eq_ignore_ascii_case(key) => self.plain.unsure.push(key.to_owned()),
            _ => self.plain.ticket = Some(key.to_owned()),
        }
        self.expected = Expected::Nothing;
    }

    fn set_duration(&mut self, text: String) {
        self.expected = Expected::Nothing;
        match &self.plain.duration {
            Some(known) if *known != text => self.plain.other_times.push(text),
            _ => self.plain.duration = Some(text),
        }
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

    /// Words that the lexicon does not know.
    fn take_unknown(&mut self, begun: bool) {
        let start = self.at;
        if self.is_reason_already(begun) && !self.may_be_repository() && !self.says_more() {
            return self.take_part(start);
        }
        // "I will look at it later": that is no name.
        if Says::PutOff.is_word(&self.rest()[0]) {
            self.at += 1;
            self.expected = Expected::Nothing;
            return self.unsure(start);
        }
        let count = self.words_to_next_tag().max(1);
        let words = &self.rest()[..count];
        match self.expected {
            // "access owner on infra": a permission that nobody knows.
            Expected::Repository if self.plain.permission.is_none() && self.names_permission(count) => {
                self.plain.permission = Some(joined(words));
                self.at += count;
            }
            Expected::Repository if self.plain.repositories.is_empty() || self.is_better() => {
                self.take_repository(count);
            }
            Expected::Person | Expected::For => {
                // "für web-shop geben": nobody is called that with what follows.
                let count = if is_shaped(&words[0]) && words[0].text == words[0].lower { 1 } else { count };
                let name = joined(&words[..count]);
                self.at += count;
                self.user_by_for = self.expected == Expected::For && self.plain.user.is_none();
                self.person(name);
                self.take_more_people();
            }
            Expected::Ticket => {
                let key = words[0].text.clone();
                self.at += 1;
                self.ticket(&key);
            }
            // What is written as only names are is one, wherever it stands: "web-shop read pls".
            _ if is_shaped(&words[0]) && (self.plain.repositories.is_empty() || self.is_better()) => {
                self.at += 1;
                self.named_by_look(&words[0]);
            }
            _ => {
                let word = &words[0];
                // "Actually read" puts something right, and names no repository.
                let is_around = Says::Turn.is_word(word) || Says::Hedge.is_word(word);
                let is_before = matches!(self.tag(start + 1), Some((Tag::Permission(_), _)));
                if word.stop.is_none() && is_before && !is_around {
                    self.before_permission = Some(word.text.clone());
                }
                self.at += 1;
                self.plain.unsure.push(word.text.clone());
            }
        }
    }

    /// How many words there are up to the next that is known, or the end of the part.
    fn words_to_next_tag(&mut self) -> usize {
        let rest = &self.rest()[..self.part_length().min(NAME)];
        let names_person = matches!(self.expected, Expected::For | Expected::Person);
        let slipped = self.slipped_permission(rest);
        let known = |index: &usize| {
            let (word, at) = (&rest[*index], self.at + *index);
            // "Ben de la Cruz" is a name; "infra for me" is not.
            let tagged = self.tag(at).is_some_and(|(tag, _)| tag != Tag::Idle || !names_person);
            let is_time = self.begins_moment(at)
                || self.begins_next_duration(at)
                || starts_with_digit(word)
                || moments::begins_span(&rest[*index..]);
            // "infra an hour".
            let is_duration = || self.looks.duration(at).is_some();
            // "infra raed": a permission with a slip of a finger is no part of a name.
            let ends = tagged
                || is_time
                || word.quoted
                || is_address(&word.lower)
                || is_key(&word.text)
                || Says::PutOff.is_word(word)
                || *index == slipped;
            *index > 0 && (ends || is_duration())
        };
        if matches!(self.tag(self.at), Some((tag, _)) if tag != Tag::Idle) {
            return 0;
        }
        (0..rest.len()).find(known).unwrap_or(rest.len())
    }

    /// Whether the next word says where it is told: a ticket, or an address that is none of a repository.
    fn is_reference(&self) -> bool {
        let is_page = |word: &&Word| is_address(&word.lower) && self.is_complete();
        self.is_before_key() || self.rest().first().is_some_and(|word| is_page(&word))
    }

    /// Whether permission and repository were said.
    const fn is_complete(&self) -> bool {
        self.plain.permission.is_some() && !self.plain.repositories.is_empty()
    }

    fn unsure(&mut self, start: usize) {
        self.plain.unsure.push(joined(&self.words[start..self.at]));
    }

    /// Where behind the next word a permission is named with a slip of a finger; beyond the words where none is.
    fn slipped_permission(&mut self, rest: &[Word]) -> usize {
        const NEAR: usize = 3;
        let lacks = self.expected == Expected::Repository && self.plain.permission.is_none();
        for (index, word) in rest.iter().enumerate().take(NEAR).skip(1) {
            if !lacks || self.slips >= SLIPS || self.tag(self.at + index).is_some() {
                break;
            }
            self.slips += 1;
            if matches!(LEXICON.mistyped(word), Some(Tag::Permission(_))) {
                return index;
            }
        }
        rest.len()
    }

    /// A known word with one slip of a finger, where no name is expected.
    fn slip(&mut self, word: &Word) -> Option<Tag> {
        let names = matches!(self.expected, Expected::For | Expected::Ticket | Expected::Person);
        let named = self.expected == Expected::Repository && self.plain.permission.is_some();
        if names || named || self.slips >= SLIPS {
            return None;
        }
        self.slips += 1;
        LEXICON.mistyped(word)
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
