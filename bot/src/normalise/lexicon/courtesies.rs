//! What stands around what is meant: a greeting before it, thanks behind it, and a name with what stands beneath that.

use super::{Lexicon, Tag};
use crate::moment::{is_day_word, is_month, is_time_word};
use crate::normalise::Word;

impl Lexicon {
    /// How many words of politeness a sentence begins with; all of it is never only that.
    pub fn polite_before(&self, words: &[Word]) -> usize {
        let mut count = 0;
        // "Countersign, …" calls us; "countersign K7QM2X" is meant.
        let calls_us = |word: &Word| word.lower == "countersign" && matches!(word.stop, Some(',' | ':'));
        loop {
            let more = match self.tag(&words[count..]) {
                Some((Tag::Hello, more)) => more,
                Some((tag, more)) if tag.is_polite() => more,
                Some((Tag::Everyone, more)) if self.is_greeted(words, count, more) => more,
                _ if words.get(count).is_some_and(calls_us) => 1,
                _ => return count,
            };
            if count + more >= words.len() {
                return count;
            }
            count += more;
        }
    }

    /// Whether everybody is greeted, and not meant: "hi all, …", "team, …", "folks, can I …"; but "all need …".
    fn is_greeted(&self, words: &[Word], at: usize, count: usize) -> bool {
        const NEED: [&str; 5] = ["need", "want", "require", "should", "must"];
        let stops = words[at + count - 1].stop.is_some();
        match self.tag(&words[at + count..]) {
            _ if stops => true,
            Some((Tag::Needs, _)) => false,
            Some((Tag::Want, _)) => !NEED.contains(&words[at + count].lower.as_str()),
            _ => at > 0,
        }
    }

    /// How many words are left without the politeness at the end.
    pub fn without_thanks(&self, words: &[Word]) -> usize {
        const LONGEST: usize = 6;
        let mut left = words.len();
        while left > 1 {
            let polite = |count: &usize| {
                let tag = self.tag(&words[left - count..left]);
                let is_thanked = |tag| tag == Tag::Everyone && self.is_thanked(&words[..left - count]);
                tag.is_some_and(|(tag, length)| length == *count && (tag.is_polite() || is_thanked(tag)))
            };
            let Some(count) = (1..=LONGEST.min(left - 1)).rev().find(polite) else { break };
            left -= count;
        }
        left
    }

    /// Whether the politeness before it is what "all" and "team" belong to.
    fn is_thanked(&self, before: &[Word]) -> bool {
        let ends = |count: &usize| {
            let tag = self.tag(&before[before.len() - count..]);
            tag.is_some_and(|(tag, length)| tag.is_polite() && length == *count)
        };
        (1..=4.min(before.len())).any(|count| ends(&count))
    }

    /// How many words are left without what a message is closed with: a formula of its own, and perhaps a name behind it.
    pub fn without_sign_off(&self, words: &[Word]) -> usize {
        /// The most words of a name.
        const NAME: usize = 3;
        /// The most words of all that stands beneath it.
        const BLOCK: usize = 24;
        const FORMULA: usize = 6;
        let closes = |at: &usize| {
            let formula = self.tag(&words[*at..]).filter(|(tag, _)| *tag == Tag::Closing);
            let name = formula.map(|(_, count)| &words[at + count..]);
            // "… because it is needed; thanks!" is a reason as a whole; ", kind regards, Erin" closes it.
            let is_whole = formula.is_some_and(|(_, count)| {
                count > 1 && words[at + count - 1].stop.is_some() && at + count < words.len()
            });
            (is_whole || words[at - 1].stop.is_some_and(|stop| !matches!(stop, ',' | ';' | ':')))
                && name.is_some_and(|name| {
                    name.len() <= NAME && name.iter().all(|word| self.is_name(word))
                        || self.is_signature(name)
                })
        };
        (1..words.len()).rev().take(BLOCK + FORMULA).find(closes).unwrap_or(words.len())
    }

    /// Whether these words are a name and what stands beneath it: a title, a company, a telephone. What a request could be made of
    /// is none.
    pub fn is_signature(&self, words: &[Word]) -> bool {
        const LINES: usize = 5;
        const WORDS: usize = 7;
        const JOINS: [&str; 8] = ["of", "at", "for", "and", "de", "für", "bei", "im"];
        let fits = |word: &Word| {
            let begins = |c: char| c.is_uppercase() || c.is_numeric() || !c.is_alphanumeric();
            let is_name = word.text.starts_with(char::is_alphabetic) && word.text.contains(['-', '_']);
            let is_no_word = word.quoted || is_name || word.text.contains('/');
            let joins = JOINS.contains(&word.text.as_str());
            !is_no_word && (joins || word.text.starts_with(begins) && !self.is_said(word))
        };
        let mut lines = words.split_inclusive(|word| word.stop == Some('\n'));
        let is_named = lines
            .next()
            .is_some_and(|name| (1..=3).contains(&name.len()) && name.iter().all(|word| self.is_name(word)));
        let beneath: Vec<_> = lines.collect();
        is_named
            && beneath.len() < LINES
            && beneath.iter().all(|line| line.len() <= WORDS && line.iter().all(fits))
    }

    /// Whether a word says when, on which condition or why, however it is written: no title begins so.
    fn is_said(&self, word: &Word) -> bool {
        let tag = self.phrases.get(word.lower.as_str());
        let leads = matches!(
            tag,
            Some(Tag::Not | Tag::Until | Tag::From | Tag::For | Tag::But | Tag::Because | Tag::TakenBack)
        );
        // A number by itself may be a telephone's.
        let is_word = word.text.starts_with(char::is_alphabetic);
        leads || is_word && (is_time_word(&word.lower) || is_day_word(&word.lower) || is_month(&word.lower))
    }

    /// Whether a word may be the name of a person: no day, and no other time.
    pub fn is_name(&self, word: &Word) -> bool {
        let fits = |c: char| c.is_alphabetic() || matches!(c, '.' | '\'' | '’');
        let is_plain = word.text.split('-').all(|part| part.starts_with(char::is_uppercase));
        is_plain
            && !word.quoted
            && word.text.replace('-', "").chars().all(fits)
            && !self.knows(&word.lower)
            && !is_time_word(&word.lower)
    }
}
