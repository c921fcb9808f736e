//! Whether a clause behind a request says why it is asked for. What shows a sign of anything else is asked about, and so is
//! what shows no sign of work: nothing becomes a reason because it was not understood.

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

pub(in crate::plain) fn is_of_work(word: &Word) -> bool {
    let is_joined = |text: &str| text.contains(['-', '_', '/']);
    // "L'audit", "dell'incident".
    let elided = word.lower.split_once('\'').map(|(_, own)| own);
    [Some(word.lower.as_str()), elided].into_iter().flatten().any(|word| {
        // "demo-approver2" is a name.
        Says::WorkStem.is_stem_of(word, |stem| is_joined(stem) || !is_joined(word)) || Says::Work.is(word)
    })
}
