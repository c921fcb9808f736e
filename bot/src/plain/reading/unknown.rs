//! Words that the lexicon does not know: a name where one is expected, a slip of a finger, or something to ask about.

use super::repositories::{is_address, is_shaped};
use super::{Expected, NAME, Reading, SLIPS, moments, starts_with_digit};
use crate::grammar::{is_key, joined};
use crate::normalise::{LEXICON, Says, Tag, Word};

impl Reading<'_> {
    /// Words that the lexicon does not know.
    pub(super) fn take_unknown(&mut self, begun: bool) {
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
    pub(super) fn words_to_next_tag(&mut self) -> usize {
        let rest = &self.rest()[..self.part_length().min(NAME)];
        let names_person = matches!(self.expected, Expected::For | Expected::Person);
        let slipped = self.slipped_permission(rest);
        let known = |index: &usize| {
            let (word, at) = (&rest[*index], self.at + *index);
            // "Give Ben my access": the name ends where somebody's own begins.
            let owns = Says::Own.is_word(word)
                && word.text == word.lower
                && matches!(
                    self.tag(at + 1),
                    Some((Tag::Access | Tag::Permission(_) | Tag::PermissionOn(_), _))
                );
            // "Ben de la Cruz" is a name; "infra for me" is not.
            let tagged = owns || self.tag(at).is_some_and(|(tag, _)| tag != Tag::Idle || !names_person);
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

    /// Where behind the next word a permission is named with a slip of a finger; beyond the words where none is.
    pub(super) fn slipped_permission(&mut self, rest: &[Word]) -> usize {
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
    pub(super) fn slip(&mut self, word: &Word) -> Option<Tag> {
        let names = matches!(self.expected, Expected::For | Expected::Ticket | Expected::Person);
        let named = self.expected == Expected::Repository && self.plain.permission.is_some();
        if names || named || self.slips >= SLIPS {
            return None;
        }
        self.slips += 1;
        LEXICON.mistyped(word)
    }
}
