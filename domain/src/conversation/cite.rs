//! What a model says is held against the passages that it was given. A citation stands where its passage is there, may be read at this
//! moment, and says what the sentence says: word by word, or in words that are mostly the same, with every number. What quotes what
//! does not stand there is no citation. A sentence without one is marked, and what was taken from a document that may not be read any
//! more is taken out.

use std::collections::BTreeSet;

use unicode_segmentation::UnicodeSegmentation as _;

use super::links::Plain;
use super::{Answer, AnswerKind, Citation, Source, Support};
use crate::envelope::Digest;
use crate::ports::{ByteRange, Claimed};
use crate::text::flat;

/// The longest answer, in characters: what is longer nobody reads.
pub const MOST_ANSWER: usize = 20_000;
/// So many of a hundred words of a sentence stand in a passage that says the same.
const MOSTLY: usize = 60;
/// A sentence of so many words is somebody's own; fewer say the same wherever they stand.
const TELLING: usize = 4;

/// A passage that a model was given, with its text as it stands in its document now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Where it is from.
    pub source: Source,
    /// What stands there.
    pub text: String,
    /// Whether whoever reads the answer may read it at this moment.
    pub readable: bool,
}

/// The answer that is left of what a model said.
pub fn held(said: &str, claims: &[Claimed], passages: &[Held]) -> Answer {
    let plain = plain(said, passages);
    let mut answer = Answer::default();
    for sentence in sentences(&plain.text) {
        let cited = cited(&plain, claims, sentence);
        let text = &plain.text[sentence.0..sentence.1];
        let Judged { citations, false_citations, gone } = judged(text, &cited, passages);
        answer.false_citations += false_citations;
        let is_elsewhere = citations.iter().any(|citation| citation.support == Support::Exact);
        let is_gone = !is_elsewhere && !gone.is_empty();
        for edition in gone {
            if !answer.gone.contains(&edition) {
                answer.gone.push(edition);
            }
        }
        if is_gone {
            continue;
        }
        say(&mut answer, (&plain.text, sentence), citations);
    }
    answer.text.truncate(answer.text.trim_end().len());
    // What nobody sees says nothing.
    if flat(&answer.text).is_empty() {
        answer.text.clear();
        answer.citations.clear();
    }
    answer.kind = if answer.text.is_empty() { AnswerKind::Unknown } else { AnswerKind::Known };
    answer
}

/// What of it can be seen while more is still being said: nothing that would reach outside, and nothing that cites, for that is held
/// against the passages once all is said.
pub fn so_far(said: &str, passages: &[Held]) -> String {
    plain(said, passages).text
}

/// How many bytes of a text are whole sentences, be there more to come: a sentence is whole once another one has begun.
pub fn whole_sentences(text: &str) -> usize {
    text.split_sentence_bound_indices().last().map_or(0, |(begins, _)| begins)
}

fn plain(said: &str, passages: &[Held]) -> Plain {
    let said = said.char_indices().nth(MOST_ANSWER).map_or(said, |(end, _)| &said[..end]);
    let is_known =
        |address: &str| passages.iter().any(|held| held.readable && has_address(&held.text, address));
    Plain::of(said, &is_known)
}

/// Adds a sentence, with what stood between it and the one before.
fn say(answer: &mut Answer, (whole, (from, to)): (&str, (usize, usize)), citations: Vec<Citation>) {
    if !answer.text.is_empty() {
        let gap = whole[..from].len() - whole[..from].trim_end().len();
        answer.text.push_str(&whole[from - gap..from]);
    }
    let start = answer.text.len();
    answer.text.push_str(&whole[from..to]);
    let of = range(start, answer.text.len());
    let says_something = whole[from..to].chars().any(char::is_alphanumeric);
    let asks = whole[from..to].trim_end().ends_with(['?', '？']);
    if citations.is_empty() && says_something && !asks {
        answer.unsupported.push(of);
    }
    answer.citations.extend(citations.into_iter().map(|citation| Citation { of, ..citation }));
}

/// Where the sentences of a text begin and end, without the spaces around them.
fn sentences(text: &str) -> Vec<(usize, usize)> {
    let bounds = text.split_sentence_bound_indices();
    let lines = bounds.flat_map(|(at, sentence)| {
        let start = sentence.as_ptr() as usize;
        sentence.split('\n').map(move |line| (at + line.as_ptr() as usize - start, line))
    });
    let trimmed = lines.map(|(at, line)| {
        let begins = at + (line.len() - line.trim_start().len());
        (begins, begins + line.trim().len())
    });
    trimmed.filter(|(from, to)| from < to).collect()
}

/// What a sentence cites: the number of a passage, and its words where they are quoted.
type Cited<'a> = (u32, Option<&'a str>);

fn cited<'a>(plain: &Plain, claims: &'a [Claimed], (from, to): (usize, usize)) -> Vec<Cited<'a>> {
    // What stands behind a sentence is about it.
    let is_here = |at: usize| {
        let behind = plain.text[..at].trim_end().len();
        if behind == 0 { plain.text[..from].trim().is_empty() } else { from < behind && behind <= to }
    };
    let marks = plain.marks.iter().filter(|(at, _)| is_here(*at)).map(|(_, number)| (*number, None));
    let claimed = claims.iter().filter(|claim| {
        let (begins, ends) = plain.now(claim.of);
        if begins < ends { begins < to && from < ends } else { is_here(begins) }
    });
    let mut all: Vec<Cited<'_>> = marks.collect();
    all.extend(claimed.map(|claim| (claim.passage, claim.quote.as_deref())));
    all.sort_unstable();
    all.dedup();
    all
}

/// What of a sentence's citations stands.
#[derive(Default)]
struct Judged {
    citations: Vec<Citation>,
    false_citations: u32,
    gone: Vec<crate::ports::Edition>,
}

fn judged(sentence: &str, cited: &[Cited<'_>], passages: &[Held]) -> Judged {
    let mut judged = Judged::default();
    for (number, quote) in cited {
        let place = usize::try_from(*number).ok().and_then(|number| number.checked_sub(1));
        let Some(passage) = place.and_then(|place| passages.get(place)) else {
            judged.false_citations += 1;
            continue;
        };
        if !passage.readable {
            judged.gone.push(passage.source.edition.clone());
            continue;
        }
        match support(sentence, *quote, &passage.text) {
            Some((at, support)) => judged.cite(passage, at, support),
            None => judged.false_citations += 1,
        }
    }
    // What is word by word from a document that may not be read is from there, whatever it cites.
    let is_long = bare(sentence).len() >= TELLING;
    let is_from =
        |passage: &&Held| is_long && !passage.readable && stands_in(sentence, &passage.text).is_some();
    let gone = passages.iter().filter(is_from).map(|passage| passage.source.edition.clone());
    judged.gone.extend(gone);
    judged
}

impl Judged {
    fn cite(&mut self, Held { source, text, .. }: &Held, (from, to): (usize, usize), support: Support) {
        let (Ok(offset), Some(quoted)) = (u32::try_from(from), text.get(from..to)) else { return };
        let begins = source.at.from + offset;
        let length = u32::try_from(quoted.len()).unwrap_or_default();
        let citation = Citation {
            of: ByteRange::default(),
            edition: source.edition.clone(),
            title: source.title.clone(),
            at: ByteRange { from: begins, to: begins + length },
            quote: Digest::of(quoted.as_bytes()),
            support,
        };
        let is_there = |known: &Citation| known.edition == citation.edition && known.at == citation.at;
        if !self.citations.iter().any(is_there) {
            self.citations.push(citation);
        }
    }
}

/// Where in a passage a sentence stands, and how surely; nothing where it does not, or not what it quotes.
fn support(sentence: &str, quote: Option<&str>, passage: &str) -> Option<((usize, usize), Support)> {
    let quoted = match quote {
        Some(quote) => Some(stands_in(quote, passage)?),
        None => None,
    };
    if let Some(at) = stands_in(sentence, passage) {
        return Some((at, Support::Exact));
    }
    says_mostly(sentence, passage).then(|| (quoted.unwrap_or((0, passage.len())), Support::Near))
}

/// Where these very words stand in a text, whatever spaces and stops are around them.
pub(super) fn stands_in(words: &str, text: &str) -> Option<(usize, usize)> {
    let (needle, hay) = (bare(words), bare(text));
    if needle.is_empty() {
        return None;
    }
    let same = |window: &[(usize, &str)]| window.iter().zip(&needle).all(|((_, a), (_, b))| a == b);
    let window = hay.windows(needle.len()).find(|window| same(window))?;
    let (first, last) = (window.first()?, window.last()?);
    Some((first.0, last.0 + last.1.len()))
}

/// Whether an address stands in a text, whole.
fn has_address(text: &str, address: &str) -> bool {
    let around = |c: char| "<>()[]{}\"'`.,;:!?".contains(c);
    text.split_whitespace().any(|word| word.trim_matches(around) == address)
}

/// The words of a text and where each begins, without the stops around them.
fn bare(text: &str) -> Vec<(usize, &str)> {
    let base = text.as_ptr() as usize;
    let is_stop = |c: char| !c.is_alphanumeric();
    let words = text.split_whitespace().map(|word| word.trim_matches(is_stop));
    words.filter(|word| !word.is_empty()).map(|word| (word.as_ptr() as usize - base, word)).collect()
}

/// Whether most words of a sentence stand in a text, and every number.
fn says_mostly(sentence: &str, text: &str) -> bool {
    let (said, there) = (telling(sentence), telling(text));
    let mut numbers = said.iter().filter(|word| word.chars().any(char::is_numeric));
    let found = said.intersection(&there).count();
    !said.is_empty() && numbers.all(|number| there.contains(number)) && found * 100 >= said.len() * MOSTLY
}

/// The words that tell something: not those of one or two Latin letters.
fn telling(text: &str) -> BTreeSet<String> {
    let tells =
        |word: &&str| word.chars().count() > 2 || !word.is_ascii() || word.chars().any(char::is_numeric);
    text.unicode_words().filter(tells).map(str::to_lowercase).collect()
}

fn range(from: usize, to: usize) -> ByteRange {
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    ByteRange { from: place(from), to: place(to) }
}

#[cfg(test)]
mod tests;
