//! What two rule sets do not have in common, policy by policy, for people to read.
//!
//! Policies are compared by what they say: spaces and comments are no difference.

use cedar_policy::Policy;
use serde::{Deserialize, Serialize};

use super::RuleSet;
use super::compile::Compiled;

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

/// The lines of a policy, without those that are comments.
fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim_end).filter(|line| !line.trim_start().starts_with("//"));
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Both texts in one, with as many lines in common as can be.
fn line_by_line(before: &[String], after: &[String]) -> Vec<Line> {
    // How many lines the rests from here on have in common.
    let mut common = vec![vec![0_usize; after.len() + 1]; before.len() + 1];
    for (i, old) in before.iter().enumerate().rev() {
        for (j, new) in after.iter().enumerate().rev() {
            common[i][j] =
                if old == new { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    loop {
        match (before.get(i), after.get(j)) {
            (Some(old), Some(new)) if old == new => {
                lines.push(Line::Same(old.clone()));
                (i, j) = (i + 1, j + 1);
            }
            (Some(old), new) if new.is_none() || common[i + 1][j] >= common[i][j + 1] => {
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
