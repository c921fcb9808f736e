//! What is asked for: other rules, whole, in the place of a version that is in force.

use serde::{Deserialize, Serialize};

use super::Fault;
use crate::denied::{Field, Violation};
use crate::hidden::hidden;
use crate::names::PrincipalId;
use crate::request::{Code, Content, Origin, REASON_MAX, Requester};
use crate::rules::{Language, RuleSet, unreadable};

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
    /// Whether others had to be asked when it was proposed: that these leave while it is being compared makes it no easier.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks_others: bool,
}

/// A text as it is kept, wherever it was pasted: lines end with a line feed alone, the last one too, and nothing stands behind
/// it.
pub fn tidy(text: &str) -> String {
    format!("{}\n", text.replace("\r\n", "\n").replace('\r', "\n").trim_end())
}

impl Draft {
    /// All that is wrong with the draft by itself: that it cannot be compiled, or is more than anybody reads, each fault with its
    /// line; that it is what is in force already; that its reason could mislead.
    pub fn faults(&self, language: &'static Language, in_force: Option<&RuleSet>) -> Vec<Violation> {
        // Which version it would be is nothing to its faults.
        let compiled = language.compile(self.base, &self.text);
        let same = in_force.filter(|rules| rules.text() == self.text);
        // What was in force once may be so again, whatever it has.
        let is_new = self.back_to.is_none();
        let unreadable = || if is_new { unreadable(&self.text, in_force.map(RuleSet::text)) } else { vec![] };
        let faults = compiled.err().map_or_else(unreadable, |faults| faults.0);
        let faults = (!faults.is_empty()).then_some(Violation::RuleSetFaults { faults });
        faults
            .into_iter()
            .chain(same.map(|rules| Violation::from(Fault::RulesInForceAlready { version: rules.version() })))
            .chain(self.why.as_deref().and_then(why_fault))
            .collect()
    }

    /// Whether it is the same rules in the same place, whoever wants them and why.
    pub fn wants_the_same(&self, other: &Self) -> bool {
        (self.base, &self.text, self.back_to) == (other.base, &other.text, other.back_to)
    }
}

fn why_fault(why: &str) -> Option<Violation> {
    let (field, length) = (Field::Reason, why.chars().count());
    if length > REASON_MAX {
        return Some(Violation::TextTooLong { field, length, max: REASON_MAX });
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

    fn asked_others(&self) -> bool {
        self.asks_others
    }
}
