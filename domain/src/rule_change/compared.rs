//! What whoever countersigns other rules decides on: what changes, what to look at twice, and what would have become of the
//! requests there were.

use serde::{Deserialize, Serialize};

use super::{Becomes, Draft, Extent, Replayed, question_beside};
use crate::request::Evidence;
use crate::rules::{self, PolicyChange, RuleSet, Warning, What};
use crate::tenant::People;

/// So many warnings are kept: nobody reads more.
const MOST_WARNINGS: usize = 50;
/// So many lines of what changes are kept, and so many bytes of them, so that no event grows beyond what a log takes.
const MOST_LINES: usize = 2_000;
const MOST_BYTES: usize = 200 * 1024;

/// A draft beside the rules in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// What changes, policy by policy.
    pub changes: Vec<PolicyChange>,
    /// How many lines of that were too many to be kept.
    #[serde(default, skip_serializing_if = "is_none")]
    pub cut: u64,
    /// What to look at twice, the gravest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// How much of that was too much to be kept.
    #[serde(default, skip_serializing_if = "is_none")]
    pub more_warnings: u64,
    /// What would have become of the requests of the days before; nothing where nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replayed: Option<Box<Replayed>>,
}

impl Evidence<Draft> for Compared {
    /// What is to be looked at twice now, and was not when it was shown.
    type Difference = Warning;

    fn differences(_: &Draft, shown: &Self, found: &Self, _: &[String]) -> Vec<Warning> {
        found.warnings.iter().filter(|warning| is_news(&shown.warnings, warning)).cloned().collect()
    }
}

/// Whether nobody was shown this. That the draft shuts people out is said of the rules, and shown once; who they are changes with whoever
/// comes and goes, and costs nobody a countersignature.
fn is_news(shown: &[Warning], found: &Warning) -> bool {
    let shuts_out = |warning: &Warning| matches!(warning, Warning::ShutsOut { .. });
    !shown.iter().any(|warning| warning == found || shuts_out(warning) && shuts_out(found))
}

impl Compared {
    /// Compares a draft with the rules in force, with the people there are now. The time machine is another thing.
    pub fn of(in_force: Option<&RuleSet>, draft: &RuleSet, people: &People) -> Self {
        let mut changes = rules::differences(in_force, draft);
        let extent = extent(&changes);
        let mut warnings =
            rules::warnings(draft, people, &|person, others| question_beside(person, extent, others));
        warnings.extend(in_force.and_then(|before| rules::shut_out(before, draft, people)));
        warnings.sort();
        let more_warnings = warnings.len().saturating_sub(MOST_WARNINGS) as u64;
        warnings.truncate(MOST_WARNINGS);
        let cut = cut(&mut changes);
        Self { changes, cut, warnings, more_warnings, replayed: None }
    }

    /// How much changes.
    pub fn extent(&self) -> Extent {
        extent(&self.changes)
    }

    /// How many requests would be denied that were not, as far as anybody looked.
    pub fn denied(&self) -> u64 {
        let groups = self.replayed.iter().flat_map(|replayed| &replayed.decided);
        let denied = groups.filter(|group| group.becomes == Becomes::Denied);
        denied.map(|group| group.count).sum()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
const fn is_none(cut: &u64) -> bool {
    *cut == 0
}

/// Leaves out the lines that are too many; how many those are.
fn cut(changes: &mut [PolicyChange]) -> u64 {
    let (mut lines, mut bytes, mut cut) = (0, 0, 0);
    for change in changes {
        change.lines.retain(|line| {
            (lines, bytes) = (lines + 1, bytes + line.text().len());
            let stays = lines <= MOST_LINES && bytes <= MOST_BYTES;
            cut += u64::from(!stays);
            stays
        });
    }
    cut
}

fn extent(changes: &[PolicyChange]) -> Extent {
    let count = |what| changes.iter().filter(|change| change.what == what).fold(0, |count, _| count + 1);
    Extent { adds: count(What::Added), removes: count(What::Removed), changes: count(What::Changed) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Line;

    fn change(lines: usize, text: &str) -> PolicyChange {
        let lines = vec![Line::More(text.to_owned()); lines];
        PolicyChange { policy: "long".to_owned(), what: What::Added, lines }
    }

    /// How many lines are kept of each, and how many are left out in all.
    fn kept(mut changes: Vec<PolicyChange>) -> (Vec<usize>, u64) {
        let left_out = cut(&mut changes);
        (changes.iter().map(|change| change.lines.len()).collect(), left_out)
    }

    #[test]
    fn what_changes_is_kept_as_far_as_an_event_may_hold_and_the_rest_is_counted() {
        assert_eq!(kept(vec![]), (vec![], 0));
        assert_eq!(kept(vec![change(1_500, "x"), change(500, "x")]), (vec![1_500, 500], 0));
        assert_eq!(
            kept(vec![change(1_500, "x"), change(503, "x"), change(4, "x")]),
            (vec![1_500, 500, 0], 7)
        );
        let (kilobyte, rest) = ("x".repeat(1024), "x".repeat(1023));
        assert_eq!(kept(vec![change(200, &kilobyte)]), (vec![200], 0), "200 KB are just enough");
        assert_eq!(kept(vec![change(199, &kilobyte), change(2, &rest)]), (vec![199, 1], 1));
    }

    #[test]
    fn whom_rules_shut_out_may_come_and_go_and_that_they_shut_anybody_out_is_news() {
        let shut = |name: &str| Warning::ShutsOut { people: vec![name.parse().unwrap()] };
        assert!(is_news(&[], &shut("erin")));
        assert!(!is_news(&[shut("erin")], &shut("eve")));
        assert!(is_news(&[shut("erin")], &Warning::AllowsNothing));
    }

    #[test]
    fn it_is_written_that_lines_were_left_out_where_some_were() {
        let written = |cut| serde_json::to_value(Compared { cut, ..Compared::default() }).unwrap();
        assert_eq!((written(0).get("cut"), written(7)["cut"].as_u64()), (None, Some(7)));
    }
}
