//! What can be found in a text. Everything here takes time as the text is long: patterns that never look back, and check digits.

mod contact;
mod harm;
mod ids;
mod injection;
mod money;
mod number;
mod secret;
mod topic;

use std::collections::BTreeMap;

use countersign_domain::hidden::deceives;
use countersign_domain::ports::{Finding, FindingKind};

use regex::{Match, Regex};

use crate::seen::{Seen, range};
pub(crate) use topic::Topics;

/// Everything, in order.
pub(crate) fn all(text: &str, topics: &Topics) -> Vec<Finding> {
    let (words, signs) = (Seen::words(text), Seen::signs(text));
    let mut found = Found { seen: &signs, taken: BTreeMap::new(), findings: Vec::new() };
    // What was found first is nothing else: of an account that is none, no part is a telephone number.
    secret::find(&mut found);
    contact::emails(&mut found);
    money::accounts(&mut found);
    money::cards(&mut found);
    ids::find(&mut found);
    contact::phones(&mut found);
    let mut findings = found.findings;
    findings.extend(injection::find(&words));
    findings.extend(harm::find(&words));
    findings.extend(topics.find(&words));
    findings.extend(unseen(text));
    findings.sort_by_key(|finding| finding.at);
    findings
}

/// What was found by its characters so far.
pub(crate) struct Found<'t> {
    seen: &'t Seen,
    /// What is something already, be it only something broken: where it begins and ends.
    taken: BTreeMap<usize, usize>,
    findings: Vec<Finding>,
}

impl<'t> Found<'t> {
    pub(crate) fn text(&self) -> &'t str {
        &self.seen.text
    }

    /// Whether no part of it is something else.
    pub(crate) fn is_free(&self, from: usize, to: usize) -> bool {
        self.taken.range(..to).next_back().is_none_or(|(_, end)| *end <= from)
    }

    pub(crate) fn take(&mut self, kind: FindingKind, from: usize, to: usize) {
        if self.is_free(from, to) {
            self.close(from, to);
            self.findings.push(Finding { kind, at: Some(self.seen.stood(from, to)) });
        }
    }

    /// It is this, whatever a part of it is too: what overlaps is masked as one.
    pub(crate) fn take_whole(&mut self, kind: FindingKind, mut from: usize, mut to: usize) {
        self.findings.push(Finding { kind, at: Some(self.seen.stood(from, to)) });
        while let Some((begin, end)) = self
            .taken
            .range(..to)
            .next_back()
            .map(|(begin, end)| (*begin, *end))
            .filter(|(_, end)| *end > from)
        {
            self.taken.remove(&begin);
            (from, to) = (from.min(begin), to.max(end));
        }
        self.taken.insert(from, to);
    }

    /// It is nothing that is looked for, and nothing else either.
    pub(crate) fn close(&mut self, from: usize, to: usize) {
        if self.is_free(from, to) {
            self.taken.insert(from, to);
        }
    }
}

/// Every match of a pattern (its first group, where there is one), for as long as it is not known to be none: where `ends` says that
/// one ends, the next is looked for; where it is none, also within it.
fn each<'t>(pattern: &Regex, text: &'t str, mut ends: impl FnMut(Match<'t>) -> Option<usize>) {
    let mut at = 0;
    while let Some(groups) = pattern.captures_at(text, at) {
        let Some(all) = groups.get(0) else { return };
        let part = groups.get(1).unwrap_or(all);
        let within = part.as_str().chars().next().map_or(1, char::len_utf8);
        at = ends(part).unwrap_or(part.start() + within);
    }
}

/// Runs of characters that nobody sees. A joiner or a style between pictures is seen by what it does.
fn unseen(text: &str) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for (at, c) in text.char_indices() {
        let serves =
            matches!(c, '\n' | '\r' | '\t' | '\u{AD}' | '\u{200C}' | '\u{200D}' | '\u{FE0E}' | '\u{FE0F}');
        if serves || !deceives(c) {
            continue;
        }
        let at = range(at, at + c.len_utf8());
        match found.last_mut().and_then(|last| last.at.as_mut()).filter(|last| last.to == at.from) {
            Some(last) => last.to = at.to,
            None => found.push(Finding { kind: FindingKind::Hidden, at: Some(at) }),
        }
    }
    found
}
