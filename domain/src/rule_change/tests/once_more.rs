//! Right before rules are put in force, it is looked once more at who has countersigned them, as taking a countersignature looks.

use super::*;
use crate::aggregate::Aggregate as _;
use crate::rules::Approvers;
use crate::tenant::{Away, PeopleEvent, Preferences};

/// Somebody who countersigns from then on only where it has escalated.
fn on_call() -> Terms {
    let all = Approvers(["role:admin".to_owned(), "person:yan".to_owned()].into());
    Terms { approvers_when_escalated: vec![all], escalate_to: vec!["person:yan".to_owned()], ..terms() }
}

#[test]
fn rules_whoever_may_countersign_only_after_others_were_asked_too_does_not_count_where_they_were_not() {
    let mut people = people();
    let yan = person("yan", &[]);
    people.people.insert_mut(yan.id.clone(), yan.clone());
    let by = vec![yan.id];
    let after = |escalated: bool| {
        let mut history = waiting(&on_call());
        history.extend(escalated.then(|| RuleChangeEvent::Escalated { to: on_call().escalate_to }));
        history.push(RuleChangeEvent::Approved { by: by.clone(), fixed: Nothing {} });
        let ruling = Ruling::Allowed(on_call());
        given::<RuleChangeRequest>(history).when(review(ruling, people.clone())).events()
    };
    assert_eq!(after(true), [], "it had escalated");
    let called_off = after(false);
    assert!(matches!(&called_off[..], [RequestEvent::Own(FateEvent::CalledOff { .. })]), "{called_off:?}");
}

#[test]
fn rules_a_deputy_counts_for_whom_they_stood_in_for_and_for_nobody_else() {
    let mut people = staff(&[admin("zoe"), admin("yan"), admin("ada"), person("dora", &["deputies"])]);
    for id in ["yan", "ada"] {
        let until = crate::request::later(noon(), 600);
        let away = Away { from: None, until, deputies: Some("deputies".to_owned()) };
        let preferences = Preferences { away: Some(away), ..Preferences::default() };
        people.evolve(&PeopleEvent::PreferencesChanged { id: admin(id).id, preferences }, noon());
    }
    let (by, yan) = (person("dora", &[]).id, admin("yan").id);
    let mut history = waiting(&terms());
    history.push(RequestEvent::Countersigned {
        by: by.clone(),
        receipt: crate::envelope::Digest::of(b"what was shown"),
        assurance: Assurance::Said,
        stands_in_for: Some(yan.clone()),
    });
    history.push(RuleChangeEvent::Approved { by: vec![by], fixed: Nothing {} });
    let before = given::<RuleChangeRequest>(history);
    let allowed = Ruling::Allowed(terms());
    before.when(review(allowed.clone(), people.clone())).then_nothing();
    // Whom she stood in for may not countersign any more: that another one is away is nothing to it.
    let demoted = Person { roles: [].into(), ..admin("yan") };
    people.people.insert_mut(yan, demoted);
    let events = before.when(review(allowed, people)).events();
    let [RequestEvent::Own(FateEvent::CalledOff { who, .. })] = &events[..] else { panic!("{events:?}") };
    assert_eq!(who.as_str(), "dora");
}

#[test]
fn rules_that_nobody_had_to_countersign_wait_for_whoever_has_come_since() {
    let alone =
        Terms { auto: true, quorum: 0, approvers: vec![], approvers_when_escalated: vec![], ..terms() };
    let mut history = requested();
    let ruling = Some(Ruling::Allowed(alone.clone()));
    history.push(RuleChangeEvent::Checked { findings: Box::new(compared()), ruling });
    history.push(RuleChangeEvent::Approved { by: vec![], fixed: Nothing {} });
    let before = given::<RuleChangeRequest>(history.clone());
    before.when(review(Ruling::Allowed(alone), people())).then_nothing();
    let events = before.when(review(Ruling::Allowed(terms()), people())).events();
    let asked_anew = [
        RequestEvent::Rechecked { terms: Box::new(terms()) },
        crate::request::waiting(Proposal::Publish, &admin("zoe").id, terms(), noon()),
    ];
    assert_eq!(events, asked_anew);
    history.extend(events);
    let waits = given::<RuleChangeRequest>(history);
    assert!(!waits.state().is_approved() && RuleChange::word(waits.state()) == "waiting");
    let approved = waits.when(sign(admin("yan"), 1)).events();
    assert!(matches!(approved.last(), Some(RequestEvent::Approved { by, .. }) if by.len() == 1));
}

#[test]
fn rules_that_need_more_by_the_people_there_are_now_are_countersigned_anew() {
    let two = Terms { quorum: 2, ..terms() };
    let before = given::<RuleChangeRequest>(signed_by("yan"));
    let events = before.when(review(Ruling::Allowed(two.clone()), people())).events();
    assert!(
        matches!(&events[..], [RequestEvent::Rechecked { .. }, RequestEvent::Waiting { terms, .. }] if **terms == two),
        "{events:?}"
    );
    // Where nobody would have to countersign any more, what was countersigned is.
    let alone = Terms { auto: true, quorum: 0, approvers: vec![], ..terms() };
    before.when(review(Ruling::Allowed(alone), people())).then_nothing();
}
