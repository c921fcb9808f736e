//! What others changed: what is news, and what follows from it.

use std::sync::Arc;

use super::super::example::{
    active, ada, asked, auto, countersign, erin, findings, granting, requested, signed, terms, two,
    waiting as waiting_history,
};
use super::super::{AccessCommand, AccessEvent, Baseline, Lasting, Proposal, Status, Subject};
use super::*;
use crate::request::Command::{LookAgain, Overtake};
use crate::request::{Review, WhyVoid, waiting};
use crate::testing::{given, noon};

fn ticket(status: &str, stage: TicketStage) -> Findings {
    let ticket = findings().ticket.map(|ticket| Ticket { status: status.to_owned(), stage, ..ticket });
    Findings { ticket, ..findings() }
}

fn closed() -> Findings {
    ticket("Done", TicketStage::Done)
}

fn holding(present: Permission) -> Findings {
    Findings { present: Some(present), ..findings() }
}

fn renamed() -> Findings {
    let name = |repository| ForgeRepository { name: "payments".to_owned(), ..repository };
    Findings { repository: findings().repository.map(name), ..findings() }
}

fn was_closed() -> Difference {
    let (ticket, from, to) = ("OPS-17".to_owned(), "To Do".to_owned(), "Done".to_owned());
    Difference::TicketStatus { ticket, from, to, closed: true }
}

fn look(found: Findings) -> AccessCommand {
    LookAgain { findings: Box::new(found), by_us: vec!["In Progress".to_owned()], ruling: None }
}

fn overtake(found: Findings) -> AccessCommand {
    Overtake { findings: Box::new(found), differences: vec![was_closed()], ruling: None, past: vec![] }
}

#[test]
fn trust_a5_what_others_changed_makes_a_new_receipt_and_voids_what_was_countersigned() {
    let mut history = waiting_history(&two());
    let receipt = given::<AccessRequest>(history.clone()).state().receipt().unwrap();
    history.push(signed(&ada(), receipt));
    let changed = AccessEvent::EvidenceChanged {
        findings: Box::new(closed()),
        differences: vec![was_closed()],
        voided: vec![ada().id],
    };
    given::<AccessRequest>(history.clone()).when(look(closed())).then([changed.clone()]);
    history.push(changed);
    let after = given::<AccessRequest>(history);
    assert!(after.state().open.as_ref().unwrap().countersigned.is_empty());
    after.when(countersign(ada(), Some(receipt), 1)).then_denied([Violation::Stale]);
    after.when(look(closed())).then_nothing();
}

#[test]
fn what_is_again_as_it_was_first_shown_is_no_difference_to_that() {
    let changed = |found: Findings, from, to| AccessEvent::EvidenceChanged {
        findings: Box::new(found),
        differences: vec![Difference::Holds { who: "Erin".to_owned(), from, to }],
        voided: vec![],
    };
    let (first, then) = (findings().present, Some(Permission::Admin));
    let mut history = waiting_history(&two());
    history.push(changed(holding(Permission::Admin), first, then));
    assert_eq!(given::<AccessRequest>(history.clone()).state().changed.len(), 1);
    history.push(changed(findings(), then, first));
    assert_eq!(given::<AccessRequest>(history).state().changed, []);
}

#[test]
fn trust_a5_a_ticket_that_the_bot_moved_is_never_told_as_a_change_of_others_later_on() {
    let holds = |history: &[AccessEvent], found: Findings, by_us: &[&str]| {
        let by_us = by_us.iter().map(ToString::to_string).collect();
        let look = LookAgain { findings: Box::new(found), by_us, ruling: None };
        given::<AccessRequest>(history.to_vec()).when(look).events()
    };
    let moved =
        |status, present| Findings { present: Some(present), ..ticket(status, TicketStage::InProgress) };
    let changed = |history: &[AccessEvent]| given::<AccessRequest>(history.to_vec()).state().changed.clone();
    let (who, from) = ("Erin".to_owned(), findings().present);
    let is_held = |to| Difference::Holds { who: who.clone(), from, to: Some(to) };

    let mut history = waiting_history(&two());
    for present in [Permission::Write, Permission::Admin] {
        history.extend(holds(&history, moved("In Progress", present), &["In Progress"]));
        assert_eq!(changed(&history), [is_held(present)], "that the bot moved it is no change");
    }
    // What others do with it after that is one, told from where the bot had left it.
    history.extend(holds(&history, moved("In Review", Permission::Admin), &[]));
    let (ticket, to) = ("OPS-17".to_owned(), "In Review".to_owned());
    let by_others = Difference::TicketStatus { ticket, from: "In Progress".to_owned(), to, closed: false };
    assert_eq!(changed(&history), [by_others, is_held(Permission::Admin)]);
    // And where the bot moves it on, that is what stands there, and no change of anybody's.
    history.extend(holds(&history, moved("Approved", Permission::Write), &["Approved"]));
    assert_eq!(changed(&history), [is_held(Permission::Write)]);
}

#[test]
fn why_a_countersignature_counts_no_more_is_what_took_it() {
    let changed = || AccessEvent::EvidenceChanged {
        findings: Box::new(closed()),
        differences: vec![was_closed()],
        voided: vec![],
    };
    let countersigned = || signed(&ada(), crate::envelope::Digest::of(b"what was shown"));
    let rules = || AccessEvent::Rechecked { terms: Box::new(terms()) };
    for (then, why) in [
        (vec![changed(), countersigned(), rules()], Some(WhyVoid::Rules)),
        (vec![countersigned(), changed(), rules()], Some(WhyVoid::Evidence)),
        (vec![countersigned(), AccessEvent::CountersignatureVoided { by: ada().id }], Some(WhyVoid::Signer)),
        (vec![changed(), rules()], None),
    ] {
        let mut history = waiting_history(&two());
        history.extend(then);
        let voided = given::<AccessRequest>(history).state().open.as_ref().unwrap().voided.clone();
        assert_eq!(voided.into_iter().collect::<Vec<_>>(), Vec::from_iter(why.map(|why| (ada().id, why))));
    }
}

#[test]
fn trust_a5_what_the_directory_says_of_an_account_is_no_evidence_and_makes_no_new_receipt() {
    let receipt = |subject: Option<Subject>| {
        let mut history = waiting_history(&two());
        let Some(AccessEvent::Checked { findings, .. }) = history.get_mut(1) else {
            panic!("it was checked")
        };
        findings.subject = subject;
        given::<AccessRequest>(history).state().receipt().unwrap()
    };
    // Whose it is stands in what is asked for, and is countersigned there.
    let asked = asked().subject;
    assert_eq!(receipt(Some(asked.clone())), receipt(None));
    assert_ne!(receipt(Some(Subject { principal: Some(ada().id), ..asked })), receipt(None));
}

#[test]
fn trust_a5_what_the_bot_did_itself_is_no_news() {
    let waiting = given::<AccessRequest>(waiting_history(&terms()));
    waiting.when(look(ticket("In Progress", TicketStage::InProgress))).then_nothing();
    assert_eq!(waiting.when(look(holding(Permission::Write))).events().len(), 1);
}

/// Another access of ours gives write by now.
fn through_us() -> Findings {
    Findings {
        present: Some(Permission::Write),
        beside: Some(Baseline { permission: Some(Permission::Read) }),
        ..findings()
    }
}

#[test]
fn trust_a5_what_another_access_of_ours_gives_by_now_is_shown_before_it_is_decided() {
    let mut history = waiting_history(&two());
    let receipt = given::<AccessRequest>(history.clone()).state().receipt().unwrap();
    history.push(signed(&ada(), receipt));
    let (who, from, to) = ("Erin".to_owned(), Some(Permission::Read), Some(Permission::Write));
    let changed = AccessEvent::EvidenceChanged {
        findings: Box::new(through_us()),
        differences: vec![Difference::HoldsThroughUs { who, from, to }],
        voided: vec![ada().id],
    };
    given::<AccessRequest>(history.clone()).when(look(through_us())).then([changed.clone()]);
    history.push(changed);
    let shown = given::<AccessRequest>(history);
    assert_eq!(shown.state().findings, Some(through_us()), "the card shows what is held now");
    shown.when(countersign(ada(), Some(receipt), 1)).then_denied([Violation::Stale]);
    shown.when(look(through_us())).then_nothing();
    // And that it has ended again is as much news.
    assert_eq!(shown.when(look(findings())).events().len(), 1);
}

#[test]
fn trust_a5_once_it_is_decided_what_our_accesses_give_sends_nothing_round_in_circles() {
    for history in [granting(), active()] {
        let decided = given::<AccessRequest>(history);
        assert_eq!(decided.state().differences(&through_us(), &[]), []);
        assert_eq!(decided.state().overtaken(&through_us(), &[], true), []);
        decided.when(look(through_us())).then_nothing();
    }
}

#[test]
fn trust_a5_every_kind_of_difference_is_noticed() {
    let kind = |found: Findings| {
        let differences = given::<AccessRequest>(waiting_history(&terms())).state().differences(&found, &[]);
        let json = serde_json::to_value(&differences).unwrap();
        json.as_array().unwrap().iter().map(|it| it["what"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let with = |change: fn(&mut Ticket)| {
        let mut found = findings();
        found.ticket.iter_mut().for_each(change);
        kind(found)
    };
    assert_eq!(kind(Findings { ticket: None, ..findings() }), ["ticket_gone"]);
    assert_eq!(with(|ticket| ticket.key = "NEW-3".to_owned()), ["ticket_key"]);
    assert_eq!(with(|ticket| ticket.title = "Something else".to_owned()), ["ticket_title"]);
    assert_eq!(with(|ticket| ticket.status = "In Review".to_owned()), ["ticket_status"]);
    assert_eq!(kind(Findings { repository: None, ..findings() }), ["repository_gone"]);
    let both_gone = Findings { repository: None, present: None, ..findings() };
    assert_eq!(kind(both_gone), ["repository_gone"], "on what is gone nobody holds anything");
    assert_eq!(kind(renamed()), ["repository_name"]);
    assert_eq!(kind(holding(Permission::Admin)), ["holds"]);
    assert_eq!(kind(through_us()), ["holds_through_us"]);
    assert_eq!(kind(Findings { present: None, ..findings() }), ["holds"]);
    assert_eq!(kind(findings()), [""; 0]);
}

#[test]
fn trust_a5_what_is_approved_waits_once_more_where_that_matters() {
    let approved = given::<AccessRequest>(granting());
    let changed = AccessEvent::EvidenceChanged {
        findings: Box::new(closed()),
        differences: vec![was_closed()],
        voided: vec![ada().id],
    };
    let again = waiting(Proposal::Grant, &erin().id, terms(), noon());
    approved.when(overtake(closed())).then([changed.clone(), again.clone()]);
    let after = given::<AccessRequest>([granting(), vec![changed, again]].concat());
    assert_eq!((after.state().status(), after.state().held()), (Status::Waiting, None));
    assert_eq!(after.state().countersigned_by, []);
    after.when(overtake(closed())).then_nothing();
}

#[test]
fn trust_a5_after_the_decision_only_what_matters_counts() {
    let approved = given::<AccessRequest>(granting());
    let overtaken = |found: &Findings, changes| approved.state().overtaken(found, &[], changes).len();
    assert_eq!(overtaken(&closed(), false), 1);
    assert_eq!(overtaken(&Findings { ticket: None, ..findings() }, false), 1);
    assert_eq!(overtaken(&ticket("In Review", TicketStage::InProgress), true), 0);
    assert_eq!(overtaken(&holding(Permission::Admin), true), 1);
    assert_eq!(overtaken(&holding(Permission::Write), false), 0, "nothing would be changed");
}

#[test]
fn trust_a5_where_nobody_countersigns_only_the_rules_demands_count() {
    let auto = Terms { auto: true, quorum: 0, ticket: vec![], ..terms() };
    let mut history = waiting_history(&auto);
    history.pop();
    history.push(AccessEvent::Approved { by: vec![], fixed: Lasting { minutes: 60 } });
    let approved = given::<AccessRequest>(history);
    assert_eq!(approved.state().overtaken(&closed(), &[], true), []);
    assert_eq!(approved.state().overtaken(&holding(Permission::Admin), &[], true), []);
    assert_eq!(approved.state().overtaken(&renamed(), &[], true).len(), 1, "the rules are asked by name");
}

#[test]
fn trust_a5_what_is_not_decided_on_any_more_is_not_changed() {
    given::<AccessRequest>(requested()).when(look(closed())).then_nothing();
    given::<AccessRequest>(granting()).when(look(closed())).then_nothing();
    given::<AccessRequest>(active()).when(overtake(closed())).then_nothing();
    assert_eq!(
        given::<AccessRequest>(active()).when(look(closed())).events().len(),
        1,
        "an extension may follow"
    );
    let seen = given::<AccessRequest>(active()).when(look(closed())).events();
    let seen = given::<AccessRequest>([active(), seen].concat());
    assert_eq!(seen.state().countersigned_by, [ada().id], "what was granted was granted");
}

fn moved() -> Findings {
    let ticket = findings().ticket.map(|ticket| Ticket { key: "SEC-4".to_owned(), ..ticket });
    Findings { ticket, ..findings() }
}

fn no_ticket() -> Findings {
    Findings { ticket: None, ..findings() }
}

fn denied_by_checks(proposal: Proposal, violations: Vec<Violation>) -> AccessEvent {
    AccessEvent::Denied { proposal, by: None, reason: None, violations, rules: None }
}

/// What follows after the difference itself.
fn then(access: &[AccessEvent], command: AccessCommand) -> Option<AccessEvent> {
    given::<AccessRequest>(access.to_vec()).when(command).events().into_iter().nth(1)
}

#[test]
fn trust_a5_what_the_rules_demand_and_is_not_so_any_more_denies_it() {
    let only_ops = Terms { ticket: vec!["^OPS-".to_owned()], ..terms() };
    let (ticket, pattern) = ("SEC-4".to_owned(), "^OPS-".to_owned());
    let mismatch =
        denied_by_checks(Proposal::Grant, vec![Violation::from(Fault::TicketMismatch { ticket, pattern })]);
    let open = waiting_history(&only_ops);
    assert_eq!(then(&open, look(moved())), Some(mismatch.clone()));
    let approved =
        [open.clone(), vec![AccessEvent::Approved { by: vec![ada().id], fixed: Lasting { minutes: 60 } }]]
            .concat();
    assert_eq!(then(&approved, overtake(moved())), Some(mismatch));
    assert_eq!(given::<AccessRequest>(approved).state().overtaken(&moved(), &[], false).len(), 1);
    // Whether it matters that there is no ticket any more is for those to say who decide.
    assert_eq!(then(&open, look(no_ticket())), None);
}

#[test]
fn trust_a5_other_terms_that_the_rules_give_by_then_stand_from_now_on() {
    let (open, ruled) = (waiting_history(&terms()), |terms| Some(Ruling::Allowed(terms)));
    let look = |ruling| LookAgain { findings: Box::new(closed()), by_us: vec![], ruling };
    let rechecked = AccessEvent::Rechecked { terms: Box::new(two()) };
    assert_eq!(then(&open, look(ruled(two()))), Some(rechecked.clone()));
    assert_eq!(then(&open, look(ruled(terms()))), None, "they are the same");

    let again = |ruling| {
        let (findings, differences) = (Box::new(closed()), vec![was_closed()]);
        let past = vec![];
        given::<AccessRequest>(granting()).when(Overtake { findings, differences, ruling, past }).events()
    };
    let waits = |terms| waiting(Proposal::Grant, &erin().id, terms, noon());
    assert_eq!(again(ruled(two()))[1..], [rechecked, waits(two())]);
    assert_eq!(again(ruled(terms()))[1..], [waits(terms())]);
}

#[test]
fn trust_a10_what_becomes_automatic_under_another_name_is_limited_like_all_that_nobody_is_asked_about() {
    let alone = Terms { auto: true, quorum: 0, ..terms() };
    let before = noon().checked_sub(jiff::SignedDuration::from_hours(6 * 24)).unwrap();
    let again = |past| {
        let (findings, differences) = (Box::new(closed()), vec![was_closed()]);
        let ruling = Some(Ruling::Allowed(Terms { ticket_status: vec![], ..alone.clone() }));
        given::<AccessRequest>(granting()).when(Overtake { findings, differences, ruling, past }).events()
    };
    assert!(matches!(again(vec![]).last(), Some(AccessEvent::Approved { by, .. }) if by.is_empty()));
    // They had it for six of the seven days that are allowed, and it is for two.
    let past = again(vec![crate::access::Span { from: before, until: noon() }]);
    let Some(AccessEvent::Denied { violations, .. }) = past.last() else { panic!("{past:#?}") };
    let own: Vec<Option<Fault>> = violations.iter().map(Violation::own).collect();
    assert!(matches!(own[..], [Some(Fault::UnbrokenTooLong { .. })]), "{violations:?}");
}

#[test]
fn trust_a5_where_nobody_countersigns_a_ticket_that_is_gone_is_a_demand_that_is_not_met() {
    let auto = Terms { auto: true, quorum: 0, ..terms() };
    let mut approved = waiting_history(&auto);
    approved.pop();
    approved.push(AccessEvent::Approved { by: vec![], fixed: Lasting { minutes: 60 } });
    assert_eq!(given::<AccessRequest>(approved.clone()).state().overtaken(&no_ticket(), &[], true).len(), 1);
    let unknown = vec![Violation::from(Fault::UnknownTicket { ticket: "OPS-17".to_owned() })];
    let denied = denied_by_checks(Proposal::Grant, unknown);
    assert_eq!(then(&approved, overtake(no_ticket())), Some(denied));
    // What is held by itself meanwhile is no demand of the rules.
    let again = AccessEvent::Approved { by: vec![], fixed: Lasting { minutes: 2880 } };
    assert_eq!(then(&approved, overtake(holding(Permission::Admin))), Some(again));
}

fn reviewed(access: &[AccessEvent], terms: Terms) -> Vec<AccessEvent> {
    let people = Arc::new([erin(), ada()].into_iter().collect());
    let ruling = Some(Ruling::Allowed(terms));
    let review = Review { people, open: ruling.clone(), granted: ruling, past: vec![] };
    given::<AccessRequest>(access.to_vec()).when(AccessCommand::Review(Box::new(review))).events()
}

#[test]
fn trust_a5_a_request_whose_ticket_was_moved_waits_for_nobody_once_the_rules_ask_nobody() {
    let mut moved_meanwhile = waiting_history(&terms());
    moved_meanwhile.extend(given::<AccessRequest>(moved_meanwhile.clone()).when(look(closed())).events());
    let approved = AccessEvent::Approved { by: vec![], fixed: Lasting { minutes: 2880 } };
    let rechecked = AccessEvent::Rechecked { terms: Box::new(auto()) };
    assert_eq!(reviewed(&moved_meanwhile, auto()), [rechecked.clone(), approved.clone()]);
    // What was left in such a state by an older bot goes on at the next review.
    assert_eq!(reviewed(&[moved_meanwhile, vec![rechecked]].concat(), auto()), [approved]);
}

#[test]
fn trust_a5_where_the_rules_ask_nobody_any_more_a_ticket_that_is_gone_is_a_demand() {
    let mut gone = waiting_history(&terms());
    gone.extend(given::<AccessRequest>(gone.clone()).when(look(no_ticket())).events());
    let unknown = vec![Violation::from(Fault::UnknownTicket { ticket: "OPS-17".to_owned() })];
    let rechecked = AccessEvent::Rechecked { terms: Box::new(auto()) };
    assert_eq!(reviewed(&gone, auto()), [rechecked, denied_by_checks(Proposal::Grant, unknown)]);
}

#[test]
fn trust_a5_what_asks_nobody_under_the_name_it_has_now_can_still_be_decided_by_those_who_could() {
    let mut renamed_meanwhile = waiting_history(&terms());
    let ruling = Some(Ruling::Allowed(auto()));
    let look = LookAgain { findings: Box::new(renamed()), by_us: vec![], ruling };
    renamed_meanwhile.extend(given::<AccessRequest>(renamed_meanwhile.clone()).when(look).events());
    let request = given::<AccessRequest>(renamed_meanwhile.clone());
    assert!(request.state().could_countersign(&ada()), "else nobody could decide it");
    let approved = AccessEvent::Approved { by: vec![], fixed: Lasting { minutes: 2880 } };
    assert_eq!(reviewed(&renamed_meanwhile, auto()).pop(), Some(approved), "and the next review does");
}
