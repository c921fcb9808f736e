//! What is asked for: an agent as it shall be, in the place of what it was; and what looking found of it.

use serde::{Deserialize, Serialize};

use super::{Definition, Fault};
use crate::denied::{Field, Violation};
use crate::hidden::hidden;
use crate::names::PrincipalId;
use crate::request::{Code, Content, Evidence, Origin, REASON_MAX, Requester};

/// An agent as somebody wants it: what the receipt is of. What it was before stands in it whole, so that what changes is what was
/// countersigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The request's code.
    pub code: Code,
    /// Who asks.
    pub requester: Requester,
    /// The agent.
    pub definition: Box<Definition>,
    /// The last version that there was of its name; 0 where there was none.
    pub base: u32,
    /// What is in force in its place; nothing where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Box<Before>>,
    /// The earlier version that this is once more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_to: Option<u32>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What an agent was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// By which request it came; nothing where the configuration began with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Code>,
    /// Whole.
    pub definition: Definition,
}

impl Draft {
    /// What is wrong with it by itself.
    pub fn faults(&self) -> Vec<Violation> {
        let definition = self.definition.faults();
        let definition = (!definition.is_empty()).then_some(Fault::BadDefinition { faults: definition });
        let same = self.before.as_ref().filter(|before| before.definition == *self.definition);
        let same = same.map(|_| Fault::AgentIsSoAlready { version: self.base });
        let own = definition.into_iter().chain(same).map(Violation::from);
        own.chain(self.why.as_deref().and_then(why_fault)).collect()
    }

    /// The version that it will be.
    pub const fn version(&self) -> u32 {
        self.base.saturating_add(1)
    }

    /// Whether it is the same agent in the same place, whoever wants it and why.
    pub fn wants_the_same(&self, other: &Self) -> bool {
        (&self.definition, self.base, &self.before) == (&other.definition, other.base, &other.before)
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
        Origin::Chat
    }

    /// An agent is nobody's own but who asks for it.
    fn subjects(&self) -> Vec<&PrincipalId> {
        vec![]
    }

    fn why(&self) -> Option<&str> {
        self.why.as_deref()
    }
}

/// What looking found: whether it can take the place that it shall have, and run there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Found {
    /// The last version of its name.
    pub latest: u32,
    /// Whether that is in force.
    pub in_force: bool,
    /// The model that would answer; nothing where it is not there.
    pub answers_with: String,
    /// What it names and is not there.
    pub missing: Vec<Missing>,
}

/// Something that an agent names and is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Where it is named: `backend`.
    pub field: String,
    /// As it is named.
    pub name: String,
    /// What there is of it.
    pub here: Vec<String>,
}

impl Missing {
    /// The same without what there is: collections that others know nothing of are among it, and a card is seen by more than may know them.
    #[must_use]
    pub fn without_what_is_here(self) -> Self {
        Self { here: vec![], ..self }
    }
}

/// It was found otherwise than was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Otherwise {
    /// As it was shown.
    pub shown: Box<Found>,
    /// As it is.
    pub now: Box<Found>,
}

impl Evidence<Draft> for Found {
    type Difference = Otherwise;

    fn differences(_: &Draft, shown: &Self, found: &Self, _: &[String]) -> Vec<Otherwise> {
        let (shown, now) = (Box::new(shown.clone()), Box::new(found.clone()));
        if shown == now { vec![] } else { vec![Otherwise { shown, now }] }
    }
}
