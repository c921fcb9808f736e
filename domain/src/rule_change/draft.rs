//! What is asked for: other rules, whole, in the place of a version that is in force.

use serde::{Deserialize, Serialize};

use crate::denied::{Field, Violation};
use crate::hidden::hidden;
use crate::names::PrincipalId;
use crate::request::{Code, Content, Origin, Requester};
use crate::rules::RuleSet;

/// The longest reason, in characters.
const WHY_MAX: usize = 500;

/// Rules as somebody wants them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The request's code.
    pub code: Code,
    /// Who proposes them.
    pub requester: Requester,
    /// Where.
    #[serde(default, skip_serializing_if = "Origin::is_chat")]
    pub origin: Origin,
    /// The version in whose place they shall be; 0 where there are none yet.
    pub base: u64,
    /// The Cedar text.
    pub text: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The earlier version that this is once more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_to: Option<u64>,
}

/// A text as it is kept, wherever it was pasted: lines end with a line feed alone, the last one too, and nothing stands behind
/// it.
pub fn tidy(text: &str) -> String {
    format!("{}\n", text.lines().collect::<Vec<_>>().join("\n").trim_end())
}

impl Draft {
    /// All that is wrong with the draft by itself: that it cannot be compiled, each fault with its line; that it is what is in
    /// force already; that its reason could mislead.
    pub fn faults(&self, in_force: Option<&RuleSet>) -> Vec<Violation> {
        // Which version it would be is nothing to its faults.
        let compiled = RuleSet::compile(self.base, &self.text);
        let same = in_force.filter(|rules| rules.text() == self.text);
        compiled
            .err()
            .map(|faults| Violation::RuleSetFaults { faults: faults.0 })
            .into_iter()
            .chain(same.map(|rules| Violation::RulesInForceAlready { version: rules.version() }))
            .chain(self.why.as_deref().and_then(why_fault))
            .collect()
    }
}

fn why_fault(why: &str) -> Option<Violation> {
    let (field, length) = (Field::Reason, why.chars().count());
    if length > WHY_MAX {
        return Some(Violation::TextTooLong { field, length, max: WHY_MAX });
    }
    let (at, found) = hidden(why)?;
    let place = why.get(..at).unwrap_or_default().chars().count() + 1;
    Some(Violation::BadCharacter { field, character: format!("U+{:04X}", u32::from(found)), place })
}

impl Content for Draft {
    fn code(&self) -> &Code {
        &self.code
    }

    fn requester(&self) -> &Requester {
        &self.requester
    }

    fn origin(&self) -> Origin {
        self.origin
    }

    /// Rules are nobody's own but who proposes them.
    fn subjects(&self) -> Vec<&PrincipalId> {
        vec![]
    }

    fn why(&self) -> Option<&str> {
        self.why.as_deref()
    }
}
