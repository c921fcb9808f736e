//! Whether a clause behind a request says why it is asked for. What shows a sign of anything else is asked about, and so is
//! what shows no sign of work: nothing becomes a reason because it was not understood.

use std::ops::Range;

use super::looks::Looks;
use super::repositories::{is_address, is_shaped};
use crate::grammar::is_key;
use crate::normalise::{Says, Tag, Word};

/// What a clause behind a request says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clause {
    /// Why it is asked for.
    Why,
    /// Perhaps that; nothing shows that it is anything else.
    Unclear,
    /// Something else, or something more.
    Other,
}

impl Clause {
    /// What these words say, behind a request for these repositories.
    pub(super) fn of(words: &[Word], repositories: &[String]) -> Self {
        let looks = Looks::at(words);
        let mut works = false;
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let is_own = repositories.iter().any(|name| name.eq_ignore_ascii_case(&word.text));
            let (tag, count) = looks.tag(at).map_or((None, 1), |(tag, count)| (Some(tag), count));
            works |= (at..at + count).any(|at| is_of_work(&words[at]));
            if !is_own && shows_other(word, tag) || looks.is_time(at) || looks.duration(at).is_some() {
                return Self::Other;
            }
            at += count;
        }
        // "And Ben", "please tell Ada", "is that enough?".
        let joins = matches!(looks.tag(0), Some((Tag::And, _)));
        let asks = words.last().is_some_and(|last| last.stop == Some('?'));
        match works {
            _ if joins || asks => Self::Other,
            true => Self::Why,
            false => Self::Unclear,
        }
    }
}

/// Whether a word, known for this, shows that a clause says something else than why.
fn shows_other(word: &Word, tag: Option<Tag>) -> bool {
    let says_other = match tag {
        None => is_named(word),
        Some(
            Tag::Polite
            | Tag::Idle
            | Tag::Want
            | Tag::Needs
            | Tag::Everyone
            | Tag::Me
            | Tag::Permission(_)
            | Tag::PermissionOn(_)
            | Tag::On
            | Tag::Repository
            | Tag::About
            | Tag::Telling
            | Tag::For
            | Tag::And,
        ) => false,
        Some(_) => true,
    };
    is_sign(word) || says_other
}

fn is_sign(word: &Word) -> bool {
    Says::Aside.is(&word.lower)
}

/// Whether a word that is not known names somebody or something: by how it is written.
fn is_named(word: &Word) -> bool {
    let is_capital = word.text.starts_with(char::is_uppercase) && word.text.chars().any(char::is_lowercase);
    let names =
        word.text.contains(['@', '‹']) || word.quoted || is_key(&word.text) || is_address(&word.lower);
    names || (is_capital || is_shaped(word)) && !is_of_work(word)
}

fn is_of_work(word: &Word) -> bool {
    let is_joined = |text: &str| text.contains(['-', '_', '/']);
    // "demo-approver2" is a name.
    Says::WorkStem.is_stem_of(&word.lower, |stem| is_joined(stem) || !is_joined(&word.lower))
        || Says::Work.is(&word.lower)
}

/// Where a reason turns into something else: it is taken back, put right, or goes on about another time, somebody else or more.
/// The place of its first word.
///
/// What follows "because" is the reason as it was written, so its first sentence may say anything. Behind it stands what people
/// remember last: there, what may be anything else than more of the reason is asked about.
pub(super) fn turn(text: &str, words: &[Word]) -> Option<usize> {
    let looks = Looks::at(words);
    let begins = |at: usize| at == 0 || divided(text, words, at).is_some();
    (0..words.len()).filter(|at| begins(*at)).find(|at| {
        takes_back(words, &looks, *at)
            || match divided(text, words, *at) {
                None => false,
                Some(Divided::ByComma) => adds(words, &looks, *at),
                Some(Divided::Wholly) => {
                    let end = (at + 1..words.len())
                        .find(|next| matches!(divided(text, words, *next), Some(Divided::Wholly)));
                    turns(words, &looks, *at..end.unwrap_or(words.len()))
                }
            }
    })
}

/// How two words are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Divided {
    /// Another clause of the same sentence begins, perhaps on a new line.
    ByComma,
    /// Another sentence, or something in brackets.
    Wholly,
}

/// How the word at this place is divided from the one before it, if it is.
fn divided(text: &str, words: &[Word], at: usize) -> Option<Divided> {
    let before = words.get(at.checked_sub(1)?)?;
    let is_bracketed = text.get(words[at].start..).is_some_and(|from| from.starts_with(['(', '[']));
    match before.stop {
        _ if is_bracketed || matches!(before.text.as_str(), "/" | "//" | "|") => Some(Divided::Wholly),
        Some(',' | ':' | '\n') => Some(Divided::ByComma),
        Some(_) => Some(Divided::Wholly),
        None => None,
    }
}

/// Whether somebody thinks better of all of it from this word on: "Sorry, I meant infra".
fn takes_back(words: &[Word], looks: &Looks, at: usize) -> bool {
    const TURNS: [&str; 12] =
        ["oh", "no", "hmm", "hm", "uh", "ah", "well", "nein", "non", "nee", "não", "ach"];
    let mut next = at;
    loop {
        next += match looks.tag(next) {
            Some((Tag::TakenBack, _)) => return true,
            Some((Tag::Polite, count)) => count,
            _ if words.get(next).is_some_and(|word| TURNS.contains(&word.lower.as_str())) => 1,
            _ => return false,
        };
    }
}

/// Whether a clause behind a comma begins something else: ", but start tomorrow", ", and write on payments-api too".
fn adds(words: &[Word], looks: &Looks, at: usize) -> bool {
    let end = (at..words.len()).find(|next| words[*next].stop.is_some()).map_or(words.len(), |last| last + 1);
    let first = looks.tag(at).map(|(tag, _)| tag);
    let of_access = |at: usize| matches!(looks.tag(at), Some((Tag::Permission(_) | Tag::PermissionOn(_), _)));
    let is_timed = |at: usize| looks.is_time(at) || looks.duration(at).is_some();
    is_sign(&words[at])
        || matches!(first, Some(Tag::But | Tag::TakenBack | Tag::Not | Tag::From | Tag::Until))
        || matches!(first, Some(Tag::And)) && (at..end).any(of_access)
        || (at..end).any(|at| is_timed(at) || is_for_somebody(words, looks, at))
}

/// Whether a sentence behind the reason may say something else than more of it.
fn turns(words: &[Word], looks: &Looks, sentence: Range<usize>) -> bool {
    let mut at = sentence.start;
    while at < sentence.end {
        let word = &words[at];
        let (tag, count) = looks.tag(at).map_or((None, 1), |(tag, count)| (Some(tag), count));
        let tells_more = match tag {
            None => !(word.text.contains(['@', '‹']) || is_key(&word.text) || is_address(&word.lower)),
            // "It does not start any more" tells why.
            Some(Tag::Not | Tag::But | Tag::Other | Tag::Question) => at > sentence.start,
            Some(Tag::Because | Tag::Access | Tag::Hello | Tag::Closing | Tag::Kin | Tag::Asking) => true,
            Some(tag) => !shows_other(word, Some(tag)),
        };
        let is_timed = looks.is_time(at) || looks.duration(at).is_some();
        let names = word.quoted || is_shaped(word) && !is_of_work(word);
        if !tells_more || is_sign(word) || is_timed || names || is_for_somebody(words, looks, at) {
            return true;
        }
        at += count;
    }
    false
}

/// Whether the word at this place is somebody behind a "for".
fn is_for_somebody(words: &[Word], looks: &Looks, at: usize) -> bool {
    let is_led = at.checked_sub(1).is_some_and(|before| matches!(looks.tag(before), Some((Tag::For, 1))));
    let is_name = looks.tag(at).is_none() && words[at].text.starts_with(char::is_uppercase);
    is_led && (is_name || matches!(looks.tag(at), Some((Tag::Everyone | Tag::Kin | Tag::Me, _))))
}
