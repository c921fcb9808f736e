//! What is read of a request without knowing what is asked for, by the example of access.

use super::*;
use crate::access::example::{
    active, ada, asked, bob, ending, erin, granting, person, requested, signed, terms, two, waiting,
};
use crate::access::{AccessEvent, AccessRequest, Asked, Ending, Longer, Proposal, Subject};
use crate::denied::Violation;
use crate::request::{WAIT_MINUTES, later};
use crate::testing::{given, noon};

fn facets(history: Vec<AccessEvent>) -> impl Facets {
    given::<AccessRequest>(history).state().clone()
}

/// A ticket asked in Erin's name for Bob, and it waits.
fn for_bob() -> Vec<AccessEvent> {
    let subject = Subject { principal: Some(bob().id), ..asked().subject };
    let asked = Asked { subject, origin: Origin::Ticket, ..asked() };
    let mut history = waiting(&terms());
    history[0] = AccessEvent::Requested { asked: Box::new(asked) };
    history
}

fn denied(history: Vec<AccessEvent>, by: Option<&Person>, violations: Vec<Violation>) -> Vec<AccessEvent> {
    let by = by.map(|person| person.id.clone());
    let event = AccessEvent::Denied { proposal: Proposal::Grant, by, reason: None, violations, rules: None };
    [history, vec![event]].concat()
}

fn extending(terms: &Terms) -> Vec<AccessEvent> {
    let proposal = Proposal::Extension(Longer::by(60));
    [active(), vec![crate::request::waiting(proposal, &erin().id, terms.clone(), noon())]].concat()
}

#[test]
fn it_says_what_is_asked_for_by_whom_and_where() {
    let request = facets(for_bob());
    assert_eq!((request.kind(), request.code()), ("access", Some(&asked().code)));
    assert_eq!(request.requester().map(|requester| &requester.id), Some(&erin().id));
    assert_eq!((request.origin(), request.subjects()), (Some(Origin::Ticket), vec![&bob().id]));
    let things: Vec<_> = request.things().into_iter().map(|thing| (thing.kind, thing.id)).collect();
    for (kind, id) in [("repository", "payments-api"), ("account", "acc-erin"), ("ticket", "OPS-17")] {
        assert!(things.contains(&(kind, id.to_owned())), "{things:?}");
    }
    let nothing = facets(vec![]);
    assert!(nothing.code().is_none() && nothing.requester().is_none() && nothing.origin().is_none());
    assert!(nothing.subjects().is_empty() && nothing.things().is_empty() && nothing.receipt().is_none());
}

#[test]
fn it_says_what_waits_and_what_is_due() {
    let state = given::<AccessRequest>(waiting(&terms())).state().clone();
    assert!(state.receipt().is_some());
    let request = facets(waiting(&terms()));
    assert_eq!(request.receipt(), state.receipt());
    let open = request.open().expect("it waits");
    assert!(open.is_first && !open.escalated && !open.announced);
    assert_eq!((open.by, open.terms, open.due), (&erin().id, &terms(), later(noon(), WAIT_MINUTES)));
    let mut due = request.deadlines();
    due.sort_unstable();
    assert_eq!(due, [(later(noon(), 60), "escalate"), (later(noon(), WAIT_MINUTES), "lapse")]);
    let extending = facets(extending(&two()));
    assert!(!extending.open().expect("an extension waits").is_first);
    assert!(facets(granting()).open().is_none());
}

#[test]
fn it_says_what_became_of_it() {
    let of_checks = denied(requested(), None, vec![Violation::OwnRequest]);
    assert_eq!(facets(of_checks).denial().map(|denial| denial.violations.len()), Some(1));
    assert!(facets(requested()).denial().is_none());
    assert_eq!(facets(granting()).countersigned_by(), [ada().id]);
    assert_eq!(facets(waiting(&terms())).countersigned_by(), []);
    let vendor = || AccessEvent::Delayed { vendor: "jira".to_owned() };
    assert_eq!(facets([granting(), vec![vendor()]].concat()).delayed(), Some("jira"));
    assert_eq!(facets(granting()).delayed(), None);
}

#[test]
fn its_terms_are_those_of_what_waits_and_else_of_what_was_asked_first() {
    assert_eq!(facets(requested()).latest_terms(), None);
    assert_eq!(facets(waiting(&terms())).latest_terms(), Some(&terms()));
    assert_eq!(facets(granting()).latest_terms(), Some(&terms()));
    assert_eq!(facets(extending(&two())).latest_terms(), Some(&two()));
}

#[test]
fn something_is_under_way_while_it_is_looked_up_set_or_taken_back() {
    for (history, is_under_way) in [
        (requested(), true),
        (waiting(&terms()), false),
        (granting(), true),
        (active(), false),
        (ending(Ending::Expired), true),
        (denied(waiting(&terms()), Some(&ada()), vec![]), false),
    ] {
        let request = facets(history);
        assert_eq!(request.is_under_way(), is_under_way, "{}", request.standing().word);
    }
}

#[test]
fn it_concerns_who_asked_and_whose_own_it_is() {
    let request = facets(for_bob());
    assert!(request.concerns(&erin().id) && request.concerns(&bob().id));
    assert!(!request.concerns(&ada().id), "who may decide on it is not asked to take it back");
}

#[test]
fn it_is_the_affair_of_whom_it_concerned_and_of_who_may_countersign() {
    let zoe = person("zoe", &[]);
    let is_theirs = |history: Vec<AccessEvent>, who: &Person| facets(history).is_theirs(who);
    let escalated = [waiting(&terms()), vec![AccessEvent::Escalated { to: vec![] }]].concat();
    assert!(is_theirs(waiting(&terms()), &erin()), "she asked");
    assert!(is_theirs(waiting(&terms()), &ada()) && is_theirs(granting(), &bob()), "by the rules");
    assert!(!is_theirs(waiting(&terms()), &zoe) && is_theirs(escalated, &zoe), "once it has escalated");
    // Who decided once may look at what came of it, also where the rules let them decide no more.
    let eve = person("eve", &[]);
    let receipt = facets(waiting(&two())).receipt().expect("it waits");
    assert!(is_theirs([waiting(&two()), vec![signed(&eve, receipt)]].concat(), &eve));
    assert!(is_theirs(denied(waiting(&terms()), Some(&eve), vec![]), &eve));
    let revoked = ending(Ending::Revoked { by: eve.id.clone(), reason: None });
    assert!(is_theirs(revoked, &eve) && !is_theirs(ending(Ending::Expired), &eve));
}

#[test]
fn who_could_countersign_is_told_as_the_request_itself_says_it() {
    let request = facets(for_bob());
    for (person, could) in [(ada(), true), (bob(), false), (erin(), false), (person("eve", &[]), false)] {
        assert_eq!(request.could_countersign(&person), could, "{}", person.name);
        assert_eq!(request.could_decide(&person, &[]), could, "{}", person.name);
    }
    let open = request.open().expect("it waits");
    let zoe = person("zoe", &[]);
    assert!(open.allows(&bob()), "whose own it is does not count here");
    assert!(!open.allows(&zoe) && OpenView { escalated: true, ..open }.allows(&zoe));
    assert!(!OpenView { escalated: true, ..open }.allows(&person("eve", &[])));
}
