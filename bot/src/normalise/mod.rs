//! What somebody typed or pasted, as words: the one place where markup, quotes, dashes, entities, links, emoji and the
//! words of a tenant are made plain, before any grammar looks at them.
//!
//! Every word knows where in the text it stands. So whatever takes the rest of a text, as a reason does, takes it as it
//! was written: nothing of it is changed here.

mod contracted;
mod lexicon;
mod phrases;
mod signs;
mod spans;
mod struck;

use std::collections::BTreeMap;

use countersign_domain::ports::Permission;

use self::signs::Sign;

pub use self::lexicon::{LEXICON, Lexicon, Tag};
pub use self::phrases::Says;
pub use self::struck::has_struck;

/// One word, or everything between two quotation marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As it was written, without the markup around it and the punctuation behind it.
    pub text: String,
    /// The same in lower case, with straight apostrophes: to be looked up.
    pub lower: String,
    /// Where in the text it begins, in bytes.
    pub start: usize,
    /// Where in the text it ends, in bytes, with its punctuation.
    pub end: usize,
    /// Whether it stood in quotation marks, and so is a value, never a word of the grammar.
    pub quoted: bool,
    /// What ends a part of the sentence behind it: `,`, `.`, `:`, a dash as `-`, the end of a line as `\n`.
    pub stop: Option<char>,
}

impl Word {
    fn new(text: String, signs: &[Sign], quoted: bool) -> Self {
        let lower = text.to_lowercase();
        let (start, end) =
            (signs.first().map_or(0, |sign| sign.start), signs.last().map_or(0, |sign| sign.end));
        Self { text, lower, start, end, quoted, stop: None }
    }
}

/// The words of a text.
pub fn words(text: &str) -> Vec<Word> {
    let signs = signs::signs(text);
    let words = cut(&signs);
    // Whoever puts all they say in quotation marks quotes themselves.
    match words.as_slice() {
        [only] if only.quoted && only.text.contains(' ') => {
            let inside =
                signs.iter().position(|sign| sign.sign == '"').map_or(&signs[..], |at| &signs[at + 1..]);
            let length = inside.iter().rposition(|sign| sign.sign == '"').unwrap_or(inside.len());
            cut(&inside[..length])
        }
        _ => words,
    }
}

/// The words, with a tenant's own for the permissions replaced by those that everybody knows.
pub fn with_own_words(words: &[Word], own: &BTreeMap<String, Permission>) -> Vec<Word> {
    let longest = own.keys().map(|phrase| phrase.split(' ').count()).max().unwrap_or(0);
    let (mut plain, mut rest) = (Vec::with_capacity(words.len()), words);
    while let Some(first) = rest.first() {
        let phrase = |count: &usize| {
            let words = rest.get(..*count)?;
            let said: Vec<_> = words.iter().map(|word| word.lower.as_str()).collect();
            own.get(&said.join(" "))
                .filter(|_| words.iter().all(|word| !word.quoted))
                .map(|found| (*count, *found))
        };
        let (count, word) = match (1..=longest.min(rest.len())).rev().find_map(|count| phrase(&count)) {
            Some((count, permission)) => {
                let (text, last) = (permission.as_str().to_owned(), &rest[count - 1]);
                let lower = text.clone();
                (count, Word { text, lower, end: last.end, stop: last.stop, ..first.clone() })
            }
            None => (1, first.clone()),
        };
        plain.push(word);
        rest = &rest[count..];
    }
    plain
}

fn cut(signs: &[Sign]) -> Vec<Word> {
    let underlined = !paired(signs, '_').is_empty();
    let (starred, struck) = (paired(signs, '*'), struck::spans(signs));
    let mut quotes = spans::Quotes::default();
    let mut words: Vec<Word> = Vec::new();
    let mut at = 0;
    while at < signs.len() {
        let sign = signs[at].sign;
        if sign == '\n' {
            stop(&mut words, '\n');
        }
        if sign.is_whitespace() {
            at += 1;
            continue;
        }
        let (word, next) = match quotes.quoted(signs, at).or_else(|| spans::link(signs, at)) {
            Some((text, quoted, next)) => (Word::new(text, &signs[at..next], quoted), next),
            None => bare(signs, at, (underlined, &starred)),
        };
        at = next;
        if word.text.is_empty() && !word.quoted {
            // A dash, a bullet, a lone comma: it only divides.
            let divides = signs[..next].last().map_or('-', |sign| sign.sign);
            stop(&mut words, if ends_part(divides) { divides } else { '-' });
        } else {
            words.push(word);
        }
        // "~1 hour~ 2 hours": what is struck through and what stands behind it are two things.
        let behind = signs[..at].last().map(|sign| if sign.sign == '~' { '-' } else { sign.sign });
        let behind = behind.filter(|sign| ends_part(*sign));
        if let Some(behind) = behind {
            stop(&mut words, behind);
        }
    }
    contracted::spell_out(&mut words);
    struck::without(words, &struck)
}

/// What stands behind the last word ends a part of the sentence.
fn stop(words: &mut [Word], sign: char) {
    if let Some(last) = words.last_mut() {
        // The end of a line says more than the comma before it.
        last.stop = if sign == '\n' { Some('\n') } else { last.stop.or(Some(sign)) };
    }
}

/// One word up to the next space, without what surrounds it.
fn bare(signs: &[Sign], start: usize, (underlined, starred): (bool, &[usize])) -> (Word, usize) {
    let emoji = |at: usize| signs::is_emoji(signs[at].sign);
    let mut end = start + 1;
    while end < signs.len() && !signs[end].sign.is_whitespace() && emoji(end) == emoji(start) {
        end += 1;
    }
    let whole = &signs[start..end];
    // "web-shop*" is no name: it may mean several.
    let is_pattern = whole.len() > 1 && (start..end).any(|at| is_pattern(signs, at, starred));
    if emoji(start) {
        return (Word::new(signs::emoji(whole).to_owned(), whole, false), end);
    }
    let is_markup = |sign: char| {
        matches!(sign, '`' | '~' | '(' | '[' | '\'' | '"' | '¿' | '¡')
            || underlined && sign == '_'
            || !is_pattern && sign == '*'
    };
    let mut first = whole.iter().position(|sign| !is_markup(sign.sign)).unwrap_or(whole.len());
    // A bullet; the sign of a number stays.
    while first < whole.len()
        && whole[first].sign == '-'
        && !whole.get(first + 1).is_some_and(|next| next.sign.is_numeric() || next.sign == '.')
    {
        first += 1;
    }
    let is_behind = |sign: char| {
        matches!(sign, '`' | '~' | ')' | ']' | '\'' | '"' | '…' | '-')
            || punctuates(sign)
            || underlined && sign == '_'
            || !is_pattern && sign == '*'
    };
    let length = whole[first..].iter().rposition(|sign| !is_behind(sign.sign)).map_or(0, |last| last + 1);
    let text: String = whole[first..first + length].iter().map(|sign| sign.sign).collect();
    let text = signs::emoji_by_name(whole).unwrap_or(text);
    (Word::new(text, whole, false), end)
}

/// Whether a `*` is no markup: `**bold**` has two.
fn is_pattern(signs: &[Sign], at: usize, starred: &[usize]) -> bool {
    const NEAR: usize = 2;
    let next = starred.partition_point(|mark| *mark < at);
    let is_near = |place: Option<usize>| {
        place.and_then(|place| starred.get(place)).is_some_and(|mark| mark.abs_diff(at) <= NEAR)
    };
    signs[at].sign == '*' && !is_near(next.checked_sub(1)) && !is_near(Some(next))
}

/// Where markup begins and ends that stands around words, as `_` and `*` do: one word begins with it, and one ends. A name may begin
/// with a `_`, and a `*` that nothing closes stands for anything.
fn paired(signs: &[Sign], mark: char) -> Vec<usize> {
    let is_outside =
        |at: Option<usize>| at.and_then(|at| signs.get(at)).is_none_or(|sign| !sign.sign.is_alphanumeric());
    let (mut pairs, mut opened) = (Vec::new(), None);
    for at in (0..signs.len()).filter(|at| signs[*at].sign == mark) {
        let (before, behind) = (is_outside(at.checked_sub(1)), is_outside(Some(at + 1)));
        match opened {
            Some(begin) if behind && !before => {
                pairs.extend([begin, at]);
                opened = None;
            }
            _ if before && !behind => opened = Some(at),
            _ => {}
        }
    }
    pairs
}

const fn punctuates(sign: char) -> bool {
    matches!(sign, '.' | ',' | ';' | ':' | '!' | '?')
}

const fn ends_part(sign: char) -> bool {
    punctuates(sign) || matches!(sign, '\n' | '-' | '…')
}

#[cfg(test)]
mod tests;
