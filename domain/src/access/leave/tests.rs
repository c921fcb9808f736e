//! What becomes of requests and accesses, by example.

mod signed;

use std::sync::Arc;

use super::super::example::{
    DEPUTIES, active, ada, after_leaving, bob, ending, erin, granting, person, requested, review, signed,
    staff, staff_without, terms, two, waiting,
};
use super::super::{AccessCommand, Countersignature, Fault, Longer, Phase, Proposal, Status};
use super::*;
use crate::access::Lasting;
use crate::denied::Violation;
use crate::envelope::{ActorKind, Digest};
use crate::names::PrincipalId;
use crate::request::{Assurance, Failure};
use crate::rules::{Refusal, Terms};
use crate::testing::{Given, given, noon};

fn erin_left() -> Ending {
    Ending::Left { who: erin().id, name: "Erin".to_owned() }
}

fn erin_closes(proposal: Proposal) -> AccessEvent {
    AccessEvent::Closed { proposal, who: erin().id, name: "Erin".to_owned() }
}

fn without_erin() -> AccessCommand {
    review(after_leaving(staff(&[]), &erin()), None)
}

fn history(events: &[Vec<AccessEvent>]) -> Given<AccessRequest> {
    given::<AccessRequest>(events.concat())
}

fn with(terms: &Terms) -> Vec<AccessEvent> {
    let granted = active().split_off(3);
    [waiting(terms), granted].concat()
}

#[test]
fn trust_a4_what_somebody_asked_is_closed_when_they_leave() {
    for open in [requested(), waiting(&terms())] {
        let open = given::<AccessRequest>(open);
        open.when(without_erin()).then([erin_closes(Proposal::Grant)]);
    }
    let failed = AccessEvent::Failed { phase: Phase::Checking, why: "503".to_owned(), given_up: false };
    history(&[requested(), vec![failed]]).when(without_erin()).then([erin_closes(Proposal::Grant)]);
    let closed = history(&[waiting(&terms()), vec![erin_closes(Proposal::Grant)]]);
    assert_eq!((closed.state().status(), closed.state().open.is_none()), (Status::Denied, true));
    closed.when(without_erin()).then_nothing();
}

#[test]
fn trust_a4_an_access_ends_when_its_holder_leaves_whether_it_was_confirmed_or_not() {
    for held in [granting(), active()] {
        given::<AccessRequest>(held)
            .when(without_erin())
            .then([AccessEvent::Own(GrantEvent::Ending { ending: erin_left() })]);
    }
    let parked = AccessEvent::Failed { phase: Phase::Granting, why: "403".to_owned(), given_up: false };
    let parked = history(&[granting(), vec![parked]]);
    assert!(matches!(parked.state().failure, Some(Failure { phase: Phase::Granting, .. })));
    parked.when(without_erin()).then([AccessEvent::Own(GrantEvent::Ending { ending: erin_left() })]);
    given::<AccessRequest>(ending(erin_left())).when(without_erin()).then_nothing();
}

#[test]
fn trust_a4_a_rule_may_let_it_last_for_a_while_but_never_longer_than_it_would() {
    let keep =
        |minutes| given::<AccessRequest>(with(&Terms { on_leave: OnLeave::Keep { minutes }, ..terms() }));
    let until = later(noon(), 60);
    let shortened =
        AccessEvent::Own(GrantEvent::Shortened { who: erin().id, name: "Erin".to_owned(), until });
    keep(60).when(without_erin()).then([shortened.clone()]);
    keep(99 * 1440).when(without_erin()).then_nothing();
    let kept = with(&Terms { on_leave: OnLeave::Keep { minutes: 60 }, ..terms() });
    let kept = history(&[kept, vec![shortened]]);
    assert_eq!(kept.state().deadlines()[0].0, until);
    // However often it is looked at: what began to run goes on.
    kept.at(later(noon(), 30)).when(without_erin()).then_nothing();
}

#[test]
fn trust_a4_whom_the_directory_never_knew_has_not_left() {
    let mut open = waiting(&terms());
    let Some(AccessEvent::Requested { asked }) = open.first_mut() else { panic!("it was asked for") };
    (asked.requester.id, asked.requester.known) = ("stranger".parse().unwrap(), false);
    given::<AccessRequest>(open).when(review(staff(&[]), Some(&Ruling::Allowed(terms())))).then_nothing();
}

/// Ada countersigns, where these people are there.
fn ada_signs(people: People) -> AccessCommand {
    let (by, people, assurance) = (ada(), Arc::new(people), Assurance::Said);
    let signature = Countersignature { by, people, receipt: None, rules: 1, assurance, past: vec![] };
    AccessCommand::Countersign(Box::new(signature))
}

#[test]
fn trust_a4_nobody_approves_what_somebody_asked_who_is_gone() {
    let gone = ada_signs(after_leaving(staff(&[]), &erin()));
    given::<AccessRequest>(waiting(&terms()))
        .when(gone)
        .then_denied([Violation::HasLeft { name: "Erin".to_owned() }]);
}

#[test]
fn trust_a4_what_was_closed_when_somebody_left_is_decided_already() {
    let gone = ada_signs(after_leaving(staff(&[]), &erin()));
    history(&[waiting(&terms()), vec![erin_closes(Proposal::Grant)]])
        .when(gone)
        .then_denied([Violation::NothingToDecide { status: "denied".to_owned() }]);
}

#[test]
fn trust_a4_nobody_approves_who_is_gone_themselves() {
    let gone = ada_signs(after_leaving(staff(&[]), &ada()));
    given::<AccessRequest>(waiting(&terms()))
        .when(gone)
        .then_denied([Violation::HasLeft { name: "ada".to_owned() }]);
}

#[test]
fn trust_a4_what_was_asked_for_a_forge_account_is_found_by_whose_account_it_was() {
    let mut history = active();
    let Some(AccessEvent::Requested { asked }) = history.first_mut() else { panic!("it was asked for") };
    (asked.requester.id, asked.requester.name, asked.subject.principal) = (bob().id, "Bob".to_owned(), None);
    let owner = Person { accounts: [("bitbucket".to_owned(), "acc-erin".to_owned())].into(), ..erin() };
    let there = staff(std::slice::from_ref(&owner));
    let held = given::<AccessRequest>(history);
    held.when(review(there.clone(), None)).then_nothing();
    held.when(review(after_leaving(there.clone(), &owner), None))
        .then([AccessEvent::Own(GrantEvent::Ending { ending: erin_left() })]);
    // Where the account is another person's now, it is theirs.
    let heir = Person { accounts: owner.accounts.clone(), ..person("heir", &[]) };
    held.when(review(after_leaving(staff(&[owner.clone(), heir]), &owner), None)).then_nothing();
}

#[test]
fn trust_a4_who_may_not_ask_any_more_is_asked_about_again() {
    let forbidden = Ruling::Forbidden(Refusal { version: 1, policies: vec![], messages: vec![] });
    let denied = AccessEvent::Denied {
        proposal: Proposal::Grant,
        by: None,
        reason: None,
        violations: vec![Violation::from(Fault::NoRuleAllows {
            permission: super::super::Permission::Write,
            repository: "payments-api".to_owned(),
        })],
        rules: Some(1),
    };
    for ruling in [Some(&forbidden), None] {
        given::<AccessRequest>(waiting(&terms())).when(review(staff(&[]), ruling)).then([denied.clone()]);
        given::<AccessRequest>(active()).when(review(staff(&[]), ruling)).then_nothing();
    }
    given::<AccessRequest>(waiting(&terms()))
        .when(review(staff(&[]), Some(&Ruling::Allowed(terms()))))
        .then_nothing();
    // The rules may want more of who they are now.
    let more = Ruling::Allowed(two());
    given::<AccessRequest>(waiting(&terms()))
        .when(review(staff(&[]), Some(&more)))
        .then([AccessEvent::Rechecked { terms: Box::new(two()) }]);
}

#[test]
fn trust_a4_an_access_for_members_ends_with_the_membership() {
    let bound = Terms { while_member: vec!["write-one".to_owned()], ..terms() };
    let held = given::<AccessRequest>(with(&bound));
    held.when(review(staff(&[]), Some(&Ruling::Allowed(bound.clone())))).then_nothing();
    let ended = AccessEvent::Own(GrantEvent::Ending {
        ending: Ending::NotAllowed { policies: bound.while_member.clone() },
    });
    let another = Ruling::Allowed(Terms { policies: vec!["another".to_owned()], ..bound });
    let forbidden = Ruling::Forbidden(Refusal { version: 1, policies: vec![], messages: vec![] });
    for ruling in [Some(&another), Some(&forbidden), None] {
        held.when(review(staff(&[]), ruling)).then([ended.clone()]);
    }
}

#[test]
fn trust_a4_terms_without_these_words_have_the_receipt_they_always_had() {
    let text = serde_json::to_string(&terms()).unwrap();
    assert!(!text.contains("on_leave") && !text.contains("while_member"), "{text}");
}

#[test]
fn trust_a4_an_extension_that_somebody_asked_for_who_left_is_closed_and_the_access_stays() {
    let mut history = active();
    let Some(AccessEvent::Requested { asked }) = history.first_mut() else { panic!("it was asked for") };
    asked.subject.principal = Some(bob().id);
    let proposal = Proposal::Extension(Longer::by(60));
    history.push(crate::request::waiting(proposal, &erin().id, terms(), noon()));
    // By who left, as people knew her.
    let closed = AccessEvent::Closed { proposal, who: erin().id, name: "erin".to_owned() };
    given::<AccessRequest>(history).when(without_erin()).then([closed]);
}

#[test]
fn trust_a4_the_rules_are_asked_about_all_the_time_an_access_lasts() {
    let minutes = |history| given::<AccessRequest>(history).state().minutes_granted_for();
    assert_eq!((minutes(requested()), minutes(active())), (2880, 2880));
    let longer = AccessEvent::Own(GrantEvent::Extended { by: vec![], until: later(noon(), 4000), why: None });
    assert_eq!(minutes([active(), vec![longer]].concat()), 4000);
}

#[test]
fn trust_a4_an_access_is_for_members_while_it_is_held_and_a_rule_says_so() {
    let bound = Terms { while_member: vec!["write-one".to_owned()], ..terms() };
    let is_for_members = |history| given::<AccessRequest>(history).state().is_for_members();
    assert!(is_for_members(with(&bound)));
    assert!(!is_for_members(active()), "no rule says so");
    assert!(!is_for_members(waiting(&bound)), "nobody has it yet");
}

#[test]
fn trust_a4_what_came_about_because_somebody_left_is_told_from_the_rest() {
    let until = noon();
    let (who, name) = (erin().id, "Erin".to_owned());
    for event in [
        erin_closes(Proposal::Grant),
        AccessEvent::Own(GrantEvent::Shortened { who: who.clone(), name, until }),
        AccessEvent::Own(GrantEvent::Ending { ending: erin_left() }),
        AccessEvent::CountersignatureVoided { by: who },
    ] {
        assert_eq!(event.because_of(), Some(&erin().id), "{event:?}");
    }
    assert_eq!(AccessEvent::Own(GrantEvent::Ending { ending: Ending::Expired }).because_of(), None);
}
