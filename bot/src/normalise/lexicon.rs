//! What words mean in plain sentences, in the languages that people write here: `lexicon.tsv`, read once.

use std::collections::HashMap;
use std::sync::LazyLock;

use countersign_domain::access::Permission;
use strsim::osa_distance;

use super::Word;

/// What a phrase is for in a sentence that asks for access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tag {
    /// Politeness, before or behind what is meant.
    Polite,
    /// A word that means nothing by itself.
    Idle,
    /// Somebody wants something.
    Want,
    /// Somebody is to be given something: who that is follows.
    Give,
    /// It is about access.
    Access,
    /// A permission.
    Permission(Permission),
    /// A permission, and the repository follows.
    PermissionOn(Permission),
    /// The repository follows.
    On,
    /// It is about a repository, which was named or follows.
    Repository,
    /// A duration, a person or a ticket follows.
    For,
    /// A time follows.
    Until,
    /// A ticket follows.
    Ticket,
    /// The reason follows.
    Because,
    /// One more of the same.
    And,
    /// What follows takes something back: nobody can guess what.
    But,
    /// It is about something else than asking for access.
    Other,
}

impl Tag {
    fn named(name: &str) -> Option<Self> {
        use Permission::{Admin, Read, Write};
        Some(match name {
            "polite" => Self::Polite,
            "idle" => Self::Idle,
            "want" => Self::Want,
            "give" => Self::Give,
            "access" => Self::Access,
            "read" => Self::Permission(Read),
            "write" => Self::Permission(Write),
            "admin" => Self::Permission(Admin),
            "read on" => Self::PermissionOn(Read),
            "write on" => Self::PermissionOn(Write),
            "admin on" => Self::PermissionOn(Admin),
            "on" => Self::On,
            "repository" => Self::Repository,
            "for" => Self::For,
            "until" => Self::Until,
            "ticket" => Self::Ticket,
            "because" => Self::Because,
            "and" => Self::And,
            "but" => Self::But,
            "other" => Self::Other,
            _ => return None,
        })
    }
}

/// Every phrase with what it means.
#[derive(Debug)]
pub struct Lexicon {
    /// By the phrase in lower case, with single spaces.
    phrases: HashMap<&'static str, Tag>,
    /// The longest phrase, in words, by its first word.
    longest: HashMap<&'static str, usize>,
}

/// The lexicon of this program.
pub static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(include_str!("lexicon.tsv")));

/// A word that was mistyped has at least so many letters: shorter ones are near to too many.
const MISTYPED: usize = 4;

impl Lexicon {
    fn read(lines: &'static str) -> Self {
        let (mut phrases, mut longest) = (HashMap::new(), HashMap::new());
        for line in lines.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let (tag, own) = line.split_once('\t').expect("a test reads every line of the lexicon");
            let tag = Tag::named(tag).expect("a test reads every line of the lexicon");
            for phrase in own.split('|').map(str::trim) {
                let first = phrase.split(' ').next().unwrap_or_default();
                let count = longest.entry(first).or_insert(0);
                *count = (*count).max(phrase.split(' ').count());
                phrases.insert(phrase, tag);
            }
        }
        Self { phrases, longest }
    }

    /// What the words begin with, and how many words that is: the longest phrase there is.
    pub fn tag(&self, words: &[Word]) -> Option<(Tag, usize)> {
        let first = words.first().filter(|word| !word.quoted)?;
        let longest = *self.longest.get(first.lower.as_str())?;
        let mut phrase = String::new();
        let mut found = None;
        for (index, word) in words.iter().take(longest).enumerate() {
            #[cfg(test)]
            crate::grammar::work::step();
            // A phrase does not go on behind a full stop, and a value is never a part of one.
            if word.quoted || index > 0 && words[index - 1].stop.is_some_and(|stop| stop != ',') {
                break;
            }
            if index > 0 {
                phrase.push(' ');
            }
            phrase.push_str(&word.lower);
            if let Some(tag) = self.phrases.get(phrase.as_str()) {
                found = Some((*tag, index + 1));
            }
        }
        found
    }

    /// What a word means that is one slip of a finger away from one that is known, where that is only one meaning.
    pub fn mistyped(&self, word: &Word) -> Option<Tag> {
        let length = word.lower.chars().count();
        if word.quoted || !(MISTYPED..=20).contains(&length) || !word.lower.chars().all(char::is_alphabetic) {
            return None;
        }
        let near = |phrase: &str| {
            phrase.chars().count() >= MISTYPED
                && phrase.len().abs_diff(word.lower.len()) <= 2
                && osa_distance(phrase, &word.lower) == 1
        };
        // What takes a request back, or makes another sentence of it, is never guessed.
        let is_guessed =
            |tag: &Tag| !matches!(tag, Tag::Other | Tag::But | Tag::Polite | Tag::Idle | Tag::And);
        let mut tags = self
            .phrases
            .iter()
            .filter(|(phrase, tag)| is_guessed(tag) && !phrase.contains(' ') && near(phrase));
        let tag = *tags.next()?.1;
        tags.all(|(_, other)| *other == tag).then_some(tag)
    }

    /// How many words of politeness a sentence begins with; all of it is never only that.
    pub fn polite_before(&self, words: &[Word]) -> usize {
        let mut count = 0;
        // "Countersign, …" calls us; "countersign K7QM2X" is meant.
        let calls_us = |word: &Word| word.lower == "countersign" && matches!(word.stop, Some(',' | ':'));
        loop {
            let more = match self.tag(&words[count..]) {
                Some((Tag::Polite, more)) => more,
                _ if words.get(count).is_some_and(calls_us) => 1,
                _ => return count,
            };
            if count + more >= words.len() {
                return count;
            }
            count += more;
        }
    }

    /// How many words are left without the politeness at the end.
    pub fn without_thanks(&self, words: &[Word]) -> usize {
        const LONGEST: usize = 6;
        let mut left = words.len();
        while left > 1 {
            let polite = |count: &usize| self.tag(&words[left - count..left]) == Some((Tag::Polite, *count));
            let Some(count) = (1..=LONGEST.min(left - 1)).rev().find(polite) else { break };
            left -= count;
        }
        left
    }

    /// The permission that a word or a phrase is for.
    pub fn permission(&self, phrase: &str) -> Option<Permission> {
        match self.phrases.get(phrase.to_lowercase().as_str()) {
            Some(Tag::Permission(permission) | Tag::PermissionOn(permission)) => Some(*permission),
            _ => None,
        }
    }

    /// Whether a word by itself means something here.
    pub fn knows(&self, word: &str) -> bool {
        self.phrases.contains_key(word.to_lowercase().as_str())
    }

    /// Whether a word by itself is nothing but politeness.
    pub fn is_polite(&self, word: &str) -> bool {
        self.phrases.get(word) == Some(&Tag::Polite)
    }
}
