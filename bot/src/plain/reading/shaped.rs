//! What can be told by its look, whatever stands before it: a ticket's key, a duration.

use super::repositories::is_address;
use super::{Expected, Reading};
use crate::grammar::{is_key, is_key_in_any_case, joined};
use crate::normalise::Word;

impl Reading<'_> {
    /// What can be told by its look: a key, a duration.
    pub(super) fn take_shaped(&mut self, word: &Word) -> bool {
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

    /// `OPS 17`, where a ticket may stand; in small letters only behind the word for one: "ticket ops 18", but "ticket ops 2 hours".
    pub(super) fn key_in_two_words(&self) -> Option<String> {
        /// The most letters of a project's key in Jira, unless somebody changed that.
        const LONGEST: usize = 10;
        let [project, number, ..] = self.rest() else { return None };
        let is_led = self.expected == Expected::Ticket
            && project.text.len() <= LONGEST
            && self.looks.duration(self.at + 1).is_none();
        let is_project = project.text.len() > 1
            && project.text.chars().all(|c| c.is_ascii_uppercase() || is_led && c.is_ascii_alphabetic());
        let is_number = number.text.chars().all(|c| c.is_ascii_digit());
        let is_told =
            self.expected == Expected::Ticket || self.is_complete() && self.expected != Expected::Person;
        let fits = is_project && is_number && project.stop.is_none() && !project.quoted && is_told;
        fits.then(|| format!("{}-{}", project.text, number.text))
    }

    pub(super) fn ticket(&mut self, key: &str) {
        match &self.plain.ticket {
            Some(known) if !known.eq_ignore_ascii_case(key) => self.plain.unsure.push(key.to_owned()),
            _ => self.plain.ticket = Some(key.to_owned()),
        }
        self.expected = Expected::Nothing;
    }

    pub(super) fn set_duration(&mut self, text: String) {
        self.expected = Expected::Nothing;
        match &self.plain.duration {
            Some(known) if *known != text => self.plain.other_times.push(text),
            _ => self.plain.duration = Some(text),
        }
    }

    /// Whether the next word is a ticket's key; in small letters it may be a repository, until that was named.
    pub(super) fn is_before_key(&self) -> bool {
        let named = !self.plain.repositories.is_empty();
        self.rest().first().is_some_and(|next| is_key(&next.text) || named && is_key_in_any_case(&next.text))
    }

    /// Whether the next word says where it is told: a ticket, or an address that is none of a repository.
    pub(super) fn is_reference(&self) -> bool {
        let is_page =
            |word: &&Word| is_address(&word.lower) && (self.is_complete() || word.lower.contains("/browse/"));
        self.is_before_key() || self.rest().first().is_some_and(|word| is_page(&word))
    }
}
