//! What becomes of requests and accesses, by example.

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
fn trust_a4_what_is_being_granted_to_a_colleague_is_not_granted_when_who_asked_or_countersigned_leaves() {
    let for_bob = |history: Vec<AccessEvent>| {
        history.into_iter().map(|event| match event {
            AccessEvent::Requested { mut asked } => {
                asked.subject.principal = Some(bob().id);
                AccessEvent::Requested { asked }
            }
            event => event,
        })
    };
    given::<AccessRequest>(for_bob(granting()))
        .when(without_erin())
        .then([AccessEvent::Own(GrantEvent::Ending { ending: erin_left() })]);
    let ada_left = review(after_leaving(staff(&[]), &ada()), Some(&Ruling::Allowed(terms())));
    let ending = Ending::Left { who: ada().id, name: "ada".to_owned() };
    given::<AccessRequest>(granting())
        .when(ada_left.clone())
        .then([AccessEvent::Own(GrantEvent::Ending { ending })]);
    // What was granted was granted: it belongs to who has it.
    given::<AccessRequest>(for_bob(active())).when(without_erin()).then_nothing();
    given::<AccessRequest>(active()).when(ada_left).then_nothing();
}

#[test]
fn trust_a4_what_is_being_granted_is_called_off_where_who_countersigned_it_might_not_any_more() {
    let look = |history: Vec<AccessEvent>, people: People| {
        given::<AccessRequest>(history).when(review(people, Some(&Ruling::Allowed(terms()))))
    };
    let regrouped = || staff(&[person("ada", &[])]);
    let ending = Ending::CalledOff { who: ada().id, name: "ada".to_owned() };
    look(granting(), staff(&[])).then_nothing();
    look(granting(), regrouped()).then([AccessEvent::Own(GrantEvent::Ending { ending: ending.clone() })]);
    let parked = AccessEvent::Failed { phase: Phase::Granting, why: "403".to_owned(), given_up: false };
    let parked = [granting(), vec![parked]].concat();
    look(parked, regrouped()).then([AccessEvent::Own(GrantEvent::Ending { ending })]);
    // What was granted was granted: it belongs to who has it.
    look(active(), regrouped()).then_nothing();
}

#[test]
fn trust_a4_a_countersignature_of_who_left_or_left_the_group_counts_no_more() {
    let mut half = waiting(&two());
    let receipt = given::<AccessRequest>(half.clone()).state().receipt().unwrap();
    half.push(signed(&ada(), receipt));
    let void = AccessEvent::CountersignatureVoided { by: ada().id };
    let allowed = Ruling::Allowed(two());
    for people in [after_leaving(staff(&[]), &ada()), staff(&[person("ada", &[])])] {
        let half = given::<AccessRequest>(half.clone());
        half.when(review(people.clone(), Some(&allowed))).then([void.clone()]);
        // Also where nobody has looked yet, it is found out when the other one countersigns.
        let second = Countersignature {
            by: bob(),
            people: Arc::new(people),
            receipt: None,
            rules: 1,
            assurance: Assurance::Said,
            past: vec![],
        };
        half.when(AccessCommand::Countersign(Box::new(second))).then([void.clone(), signed(&bob(), receipt)]);
    }
    let after = history(&[half, vec![void]]);
    assert!(after.state().open.as_ref().unwrap().countersigned.is_empty());
    after.when(review(after_leaving(staff(&[]), &ada()), Some(&allowed))).then_nothing();
}

#[test]
fn trust_a4_a_deputys_countersignature_counts_only_while_they_stand_in() {
    let zoe = person("zoe", &[DEPUTIES]);
    let mut half = waiting(&two());
    let receipt = given::<AccessRequest>(half.clone()).state().receipt().unwrap();
    half.push(AccessEvent::Countersigned {
        by: zoe.id.clone(),
        receipt,
        assurance: Assurance::Said,
        stands_in_for: Some(ada().id),
    });
    let half = given::<AccessRequest>(half);
    let others = std::slice::from_ref(&zoe);
    let look = |people| half.when(review(people, Some(&Ruling::Allowed(two()))));
    let void = || AccessEvent::CountersignatureVoided { by: zoe.id.clone() };
    look(staff_without(others, &[ada()])).then_nothing();
    // She is back, she left, she may not any more, the deputy is none any more, is an agent now, left.
    look(staff(others)).then([void()]);
    look(after_leaving(staff_without(others, &[ada()]), &ada())).then([void()]);
    look(staff_without(others, &[person("ada", &[])])).then([void()]);
    look(staff_without(&[person("zoe", &[])], &[ada()])).then([void()]);
    let agent = Person { kind: ActorKind::Agent, ..zoe.clone() };
    look(staff_without(&[agent], &[ada()])).then([void()]);
    look(after_leaving(staff_without(others, &[ada()]), &zoe)).then([void()]);
    // Another one is away meanwhile, in whose place nobody signed.
    look(staff_without(others, &[bob()])).then([void()]);
}

/// The forge is away until after she is back in whose place it was countersigned.
#[test]
fn what_a_deputy_approved_is_asked_anew_once_the_absent_one_is_back_and_called_off_where_anything_else_is_wrong()
 {
    let zoe = person("zoe", &[DEPUTIES]);
    let (receipt, stands_in_for) = (Digest::of(b"what was shown"), Some(ada().id));
    let (by, assurance) = (zoe.id.clone(), Assurance::Said);
    let countersigned = |by: &PrincipalId, stands_in_for| AccessEvent::Countersigned {
        by: by.clone(),
        receipt,
        assurance,
        stands_in_for,
    };
    let is_approved = |by| AccessEvent::Approved { by, fixed: Lasting { minutes: 2880 } };
    let approved = |history: Vec<AccessEvent>, by: Vec<PrincipalId>| {
        given::<AccessRequest>([history, vec![is_approved(by)]].concat())
    };
    let signed = [waiting(&terms()), vec![countersigned(&by, stands_in_for.clone())]].concat();
    let granting = approved(signed.clone(), vec![by.clone()]);
    let others = std::slice::from_ref(&zoe);
    let look = |people| granting.when(review(people, Some(&Ruling::Allowed(terms()))));
    look(staff_without(others, &[ada()])).then_nothing();
    let anew = [
        AccessEvent::Rechecked { terms: Box::new(terms()) },
        crate::request::waiting(Proposal::Grant, &erin().id, terms(), noon()),
    ];
    look(staff(others)).then(anew.clone());
    let waits = given::<AccessRequest>([signed, vec![is_approved(vec![by.clone()])], anew.to_vec()].concat());
    assert_eq!((waits.state().status(), waits.state().is_approved()), (Status::Waiting, false));
    let calls_off = |people, who: &Person| {
        let ending = Ending::CalledOff { who: who.id.clone(), name: who.name.clone() };
        look(people).then([AccessEvent::Own(GrantEvent::Ending { ending })]);
    };
    // She may not any more, she is gone, the deputy is a program now, she is away and the deputy stands in for her no more.
    calls_off(staff(&[zoe.clone(), person("ada", &[])]), &zoe);
    calls_off(after_leaving(staff(others), &ada()), &zoe);
    calls_off(staff(&[Person { kind: ActorKind::Agent, ..zoe.clone() }]), &zoe);
    calls_off(staff_without(&[person("zoe", &[])], &[ada()]), &zoe);
    // That one is back makes nothing good of another one who might not any more.
    let both = vec![countersigned(&bob().id, None), countersigned(&by, stands_in_for)];
    let granting = approved([waiting(&two()), both].concat(), vec![bob().id, by]);
    let ending = Ending::CalledOff { who: bob().id, name: "bob".to_owned() };
    granting
        .when(review(staff(&[zoe, person("bob", &[])]), Some(&Ruling::Allowed(two()))))
        .then([AccessEvent::Own(GrantEvent::Ending { ending })]);
}

#[test]
fn trust_e1_a_countersignature_counts_no_more_where_the_account_has_become_their_own() {
    let owner = |person: Person| Person {
        accounts: [("bitbucket".to_owned(), "acc-erin".to_owned())].into(),
        ..person
    };
    let (zoe, allowed) = (person("zoe", &[DEPUTIES]), Ruling::Allowed(two()));
    let half = |by: &Person, stands_in_for: Option<&Person>| {
        let mut half = waiting(&two());
        let receipt = given::<AccessRequest>(half.clone()).state().receipt().unwrap();
        let (by, stands_in_for) = (by.id.clone(), stands_in_for.map(|absent| absent.id.clone()));
        half.push(AccessEvent::Countersigned { by, receipt, assurance: Assurance::Said, stands_in_for });
        given::<AccessRequest>(half)
    };
    let void = |by: &Person| [AccessEvent::CountersignatureVoided { by: by.id.clone() }];
    half(&ada(), None).when(review(staff(&[]), Some(&allowed))).then_nothing();
    half(&ada(), None).when(review(staff(&[owner(ada())]), Some(&allowed))).then(void(&ada()));
    // Nobody stands in for somebody in what is their own.
    let deputy = half(&zoe, Some(&ada()));
    let others = std::slice::from_ref(&zoe);
    deputy.when(review(staff_without(others, &[ada()]), Some(&allowed))).then_nothing();
    deputy.when(review(staff_without(others, &[owner(ada())]), Some(&allowed))).then(void(&zoe));
}

#[test]
fn trust_a4_whom_the_directory_never_knew_has_not_left() {
    let mut open = waiting(&terms());
    let Some(AccessEvent::Requested { asked }) = open.first_mut() else { panic!("it was asked for") };
    (asked.requester.id, asked.requester.known) = ("stranger".parse().unwrap(), false);
    given::<AccessRequest>(open).when(review(staff(&[]), Some(&Ruling::Allowed(terms())))).then_nothing();
}

#[test]
fn trust_a4_nobody_approves_what_somebody_asked_who_is_gone() {
    let gone = Countersignature {
        by: ada(),
        people: Arc::new(after_leaving(staff(&[]), &erin())),
        receipt: None,
        rules: 1,
        assurance: Assurance::Said,
        past: vec![],
    };
    given::<AccessRequest>(waiting(&terms()))
        .when(AccessCommand::Countersign(Box::new(gone)))
        .then_denied([Violation::HasLeft { name: "Erin".to_owned() }]);
}

#[test]
fn trust_a4_what_was_closed_when_somebody_left_is_decided_already() {
    let gone = Countersignature {
        by: ada(),
        people: Arc::new(after_leaving(staff(&[]), &erin())),
        receipt: None,
        rules: 1,
        assurance: Assurance::Said,
        past: vec![],
    };
    history(&[waiting(&terms()), vec![erin_closes(Proposal::Grant)]])
        .when(AccessCommand::Countersign(Box::new(gone)))
        .then_denied([Violation::NothingToDecide { status: "denied".to_owned() }]);
}

#[test]
fn trust_a4_nobody_approves_who_is_gone_themselves() {
    let gone = Countersignature {
        by: ada(),
        people: Arc::new(after_leaving(staff(&[]), &ada())),
        receipt: None,
        rules: 1,
        assurance: Assurance::Said,
        past: vec![],
    };
    given::<AccessRequest>(waiting(&terms()))
        .when(AccessCommand::Countersign(Box::new(gone)))
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

#[test]
fn trust_a4_where_nobody_knows_how_it_stood_when_it_was_countersigned_nobody_still_might() {
    let mut access = given::<AccessRequest>(granting()).state().clone();
    assert_eq!(access.unsigned(&staff(&[]), noon()), None);
    access.signed = None;
    assert_eq!(access.unsigned(&staff(&[]), noon()), Some(Unsigned::By(&ada().id)));
    access.countersigned_by.clear();
    assert_eq!(access.unsigned(&staff(&[]), noon()), None, "nobody has countersigned it");
}
