//! What makes one proposal of rules another than the one before, and what is said of it without any reason.

use super::super::Phase;
use super::super::replayed::Asked;
use super::super::words::{told, warnings};
use super::*;
use crate::aggregate::Event as _;
use crate::tenant::{PeopleEvent, RulebookEvent};

#[test]
fn rules_are_the_same_in_the_same_place_whoever_wants_them_and_why() {
    let other = |change: fn(&mut Draft)| {
        let mut other = draft();
        change(&mut other);
        draft().wants_the_same(&other)
    };
    assert!(other(|draft| draft.why = None));
    assert!(!other(|draft| draft.text.push(' ')));
    assert!(!other(|draft| draft.base += 1));
    assert!(!other(|draft| draft.back_to = Some(1)));
}

#[test]
fn rules_that_others_are_tried_under_may_be_of_another_version_and_forbid_all_the_same() {
    let refusal = Refusal { version: draft().base + 1, policies: vec!["no".to_owned()], messages: vec![] };
    let forbids = Violation::ForbiddenByRule { policies: vec!["no".to_owned()], messages: vec![] };
    let (content, found, people) = (draft(), Compared::default(), People::default());
    let asked =
        Asked::<RuleChange> { code: &content.code, content: &content, found: &found, people: &people };
    assert_eq!(asked.against(&Ruling::Forbidden(refusal)), [forbids]);
}

#[test]
fn rules_are_warned_of_by_the_names_that_people_have_and_given_up_without_a_word() {
    let people: People = [admin("ada")].into_iter().collect();
    let said = warnings(&[Warning::ChangesAlone { people: vec![admin("ada").id] }], &people);
    assert_eq!(said.len(), 1);
    assert!(said[0].contains(&admin("ada").name) && said[0].contains("could change the rules"), "{said:?}");
    let failed =
        |why: &str| RuleChangeEvent::Failed { phase: Phase::Publishing, why: why.to_owned(), given_up: true };
    assert_eq!(told(&failed(""), &ToString::to_string), "It was given up.");
}

#[test]
fn what_happens_to_rules_and_people_is_found_by_its_name() {
    for name in [PeopleEvent::names(), RulebookEvent::names()].concat() {
        assert!(crate::kinds::KINDS.contains(&name), "{name}");
    }
}
