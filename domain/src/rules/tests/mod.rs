//! The rules: given a rule set, when somebody asks, then this is the ruling.

mod details;
mod example;
mod faults;
mod properties;
mod rulings;
mod second_action;

use super::{Question, Refusal, RuleSet, Ruling, Somebody, Terms};
use crate::access::{Permission, Sought};
use crate::envelope::ActorKind;
use crate::tenant::Person;

/// The compiled rules of a text that has no fault.
#[track_caller]
fn given(text: &str) -> RuleSet {
    RuleSet::compile(3, text).unwrap_or_else(|faults| panic!("{faults}\n{text}"))
}

/// The faults of a text, one line each.
#[track_caller]
fn faults(text: &str) -> String {
    RuleSet::compile(3, text).expect_err("the text has a fault").to_string()
}

fn person(id: &str, groups: &[&str]) -> Person {
    Person {
        id: id.parse().unwrap(),
        kind: ActorKind::Person,
        name: id.to_owned(),
        groups: groups.iter().map(|&group| group.to_owned()).collect(),
        roles: std::collections::BTreeSet::new(),
        accounts: std::collections::BTreeMap::new(),
    }
}

fn agent(id: &str, groups: &[&str]) -> Person {
    Person { kind: ActorKind::Agent, ..person(id, groups) }
}

/// What one person asks for themself, without a duration and without a ticket.
fn sought<'a>(asker: &'a Person, permission: Permission, repository: &'a str) -> Sought<'a> {
    let subject = Somebody::Person(asker);
    Sought { asker, subject, permission, repository, minutes: None, ticket: None }
}

/// The same, as the rules are asked.
fn question<'a>(asker: &'a Person, permission: Permission, repository: &'a str) -> Question<'a> {
    sought(asker, permission, repository).question()
}

#[track_caller]
fn terms(ruling: Ruling) -> Terms {
    match ruling {
        Ruling::Allowed(terms) => terms,
        Ruling::Forbidden(refusal) => panic!("forbidden: {refusal:?}"),
    }
}

#[track_caller]
fn refusal(ruling: Ruling) -> Refusal {
    match ruling {
        Ruling::Forbidden(refusal) => refusal,
        Ruling::Allowed(terms) => panic!("allowed: {terms:?}"),
    }
}
