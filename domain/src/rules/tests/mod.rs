//! The rules: given a rule set, when somebody asks, then this is the ruling.

mod example;
mod faults;
mod properties;
mod rulings;

use super::{Beneficiary, Question, Refusal, RuleSet, Ruling, Terms};
use crate::access::Permission;
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
fn question<'a>(asker: &'a Person, permission: Permission, repository: &'a str) -> Question<'a> {
    let subject = Beneficiary::Person(asker);
    Question { asker, subject, permission, repository, minutes: None, ticket: None }
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
