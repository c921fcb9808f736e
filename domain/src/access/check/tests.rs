//! What the checks say to what was found.

use super::super::example::{
    asked, findings, form, granting, read, requested, rules_say, terms, waiting as waiting_history,
};
use super::super::{
    AccessCommand, AccessEvent, AccessRequest, Form, Lasting, Permission, Phase, Proposal, Span,
};
use super::*;
use crate::people;
use crate::request::Command::Check;
use crate::request::{WAIT_MINUTES, later};
use crate::rules::Terms;
use crate::testing::{given, noon};

fn check(findings: Findings, ruling: Option<Ruling>) -> AccessCommand {
    Check { findings: Box::new(findings), ruling, past: vec![] }
}

fn denied(violations: Vec<Violation>) -> AccessEvent {
    AccessEvent::Denied { proposal: Proposal::Grant, by: None, reason: None, violations, rules: None }
}

fn outcome(form: &Form, findings: Findings, ruling: Option<Ruling>) -> AccessEvent {
    let history = [AccessEvent::Requested { asked: Box::new(read(form)) }];
    given::<AccessRequest>(history).when(check(findings, ruling)).events().pop().unwrap()
}

#[test]
fn where_the_rules_cannot_be_asked_it_is_said_that_none_allows_it() {
    let no_rule = |found: Findings| outcome(&form(), found, None);
    let repository = "payments-api".to_owned();
    let none = Violation::from(Fault::NoRuleAllows { permission: Permission::Write, repository });
    assert_eq!(no_rule(findings()), denied(vec![none]));
    // Where something else is wrong, that is why nobody asked them.
    let unknown = Violation::from(Fault::UnknownTicket { ticket: "OPS-17".to_owned() });
    assert_eq!(no_rule(Findings { ticket: None, ..findings() }), denied(vec![unknown]));
}

#[test]
fn what_others_hold_beyond_what_is_asked_for_is_told_to_nobody() {
    let holds = |whose: &str| {
        let mut asked = asked();
        asked.subject.principal = Some(whose.parse().unwrap());
        let found = Findings { present: Some(Permission::Admin), ..findings() };
        let own: Vec<_> = violations(&asked, &found, None).iter().map(Violation::own::<Fault>).collect();
        match &own[..] {
            [Some(Fault::HeldAlready { holds, .. })] => *holds,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((holds("erin"), holds("bob")), (Permission::Admin, Permission::Write));
}

#[test]
fn whoever_is_not_known_is_not_told_besides_that_their_account_is_not_known() {
    let mut asked = asked();
    let nobody = Findings { user: None, ..findings() };
    let is_told = |asked: &Asked| {
        let said = violations(asked, &nobody, None);
        said.iter().any(|violation| matches!(violation.own(), Some(Fault::UnknownUser { .. })))
    };
    assert!(is_told(&asked));
    asked.requester.known = false;
    assert!(!is_told(&asked));
}

#[test]
fn a_good_request_waits_for_those_the_rules_name() {
    let ruling = Some(Ruling::Allowed(terms()));
    given::<AccessRequest>(requested()).when(check(findings(), ruling.clone())).then([
        AccessEvent::Checked { findings: Box::new(findings()), ruling },
        AccessEvent::Waiting {
            proposal: Proposal::Grant,
            by: asked().requester.id,
            terms: Box::new(terms()),
            due: later(noon(), WAIT_MINUTES),
            escalate_at: Some(later(noon(), 60)),
            why: None,
        },
    ]);
}

#[test]
fn a_request_the_rules_let_pass_is_approved_alone_for_a_day_or_what_they_allow() {
    let auto = Terms { auto: true, quorum: 0, max_minutes: Some(60), ..terms() };
    let form = Form { duration: None, ..form() };
    let event = outcome(&form, findings(), Some(Ruling::Allowed(auto)));
    assert_eq!(event, AccessEvent::Approved { by: vec![], fixed: Lasting { minutes: 60 } });
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let form = Form {
        permission: Some("owner".to_owned()),
        duration: Some("0 days".to_owned()),
        reason: Some("a\u{202E}b".to_owned()),
        ..form()
    };
    let AccessEvent::Denied { violations, .. } = outcome(&form, Findings::default(), None) else {
        panic!("it was not denied")
    };
    let codes: Vec<_> = violations
        .iter()
        .map(|v| serde_json::to_value(v).unwrap()["code"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        codes,
        [
            "unknown_permission",
            "bad_duration",
            "bad_character",
            "unknown_user",
            "unknown_repository",
            "unknown_ticket"
        ]
    );
}

#[test]
fn an_empty_form_names_every_missing_field() {
    let event = outcome(&Form::default(), findings(), None);
    let missing = |field| Violation::from(Fault::MissingField { field });
    assert_eq!(event, denied(vec![missing(Field::Permission), missing(Field::Repository)]));
}

#[test]
fn the_rules_limits_are_told_with_the_figures() {
    let form = Form { duration: Some("8 days".to_owned()), ticket: None, ..form() };
    let event = outcome(&form, Findings { ticket: None, ..findings() }, Some(Ruling::Allowed(terms())));
    let pattern = "^[A-Z]+-[0-9]+$".to_owned();
    let too_long = Violation::from(Fault::DurationTooLong { asked: 8 * 1440, max: 7 * 1440 });
    assert_eq!(event, denied(vec![too_long, Violation::from(Fault::TicketRequired { pattern })]));
}

#[test]
fn trust_a9_a_ticket_in_another_status_than_the_rules_want_is_told_so() {
    let wants = |statuses: &[&str]| {
        let statuses = statuses.iter().map(ToString::to_string).collect();
        Some(Ruling::Allowed(Terms { ticket_status: vec![statuses], ..terms() }))
    };
    for fits in [&["To Do"][..], &["Done", "to do "][..]] {
        let event = outcome(&form(), findings(), wants(fits));
        assert!(matches!(event, AccessEvent::Waiting { .. }), "{event:?}");
    }
    let wanted = vec!["In Progress".to_owned(), "Review".to_owned()];
    let event = outcome(&form(), findings(), wants(&["In Progress", "Review"]));
    let status = Violation::from(Fault::TicketStatus { ticket: "OPS-17".to_owned(), wanted });
    assert_eq!(event, denied(vec![status.clone()]));
    assert_eq!(
        crate::capabilities::violation(&status),
        "The rules want OPS-17 to be in “In Progress” or “Review”; it is not, at the moment."
    );
    let ruling = wants(&["Done"]).unwrap();
    let Ruling::Allowed(terms) = ruling else { panic!() };
    let recheck = rules_say(&Ruling::Allowed(Terms { version: 2, ..terms }));
    let events =
        given::<AccessRequest>(waiting_history(&super::super::example::terms())).when(recheck).events();
    assert!(matches!(&events[..], [AccessEvent::Rechecked { .. }, AccessEvent::Denied { .. }]), "{events:?}");
}

#[test]
fn trust_d4_a_ticket_counts_by_the_key_it_was_moved_to() {
    let mut moved = findings();
    moved.ticket.as_mut().unwrap().key = "SEC-4".to_owned();
    let only_ops = Terms { ticket: vec!["^OPS-".to_owned()], ..terms() };
    let (ticket, pattern) = ("SEC-4".to_owned(), "^OPS-".to_owned());
    let event = outcome(&form(), moved, Some(Ruling::Allowed(only_ops)));
    assert_eq!(event, denied(vec![Violation::from(Fault::TicketMismatch { ticket, pattern })]));
}

#[test]
fn what_a_rule_forbids_and_what_no_rule_allows_are_two_answers() {
    let refusal = |policies: Vec<String>| {
        Some(Ruling::Forbidden(Refusal { version: 1, policies, messages: vec!["not on Fridays".to_owned()] }))
    };
    let forbidden = Violation::ForbiddenByRule {
        policies: vec!["no-fridays".to_owned()],
        messages: vec!["not on Fridays".to_owned()],
    };
    assert_eq!(outcome(&form(), findings(), refusal(vec!["no-fridays".to_owned()])), denied(vec![forbidden]));
    let none = Violation::from(Fault::NoRuleAllows {
        permission: super::super::Permission::Write,
        repository: "payments-api".to_owned(),
    });
    assert_eq!(outcome(&form(), findings(), refusal(vec![])), denied(vec![none]));
}

#[test]
fn trust_a6_what_is_held_already_is_answered_kindly_and_asked_of_nobody() {
    for (holds, is_there) in [(Permission::Read, false), (Permission::Write, true), (Permission::Admin, true)]
    {
        let found = Findings { present: Some(holds), ..findings() };
        let event = outcome(&form(), found, Some(Ruling::Allowed(terms())));
        let held = Violation::from(Fault::HeldAlready {
            user: "Erin".to_owned(),
            permission: Permission::Write,
            repository: "payments-api".to_owned(),
            holds,
            through: None,
        });
        assert_eq!(event == denied(vec![held]), is_there, "{event:?}");
    }
    let ours = Some(crate::access::Baseline { permission: None });
    let found = Findings { present: Some(Permission::Admin), beside: ours, ..findings() };
    let event = outcome(&form(), found, Some(Ruling::Allowed(terms())));
    assert!(matches!(event, AccessEvent::Waiting { .. }), "ours ends by itself: {event:?}");
}

#[test]
fn trust_a10_a_reason_is_asked_for_where_the_rules_want_one() {
    let strict = Some(Ruling::Allowed(Terms { reason_required: true, ..terms() }));
    let without = Form { reason: None, ..form() };
    let missing = Violation::from(Fault::MissingField { field: Field::Reason });
    assert_eq!(outcome(&without, findings(), strict.clone()), denied(vec![missing]));
    assert!(matches!(outcome(&form(), findings(), strict), AccessEvent::Waiting { .. }));
}

#[test]
fn trust_a10_asking_anew_does_not_begin_anew() {
    let from = noon().checked_sub(jiff::SignedDuration::from_hours(6 * 24)).unwrap();
    let check = Check {
        findings: Box::new(findings()),
        ruling: Some(Ruling::Allowed(terms())),
        past: vec![Span { from, until: noon() }],
    };
    let event = given::<AccessRequest>(requested()).when(check).events().pop().unwrap();
    let (fits, until) = (1440, Some(later(noon(), 1440)));
    assert_eq!(
        event,
        denied(vec![Violation::from(Fault::UnbrokenTooLong { max: 7 * 1440, since: from, fits, until })])
    );
}

#[test]
fn of_what_is_held_already_it_is_not_said_how_much_more_would_fit() {
    let from = noon().checked_sub(jiff::SignedDuration::from_hours(6 * 24)).unwrap();
    let held = Violation::from(Fault::HeldAlready {
        user: "Erin".to_owned(),
        permission: Permission::Write,
        repository: "payments-api".to_owned(),
        holds: Permission::Write,
        through: Some(("K7QM2X".parse().unwrap(), later(noon(), 60))),
    });
    let found = Findings { faults: vec![held.clone()], ..findings() };
    let past = vec![Span { from, until: later(noon(), 60) }];
    let check = Check { findings: Box::new(found), ruling: Some(Ruling::Allowed(terms())), past };
    let event = given::<AccessRequest>(requested()).when(check).events().pop().unwrap();
    assert_eq!(event, denied(vec![held]));
}

#[test]
fn what_is_asked_is_asked_once() {
    let ask = || AccessCommand::Ask(Box::new(asked()));
    given::<AccessRequest>([]).when(ask()).then(requested());
    given::<AccessRequest>(requested()).when(ask()).then_nothing();
}

#[test]
fn a_look_up_that_had_failed_is_decided_on_when_it_succeeds_after_all() {
    let failed = |phase| AccessEvent::Failed { phase, why: "503".to_owned(), given_up: false };
    let found = || check(findings(), Some(Ruling::Allowed(terms())));
    let looked_up = [requested(), vec![failed(Phase::Checking)]].concat();
    assert_eq!(given::<AccessRequest>(looked_up).when(found()).events().len(), 2);
    let granting = [granting(), vec![failed(Phase::Granting)]].concat();
    given::<AccessRequest>(granting).when(found()).then_nothing();
}

#[test]
fn what_is_wrong_with_a_name_is_said_instead_of_that_nothing_is_called_so() {
    let of = |fault: Violation| {
        let found = Findings { user: None, repository: None, faults: vec![fault.clone()], ..findings() };
        let AccessEvent::Denied { violations, .. } = outcome(&form(), found, None) else { panic!() };
        assert_eq!(violations[0], fault);
        violations[1..].to_vec()
    };
    let no_user = Violation::from(Fault::UnknownUser { user: "Erin".to_owned() });
    let no_repository = Violation::from(Fault::UnknownRepository { repository: "payments-api".to_owned() });
    let several = Violation::from(people::Fault::SeveralPeople { given: "Erin".to_owned(), people: vec![] });
    assert_eq!(of(several), [no_repository]);
    let elsewhere = Violation::from(Fault::OtherWorkspace {
        repository: "other/infra".to_owned(),
        ours: "acme".to_owned(),
    });
    assert_eq!(of(elsewhere), [no_user]);
}

#[test]
fn findings_that_come_twice_change_nothing() {
    given::<AccessRequest>(waiting_history(&terms()))
        .when(check(findings(), Some(Ruling::Allowed(terms()))))
        .then_nothing();
}

#[test]
fn new_rules_void_the_countersignatures_given_under_the_old_ones() {
    let mut history = waiting_history(&super::super::example::two());
    let receipt = given::<AccessRequest>(history.clone()).state().receipt().unwrap();
    history.push(super::super::example::signed(&super::super::example::ada(), receipt));
    let new = Terms { version: 2, step_up: true, ..super::super::example::two() };
    let ruling = Ruling::Allowed(new.clone());
    let rechecked = AccessEvent::Rechecked { terms: Box::new(new) };
    given::<AccessRequest>(history.clone()).when(rules_say(&ruling)).then([rechecked.clone()]);
    history.push(rechecked);
    let after = given::<AccessRequest>(history);
    assert!(after.state().open.as_ref().unwrap().countersigned.is_empty());
    assert_ne!(after.state().receipt(), Some(receipt));
    after.when(rules_say(&ruling)).then_nothing();
}

#[test]
fn trust_a5_rules_of_another_version_that_say_the_same_void_nothing_and_leave_the_receipt() {
    use super::super::example::{ada, bob, countersign, signed, two};
    let mut history = waiting_history(&two());
    let receipt = given::<AccessRequest>(history.clone()).state().receipt().unwrap();
    history.push(signed(&ada(), receipt));
    let request = given::<AccessRequest>(history);
    let ruling = Ruling::Allowed(Terms { version: 2, ..two() });
    request.when(rules_say(&ruling)).then_nothing();
    assert_eq!(request.state().receipt(), Some(receipt));
    assert_eq!(request.state().ruled_by(&ruling), 1, "it is countersigned as it was shown");
    let others = [Terms { policies: vec!["other".to_owned()], ..two() }, terms()];
    for other in others.map(|other| Terms { version: 2, ..other }) {
        let ruled_by = request.state().ruled_by(&Ruling::Allowed(other));
        assert_eq!(ruled_by, 2, "of that nobody was shown anything");
        request.when(countersign(bob(), Some(receipt), ruled_by)).then_denied([Violation::Stale]);
    }
}

#[test]
fn trust_a5_whose_countersignature_other_rules_void_is_told_and_finds_it_so() {
    use super::super::example::{ada, signed, two};
    use crate::request::{Assurance, Common, Telling, tell};
    let mut history = waiting_history(&two());
    let receipt = given::<AccessRequest>(history.clone()).state().receipt().unwrap();
    let rechecked = AccessEvent::Rechecked { terms: Box::new(Terms { version: 2, ..terms() }) };
    let told = |history: &[AccessEvent]| {
        let after = [history, std::slice::from_ref(&rechecked)].concat();
        tell(given::<AccessRequest>(after).state(), &rechecked)
    };
    assert_eq!(told(&history), [Telling::Mirror, Telling::Announce], "nothing was lost");
    history.push(signed(&ada(), receipt));
    assert_eq!(told(&history), [Telling::Mirror, Telling::Announce, Telling::Remind]);
    history.push(rechecked.clone());
    let take_back = Common::TakeBack { by: ada(), assurance: Assurance::Said };
    let after = given::<AccessRequest>(history);
    after.when(AccessCommand::from(take_back)).then_denied([Violation::CountersignatureVoid]);
}

#[test]
fn trust_c3_what_new_rules_deny_is_denied_by_their_version() {
    use crate::request::Facets as _;
    let mut history = waiting_history(&terms());
    let new = Terms { version: 2, max_minutes: Some(60), ..terms() };
    let said = given::<AccessRequest>(history.clone()).when(rules_say(&Ruling::Allowed(new))).events();
    let [AccessEvent::Rechecked { .. }, AccessEvent::Denied { .. }] = &said[..] else { panic!("{said:?}") };
    history.extend(said.iter().cloned());
    let state = given::<AccessRequest>(history).state().clone();
    assert_eq!(state.latest_terms().map(|terms| terms.version), Some(2), "the card names what denied it");
}

#[test]
fn new_rules_that_forbid_it_end_the_waiting() {
    let ruling =
        Ruling::Forbidden(Refusal { version: 2, policies: vec!["freeze".to_owned()], messages: vec![] });
    let forbidden = Violation::ForbiddenByRule { policies: vec!["freeze".to_owned()], messages: vec![] };
    let denied = AccessEvent::Denied {
        proposal: Proposal::Grant,
        by: None,
        reason: None,
        violations: vec![forbidden],
        rules: Some(2),
    };
    given::<AccessRequest>(waiting_history(&terms())).when(rules_say(&ruling)).then([denied.clone()]);
    let over = given::<AccessRequest>([waiting_history(&terms()), vec![denied]].concat()).state().clone();
    assert_eq!(over.denial.and_then(|denial| denial.rules), Some(2), "it is told under what forbids it");
}
