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
use countersign_domain::ports::{ByteRange, Finding, FindingKind};

use crate::seen::{Seen, place};
pub(crate) use topic::Topics;

/// Everything, in order.
pub(crate) fn all(text: &str, topics: &Topics) -> Vec<Finding> {
    let seen = Seen::new(text);
    let mut found = Found { text, taken: BTreeMap::new(), findings: Vec::new() };
    // What was found first is nothing else: of an account that is none, no part is a telephone number.
    secret::find(&mut found);
    contact::emails(&mut found);
    money::accounts(&mut found);
    money::cards(&mut found);
    ids::find(&mut found);
    contact::phones(&mut found);
    let mut findings = found.findings;
    findings.extend(injection::find(&seen));
    findings.extend(harm::find(&seen));
    findings.extend(topics.find(&seen));
    findings.extend(unseen(text));
    findings.sort_by_key(|finding| finding.at);
    findings
}

/// What was found by its characters so far.
pub(crate) struct Found<'t> {
    text: &'t str,
    /// What is something already, be it only something broken: where it begins and ends.
    taken: BTreeMap<usize, usize>,
    findings: Vec<Finding>,
}

impl<'t> Found<'t> {
    pub(crate) const fn text(&self) -> &'t str {
        self.text
    }

    /// Whether no part of it is something else.
    pub(crate) fn is_free(&self, from: usize, to: usize) -> bool {
        self.taken.range(..to).next_back().is_none_or(|(_, end)| *end <= from)
    }

    pub(crate) fn take(&mut self, kind: FindingKind, from: usize, to: usize) {
        if self.is_free(from, to) {
            self.close(from, to);
            self.findings.push(finding(kind, from, to));
        }
    }

    /// It is nothing that is looked for, and nothing else either.
    pub(crate) fn close(&mut self, from: usize, to: usize) {
        if self.is_free(from, to) {
            self.taken.insert(from, to);
        }
    }
}

fn finding(kind: FindingKind, from: usize, to: usize) -> Finding {
    Finding { kind, at: Some(ByteRange { from: place(from), to: place(to) }) }
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
        let (from, to) = (place(at), place(at + c.len_utf8()));
        match found.last_mut().and_then(|last| last.at.as_mut()).filter(|last| last.to == from) {
            Some(last) => last.to = to,
            None => found.push(Finding { kind: FindingKind::Hidden, at: Some(ByteRange { from, to }) }),
        }
    }
    found
}
