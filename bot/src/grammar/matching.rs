//! Matching a sentence against a grammar: the words it begins with, then one part after another.

use std::collections::BTreeMap;

use super::pattern::{Part, Pattern};
use super::sentence::{Sentence, joined, without_thanks};
use super::slot::{BLOCK, is_block};
use crate::normalise::{LEXICON, Word};

/// What was said, by the slots of a grammar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    slots: BTreeMap<String, String>,
    missing: Vec<String>,
    loose: bool,
    anchored: bool,
    head: usize,
    unsure: Vec<String>,
    /// The whole sentence, where what follows its first words means nothing to the grammar.
    open: Option<String>,
}

impl Said {
    /// What a plain sentence says: its slots, those that must be filled and are not, and the words that nobody could place.
    pub(crate) fn plainly(
        slots: impl IntoIterator<Item = (&'static str, String)>,
        missing: Vec<String>,
        unsure: Vec<String>,
    ) -> Self {
        let slots = slots.into_iter().map(|(slot, value)| (slot.to_owned(), value)).collect();
        Self { slots, missing, unsure, anchored: true, ..Self::default() }
    }

    /// What was taken as it is, for others to read.
    pub(crate) fn as_it_is(&self) -> Option<&str> {
        self.get("reason").or_else(|| self.get("text"))
    }

    /// The same with a slot filled.
    #[must_use]
    pub(crate) fn with(&self, slot: &str, value: String) -> Self {
        let mut said = self.clone();
        said.missing.retain(|missing| missing != slot);
        said.slots.insert(slot.to_owned(), value);
        said
    }

    /// The same with what was pasted, whichever slot takes it.
    #[must_use]
    pub(crate) fn with_block(&self, pasted: String) -> Self {
        let mut said = self.clone();
        said.missing.retain(|missing| !is_block(missing));
        said.slots.insert(BLOCK.to_owned(), pasted);
        said
    }

    /// The words that nobody could place: what they mean must be asked.
    pub(crate) fn unsure(&self) -> &[String] {
        &self.unsure
    }

    /// The whole sentence, where what follows its first words means nothing to the grammar.
    pub(crate) fn said_openly(&self) -> Option<&str> {
        self.open.as_deref()
    }

    /// What was said for a slot.
    pub fn get(&self, slot: &str) -> Option<&str> {
        self.slots.get(slot).map(String::as_str)
    }

    /// The slots that must be filled and were not.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    /// Whether what follows the first words looks like what this grammar is about. For sentences that begin as many do
    /// ("I need …"), the first words alone do not show what is meant.
    pub fn is_anchored(&self) -> bool {
        self.anchored
    }

    /// How many words of the grammar it began with.
    pub fn head(&self) -> usize {
        self.head
    }

    /// Whether every slot that must be filled is, and every word has its place.
    pub fn is_exact(&self) -> bool {
        self.missing.is_empty() && !self.loose && self.unsure.is_empty()
    }

    /// Whether nothing stands behind the first words.
    pub fn is_bare(&self) -> bool {
        self.slots.is_empty() && !self.loose
    }

    /// Whether all that it lacks is what is pasted with it, and every word has its place.
    pub(crate) fn lacks_nothing_but_a_block(&self) -> bool {
        matches!(&*self.missing, [only] if is_block(only)) && !self.loose
    }

    /// Whether all that it lacks is a text that is taken as it is, and every word has its place.
    pub(crate) fn lacks_nothing_but_a_text(&self) -> bool {
        self.missing == ["text"] && !self.loose && self.unsure.is_empty()
    }

    /// How well it fits, for choosing between grammars: nothing missing, nothing left over, many words recognised.
    pub fn rank(&self) -> (bool, bool, usize) {
        (self.missing.is_empty(), !self.loose, self.head)
    }
}

impl Pattern {
    /// What the sentence says by this grammar; `None` where it says something else.
    pub fn matches(&self, sentence: &Sentence<'_>) -> Option<Said> {
        let words = self.behind_head(&sentence.words)?;
        let mut reading = Reading::new(self, sentence.text);
        let (mut start, mut lead) = (0, None);
        for (index, word) in words.iter().enumerate() {
            let Some(form) = reading.lead(word).filter(|_| !self.open) else { continue };
            reading.take(lead, &words[start..index])?;
            (start, lead) = (index + 1, Some(form));
            if reading.take_rest(form, word, words.get(start)) {
                return Some(reading.finish());
            }
        }
        reading.take(lead, without_thanks(&words[start..]))?;
        Some(reading.finish())
    }

    fn behind_head<'w>(&self, mut words: &'w [Word]) -> Option<&'w [Word]> {
        for literal in &self.head {
            let said = words.first().is_some_and(|word| literal.forms.iter().any(|form| word.is(form)));
            if said {
                words = &words[1..];
            } else if !literal.optional {
                return None;
            }
        }
        Some(words)
    }
}

/// What leads to a reason, in whatever language: a grammar names the first of them.
const BECAUSE: [&str; 5] = ["because", "weil", "parce", "porque", "omdat"];

/// The slot of what a decision is for, and the word that leads to it.
const RECEIPT: &str = "receipt";

/// A matching under way.
struct Reading<'p> {
    pattern: &'p Pattern,
    text: &'p str,
    said: Said,
}

impl<'p> Reading<'p> {
    fn new(pattern: &'p Pattern, text: &'p str) -> Self {
        let unmistakable = !pattern.parts.iter().any(|part| part.lead.is_empty() && part.slot.is_typed());
        let open = pattern.open.then(|| text.to_owned());
        let said = Said { head: pattern.head_length(), anchored: unmistakable, open, ..Said::default() };
        Self { pattern, text, said }
    }

    fn is_open(&self, part: &Part) -> bool {
        !self.said.slots.contains_key(&part.slot.0)
    }

    /// The word of the grammar that this word is, where a part that begins with it is still open.
    fn lead(&self, word: &Word) -> Option<&'p str> {
        let open = self.pattern.parts.iter().filter(|part| self.is_open(part));
        let is_said =
            |form: &&String| word.is(form) || *form == BECAUSE[0] && BECAUSE.iter().any(|lead| word.is(lead));
        open.flat_map(|part| &part.lead).find(is_said).map(String::as_str)
    }

    /// Takes the rest of the text as it is, where the word before it asks for that.
    fn take_rest(&mut self, form: &str, word: &Word, next: Option<&Word>) -> bool {
        let first = self.pattern.parts.iter().find(|part| self.is_open(part) && leads(part, form));
        let Some(part) = first.filter(|part| part.slot.takes_rest()) else { return false };
        // "because of" is one word to people, and so is "parce que".
        let from = next.filter(|next| next.is("of") || next.is("que")).map_or(word.end, |next| next.end);
        let rest = self.text[from..].trim();
        if !rest.is_empty() {
            self.said.slots.insert(part.slot.0.clone(), rest.to_owned());
        }
        true
    }

    /// Takes the words behind `lead`, or those before any lead.
    fn take(&mut self, lead: Option<&str>, words: &[Word]) -> Option<()> {
        match lead {
            None => self.take_in_order(words),
            Some(form) if words.is_empty() => {
                self.said.loose = true;
                // A receipt that is cut off was said, and is none.
                if form == RECEIPT {
                    self.said.slots.insert(RECEIPT.to_owned(), String::new());
                }
                Some(())
            }
            Some(form) => self.take_led(form, words),
        }
    }

    fn take_led(&mut self, form: &str, words: &[Word]) -> Option<()> {
        let words = self.without_idle(words);
        let text = joined(words);
        let quoted = words.iter().any(|word| word.quoted);
        let candidates: Vec<&Part> = self.pattern.parts.iter().filter(|part| leads(part, form)).collect();
        let recognised = candidates.iter().find(|part| !quoted && part.slot.recognises(&text));
        let part = if let Some(part) = recognised {
            Some(part).filter(|part| self.is_open(part))
        } else {
            let mut open = candidates.iter().filter(|part| self.is_open(part));
            open.clone().find(|part| !part.slot.is_typed()).or_else(|| open.next())
        }?;
        // "for Ben, Ada": two people are no one name.
        let mut before_last = words.iter().rev().skip(1);
        let is_list = part.slot.0 == "user" && before_last.any(|word| word.stop == Some(','));
        self.said.loose |= words.len() > 1 && (is_list || !part.slot.takes_words());
        self.said.slots.insert(part.slot.0.clone(), text);
        Some(())
    }

    /// The slots without a word before them, in their order.
    fn take_in_order(&mut self, words: &[Word]) -> Option<()> {
        let mut words = self.without_idle(words);
        let is_in_order = |part: &&Part| part.lead.is_empty() && !part.slot.takes_no_words();
        let in_order: Vec<&Part> = self.pattern.parts.iter().filter(is_in_order).collect();
        for (index, part) in in_order.iter().enumerate() {
            if words.is_empty() {
                return Some(());
            }
            // Nothing leads to it: all that is left is it, as it was written.
            if part.slot.takes_rest() {
                self.said.slots.insert(part.slot.0.clone(), self.text[words[0].start..].trim().to_owned());
                return Some(());
            }
            let count = match in_order.get(index + 1) {
                Some(next) => (1..words.len()).find(|at| next.slot.recognises(&words[*at].text)).unwrap_or(1),
                None if part.slot.takes_words() => words.len(),
                None => 1,
            };
            let text = joined(&words[..count]);
            self.said.anchored |= part.slot.recognises(&text);
            self.said.slots.insert(part.slot.0.clone(), text);
            words = self.without_idle(&words[count..]);
        }
        if words.is_empty() || self.pattern.open { Some(()) } else { self.take_left_over(words) }
    }

    /// Words that no slot asked for: perhaps the word before a slot was left out.
    fn take_left_over(&mut self, words: &[Word]) -> Option<()> {
        self.said.loose = true;
        let text = joined(words);
        let takes_words = |part: &&Part| self.is_open(part) && !part.optional && !part.slot.takes_no_words();
        let next = self.pattern.parts.iter().find(takes_words);
        if let Some(part) = next {
            self.said.slots.insert(part.slot.0.clone(), text);
            return Some(());
        }
        let last =
            self.pattern.parts.iter().rfind(|part| part.lead.is_empty() && !part.slot.takes_no_words())?;
        let value = self.said.slots.get_mut(&last.slot.0)?;
        value.push(' ');
        value.push_str(&text);
        Some(())
    }

    /// The words without those that mean nothing here, before and behind; saying one of them shows what is meant.
    fn without_idle<'w>(&mut self, words: &'w [Word]) -> &'w [Word] {
        let is_idle = |word: &Word| self.pattern.idle.iter().any(|idle| word.is(idle));
        let words = without_thanks_or_all(words);
        let start = words.iter().position(|word| !is_idle(word)).unwrap_or(words.len());
        let end = words.iter().rposition(|word| !is_idle(word)).map_or(start, |last| last + 1);
        self.said.anchored |= end - start < words.len();
        &words[start..end]
    }

    fn finish(mut self) -> Said {
        let missing = self.pattern.parts.iter().filter(|part| !part.optional && self.is_open(part));
        self.said.missing = missing.map(|part| part.slot.0.clone()).collect();
        self.said
    }
}

/// What is left once nothing but politeness is left is nothing.
fn without_thanks_or_all(words: &[Word]) -> &[Word] {
    let words = without_thanks(words);
    if words.len() == 1 && !words[0].quoted && LEXICON.is_polite(&words[0].lower) { &[] } else { words }
}

fn leads(part: &Part, form: &str) -> bool {
    part.lead.iter().any(|lead| lead == form)
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let slots: Vec<_> = self.slots.iter().map(|(slot, value)| format!("{slot}={value}")).collect();
        f.write_str(&slots.join("; "))?;
        if self.missing.is_empty() { Ok(()) } else { write!(f, " (missing: {})", self.missing.join(", ")) }
    }
}
