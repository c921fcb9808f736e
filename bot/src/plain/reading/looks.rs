//! What can be told of each word of a sentence before it is read: every word is looked at once, however often the reading
//! comes back to it.

use countersign_domain::duration::{DurationWord, range_length};

use super::DURATION;
use crate::moment::is_time_word;
use crate::normalise::{LEXICON, Tag, Word};

/// What is known of each place in a sentence.
#[derive(Debug, Default)]
pub(super) struct Looks {
    /// How many words from here on are a duration, the most that can be.
    durations: Vec<Option<usize>>,
    /// What the lexicon knows the words from here on for, and how many of them.
    tags: Vec<Option<(Tag, usize)>>,
    /// Whether the word can be nothing but a part of a time.
    times: Vec<bool>,
}

impl Looks {
    pub(super) fn at(words: &[Word]) -> Self {
        let read = |word: &Word| {
            step();
            if word.quoted { DurationWord::default() } else { DurationWord::read(&word.text) }
        };
        let counted: Vec<_> = words.iter().map(read).collect();
        let duration = |at: usize| {
            let near = &words[at..words.len().min(at + DURATION)];
            let ends = |at: &usize| near[*at].stop.is_some() && !is_shortened(near, *at);
            let part = (0..near.len()).find(ends).map_or(near.len(), |last| last + 1);
            step();
            let longest = DurationWord::longest(&counted[at..at + part]);
            // "2 to 3 days": which one is asked, and neither is read.
            longest.max(range(&near[..part]))
        };
        Self {
            durations: (0..words.len()).map(duration).collect(),
            tags: (0..words.len()).map(|at| LEXICON.tag(&words[at..])).collect(),
            times: words.iter().map(|word| is_time_word(&word.lower)).collect(),
        }
    }

    pub(super) fn duration(&self, at: usize) -> Option<usize> {
        step();
        self.durations.get(at).copied().flatten()
    }

    pub(super) fn tag(&self, at: usize) -> Option<(Tag, usize)> {
        step();
        self.tags.get(at).copied().flatten()
    }

    pub(super) fn is_time(&self, at: usize) -> bool {
        step();
        self.times.get(at).is_some_and(|is_time| *is_time)
    }
}

/// Whether the point behind this word only shortens it: "2 Std. 30 Min."
fn is_shortened(words: &[Word], at: usize) -> bool {
    const UNITS: [&str; 5] = ["std", "min", "hrs", "hr", "h"];
    let goes_on = words.get(at + 1).is_some_and(|next| next.text.starts_with(|c: char| c.is_numeric()));
    words[at].stop == Some('.') && goes_on && UNITS.contains(&words[at].lower.as_str())
}

/// How many of these words say from how long to how long.
pub(in crate::plain) fn range(words: &[Word]) -> Option<usize> {
    let unquoted = words.iter().take_while(|word| !word.quoted);
    range_length(&unquoted.map(|word| word.text.as_str()).collect::<Vec<_>>())
}

/// Whatever is looked at is counted, where it matters how often.
fn step() {
    #[cfg(test)]
    crate::grammar::work::step();
}
