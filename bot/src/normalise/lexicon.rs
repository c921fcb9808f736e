//! What words mean in plain sentences, in the languages that people write here: `lexicon.tsv`, read once.

use std::collections::HashMap;
use std::sync::LazyLock;

use countersign_domain::ports::Permission;
use strsim::osa_distance;

use super::Word;
use crate::moment::{is_day_word, is_month, is_time_word};

/// What a phrase is for in a sentence that asks for access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tag {
    /// Politeness, before or behind what is meant.
    Polite,
    /// Politeness where a sentence begins, and a part of the day elsewhere.
    Hello,
    /// What a message is closed with, perhaps before a name.
    Closing,
    /// A word that means nothing by itself.
    Idle,
    /// Somebody wants something.
    Want,
    /// Somebody is to be given something: who that is follows.
    Give,
    /// Somebody else wants something: who that is stands before.
    Needs,
    /// Everybody, or a group of people: nobody in particular.
    Everyone,
    /// Whoever speaks.
    Me,
    /// What somebody is to whoever speaks; their name may follow.
    Kin,
    /// It is asked for somebody who is named behind it.
    Asking,
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
    /// What is said before a duration or a time, and changes nothing of it.
    About,
    /// A time follows.
    Until,
    /// When it shall begin follows.
    From,
    /// It shall never end.
    Ever,
    /// A ticket follows.
    Ticket,
    /// The reason follows.
    Because,
    /// One more of the same.
    And,
    /// What follows takes something back: nobody can guess what.
    But,
    /// What was said before is taken back, or put right.
    TakenBack,
    /// Somebody is thanked for what follows.
    Thanked,
    /// It is not wanted.
    Not,
    /// Somebody tells what they do, and asks for nothing by it.
    Telling,
    /// Somebody tells that they have none.
    Lacking,
    /// It is asked whether somebody has it.
    Question,
    /// It is about something else than asking for access.
    Other,
}

impl Tag {
    fn named(name: &str) -> Option<Self> {
        use Permission::{Admin, Read, Write};
        Some(match name {
            "polite" => Self::Polite,
            "hello" => Self::Hello,
            "closing" => Self::Closing,
            "idle" => Self::Idle,
            "want" => Self::Want,
            "give" => Self::Give,
            "needs" => Self::Needs,
            "everyone" => Self::Everyone,
            "me" => Self::Me,
            "kin" => Self::Kin,
            "asking" => Self::Asking,
            "about" => Self::About,
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
            "from" => Self::From,
            "ever" => Self::Ever,
            "ticket" => Self::Ticket,
            "because" => Self::Because,
            "and" => Self::And,
            "but" => Self::But,
            "taken back" => Self::TakenBack,
            "thanked" => Self::Thanked,
            "not" => Self::Not,
            "telling" => Self::Telling,
            "lacking" => Self::Lacking,
            "question" => Self::Question,
            "other" => Self::Other,
            _ => return None,
        })
    }

    /// Whether it is politeness, and nothing is meant by it.
    const fn is_polite(self) -> bool {
        matches!(self, Self::Polite | Self::Closing)
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
        // "full" is no "pull", and "nights" are no "rights": a permission is guessed where letters are missing, doubled or in another order, never from
        // another letter.
        let is_guessed = |phrase: &str, tag: &Tag| match tag {
            Tag::Permission(_) | Tag::PermissionOn(_) | Tag::Access => has_same_letters(phrase, &word.lower),
            // Of a short word another letter makes another word: "tell" is no "till".
            _ if length == MISTYPED && !has_same_letters(phrase, &word.lower) => false,
            _ => !matches!(
                tag,
                Tag::Give
                    | Tag::Everyone
                    | Tag::Me
                    | Tag::Kin
                    | Tag::Asking
                    | Tag::About
                    | Tag::Other
                    | Tag::But
                    | Tag::TakenBack
                    | Tag::Thanked
                    | Tag::Telling
                    | Tag::Not
                    | Tag::Question
                    | Tag::Polite
                    | Tag::Hello
                    | Tag::Closing
                    | Tag::Idle
                    | Tag::And
            ),
        };
        let mut tags = self
            .phrases
            .iter()
            .filter(|(phrase, tag)| !phrase.contains(' ') && near(phrase) && is_guessed(phrase, tag));
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

    /// The permission that a word or a phrase is for.
    pub fn permission(&self, phrase: &str) -> Option<Permission> {
        match self.phrases.get(phrase.to_lowercase().as_str()) {
            Some(Tag::Permission(permission) | Tag::PermissionOn(permission)) => Some(*permission),
            _ => None,
        }
    }

    /// Whether a text is everybody, or a group, and no one person.
    pub fn is_everyone(&self, text: &str) -> bool {
        self.phrases.get(text.trim().to_lowercase().as_str()) == Some(&Tag::Everyone)
    }

    /// Whether a text is what somebody is to whoever speaks, and no name: "my colleague".
    pub fn is_kin(&self, text: &str) -> bool {
        let own = text.rsplit_once(' ').map_or(text, |(_, own)| own);
        let is = |text: &str| self.phrases.get(text) == Some(&Tag::Kin);
        is(text) || is(own) && text.split(' ').count() == 2
    }

    /// Whether a word by itself means access, of whatever kind.
    pub fn is_access(&self, text: &str) -> bool {
        self.phrases.get(text.trim().to_lowercase().as_str()) == Some(&Tag::Access)
    }

    /// Whether a word by itself means something here.
    pub fn knows(&self, word: &str) -> bool {
        self.phrases.contains_key(word.to_lowercase().as_str())
    }

    /// Whether a word by itself is nothing but politeness.
    pub fn is_polite(&self, word: &str) -> bool {
        self.phrases.get(word).is_some_and(|tag| tag.is_polite())
    }
}

/// Whether one word is the other with a letter more or less, or with letters in another order.
fn has_same_letters(one: &str, other: &str) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    one.chars().count() != other.chars().count() || sorted(one) == sorted(other)
}
