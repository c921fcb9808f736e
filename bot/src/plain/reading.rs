//! Going through the words of a plain sentence, from left to right, once.

use countersign_domain::access::{DurationFault, Permission, parse_minutes};

use super::{Plain, Refrain};
use crate::grammar::{Sentence, is_key, is_key_in_any_case, joined};
use crate::normalise::{LEXICON, Tag, Word};

mod people;
mod several;
mod times;

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
    at: usize,
    expected: Expected,
    plain: Plain,
    /// Something of access was said: a permission, a right.
    about_access: bool,
    /// Somebody wants something.
    wanted: bool,
    /// Who it is for stood behind a "for", which may also have been said of a repository.
    user_by_for: bool,
    /// It is about something else.
    other: bool,
    /// A part behind the request that may be its reason, as it was written: where it begins and ends.
    reason: Option<(usize, usize)>,
    slips: usize,
    /// What was asked for before another permission was named: each is a request of its own.
    earlier: Vec<Plain>,
}

impl<'s> Reading<'s> {
    /// Reads a sentence.
    pub(super) fn of(sentence: &'s Sentence<'_>) -> Self {
        let words = &sentence.words;
        let mut reading = Self {
            text: sentence.text,
            words,
            at: 0,
            expected: Expected::Nothing,
            plain: Plain::default(),
            about_access: false,
            wanted: false,
            user_by_for: false,
            other: false,
            reason: None,
            slips: 0,
            earlier: Vec::new(),
        };
        while reading.at < words.len() && !reading.other {
            reading.step();
        }
        reading
    }

    /// Whether it asks for access: it says something of access, and nothing of anything else.
    pub(super) fn asks_for_access(&self) -> bool {
        let named = !self.plain.repositories.is_empty() || self.plain.user.is_some();
        !self.other && self.about_access && (named || self.wanted || self.plain.permission.is_some())
    }

    /// What was read.
    pub(super) fn plain(self) -> Plain {
        let text = self.text;
        let reason =
            self.reason.map(|(start, end)| text[start..end].trim_matches([' ', ',', ';', '\n']).to_owned());
        let mut plain = self.plain;
        plain.reason = plain.reason.or(reason.filter(|reason| !reason.is_empty()));
        // "write access for payments-api": nobody is named where nothing else is.
        if plain.repositories.is_empty() && self.user_by_for {
            plain.repositories.extend(plain.user.take());
            plain.repositories.append(&mut plain.also_for);
        }
        several::together(self.earlier, plain)
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
        if begun && self.is_reason_already(begun) && self.is_free() {
            self.take_part(start);
        } else if word.quoted || is_address(&word.lower) {
            self.take_value(word);
        } else if self.take_span() || self.take_counted_by_article() {
        } else if let Some((tag, count)) = LEXICON.tag(self.rest()) {
            self.at += count;
            self.take_tag(tag, start, begun);
        } else if self.take_moment() || self.take_shaped(word) || begun && self.take_subject() {
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
            Tag::And => {
                if !self.take_more_repositories() {
                    self.expected = Expected::Nothing;
                }
            }
            Tag::Want => self.wanted = true,
            Tag::Give => (self.wanted, self.expected) = (true, Expected::Person),
            Tag::Access => {
                self.about_access = true;
                self.expected = Expected::Repository;
            }
            // "see OPS-17" says where it is told, not that it is to be read.
            Tag::Permission(_) if self.words[start].lower == "see" && self.is_before_key() => {
                self.expected = Expected::Ticket;
            }
            Tag::Permission(permission) | Tag::PermissionOn(permission) => self.permission(permission, start),
            Tag::On | Tag::Repository if self.plain.repositories.is_empty() => {
                self.expected = Expected::Repository;
            }
            // "infra on Monday", "infra in 2 hours", "from 2pm to 5pm".
            Tag::On if self.take_time_behind_on(start) => {}
            // "… to fix the build": what for is told behind the repository.
            Tag::On if self.words[start].lower == "to" => self.take_reason_from(self.words[start].end),
            Tag::But if self.is_complete() => self.set_aside(start),
            Tag::Not => self.take_not(start, begun),
            Tag::Question if !self.is_complete() => self.plain.refrain = Some(Refrain::Question),
            // "Everyone needs it": of a greeting nobody can tell who is meant.
            Tag::On | Tag::But | Tag::Question | Tag::Needs => self.unsure(start),
            Tag::Polite | Tag::Hello | Tag::Closing | Tag::Idle | Tag::Repository => {}
            Tag::From => self.take_from(start),
            Tag::Ever => self.set_duration(joined(&self.words[start..self.at])),
            Tag::For => self.take_for(),
            Tag::Until => self.take_until(),
            Tag::Ticket => self.expected = Expected::Ticket,
            Tag::Because => self.take_because(),
            // "Why: the rollout", as cards say it; without the colon it asks for a reason.
            Tag::Other if self.words[start].lower == "why" && self.words[start].stop == Some(':') => {
                self.take_because();
            }
            Tag::Other if self.is_reason_already(begun) => self.take_part(start),
            Tag::Other => self.other = true,
        }
    }

    fn permission(&mut self, permission: Permission, start: usize) {
        let word = permission.as_str();
        self.about_access = true;
        if self.is_complete() {
            self.begin_another();
        }
        match &self.plain.permission {
            Some(known) if known != word => self.unsure(start),
            _ => self.plain.permission = Some(word.to_owned()),
        }
        if self.plain.repositories.is_empty() {
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
            Expected::Repository if !named => false,
            // In small letters it may be a repository, until that was named.
            _ => is_key(&word.text) || named && is_key_in_any_case(&word.text),
        };
        if is_ticket {
            self.at += 1;
            self.ticket(&word.text);
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
        duration_of(&self.rest()[..self.part_length()])
    }

    /// How many words there are to the end of this part of the sentence.
    fn part_length(&self) -> usize {
        let rest = self.rest();
        let near = &rest[..rest.len().min(3 * DURATION)];
        near.iter().position(|word| word.stop.is_some()).map_or(near.len(), |last| last + 1)
    }

    fn take_because(&mut self) {
        let labelled = self.words[self.at - 1].stop == Some(':');
        // "wegen OPS-17", "because of OPS-17": that is the ticket.
        if !labelled
            && let [only] = self.rest()
            && is_key(&only.text)
        {
            let key = only.text.clone();
            self.at += 1;
            return self.ticket(&key);
        }
        if !labelled {
            return self.take_reason_from(self.words[self.at - 1].end);
        }
        // In a list of lines the reason ends where the next line says what it is about.
        let from = self.words[self.at - 1].end;
        let is_label = |index: &usize| {
            self.words[*index - 1].stop == Some('\n')
                && LEXICON
                    .tag(&self.words[*index..])
                    .is_some_and(|(_, count)| self.words[*index + count - 1].stop == Some(':'))
        };
        let next = (self.at + 1..self.words.len()).find(is_label);
        match next {
            Some(next) => {
                let end = self.words[next].start;
                self.plain.reason = Some(self.text[from..end].trim().to_owned());
                self.at = next;
            }
            None => self.take_reason_from(from),
        }
    }

    /// All that follows is the reason, as it was written.
    fn take_reason_from(&mut self, from: usize) {
        let reason = self.text[from..].trim();
        if !reason.is_empty() {
            self.plain.reason = Some(reason.to_owned());
        }
        self.at = self.words.len();
    }

    fn take_value(&mut self, word: &Word) {
        self.at += 1;
        if is_address(&word.lower) && !word.quoted {
            return self.take_address(word);
        }
        match self.expected {
            Expected::Person | Expected::For => self.person(word.text.clone()),
            Expected::Ticket => self.ticket(&word.text),
            Expected::Repository | Expected::Nothing if self.plain.repositories.is_empty() => {
                self.repository(word.text.clone());
            }
            _ => self.plain.unsure.push(word.text.clone()),
        }
    }

    fn take_address(&mut self, word: &Word) {
        match word.text.split_once("/browse/") {
            Some((_, key)) => {
                let key: String =
                    key.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
                self.ticket(&key);
            }
            None if self.plain.repositories.is_empty() => self.repository(word.text.clone()),
            None => self.plain.unsure.push(word.text.clone()),
        }
    }

    fn repository(&mut self, name: String) {
        self.plain.repositories.push(name);
        self.expected = Expected::Nothing;
        // "on payments-api, web-shop and infra".
        if self.words[self.at - 1].stop == Some(',') {
            self.take_more_repositories();
        }
    }

    /// More names behind the first, as far as they are surely that: two names with an "and", or a name that is written as
    /// only names are.
    fn take_more_repositories(&mut self) -> bool {
        if self.plain.repositories.is_empty() || self.expected != Expected::Nothing {
            return false;
        }
        let follows_and = matches!(LEXICON.tag(&self.words[self.at - 1..]), Some((Tag::And, 1)));
        let (mut names, mut at, mut sure) = (Vec::new(), self.at, follows_and);
        while let Some(word) = self.words.get(at).filter(|word| is_name(word)) {
            let ends = word.stop.is_some()
                || LEXICON.tag(&self.words[at + 1..]).is_some()
                || at + 1 == self.words.len();
            if !ends {
                break;
            }
            sure |= word.text.contains(['-', '_', '/']);
            names.push(word.text.clone());
            at += 1;
            match LEXICON.tag(&self.words[at..]) {
                Some((Tag::And, count)) => (sure, at) = (true, at + count),
                _ if word.stop == Some(',') => {}
                _ => break,
            }
        }
        if names.is_empty() || !sure {
            return false;
        }
        self.plain.repositories.extend(names);
        self.at = at;
        true
    }

    fn person(&mut self, name: String) {
        self.expected = if self.wanted { Expected::Repository } else { Expected::Nothing };
        if self.plain.user.is_some() {
            self.plain.unsure.push(name);
        } else {
            self.plain.user = Some(name);
        }
    }

    /// Words that the lexicon does not know.
    fn take_unknown(&mut self, begun: bool) {
        let start = self.at;
        if self.is_reason_already(begun) && !self.may_be_repository() {
            return self.take_part(start);
        }
        let count = self.words_to_next_tag().max(1);
        let words = &self.rest()[..count];
        match self.expected {
            // "access owner on infra": a permission that nobody knows.
            Expected::Repository if self.plain.permission.is_none() && self.names_permission(count) => {
                self.plain.permission = Some(joined(words));
                self.at += count;
            }
            Expected::Repository if self.plain.repositories.is_empty() => {
                // "payments api" is written as people speak.
                if self.is_object(count) {
                    let object = joined(words);
                    self.at += count;
                    self.plain.reason.get_or_insert(object);
                    return;
                }
                // A name that is written as names are is whole.
                let count = if is_written_as_name(&words[0]) { 1 } else { count };
                let name = words[..count].iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join("-");
                self.at += count;
                self.repository(name);
            }
            Expected::Person | Expected::For => {
                let name = joined(words);
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
            _ => {
                self.at += 1;
                self.plain.unsure.push(words[0].text.clone());
            }
        }
    }

    /// Whether the repository follows behind the next words, which then are not it.
    fn names_permission(&self, count: usize) -> bool {
        let on = matches!(LEXICON.tag(&self.rest()[count..]), Some((Tag::On, _)));
        on && count == 1 && self.plain.repositories.is_empty()
    }

    /// Whether a new part of the sentence can only be why it is asked for: permission and repository were said before.
    fn is_reason_already(&self, begun: bool) -> bool {
        let asked = self.plain.permission.is_some() && !self.plain.repositories.is_empty();
        asked && begun && self.at > 0 && self.expected == Expected::Nothing
    }

    /// Whether this part of the sentence says nothing that the request lacks: no permission, no time, no ticket; but
    /// something.
    fn is_free(&self) -> bool {
        let part = &self.rest()[..self.part_length()];
        // What is longer is no reason, and every word would be looked at for each of them.
        if part.len() > REASON {
            return false;
        }
        let mut unknown = false;
        for index in 0..part.len() {
            match LEXICON.tag(&part[index..]) {
                Some((
                    Tag::Polite
                    | Tag::Hello
                    | Tag::Closing
                    | Tag::Idle
                    | Tag::Want
                    | Tag::Needs
                    | Tag::On
                    | Tag::For
                    | Tag::And
                    | Tag::But
                    | Tag::Not,
                    _,
                )) => {}
                Some(_) => return false,
                None => unknown = true,
            }
            let near = &part[index..part.len().min(index + 2)];
            if is_key(&part[index].text) || is_address(&part[index].lower) || part[index].quoted {
                return false;
            }
            if (1..=near.len()).any(|count| parse_minutes(&joined(&near[..count])).is_ok()) {
                return false;
            }
        }
        unknown && self.moment_length() < part.len() && !self.is_list_of_names()
    }

    /// Whether what follows the comma behind a repository are more of them.
    fn is_list_of_names(&self) -> bool {
        let part = &self.rest()[..self.part_length()];
        matches!(part, [only] if is_name(only) && only.text.contains(['-', '_', '/']))
            || self.may_be_repository()
    }

    /// Whether the next word may be one more repository: it stands alone behind the comma behind the last one. Nobody can
    /// tell that it is the reason.
    fn may_be_repository(&self) -> bool {
        let rest = self.rest();
        let (Some(before), Some(word)) = (self.words[..self.at].last(), rest.first()) else { return false };
        let is_behind_one = before.stop == Some(',')
            && self.plain.repositories.last().is_some_and(|name| name.ends_with(&before.text));
        let stands_alone = word.stop.is_some()
            || rest.len() == 1
            || matches!(LEXICON.tag(&rest[1..]), Some((Tag::For | Tag::Until | Tag::Ticket, _)));
        is_behind_one && stands_alone && is_name(word)
    }

    /// Takes a whole part of the sentence as a reason, as it was written.
    fn take_part(&mut self, start: usize) {
        let rest = &self.words[start..];
        let length = self.loose_length(start);
        let has_but =
            (0..length).any(|index| matches!(LEXICON.tag(&rest[index..]), Some((Tag::But | Tag::Not, _))));
        self.at = start + length;
        let (from, to) = (rest[0].start, rest[length - 1].end);
        if has_but {
            self.plain.unsure.push(self.text[from..to].to_owned());
            return;
        }
        self.reason = match self.reason {
            // Another part directly behind it belongs to it.
            Some((begin, end)) if self.text[end..from].chars().all(|c| !c.is_alphanumeric()) => {
                Some((begin, to))
            }
            Some(_) => {
                self.plain.unsure.push(self.text[from..to].to_owned());
                self.reason
            }
            None => Some((from, to)),
        };
    }

    /// How many words there are up to the next that is known, or the end of the part.
    fn words_to_next_tag(&self) -> usize {
        let rest = &self.rest()[..self.part_length().min(NAME)];
        let names_person = matches!(self.expected, Expected::For | Expected::Person);
        let known = |index: &usize| {
            let word = &rest[*index];
            // "Ben de la Cruz" is a name; "infra for me" is not.
            let tagged =
                LEXICON.tag(&rest[*index..]).is_some_and(|(tag, _)| tag != Tag::Idle || !names_person);
            let is_time = times::begins_moment(&rest[*index..])
                || starts_with_digit(word)
                || times::begins_span(&rest[*index..]);
            // "infra an hour".
            let is_duration = || duration_of(&rest[*index..]).is_some();
            let ends = tagged || is_time || word.quoted || is_address(&word.lower) || is_key(&word.text);
            *index > 0 && (ends || is_duration())
        };
        if matches!(LEXICON.tag(rest), Some((tag, _)) if tag != Tag::Idle) {
            return 0;
        }
        (0..rest.len()).find(known).unwrap_or(rest.len())
    }

    /// Whether permission and repository were said.
    const fn is_complete(&self) -> bool {
        self.plain.permission.is_some() && !self.plain.repositories.is_empty()
    }

    /// What follows takes something back: it is asked about as it was written, and nothing is read of it.
    fn set_aside(&mut self, start: usize) {
        self.at = (start + self.loose_length(start)).max(self.at);
        let text =
            self.text[self.words[start].start..self.words[self.at - 1].end].trim_matches([' ', ',', '.']);
        self.plain.unsure.push(text.to_owned());
    }

    /// Something is not wanted: all of it, or what is said of it behind the request.
    fn take_not(&mut self, start: usize, begun: bool) {
        // "No, I need …" answers what was said before.
        let answers = self.words[start].lower == "no" && self.words[start].stop.is_some();
        if answers || begun && self.is_complete() {
            return self.set_aside_or_unsure(start);
        }
        self.plain.refrain = Some(Refrain::Not);
    }

    fn set_aside_or_unsure(&mut self, start: usize) {
        if self.is_complete() { self.set_aside(start) } else { self.unsure(start) }
    }

    /// Whether the next words are what somebody wants to do it with, and the repository follows: "push a hotfix to infra".
    fn is_object(&self, count: usize) -> bool {
        const INDEFINITE: [&str; 11] =
            ["a", "an", "some", "my", "one", "ein", "eine", "einen", "un", "une", "una"];
        let rest = self.rest();
        let Some((Tag::On, on)) = LEXICON.tag(&rest[count..]) else { return false };
        let Some(next) = rest.get(count + on).filter(|next| is_name(next)) else { return false };
        let before = self.words[..self.at].last();
        let is_indefinite = before.is_some_and(|before| INDEFINITE.contains(&before.lower.as_str()));
        let is_clear = is_written_as_name(next) && !rest[..count].iter().any(is_written_as_name);
        rest[..count].iter().all(|word| word.stop.is_none()) && (is_indefinite || is_clear)
    }

    fn unsure(&mut self, start: usize) {
        self.plain.unsure.push(joined(&self.words[start..self.at]));
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

/// Whether a duration can begin with this word: most words by themselves show that they begin none, however many follow.
fn begins_duration(word: &str) -> bool {
    #[cfg(test)]
    crate::grammar::work::step();
    match parse_minutes(word) {
        Ok(_) | Err(DurationFault::UnitMissing(_) | DurationFault::Zero | DurationFault::Empty) => true,
        Err(_) => false,
    }
}

/// Whether a word is the address of a page or of a repository.
fn is_address(lower: &str) -> bool {
    ["http://", "https://", "ssh://", "git@", "bitbucket.org/"].iter().any(|scheme| lower.starts_with(scheme))
}

/// Whether a word can be a repository's name.
fn is_name(word: &Word) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    word.quoted
        || word.text.chars().all(fits)
            && LEXICON.tag(std::slice::from_ref(word)).is_none()
            && !is_key(&word.text)
            && !starts_with_digit(word)
}

/// Whether a word is written as only names are.
fn is_written_as_name(word: &Word) -> bool {
    word.text.contains(['-', '_', '/', '.'])
}

/// How many of these words are a duration, the most that can be.
fn duration_of(words: &[Word]) -> Option<usize> {
    if !words.first().is_some_and(|word| begins_duration(&word.text)) {
        return None;
    }
    let unquoted = words.iter().take_while(|word| !word.quoted).count();
    let part = words.iter().position(|word| word.stop.is_some()).map_or(words.len(), |last| last + 1);
    (1..=part.min(DURATION).min(unquoted))
        .rev()
        .find(|count| parse_minutes(&joined(&words[..*count])).is_ok())
}

fn starts_with_digit(word: &Word) -> bool {
    word.text.starts_with(|c: char| c.is_numeric())
}
