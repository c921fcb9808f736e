//! Who reads along where something is said, and who may read what: an answer uses only what everybody may read who will read it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::names::PrincipalId;
use crate::people::People;
use crate::person::Person;

/// Who reads what is said at a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Audience {
    /// One person, in private.
    Person {
        /// Who.
        id: PrincipalId,
    },
    /// The members of a group, for whom the place was made.
    Group {
        /// As the rules name it.
        group: String,
    },
    /// Whoever belongs to the tenant: nobody can say who joins a channel later.
    Everybody {},
}

impl Audience {
    /// Whether one person alone reads it.
    pub const fn is_private(&self) -> bool {
        matches!(self, Self::Person { .. })
    }

    /// Whether somebody of the tenant is among those who read it.
    pub fn includes(&self, person: &Person) -> bool {
        match self {
            Self::Person { id } => *id == person.id,
            Self::Group { group } => person.groups.contains(group),
            Self::Everybody {} => true,
        }
    }
}

/// Who may read something.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Acl {
    /// Whether whoever belongs to the tenant may.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub everybody: bool,
    /// The groups whose members may.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub groups: BTreeSet<String>,
}

/// Who may read what belongs to a collection, whatever is said of what is in it. Of one that is not named, each document says it.
pub type Collections = BTreeMap<String, Acl>;

impl Acl {
    /// Whoever belongs to the tenant.
    pub fn everybody() -> Self {
        Self { everybody: true, ..Self::default() }
    }

    /// The members of these groups.
    pub fn of(groups: impl IntoIterator<Item = String>) -> Self {
        Self { everybody: false, groups: groups.into_iter().collect() }
    }

    /// Whether somebody who belongs to the tenant may.
    pub fn includes(&self, person: &Person) -> bool {
        self.everybody || !self.groups.is_disjoint(&person.groups)
    }

    /// Whether everybody of this audience may. Who does not belong to the tenant may nothing.
    pub fn lets(&self, audience: &Audience, people: &People) -> bool {
        match audience {
            Audience::Person { id } => people.people.get(id).is_some_and(|person| self.includes(person)),
            Audience::Group { group } => self.everybody || self.groups.contains(group),
            Audience::Everybody {} => self.everybody,
        }
    }

    /// Whether somebody may by the other who may not by this one: that takes a decision, and the opposite takes none.
    pub fn is_widened_by(&self, other: &Self) -> bool {
        !self.everybody && (other.everybody || !other.groups.is_subset(&self.groups))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::access::example::person;

    const GROUPS: [&str; 3] = ["hr", "it", "legal"];

    fn groups() -> impl Strategy<Value = BTreeSet<String>> {
        prop::collection::btree_set(prop::sample::select(&GROUPS[..]).prop_map(str::to_owned), 0..3)
    }

    fn acl() -> impl Strategy<Value = Acl> {
        (prop::bool::weighted(0.2), groups()).prop_map(|(everybody, groups)| Acl { everybody, groups })
    }

    fn people(of: &[BTreeSet<String>]) -> People {
        let named = of.iter().enumerate().map(|(at, groups)| {
            let groups: Vec<_> = groups.iter().map(String::as_str).collect();
            person(&format!("p{at}"), &groups)
        });
        named.collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_048))]

        /// Whoever reads along may read by themselves: in a group's place each of its members, and in everybody's everybody.
        #[test]
        fn nobody_reads_in_a_place_what_they_may_not_read_alone(
            acl in acl(), of in prop::collection::vec(groups(), 1..6), group in prop::sample::select(&GROUPS[..]),
        ) {
            let people = people(&of);
            for person in people.people.values() {
                let alone = acl.lets(&Audience::Person { id: person.id.clone() }, &people);
                let in_group = acl.lets(&Audience::Group { group: group.to_owned() }, &people);
                prop_assert!(!in_group || !person.groups.contains(group) || alone);
                let in_public = acl.lets(&Audience::Everybody {}, &people);
                prop_assert!(!in_public || alone);
            }
            let stranger = Audience::Person { id: "zoe".parse().unwrap() };
            prop_assert!(!acl.lets(&stranger, &people), "who left may nothing");
        }

        #[test]
        fn who_may_by_an_acl_that_widens_nothing_might_before(
            before in acl(), after in acl(), of in prop::collection::vec(groups(), 1..6),
        ) {
            let people = people(&of);
            let may = |acl: &Acl, id: &PrincipalId| acl.lets(&Audience::Person { id: id.clone() }, &people);
            if !before.is_widened_by(&after) {
                prop_assert!(people.people.keys().all(|id| !may(&after, id) || may(&before, id)));
            }
        }
    }
}
