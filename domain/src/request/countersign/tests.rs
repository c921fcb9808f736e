//! Who may countersign, deny and withdraw, by the example of access.

use std::sync::Arc;

use super::super::Command::Countersign;
use super::super::Common::{Announce, Deny, Escalate, Lapse, Remind, TakeBack, Withdraw};
use super::super::{WAIT_MINUTES, later};
use super::*;
use crate::access::example::{
    active, ada, bob, countersign, erin, granting, person, requested, signed, staff_without, terms, two,
    waiting,
};
use crate::access::{
    AccessCommand, AccessEvent, AccessRequest, Ending, Lasting, Longer, Proposal, Span, Status,
};
use crate::rules::Terms;
use crate::testing::{given, noon};

fn sign(by: Person, receipt: Option<Digest>) -> AccessCommand {
    countersign(by, receipt, 1)
}

fn receipt(history: &[AccessEvent]) -> Digest {
    given::<AccessRequest>(history.to_vec()).state().receipt().unwrap()
}

#[test]
fn one_countersignature_approves_where_one_is_asked() {
    let history = waiting(&terms());
    let shown = receipt(&history);
    given::<AccessRequest>(history).when(sign(ada(), Some(shown))).then([
        signed(&ada(), shown),
        AccessEvent::Approved { by: vec![ada().id], fixed: Lasting { minutes: 2880 } },
    ]);
}

#[test]
fn two_are_two_people() {
    let mut history = waiting(&two());
    let shown = receipt(&history);
    given::<AccessRequest>(history.clone()).when(sign(ada(), Some(shown))).then([signed(&ada(), shown)]);
    history.push(signed(&ada(), shown));
    let half = given::<AccessRequest>(history);
    half.when(sign(ada(), None)).then_denied([Violation::AlreadyCountersigned]);
    half.when(sign(bob(), None)).then([
        signed(&bob(), shown),
        AccessEvent::Approved { by: vec![ada().id, bob().id], fixed: Lasting { minutes: 2880 } },
    ]);
}

#[test]
fn trust_c5_who_approves_twice_is_told_that_it_is_being_set() {
    let twice = |history: Vec<AccessEvent>, by: Person, status: &str, theirs: bool| {
        let status = status.to_owned();
        let why = if theirs {
            Violation::CountersignedAndSet { status }
        } else {
            Violation::NothingToDecide { status }
        };
        given::<AccessRequest>(history).when(sign(by, None)).then_denied([why]);
    };
    twice(granting(), ada(), "granting", true);
    twice(active(), ada(), "active", true);
    twice(active(), bob(), "active", false);
    let said = crate::capabilities::violation(&Violation::CountersignedAndSet { status: "granting".into() });
    assert_eq!(said, "You have countersigned it; it is being set.");
}

#[test]
fn nobody_countersigns_their_own_request_even_when_the_rules_name_them() {
    given::<AccessRequest>(waiting(&terms()))
        .when(sign(person("erin", &["approvers"]), None))
        .then_denied([Violation::OwnRequest]);
}

#[test]
fn agents_never_countersign() {
    let agent = Person { kind: ActorKind::Agent, ..ada() };
    given::<AccessRequest>(waiting(&terms()))
        .when(sign(agent, None))
        .then_denied([Violation::AgentMayNotCountersign]);
}

#[test]
fn those_the_rules_do_not_name_are_told_who_may() {
    given::<AccessRequest>(waiting(&terms()))
        .when(sign(person("eve", &[]), None))
        .then_denied([Violation::NotEligible { approvers: vec!["the group approvers".to_owned()] }]);
}

#[test]
fn a_button_of_something_else_counts_for_nothing() {
    given::<AccessRequest>(waiting(&terms()))
        .when(sign(ada(), Some(Digest::of(b"old"))))
        .then_denied([Violation::Stale]);
    given::<AccessRequest>(waiting(&terms()))
        .when(countersign(ada(), None, 2))
        .then_denied([Violation::Stale]);
}

fn with(assurance: Assurance, absent: &[Person], by: Person) -> AccessCommand {
    let people = Arc::new(staff_without(std::slice::from_ref(&by), absent));
    let (receipt, earlier) = (None, vec![]);
    Countersign(Box::new(Countersignature { by, people, receipt, rules: 1, assurance, past: earlier }))
}

#[test]
fn a_reaction_is_enough_only_where_the_rule_says_so_and_is_taken_back_with_it() {
    let react = |by| with(Assurance::Reacted, &[], by);
    given::<AccessRequest>(waiting(&terms())).when(react(ada())).then_denied([Violation::ReactionNotEnough]);
    let history = waiting(&Terms { reaction: true, ..two() });
    let shown = receipt(&history);
    let AccessEvent::Countersigned { by, receipt, .. } = signed(&ada(), shown) else { panic!() };
    let reacted =
        AccessEvent::Countersigned { by, receipt, assurance: Assurance::Reacted, stands_in_for: None };
    given::<AccessRequest>(history.clone()).when(react(ada())).then([reacted.clone()]);
    let half = given::<AccessRequest>([history, vec![reacted]].concat());
    let back = |by: Person| TakeBack { by, assurance: Assurance::Reacted };
    half.when(back(ada())).then([AccessEvent::CountersignatureTakenBack { by: ada().id }]);
    half.when(back(bob())).then_nothing();
}

#[test]
fn a_reaction_that_is_taken_back_leaves_what_a_button_gave() {
    let mut history = waiting(&two());
    history.push(signed(&ada(), receipt(&history)));
    let half = given::<AccessRequest>(history);
    half.when(TakeBack { by: ada(), assurance: Assurance::Reacted }).then_nothing();
    half.when(TakeBack { by: ada(), assurance: Assurance::Said })
        .then([AccessEvent::CountersignatureTakenBack { by: ada().id }]);
    half.when(TakeBack { by: bob(), assurance: Assurance::Said }).then_denied([Violation::NotCountersigned]);
}

#[test]
fn whoever_takes_it_back_leaves_the_others_countersignatures() {
    let mut history = waiting(&Terms { quorum: 3, ..terms() });
    let shown = receipt(&history);
    history.extend([&ada(), &bob(), &person("carol", &["approvers"])].map(|by| signed(by, shown)));
    history.push(AccessEvent::CountersignatureTakenBack { by: bob().id });
    let open = given::<AccessRequest>(history).state().open.clone().unwrap();
    assert_eq!(open.countersigned, [ada().id, person("carol", &[]).id]);
}

#[test]
fn what_is_being_set_is_too_late_to_be_taken_back() {
    let take_back = |by: Person, why| {
        let take_back = TakeBack { by, assurance: Assurance::Said };
        given::<AccessRequest>(granting()).when(take_back).then_denied([why]);
    };
    let status = || "granting".to_owned();
    take_back(ada(), Violation::TooLateToTakeBack { status: status(), lasts: true });
    take_back(bob(), Violation::NothingToDecide { status: status() });
}

#[test]
fn whoever_has_countersigned_is_not_asked_once_more_and_neither_is_whose_place_was_taken() {
    let zoe = person("zoe", &["deputies"]);
    let mut history = waiting(&two());
    let shown = receipt(&history);
    history.push(AccessEvent::Countersigned {
        by: zoe.id.clone(),
        receipt: shown,
        assurance: Assurance::Said,
        stands_in_for: Some(ada().id),
    });
    let half = given::<AccessRequest>(history);
    let half = half.state();
    assert_eq!([ada(), bob()].map(|person| half.could_countersign(&person)), [false, true]);
    let both_away = [ada(), bob()];
    assert!(!half.could_stand_in(&zoe, &both_away), "she has countersigned");
    assert!(half.could_stand_in(&person("yan", &["deputies"]), &both_away), "in Bob's place");
    assert!(!half.could_stand_in(&person("yan", &["deputies"]), &[ada()]), "that place is taken");
    let mut history = waiting(&two());
    history.push(signed(&ada(), shown));
    let half = given::<AccessRequest>(history);
    let could = [ada(), bob()].map(|person| half.state().could_countersign(&person));
    assert_eq!(could, [false, true]);
}

#[test]
fn what_the_rules_want_in_the_console_counts_nowhere_else() {
    let history = waiting(&Terms { step_up: true, ..two() });
    let given = given::<AccessRequest>(history);
    given.when(sign(ada(), None)).then_denied([Violation::StepUpNeeded]);
    assert_eq!(given.when(with(Assurance::Confirmed, &[], ada())).events().len(), 1);
}

#[test]
fn a_deputy_stands_in_for_one_who_is_away_and_only_once_for_both() {
    let zoe = person("zoe", &["deputies"]);
    let mut history = waiting(&two());
    let shown = receipt(&history);
    let stand_in = |absent: &[Person]| with(Assurance::Said, absent, zoe.clone());
    let waiting = given::<AccessRequest>(history.clone());
    let not_eligible = || Violation::NotEligible { approvers: vec!["the group approvers".to_owned()] };
    waiting.when(stand_in(&[])).then_denied([not_eligible()]);
    // Erin may not countersign what she asked for herself, so nobody does it in her place.
    waiting.when(stand_in(&[erin()])).then_denied([not_eligible()]);
    let stood_in = AccessEvent::Countersigned {
        by: zoe.id.clone(),
        receipt: shown,
        assurance: Assurance::Said,
        stands_in_for: Some(ada().id),
    };
    waiting.when(stand_in(&[ada()])).then([stood_in.clone()]);
    history.push(stood_in);
    let half = given::<AccessRequest>(history);
    let people = Arc::new(staff_without(&[zoe], &[ada()]));
    let said = |by| {
        let (people, assurance) = (Arc::clone(&people), Assurance::Said);
        Countersign(Box::new(Countersignature {
            by,
            people,
            receipt: None,
            rules: 1,
            assurance,
            past: vec![],
        }))
    };
    half.when(said(ada())).then_denied([Violation::AlreadyCountersigned]);
    assert_eq!(half.when(said(bob())).events().len(), 2);
}

#[test]
fn those_who_were_asked_are_reminded_as_often_as_the_rule_says() {
    let mut history = waiting(&Terms { remind_after_minutes: Some(60), ..two() });
    given::<AccessRequest>(history.clone()).when(Remind).then_nothing();
    let due = later(noon(), 60);
    given::<AccessRequest>(history.clone()).at(due).when(Remind).then([AccessEvent::Reminded { times: 1 }]);
    history.push(AccessEvent::Reminded { times: 1 });
    let open = given::<AccessRequest>(history).state().open.clone().unwrap();
    assert_eq!((open.reminded, open.remind_at), (1, Some(later(noon(), 60))));
}

#[test]
fn who_asked_and_nobody_else_has_everybody_asked_about_it_and_once() {
    let announce = |by: Person| Announce { by };
    let announced = AccessEvent::Announced { by: erin().id };
    let open = given::<AccessRequest>(waiting(&terms()));
    open.when(announce(erin())).then([announced.clone()]);
    let not_yours = Violation::NotYours { action: "have everybody asked about".to_owned() };
    open.when(announce(ada())).then_denied([not_yours]);
    given::<AccessRequest>([waiting(&terms()), vec![announced]].concat())
        .when(announce(erin()))
        .then_nothing();
    given::<AccessRequest>(active())
        .when(announce(erin()))
        .then_denied([Violation::NothingToDecide { status: "active".to_owned() }]);
}

#[test]
fn what_is_decided_is_decided() {
    given::<AccessRequest>(active())
        .when(sign(bob(), None))
        .then_denied([Violation::NothingToDecide { status: "active".to_owned() }]);
}

#[test]
fn a_no_ends_it() {
    given::<AccessRequest>(waiting(&terms()))
        .when(Deny { by: ada(), absent: vec![], receipt: None, reason: Some("not now".to_owned()) })
        .then([AccessEvent::Denied {
            proposal: Proposal::Grant,
            by: Some(ada().id),
            reason: Some("not now".to_owned()),
            violations: vec![],
            rules: None,
        }]);
}

#[test]
fn trust_a10_a_no_needs_a_reason_where_the_rules_want_one() {
    let open = given::<AccessRequest>(waiting(&Terms { reason_required: true, ..terms() }));
    let deny = |reason: Option<&str>| Deny {
        by: ada(),
        absent: vec![],
        receipt: None,
        reason: reason.map(str::to_owned),
    };
    open.when(deny(None)).then_denied([Violation::DenialNeedsReason]);
    open.when(deny(Some(" "))).then_denied([Violation::DenialNeedsReason]);
    assert_eq!(open.when(deny(Some("not now"))).events().len(), 1);
    let open = given::<AccessRequest>(waiting(&terms()));
    assert_eq!(open.when(deny(None)).events().len(), 1, "no rule wants one");
}

#[test]
fn trust_a10_what_became_too_long_meanwhile_is_not_approved_but_waits() {
    let from = later(noon(), 0).checked_sub(jiff::SignedDuration::from_hours(6 * 24)).unwrap();
    let AccessCommand::Countersign(mut signature) = sign(ada(), None) else { panic!() };
    signature.past = vec![Span { from, until: noon() }];
    let (fits, until) = (1440, Some(later(noon(), 1440)));
    given::<AccessRequest>(waiting(&terms())).when(Countersign(signature)).then_denied([Violation::from(
        crate::access::Fault::UnbrokenTooLong { max: 7 * 1440, since: from, fits, until },
    )]);
}

#[test]
fn who_asked_may_withdraw_and_nobody_else() {
    let withdrawn = AccessEvent::Withdrawn { proposal: Proposal::Grant, by: erin().id };
    given::<AccessRequest>(waiting(&terms())).when(Withdraw { by: erin() }).then([withdrawn.clone()]);
    let over = given::<AccessRequest>([waiting(&terms()), vec![withdrawn.clone()]].concat());
    assert_eq!((over.state().status(), over.state().open.is_none()), (Status::Withdrawn, true));
    given::<AccessRequest>(requested()).when(Withdraw { by: erin() }).then([withdrawn]);
    let not_yours = Violation::NotYours { action: "withdraw".to_owned() };
    given::<AccessRequest>(waiting(&terms())).when(Withdraw { by: ada() }).then_denied([not_yours]);
    let wrong = Violation::WrongStatus { action: "withdraw".to_owned(), status: "active".to_owned() };
    given::<AccessRequest>(active()).when(Withdraw { by: erin() }).then_denied([wrong]);
}

#[test]
fn after_three_days_without_an_answer_it_expires_and_not_before() {
    let three_days = 4320;
    assert_eq!(WAIT_MINUTES, three_days);
    let before = later(noon(), three_days - 1);
    given::<AccessRequest>(waiting(&terms())).at(before).when(Lapse).then_nothing();
    let lapsed = AccessEvent::Lapsed { proposal: Proposal::Grant };
    let due = later(noon(), WAIT_MINUTES);
    given::<AccessRequest>(waiting(&terms())).at(due).when(Lapse).then([lapsed.clone()]);
    let over = given::<AccessRequest>([waiting(&terms()), vec![lapsed]].concat());
    assert_eq!((over.state().status(), over.state().open.is_none()), (Status::Expired, true));
    given::<AccessRequest>(crate::access::example::ending(Ending::Expired)).when(Lapse).then_nothing();
}

#[test]
fn those_it_escalates_to_may_countersign_only_then() {
    let mut history = waiting(&terms());
    let zoe = person("zoe", &[]);
    assert!(!given::<AccessRequest>(history.clone()).state().could_countersign(&zoe));
    let escalated = AccessEvent::Escalated { to: vec!["person:zoe".to_owned()] };
    given::<AccessRequest>(history.clone()).when(Escalate).then([escalated.clone()]);
    history.push(escalated);
    let after = given::<AccessRequest>(history);
    assert!(after.state().could_countersign(&zoe));
    after.when(Escalate).then_nothing();
}

#[test]
fn what_was_made_void_is_not_taken_back_but_said_to_be_void() {
    let mut history = waiting(&two());
    history.push(signed(&ada(), receipt(&history)));
    history.push(AccessEvent::CountersignatureVoided { by: ada().id });
    let void = given::<AccessRequest>(history);
    let back = |by: Person| TakeBack { by, assurance: Assurance::Said };
    void.when(back(ada())).then_denied([Violation::CountersignatureVoid]);
    void.when(back(bob())).then_denied([Violation::NotCountersigned]);
}

#[test]
fn trust_d4_what_a_ticket_does_not_ask_for_any_more_is_closed_and_says_so() {
    for (asks_nothing, why) in [
        (false, Violation::AsksOtherwise { ticket: "OPS-17".to_owned() }),
        (true, Violation::AsksNothing { ticket: "OPS-17".to_owned() }),
    ] {
        let supersede = || AccessCommand::Supersede { ticket: "OPS-17".to_owned(), asks_nothing };
        let ticket = "OPS-17".to_owned();
        let closed = AccessEvent::Superseded { proposal: Proposal::Grant, ticket, asks_nothing };
        for history in [requested(), waiting(&terms())] {
            given::<AccessRequest>(history.clone()).when(supersede()).then([closed.clone()]);
            let after = given::<AccessRequest>([history, vec![closed.clone()]].concat());
            assert_eq!((after.state().status(), after.state().open.is_none()), (Status::Withdrawn, true));
            let denial = after.state().denial.as_ref().unwrap();
            assert_eq!(denial.violations, std::slice::from_ref(&why));
            after.when(supersede()).then_nothing();
        }
        for decided in [granting(), active()] {
            given::<AccessRequest>(decided).when(supersede()).then_nothing();
        }
    }
}

#[test]
fn trust_a4_what_is_closed_because_somebody_left_says_who() {
    let (who, name) = (erin().id, "Erin Employee".to_owned());
    let closed = AccessEvent::Closed { proposal: Proposal::Grant, who, name: name.clone() };
    let after = given::<AccessRequest>([waiting(&terms()), vec![closed]].concat());
    assert_eq!(after.state().status(), Status::Denied);
    assert_eq!(after.state().denial.as_ref().unwrap().violations, [Violation::HasLeft { name }]);
}

#[test]
fn who_withdrew_is_kept_of_the_request_and_not_of_more_time_for_it() {
    let by = |proposal| AccessEvent::Withdrawn { proposal, by: erin().id };
    let state = |history: Vec<AccessEvent>, event| {
        given::<AccessRequest>([history, vec![event]].concat()).state().withdrawn_by.clone()
    };
    assert_eq!(state(waiting(&terms()), by(Proposal::Grant)), Some(erin().id));
    assert_eq!(state(active(), by(Proposal::Extension(Longer::by(60)))), None);
}
