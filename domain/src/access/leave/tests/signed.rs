//! Countersignatures of who left, of deputies, and of what has become their own.

use super::*;

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
fn trust_a4_where_nobody_knows_how_it_stood_when_it_was_countersigned_nobody_still_might() {
    let mut access = given::<AccessRequest>(granting()).state().clone();
    assert_eq!(access.unsigned(&staff(&[]), noon()), None);
    access.signed = None;
    assert_eq!(access.unsigned(&staff(&[]), noon()), Some(Unsigned::By(&ada().id)));
    access.countersigned_by.clear();
    assert_eq!(access.unsigned(&staff(&[]), noon()), None, "nobody has countersigned it");
}
