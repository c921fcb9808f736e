//! What the rules are asked about a change of the rules.

use std::borrow::Cow;

use crate::rules::{Question, Resource, Value};
use crate::tenant::{People, Person};

/// What is done, as the rules name it.
pub(super) const ACTION: &str = "publish_rules";

/// How much a change changes, in rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// Rules that were not there before.
    pub adds: u64,
    /// Rules that are not there any more.
    pub removes: u64,
    /// Rules that say something else.
    pub changes: u64,
}

/// May this person propose a change of this extent, and who countersigns it?
pub fn question<'a>(asker: &'a Person, extent: Extent, people: &People) -> Question<'a> {
    let others = people.administrators().filter(|person| person.id != asker.id).count();
    question_beside(asker, extent, others)
}

/// The same, where somebody has counted how many others administer.
pub fn question_beside(asker: &Person, extent: Extent, others: usize) -> Question<'_> {
    let Extent { adds, removes, changes } = extent;
    let number = |name, number| (name, Value::Number(number));
    Question {
        asker,
        action: ACTION,
        resource: Resource { kind: "Tenant", id: Cow::Borrowed("this"), attributes: vec![] },
        context: vec![
            number("adds", adds),
            number("removes", removes),
            number("changes", changes),
            number("other_admins", u64::try_from(others).unwrap_or(u64::MAX)),
        ],
    }
}
