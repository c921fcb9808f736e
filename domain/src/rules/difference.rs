//! What two rule sets do not have in common, policy by policy, for people to read.
//!
//! Policies are compared by what they say: spaces and comments are no difference.

use std::collections::HashMap;

use cedar_policy::Policy;
use serde::{Deserialize, Serialize};

use super::RuleSet;
use super::compile::Compiled;
use super::lines::lines;

/// So many pairs of lines are compared at most, whatever its author has written: of more, all that lies between what both begin and
/// end with is told as gone and as new.
const MOST_PAIRS: usize = 1_000_000;

/// One policy that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyChange {
    /// Its name.
    pub policy: String,
    /// What becomes of it.
    pub what: What,
    /// Its lines, of both where it says something else.
    pub lines: Vec<Line>,
}

/// What becomes of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It was not there before.
    Added,
    /// It is not there any more.
    Removed,
    /// It says something else.
    Changed,
}

/// One line of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// Only before.
    Less(String),
    /// Only from then on.
    More(String),
    /// As it was.
    Same(String),
}

/// A policy as it is compared.
struct One<'a> {
    name: &'a str,
    /// Whether its author named it; a number changes with whatever is put before it.
    is_named: bool,
    says: String,
    text: &'a str,
}

/// What changes between these rules, which may be none, and others: in the order of the new text, and then what is gone.
pub fn differences(before: Option<&RuleSet>, after: &RuleSet) -> Vec<PolicyChange> {
    let mut old: Vec<One<'_>> = before.into_iter().flat_map(|rules| policies(rules.compiled())).collect();
    let mut changes = Vec::new();
    let mut others = Vec::new();
    for new in policies(after.compiled()) {
        match take(&mut old, |old| old.says == new.says && (old.name == new.name || !new.is_named)) {
            Some(_) => {}
            None => others.push(new),
        }
    }
    for new in others {
        changes.push(match take(&mut old, |old| new.is_named && old.is_named && old.name == new.name) {
            Some(old) => change(&new, What::Changed, line_by_line(&lines(old.text), &lines(new.text))),
            None => change(&new, What::Added, lines(new.text).into_iter().map(Line::More).collect()),
        });
    }
    let gone = old
        .iter()
        .map(|old| change(old, What::Removed, lines(old.text).into_iter().map(Line::Less).collect()));
    changes.extend(gone);
    changes
}

fn take<'a>(from: &mut Vec<One<'a>>, fits: impl Fn(&One<'a>) -> bool) -> Option<One<'a>> {
    let place = from.iter().position(fits)?;
    Some(from.remove(place))
}

fn change(policy: &One<'_>, what: What, lines: Vec<Line>) -> PolicyChange {
    PolicyChange { policy: policy.name.to_owned(), what, lines }
}

fn policies(compiled: &Compiled) -> Vec<One<'_>> {
    let rules = compiled.in_order().into_iter();
    rules
        .map(|(name, rule, policy)| One {
            name,
            is_named: policy.annotation("id").is_some(),
            says: says(policy),
            text: compiled.text.get(rule.extent.0..rule.extent.1).unwrap_or_default(),
        })
        .collect()
}

/// What a policy says, however it is written.
fn says(policy: &Policy) -> String {
    policy.to_json().map_or_else(|_| policy.to_string(), |json| json.to_string())
}

/// Both texts in one, with as many lines in common as can be found within bounds.
pub fn line_by_line(before: &[String], after: &[String]) -> Vec<Line> {
    let same = |(old, new): &(&String, &String)| old == new;
    let head = before.iter().zip(after).take_while(same).count();
    let (old, new) = (&before[head..], &after[head..]);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let (old, new) = (&old[..old.len() - tail], &new[..new.len() - tail]);
    let kept = |lines: &[String]| lines.iter().cloned().map(Line::Same).collect::<Vec<_>>();
    let between = match Common::of(old, new) {
        Some(common) => common.both(old, new),
        None => old.iter().cloned().map(Line::Less).chain(new.iter().cloned().map(Line::More)).collect(),
    };
    [kept(&before[..head]), between, kept(&before[before.len() - tail..])].concat()
}

/// How many lines two texts have in common from each pair of lines on.
struct Common {
    counts: Vec<u32>,
    width: usize,
}

impl Common {
    /// Nothing where there are too many pairs.
    fn of(before: &[String], after: &[String]) -> Option<Self> {
        let width = after.len() + 1;
        let pairs = width.checked_mul(before.len() + 1).filter(|pairs| *pairs <= MOST_PAIRS)?;
        // Lines are long, and each is compared with many.
        let mut numbers = HashMap::new();
        let mut number = |line| {
            let next = numbers.len();
            *numbers.entry(line).or_insert(next)
        };
        let old: Vec<_> = before.iter().map(&mut number).collect();
        let new: Vec<_> = after.iter().map(&mut number).collect();
        let mut common = Self { counts: vec![0; pairs], width };
        for (i, old) in old.iter().enumerate().rev() {
            for (j, new) in new.iter().enumerate().rev() {
                common.counts[i * width + j] = if old == new {
                    common.from(i + 1, j + 1) + 1
                } else {
                    common.from(i + 1, j).max(common.from(i, j + 1))
                };
            }
        }
        Some(common)
    }

    fn from(&self, old: usize, new: usize) -> u32 {
        self.counts[old * self.width + new]
    }

    /// Both texts in one.
    fn both(&self, before: &[String], after: &[String]) -> Vec<Line> {
        let (mut i, mut j, mut lines) = (0, 0, Vec::new());
        loop {
            match (before.get(i), after.get(j)) {
                (Some(old), Some(new)) if old == new => {
                    lines.push(Line::Same(old.clone()));
                    (i, j) = (i + 1, j + 1);
                }
                (Some(old), new) if new.is_none() || self.from(i + 1, j) >= self.from(i, j + 1) => {
                    lines.push(Line::Less(old.clone()));
                    i += 1;
                }
                (_, Some(new)) => {
                    lines.push(Line::More(new.clone()));
                    j += 1;
                }
                (_, None) => return lines,
            }
        }
    }
}

impl What {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

impl Line {
    /// What stands in it.
    pub fn text(&self) -> &str {
        match self {
            Self::Less(line) | Self::More(line) | Self::Same(line) => line,
        }
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Less(line) => write!(f, "- {line}"),
            Self::More(line) => write!(f, "+ {line}"),
            Self::Same(line) => write!(f, "  {line}"),
        }
    }
}

#[cfg(test)]
mod tests;
