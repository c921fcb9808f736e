//! The clauses of a reason: what stands between its commas, its ends of sentences and lines, its brackets and its "and"s.

use super::closing::Order;
use super::looks::Looks;
use super::moments::begins_next;
use super::repositories::is_shaped;
use super::starts_with_digit;
use super::why::is_of_work;
use crate::grammar::is_key;
use crate::moment::is_month;
use crate::normalise::{Says, Tag, Word};

/// Leads to a time of day or a day.
const AT: [&str; 8] = ["at", "um", "à", "om", "às", "on", "am", "from"];

/// How a clause is divided from the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Divided {
    /// There is none before it.
    First,
    /// By an "and".
    ByAnd,
    /// By a comma.
    ByComma,
    /// It is a sentence of its own, or stands in brackets.
    Wholly,
}

/// One clause.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clause<'w> {
    /// All the words of the reason.
    pub(super) words: &'w [Word],
    pub(super) looks: &'w Looks,
    /// Where its first word stands.
    pub(super) start: usize,
    /// Where the next one begins.
    pub(super) end: usize,
    /// Its first word behind what only leads to a clause: "and then", "but please", "oh well".
    pub(super) lead: usize,
    /// In which order its words stand.
    pub(super) order: Order,
    divided: Divided,
}

/// The clauses of a reason, from left to right.
pub(super) fn clauses<'w>(text: &str, words: &'w [Word], looks: &'w Looks, order: Order) -> Vec<Clause<'w>> {
    let begins: Vec<_> =
        (0..words.len()).filter_map(|at| Some((at, divided(text, words, looks, at)?))).collect();
    let end = |index: usize| begins.get(index + 1).map_or(words.len(), |(next, _)| *next);
    let clause = |(index, (start, divided)): (usize, &(usize, Divided))| {
        let (start, divided) = (*start, *divided);
        let clause = Clause { words, looks, start, end: end(index), lead: start, order, divided };
        Clause { lead: clause.behind_leads(), ..clause }
    };
    begins.iter().enumerate().map(clause).collect()
}

/// How the word at this place is divided from the one before it, if it is.
fn divided(text: &str, words: &[Word], looks: &Looks, at: usize) -> Option<Divided> {
    let Some(before) = at.checked_sub(1).and_then(|before| words.get(before)) else {
        return Some(Divided::First);
    };
    let is_bracketed = text.get(words[at].start..).is_some_and(|from| from.starts_with(['(', '[']));
    match before.stop {
        _ if is_bracketed || matches!(before.text.as_str(), "/" | "//" | "|") => Some(Divided::Wholly),
        Some(',' | ':' | '\n') => Some(Divided::ByComma),
        Some(_) => Some(Divided::Wholly),
        None => matches!(looks.tag(at), Some((Tag::And, _))).then_some(Divided::ByAnd),
    }
}

impl<'w> Clause<'w> {
    /// Whether the reason begins with it.
    pub(super) fn is_first(&self) -> bool {
        self.divided == Divided::First
    }

    /// Whether it is a sentence of its own, whose first word is written large whatever it is.
    pub(super) fn is_sentence(&self) -> bool {
        self.divided == Divided::Wholly
    }

    /// Whether nothing but an "and" stands before it.
    pub(super) fn is_joined(&self) -> bool {
        self.divided == Divided::ByAnd
    }

    /// The first word behind what only leads to a clause.
    fn behind_leads(&self) -> usize {
        const LEADS: [&str; 10] =
            ["but", "aber", "mais", "pero", "mas", "maar", "so", "then", "yes", "sondern"];
        let mut at = self.start;
        while at < self.end {
            at += match self.tag(at) {
                Some((Tag::And | Tag::Polite | Tag::Hello | Tag::Closing, count)) => count,
                _ if LEADS.contains(&self.lower(at)) => 1,
                _ => match self.begins(Says::Adverb, at) {
                    Some(count) => count,
                    None => break,
                },
            };
        }
        at.min(self.end)
    }

    /// What the words from this place on are known for, and how many they are, within this clause.
    pub(super) fn tag(&self, at: usize) -> Option<(Tag, usize)> {
        self.looks.tag(at).filter(|_| (self.start..self.end).contains(&at))
    }

    /// What the phrase is known for that a word belongs to.
    pub(super) fn tagged(&self, at: usize) -> Option<Tag> {
        const LONGEST: usize = 6;
        let first = at.saturating_sub(LONGEST).max(self.start);
        let mut next = first;
        let mut found = None;
        while next <= at {
            let Some((tag, count)) = self.tag(next) else {
                next += 1;
                continue;
            };
            if next + count > at {
                found = Some(tag);
                break;
            }
            next += count;
        }
        found
    }

    /// How many words the longest phrase has that says this from this place on.
    pub(super) fn begins(&self, says: Says, at: usize) -> Option<usize> {
        says.begins(self.words.get(at..self.end)?)
    }

    pub(super) fn lower(&self, at: usize) -> &'w str {
        self.words.get(at).filter(|_| at < self.end).map_or("", |word| word.lower.as_str())
    }

    /// Whether one word says this at this place.
    pub(super) fn says(&self, says: Says, at: usize) -> bool {
        at < self.end && self.words.get(at).is_some_and(|word| says.is_word(word))
    }

    /// Where the politeness at its end begins; all of it is never only that.
    pub(super) fn last(&self) -> usize {
        let polite = (self.start + 1..self.end).rev().take_while(|at| self.is_polite(*at)).count();
        self.end - polite
    }

    /// Whether a word ends as more than one of something does, or as what one of them does.
    pub(super) fn is_plural(&self, at: usize) -> bool {
        let word = self.lower(at);
        word.ends_with('s') && !word.ends_with("ss")
    }

    /// Whether this word stands at this place.
    pub(super) fn is_word(&self, at: usize, word: &str) -> bool {
        self.lower(at) == word
    }
}

/// What a word says.
impl Clause<'_> {
    /// How many words tell something of the world: known for nothing here, and no names.
    pub(super) fn content(&self) -> usize {
        let is_content = |at: &usize| {
            let word = &self.words[*at];
            let is_name =
                word.text.starts_with(char::is_uppercase) && (*at == self.lead || !self.is_led(*at));
            self.is_unknown(*at) && (!is_name || self.is_sentence() && *at == self.start) && !is_shaped(word)
        };
        (self.lead..self.end).filter(is_content).count()
    }

    /// Whether it tells of work.
    pub(super) fn works(&self) -> bool {
        (self.start..self.end).any(|at| is_of_work(&self.words[at]))
    }

    /// Whether an article, or what leads to a noun, stands before a word.
    pub(super) fn is_led(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).filter(|before| *before >= self.start) else { return false };
        let leads = matches!(self.tag(before), Some((Tag::Idle | Tag::On | Tag::Not, _)));
        Says::Article.is(self.lower(before)) || leads && !Says::Adverb.is(self.lower(before))
    }

    /// Whether a word is known for nothing here.
    pub(super) fn is_unknown(&self, at: usize) -> bool {
        let Some(word) = self.words.get(at).filter(|_| at < self.end) else { return false };
        let says = [
            Says::Yes,
            Says::No,
            Says::Adverb,
            Says::Bids,
            Says::Consent,
            Says::Finite,
            Says::Thanks,
            Says::Turn,
            Says::Hedge,
            Says::AsWell,
            Says::AsWellBehind,
            Says::Somebody,
            Says::Condition,
            Says::CalledOff,
            Says::Fate,
            Says::Undo,
        ];
        let is_known =
            Says::Speaker.is(&word.lower) || Says::It.is(&word.lower) || Says::Exclaims.is(&word.lower);
        !is_known
            && self.tagged(at).is_none()
            && !self.is_timed(at)
            && !says.into_iter().any(|says| says.is(&word.lower))
            && !word.text.contains(['@', '‹'])
            && !is_key(&word.text)
            && !starts_with_digit(word)
            && !word.quoted
    }

    /// Whether a word says nothing by itself.
    pub(super) fn is_nothing(&self, at: usize) -> bool {
        matches!(
            self.tagged(at),
            Some(Tag::Idle | Tag::Polite | Tag::And | Tag::On | Tag::For | Tag::Closing)
        )
    }

    pub(super) fn is_number(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| word.text.chars().all(char::is_numeric))
    }

    /// Whether any word is of access, or names somebody or something.
    pub(super) fn is_of_access(&self) -> bool {
        let is_of_access = |at: usize| {
            let tag = self.tagged(at);
            matches!(
                tag,
                Some(
                    Tag::Permission(_)
                        | Tag::Access
                        | Tag::Give
                        | Tag::Everyone
                        | Tag::Kin
                        | Tag::Me
                        | Tag::TakenBack
                )
            )
        };
        let is_named =
            |at: usize| self.words[at].text.starts_with(char::is_uppercase) || is_shaped(&self.words[at]);
        (self.start..self.end).any(|at| is_of_access(at) || is_named(at)) || self.ends_as_well()
    }

    pub(super) fn is_finite(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| at < self.end && Says::Finite.is_word(word))
    }

    pub(super) fn is_polite(&self, at: usize) -> bool {
        matches!(self.tagged(at), Some(Tag::Polite | Tag::Closing))
    }

    /// Whether a time is said at this place.
    pub(super) fn is_timed(&self, at: usize) -> bool {
        let Some(word) = self.words.get(at).filter(|_| at < self.end) else { return false };
        let is_at =
            AT.contains(&word.lower.as_str()) && self.words.get(at + 1).is_some_and(starts_with_digit);
        let is_next = begins_next(&self.words[at..self.end]);
        self.looks.is_time(at)
            || self.looks.duration(at).is_some()
            || is_at
            || is_next
            || is_month(&word.lower)
    }

    /// Whether a word belongs to a time.
    pub(super) fn is_of_time(&self, at: usize) -> bool {
        self.is_timed(at)
            || self.is_nothing(at)
            || starts_with_digit(&self.words[at])
            || self.looks.duration(at.saturating_sub(1)).is_some()
            || AT.contains(&self.lower(at))
            || ["week", "month", "uhr", "o'clock", "am", "pm", "woche", "monat", "semaine"]
                .contains(&self.lower(at))
    }

    pub(super) fn ends_as_well(&self) -> bool {
        Says::AsWellBehind.ends(&self.words[self.start..self.end]).is_some()
    }

    /// Whether the word at this place is somebody behind a "for".
    pub(super) fn is_for_somebody(&self, at: usize) -> bool {
        let is_led = at.checked_sub(1).is_some_and(|before| matches!(self.tag(before), Some((Tag::For, 1))));
        let is_german =
            at.checked_sub(1).is_some_and(|before| ["für", "fuer", "fürs"].contains(&self.lower(before)));
        let is_name =
            self.tag(at).is_none() && self.words[at].text.starts_with(char::is_uppercase) && !is_german;
        is_led && (is_name || matches!(self.tag(at), Some((Tag::Everyone | Tag::Kin | Tag::Me, _))))
    }

    /// Whether one phrase is all of it, but for politeness.
    pub(super) fn is_whole(&self, says: Says) -> bool {
        [self.start, self.lead].into_iter().any(|at| self.is_whole_from(says, at))
    }

    /// The same from this place on.
    pub(super) fn is_whole_from(&self, says: Says, at: usize) -> bool {
        self.begins(says, at).is_some_and(|count| (at + count..self.end).all(|at| self.is_polite(at)))
    }
}
