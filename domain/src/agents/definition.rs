//! What an agent is: the words that people write, and that are countersigned as they stand.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Missing;
use crate::conversation::Allowance;
use crate::hidden::hidden;

/// The longest name, in characters.
pub const MOST_NAME: usize = 40;
/// The longest instruction, in characters.
pub const MOST_INSTRUCTION: usize = 8_000;
/// So many tools, collections, topics, and phrases of one topic are named at most, each with so many characters.
const MOST_NAMED: usize = 50;
const MOST_LENGTH: usize = 80;
/// The most passages that an answer is taken from, and the most tokens it has.
const MOST_PASSAGES: u32 = 20;
const MOST_TOKENS: u32 = 32_000;

/// An agent, whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Definition {
    /// Its name: `travel`.
    pub name: String,
    /// What it is told to be.
    pub instruction: String,
    /// The model that answers, by its name; where none is named, what the configuration sets up for the tenant.
    pub backend: Option<String>,
    /// What it may offer, by the names of commands and actions; where nothing is said, whatever who asks may do.
    pub tools: Option<BTreeSet<String>>,
    /// The collections of documents that it answers from; where nothing is said, all that whoever reads along may read.
    pub collections: Option<BTreeSet<String>>,
    /// What it does not talk about, beside what the tenant's own guardrail holds back: it can only take more away.
    pub guardrail: Vec<Topic>,
    /// How much it may take.
    pub limits: Limits,
}

/// A subject that is not talked about, by the words that show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// What it is called.
    pub name: String,
    /// Words and phrases: one of them, whole, is enough.
    pub phrases: BTreeSet<String>,
}

/// How much an agent may take; where nothing is said, what the configuration says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// What all who ask it may have together in a day.
    pub a_day: Option<Allowance>,
    /// How many tokens an answer has at most.
    pub most_tokens: Option<u32>,
    /// How many passages an answer is taken from at most.
    pub passages: Option<u32>,
}

/// What an agent has need of where it is to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs<'a> {
    /// The models there are.
    pub models: &'a BTreeSet<String>,
    /// What can be offered.
    pub tools: &'a BTreeSet<String>,
    /// The collections there are, where they are known.
    pub collections: &'a BTreeSet<String>,
}

impl Definition {
    /// What is wrong with it by itself: where, and why.
    pub fn faults(&self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        let mut wrong = |field: &str, why: String| faults.push((field.to_owned(), why));
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        let length = self.name.chars().count();
        if !(1..=MOST_NAME).contains(&length) || !self.name.chars().all(good) {
            wrong("name", format!("must be 1 to {MOST_NAME} lower-case letters, digits, “-” and “_”"));
        }
        let length = self.instruction.chars().count();
        if self.instruction.trim().is_empty() || length > MOST_INSTRUCTION {
            wrong("instruction", format!("must have 1 to {MOST_INSTRUCTION} characters, and has {length}"));
        }
        // Whoever countersigns it sees all of it: signs that nobody sees, or that turn others around, could say something else.
        if let Some((_, sign)) = self.instruction.split(['\n', '\t']).find_map(hidden) {
            wrong("instruction", format!("has a character that nobody sees: U+{:04X}", u32::from(sign)));
        }
        for (field, names) in [("tools", &self.tools), ("collections", &self.collections)] {
            if !names.as_ref().is_none_or(fits) {
                wrong(field, format!("must be at most {MOST_NAMED} names of 1 to {MOST_LENGTH} characters"));
            }
        }
        let has_place =
            |topic: &Topic| is_short(&topic.name) && !topic.phrases.is_empty() && fits(&topic.phrases);
        if self.guardrail.len() > MOST_NAMED || !self.guardrail.iter().all(has_place) {
            wrong(
                "guardrail",
                format!(
                    "must be at most {MOST_NAMED} topics, each with a name and 1 to {MOST_NAMED} phrases"
                ),
            );
        }
        let Limits { a_day, most_tokens, passages } = self.limits;
        if most_tokens.is_some_and(|most| !(1..=MOST_TOKENS).contains(&most)) {
            wrong("limits.most_tokens", format!("must be 1 to {MOST_TOKENS}"));
        }
        if passages.is_some_and(|most| !(1..=MOST_PASSAGES).contains(&most)) {
            wrong("limits.passages", format!("must be 1 to {MOST_PASSAGES}"));
        }
        let is_nothing = |of: Option<u64>| of == Some(0);
        if a_day.is_some_and(|all| is_nothing(all.turns) || is_nothing(all.tokens) || is_nothing(all.micros))
        {
            wrong("limits.a_day", "must be more than nothing: retire the agent instead".to_owned());
        }
        faults
    }

    /// What it names and is not there.
    pub fn missing(&self, there: Needs<'_>) -> Vec<Missing> {
        let missing = |field: &str, name: &str, all: &BTreeSet<String>| {
            let here = all.iter().take(MOST_NAMED).cloned().collect();
            (!all.contains(name)).then(|| Missing { field: field.to_owned(), name: name.to_owned(), here })
        };
        let backend = self.backend.iter().filter_map(|name| missing("backend", name, there.models));
        let tools = self.tools.iter().flatten().filter_map(|name| missing("tools", name, there.tools));
        let collections = self.collections.iter().flatten();
        let collections = collections.filter_map(|name| missing("collections", name, there.collections));
        backend.chain(tools).chain(collections).collect()
    }

    /// Whether it may offer what goes by this name.
    pub fn may_offer(&self, tool: &str) -> bool {
        self.tools.as_ref().is_none_or(|tools| tools.contains(tool))
    }

    /// Whether it answers from this collection.
    pub fn reads(&self, collection: &str) -> bool {
        self.collections.as_ref().is_none_or(|all| all.contains(collection))
    }
}

fn is_short(name: &str) -> bool {
    (1..=MOST_LENGTH).contains(&name.trim().chars().count()) && hidden(name).is_none()
}

fn fits(names: &BTreeSet<String>) -> bool {
    names.len() <= MOST_NAMED && names.iter().all(|name| is_short(name))
}

#[cfg(test)]
mod tests {
    use super::super::example::definition;
    use super::*;

    fn fields(definition: &Definition) -> Vec<String> {
        definition.faults().into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn what_nobody_could_run_or_read_is_told_field_by_field() {
        assert_eq!(fields(&definition()), [""; 0]);
        let bad = Definition {
            name: "Travel desk".to_owned(),
            instruction: " ".to_owned(),
            tools: Some([String::new()].into()),
            guardrail: vec![Topic { name: "salaries".to_owned(), phrases: [].into() }],
            limits: Limits {
                most_tokens: Some(0),
                passages: Some(99),
                a_day: Some(Allowance { turns: Some(0), ..Allowance::default() }),
            },
            ..definition()
        };
        let all = [
            "name",
            "instruction",
            "tools",
            "guardrail",
            "limits.most_tokens",
            "limits.passages",
            "limits.a_day",
        ];
        assert_eq!(fields(&bad), all);
        let hidden = Definition { instruction: "Answer.\u{202E}".to_owned(), ..definition() };
        assert_eq!(fields(&hidden), ["instruction"]);
    }

    #[test]
    fn what_it_names_and_is_not_there_is_told_with_what_is() {
        let (models, none) = (["embedded".to_owned()].into(), BTreeSet::new());
        let there = Needs { models: &models, tools: &none, collections: &none };
        let names =
            Definition { backend: Some("gpt".to_owned()), tools: None, collections: None, ..definition() };
        let missing = Missing {
            field: "backend".to_owned(),
            name: "gpt".to_owned(),
            here: vec!["embedded".to_owned()],
        };
        assert_eq!(names.missing(there), [missing]);
        let bare = Definition { backend: None, ..names };
        assert_eq!(bare.missing(there), []);
        assert!(
            bare.may_offer("anything") && bare.reads("anything"),
            "nothing is said, so nothing is left out"
        );
        let narrow =
            Definition { tools: Some([].into()), collections: Some(["hr".to_owned()].into()), ..bare };
        assert!(!narrow.may_offer("anything") && narrow.reads("hr") && !narrow.reads("it"));
    }
}
