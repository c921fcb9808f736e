//! What words mean in plain sentences, in the languages that people write here: `lexicon.tsv`, read once.

mod courtesies;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::LazyLock;

use countersign_domain::ports::Permission;
use strsim::osa_distance;

use super::Word;

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
            Tag::Permission(_) | Tag::PermissionOn(_) | Tag::Access => is_slip_for(phrase, &word.lower),
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

/// Whether a word is this one with letters in another order, with one doubled, or without one. Another letter more makes another word:
/// "ready" is no "read" and "reicht" no "Recht"; and so does, of a short one, a letter less: "seen" is no "sehen".
fn is_slip_for(known: &str, word: &str) -> bool {
    let (known, word): (Vec<char>, Vec<char>) = (known.chars().collect(), word.chars().collect());
    let is_doubled = |at: &usize| {
        let rest = word.iter().enumerate().filter(|(place, _)| place != at).map(|(_, sign)| *sign);
        word.get(at + 1) == Some(&word[*at]) && rest.eq(known.iter().copied())
    };
    match word.len().cmp(&known.len()) {
        Ordering::Greater => (0..word.len()).any(|at| is_doubled(&at)),
        Ordering::Less => word.len() > MISTYPED,
        Ordering::Equal => {
            let sorted = |mut letters: Vec<char>| {
                letters.sort_unstable();
                letters
            };
            sorted(known) == sorted(word)
        }
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
