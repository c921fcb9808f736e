//! What whoever countersigns rules should know of them: nothing here is a mistake, and each of it may be one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::compile::Compiled;
use super::shadow::{Scopes, Shadow, shadows};
use super::{Approvers, Question, RuleSet, Ruling, Terms};
use crate::envelope::ActorKind;
use crate::names::PrincipalId;
use crate::people::People;
use crate::person::Person;

/// Something to look at twice, the gravest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Warning {
    /// Nobody could change the rules any more.
    LocksEverybodyOut,
    /// Nobody could ask for anything any more.
    AllowsNothing,
    /// Some who could ask for something could not any more.
    ShutsOut {
        /// Who; the first of them.
        people: Vec<PrincipalId>,
    },
    /// The rules could be changed only as long as this person is there.
    HangsOn {
        /// Who.
        person: PrincipalId,
    },
    /// Somebody could change the rules without anybody else, and so lock everybody out.
    ChangesAlone {
        /// Who.
        people: Vec<PrincipalId>,
    },
    /// A policy asks for more countersignatures than there are people who may give one.
    QuorumOutOfReach {
        /// Which policy.
        policy: String,
        /// How many it asks for.
        quorum: u32,
        /// How many people it names.
        people: usize,
    },
    /// Another policy forbids all that a policy allows.
    NeverAllows {
        /// Which policy.
        policy: String,
        /// Which forbids it.
        by: String,
    },
    /// Another policy wants a countersignature for all that a policy would let pass alone.
    NeverAlone {
        /// Which policy.
        policy: String,
        /// Which wants one.
        by: String,
    },
    /// A group that a policy names has no members.
    EmptyGroup {
        /// Which policy.
        policy: String,
        /// Which group.
        group: String,
    },
    /// A person whom a policy names does not belong to the tenant.
    UnknownPerson {
        /// Which policy.
        policy: String,
        /// Who.
        person: String,
    },
}

/// So many people are named who could do something alone.
const MOST_NAMED: usize = 10;

/// What the rules are asked where this person wants to do something, beside so many other administrators.
pub type Asking<'f> = &'f dyn for<'a> Fn(&'a Person, usize) -> Question<'a>;

/// What there is to look at twice in these rules, with the people there are, the gravest first: whoever shows only some of it
/// leaves the least out. `change`: what the rules are asked where this person wants to change them.
pub fn warnings(rules: &RuleSet, people: &People, change: Asking<'_>) -> Vec<Warning> {
    let mut warnings = named(rules, people);
    warnings.extend(allows_nothing(rules.compiled(), people).then_some(Warning::AllowsNothing));
    warnings.extend(shadows(rules.compiled()).into_iter().map(Warning::from));
    warnings.extend(lock_out(rules, people, change));
    warnings.sort();
    warnings
}

impl From<Shadow<'_>> for Warning {
    fn from(shadow: Shadow<'_>) -> Self {
        let (policy, by) = (shadow.policy.to_owned(), shadow.by.to_owned());
        if shadow.is_whole { Self::NeverAllows { policy, by } } else { Self::NeverAlone { policy, by } }
    }
}

/// Who could ask for something under the rules `before`, and surely cannot under these; nothing where nobody is left who can, or nobody
/// was.
pub fn shut_out(before: &RuleSet, after: &RuleSet, people: &People) -> Option<Warning> {
    let (before, after) = (Scopes::of(before.compiled()), Scopes::of(after.compiled()));
    let all = people.people.values();
    let (may, may_not): (Vec<_>, Vec<_>) = all.partition(|person| after.may_allow_anything(person));
    let shut: Vec<_> = may_not.into_iter().filter(|person| before.may_allow_anything(person)).collect();
    if shut.is_empty() || may.is_empty() {
        return None;
    }
    let people = shut.into_iter().take(MOST_NAMED).map(|person| person.id.clone()).collect();
    Some(Warning::ShutsOut { people })
}

/// Whether nobody can ask for anything. What the program has rules of its own for, such as other rules, is asked for all the same.
fn allows_nothing(compiled: &Compiled, people: &People) -> bool {
    let (scopes, mut people) = (Scopes::of(compiled), people.people.values().peekable());
    people.peek().is_some() && !people.any(|person| scopes.may_allow_anything(person))
}

/// Whom the policies name who is not there, and how many they ask for of how many.
fn named(rules: &RuleSet, people: &People) -> Vec<Warning> {
    let groups: BTreeSet<&str> =
        people.people.values().flat_map(|person| &person.groups).map(String::as_str).collect();
    let mut warnings = Vec::new();
    for (name, rule, policy) in rules.compiled().in_order() {
        let annotations = &rule.annotations;
        let of_annotations = annotations.approvers.iter().flat_map(|approvers| &approvers.0);
        let entries =
            of_annotations.chain(&annotations.escalate_to).filter_map(|entry| entry.split_once(':'));
        let literals = policy.entity_literals();
        let of_literals = literals.iter().filter_map(|uid| match uid.type_name().basename() {
            "Group" => Some(("group", uid.id().unescaped())),
            "Person" => Some(("person", uid.id().unescaped())),
            _ => None,
        });
        let all: BTreeSet<(&str, &str)> = entries.chain(of_literals).collect();
        warnings.extend(all.into_iter().filter_map(|(kind, value)| {
            let policy = name.to_owned();
            let is_here =
                |id: &str| id.parse::<PrincipalId>().is_ok_and(|id| people.people.contains_key(&id));
            match kind {
                "group" if !groups.contains(value) => {
                    Some(Warning::EmptyGroup { policy, group: value.to_owned() })
                }
                "person" if !is_here(value) => {
                    Some(Warning::UnknownPerson { policy, person: value.to_owned() })
                }
                _ => None,
            }
        }));
        let quorum = annotations.quorum.unwrap_or(1);
        let approvers = annotations.approvers.as_ref();
        let found = approvers.map(|approvers| countersigners(people, std::slice::from_ref(approvers)));
        if let Some(found) = found.filter(|found| *found < quorum as usize) {
            warnings.push(Warning::QuorumOutOfReach { policy: name.to_owned(), quorum, people: found });
        }
    }
    warnings
}

/// How many people fit every one of these.
fn countersigners(people: &People, approvers: &[Approvers]) -> usize {
    people.people.values().filter(|person| fits(approvers, person)).count()
}

fn fits(approvers: &[Approvers], person: &Person) -> bool {
    let all = approvers.iter().all(|approvers| approvers.include(person));
    person.kind == ActorKind::Person && !approvers.is_empty() && all
}

/// Who could change these rules, and without whom nobody could.
fn lock_out(rules: &RuleSet, people: &People, change: Asking<'_>) -> Vec<Warning> {
    let Ways { alone, needed } = Ways::of(rules, people, change);
    let Some(needed) = needed else { return vec![Warning::LocksEverybodyOut] };
    // Whoever is left may be asked otherwise: the only administrator, for example.
    let hangs_on = |id: &&PrincipalId| {
        let mut others = people.clone();
        others.people.remove_mut(*id);
        Ways::of(rules, &others, change).needed.is_none()
    };
    let hangs_on = needed.iter().filter(hangs_on).map(|person| Warning::HangsOn { person: person.clone() });
    let alone = (!alone.is_empty()).then_some(Warning::ChangesAlone { people: alone });
    hangs_on.chain(alone).collect()
}

/// The ways to change the rules.
struct Ways {
    /// Who can do it alone; the first of them.
    alone: Vec<PrincipalId>,
    /// Whom every way needs; nothing where there is none.
    needed: Option<BTreeSet<PrincipalId>>,
}

impl Ways {
    fn of(rules: &RuleSet, people: &People, change: Asking<'_>) -> Self {
        let mut counted: BTreeMap<Vec<Approvers>, Vec<&PrincipalId>> = BTreeMap::new();
        let (mut alone, mut needed) = (Vec::new(), None);
        let administrators = people.administrators().count();
        for person in people.people.values() {
            let others = administrators - usize::from(person.is_administrator());
            let Ruling::Allowed(Terms { auto, quorum, approvers, .. }) = rules.rule(&change(person, others))
            else {
                continue;
            };
            let others = if auto {
                vec![]
            } else {
                let may = counted.entry(approvers).or_insert_with_key(|approvers| {
                    let fit = people.people.values().filter(|person| fits(approvers, person));
                    fit.map(|person| &person.id).collect()
                });
                may.iter().copied().filter(|id| **id != person.id).collect()
            };
            if others.len() < quorum as usize {
                continue;
            }
            if auto && alone.len() < MOST_NAMED {
                alone.push(person.id.clone());
            }
            let all_sign = others.len() == quorum as usize;
            let way: BTreeSet<_> =
                others.into_iter().filter(|_| all_sign).chain([&person.id]).cloned().collect();
            needed = Some(match needed {
                None => way,
                Some(all) => &all & &way,
            });
        }
        Self { alone, needed }
    }
}

#[cfg(test)]
mod tests;
