//! A grammar line, read: the words it begins with, and its parts.

use super::slot::{Slot, is_key};
use crate::moment::is_time_word;
use crate::normalise::LEXICON;

/// A grammar, ready to be matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    pub(super) head: Vec<Literal>,
    pub(super) parts: Vec<Part>,
    /// Words that may be said between the parts and mean nothing.
    pub(super) idle: Vec<String>,
    /// Whether whatever follows means nothing.
    pub(super) open: bool,
}

/// A word that must (or may) be said, in any of these forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) forms: Vec<String>,
    pub(super) optional: bool,
}

/// A slot with the word before it, if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) lead: Vec<String>,
    pub(super) slot: Slot,
    pub(super) optional: bool,
}

/// A grammar line that cannot be read: a mistake in the command table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the grammar `{line}` cannot be read: {why}")]
pub struct BadGrammar {
    line: String,
    why: &'static str,
}

impl Pattern {
    /// Reads a grammar line.
    pub fn read(line: &str) -> Result<Self, BadGrammar> {
        let bad = |why| BadGrammar { line: line.to_owned(), why };
        let mut pattern = Self { head: vec![], parts: vec![], idle: vec![], open: false };
        let spaced = line.replace('[', " [ ").replace(']', " ] ");
        let (mut optional, mut lead) = (false, Vec::new());
        for word in spaced.split_whitespace() {
            if pattern.open {
                return Err(bad("nothing may stand behind `...`"));
            }
            match word {
                "[" if optional => return Err(bad("a group within a group")),
                "[" => optional = true,
                "]" => {
                    pattern.close_group(std::mem::take(&mut lead), optional).map_err(bad)?;
                    optional = false;
                }
                "..." => pattern.open = true,
                _ => pattern.add(word, optional, &mut lead).map_err(bad)?,
            }
        }
        match (optional, lead.is_empty()) {
            (true, _) => Err(bad("a group is not closed")),
            (_, false) => Err(bad("a word behind the first slot has no slot of its own")),
            _ => Ok(pattern),
        }
    }

    fn add(&mut self, word: &str, optional: bool, lead: &mut Vec<String>) -> Result<(), &'static str> {
        if let Some(slot) = word.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            let slot = Slot(slot.to_owned());
            self.parts.push(Part { lead: std::mem::take(lead), slot, optional });
            return Ok(());
        }
        let forms: Vec<String> = word.split('|').map(str::to_lowercase).collect();
        if optional || !self.parts.is_empty() {
            if !lead.is_empty() {
                return Err("two words before one slot");
            }
            *lead = forms;
        } else {
            self.head.push(Literal { forms, optional: false });
        }
        Ok(())
    }

    /// A group that held no slot holds words that mean nothing.
    fn close_group(&mut self, forms: Vec<String>, open: bool) -> Result<(), &'static str> {
        if !open {
            return Err("a group is closed that was not opened");
        }
        match forms.is_empty() {
            true => {}
            false if self.parts.is_empty() => self.head.push(Literal { forms, optional: true }),
            false => self.idle.extend(forms),
        }
        Ok(())
    }

    /// The number of words it must begin with: the more, the surer it is what is meant.
    pub(super) fn head_length(&self) -> usize {
        self.head.iter().filter(|literal| !literal.optional).count()
    }

    /// Whether it takes a text that was pasted with the sentence.
    pub(crate) fn takes_a_block(&self) -> bool {
        self.parts.iter().any(|part| part.slot.takes_block())
    }

    /// Whether it takes a file that came with the sentence.
    pub(crate) fn takes_a_file(&self) -> bool {
        self.parts.iter().any(|part| part.slot.takes_file())
    }

    /// The words it begins with, in their first forms.
    pub fn opening(&self) -> String {
        let required = self.head.iter().filter(|literal| !literal.optional);
        required.filter_map(|literal| literal.forms.first()).cloned().collect::<Vec<_>>().join(" ")
    }

    /// The sentence that says these values by this grammar; what it has no slot for is left out.
    pub fn say<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> String {
        let mut words = vec![self.opening()];
        for part in &self.parts {
            let Some(value) = value(&part.slot.0) else { continue };
            words.extend(part.lead.first().cloned());
            if part.slot.takes_block() {
                words.push(format!("```\n{value}\n```"));
                continue;
            }
            let as_it_is = part.slot.takes_rest()
                || matches!(part.slot.0.as_str(), "permission" | "duration" | "time")
                || part.slot.0 == "KEY" && is_key(value)
                || self.is_plain(value);
            words.push(if as_it_is { value.to_owned() } else { format!("\"{value}\"") });
        }
        words.join(" ")
    }

    /// Whether a value can stand without quotation marks.
    fn is_plain(&self, value: &str) -> bool {
        let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '@');
        let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let lower = value.to_lowercase();
        let leads = self.parts.iter().flat_map(|part| &part.lead);
        value.chars().all(inner)
            && edge(value.chars().next())
            && edge(value.chars().next_back())
            && !leads.chain(&self.idle).any(|word| *word == lower)
            && !Slot("duration".to_owned()).recognises(value)
            && !LEXICON.knows(&lower)
            && !is_time_word(&lower)
            && !is_key(value)
    }
}
