//! What can be told of each word of a sentence before it is read: every word is looked at once, however often the reading
//! comes back to it.

use countersign_domain::duration::DurationWord;

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
            let part = near.iter().position(|word| word.stop.is_some()).map_or(near.len(), |last| last + 1);
            step();
            DurationWord::longest(&counted[at..at + part])
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

/// Whatever is looked at is counted, where it matters how often.
fn step() {
    #[cfg(test)]
    crate::grammar::work::step();
}
