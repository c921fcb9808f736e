//! What reading a file came to: what it is, what stands in it, what of that nobody sees, and what the index made of it. It is what is
//! decided on, so a file is read and put into the index before anybody is asked; it is found there only once it is live.

use serde::{Deserialize, Serialize};

use super::Submission;
use crate::envelope::Digest;
use crate::ports::{Finding, Indexed, Media, Unreadable};
use crate::request::{Evidence, Never};

/// So many findings are kept; the others are counted.
pub const MOST_FINDINGS: usize = 12;

/// What stands in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// What it is, by its bytes.
    pub media: Media,
    /// Of its text, as it is kept.
    pub text: Digest,
    /// How many bytes that has.
    pub bytes: u64,
    /// How many pages it has, where it has pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    /// Its language, where that could be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What has read it.
    pub extractor: String,
    /// What somebody should look at twice: what nobody sees, words that would give a model orders, secrets, personal data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// How many more of these there are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_findings: u32,
    /// How it begins, for whoever decides.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub beginning: String,
    /// How many lines it has that the version before does not have, and how many of those it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<Compared>,
}

/// How two versions differ, in lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// That were not there before.
    pub added: u64,
    /// That are not there any more.
    pub removed: u64,
}

/// What reading a file came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Inspected {
    /// Why no text could be read, where none could.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<Unreadable>,
    /// What was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<Box<Read>>,
    /// What the index made of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indexed: Option<Indexed>,
}

impl Evidence<Submission> for Inspected {
    /// A file that was read is what it is.
    type Difference = Never;

    fn differences(_: &Submission, _: &Self, _: &Self, _: &[String]) -> Vec<Never> {
        vec![]
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Read {
    /// With these findings, as many as are kept.
    #[must_use]
    pub fn with_findings(mut self, mut findings: Vec<Finding>) -> Self {
        let rest = findings.len().saturating_sub(MOST_FINDINGS);
        findings.truncate(MOST_FINDINGS);
        self.more_findings = u32::try_from(rest).unwrap_or(u32::MAX);
        self.findings = findings;
        self
    }
}

/// How a text differs from the one before, by its lines, wherever they stand: a paragraph that moved is no change.
pub fn compared(before: &str, now: &str) -> Compared {
    let count = |text: &str| {
        let mut lines = std::collections::BTreeMap::<String, u64>::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            *lines.entry(line.to_owned()).or_default() += 1;
        }
        lines
    };
    let (before, now) = (count(before), count(now));
    let beyond = |these: &std::collections::BTreeMap<String, u64>,
                  those: &std::collections::BTreeMap<String, u64>| {
        these
            .iter()
            .map(|(line, times)| times.saturating_sub(those.get(line).copied().unwrap_or_default()))
            .sum()
    };
    Compared { added: beyond(&now, &before), removed: beyond(&before, &now) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_that_moved_is_no_change() {
        assert_eq!(compared("a\nb\n\nc", "c\na\n b "), Compared::default());
        assert_eq!(compared("a\nb", "a\nc\nd"), Compared { added: 2, removed: 1 });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn what_was_added_one_way_was_removed_the_other(before in "([ab]\n){0,9}", now in "([abc]\n){0,9}") {
            let (forth, back) = (compared(&before, &now), compared(&now, &before));
            prop_assert_eq!((forth.added, forth.removed), (back.removed, back.added));
            let lines = |text: &str| u64::try_from(text.lines().count()).unwrap();
            prop_assert_eq!(lines(&before) + forth.added, lines(&now) + forth.removed);
        }
    }
}
