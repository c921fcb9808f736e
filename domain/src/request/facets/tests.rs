//! What is read of a request without knowing what is asked for, by the example of access.

use super::*;
use crate::access::example::{
    active, ada, asked, bob, ending, erin, granting, person, requested, signed, terms, two, waiting,
};
use crate::access::{
    AccessEvent, AccessRequest, Asked, Deviation, Ending, GrantEvent, Longer, Proposal, Subject,
};
use crate::denied::Violation;
use crate::repair::RepairRequest;
use crate::request::{RequestEvent, WAIT_MINUTES, later};
use crate::rule_change::example::approved;
use crate::rule_change::{FateEvent, RuleChangeEvent, RuleChangeRequest};
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
fn who_stood_in_for_whom_is_told_of_the_grant_and_of_what_is_proposed_about_it_each_by_itself() {
    let receipt = given::<AccessRequest>(waiting(&terms())).state().receipt().unwrap();
    let in_place = |by: &Person| match signed(by, receipt) {
        AccessEvent::Countersigned { by, receipt, assurance, .. } => {
            AccessEvent::Countersigned { by, receipt, assurance, stands_in_for: Some(bob().id) }
        }
        other => other,
    };
    let mut history = extending(&two());
    let waits = history.iter().position(|event| matches!(event, AccessEvent::Waiting { .. })).unwrap();
    history.insert(waits + 1, in_place(&ada()));
    let request = facets(history.clone());
    assert_eq!(request.stood_in_for(&ada().id), Some(&bob().id), "of the grant");
    assert!(request.open().unwrap().stood_in_for.is_empty(), "nobody has of the extension");
    history.push(in_place(&person("kim", &[])));
    let request = facets(history);
    assert_eq!(request.open().unwrap().stood_in_for.get(&person("kim", &[]).id), Some(&bob().id));
    assert_eq!(request.stood_in_for(&person("kim", &[]).id), None, "that is another countersignature");
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
fn people_speak_of_it_by_their_names_by_what_is_wanted_and_by_its_end() {
    let mut history = for_bob();
    let Some(AccessEvent::Requested { asked }) = history.first_mut() else { panic!("it was asked for") };
    (asked.subject.name, asked.until) = ("Bob".to_owned(), later(noon(), 600).to_string().parse().ok());
    let request = facets(history);
    assert_eq!((request.names(), request.why()), (vec!["Erin", "Bob"], Some("rollout")));
    // Its title says until when it was asked for.
    assert_eq!((request.wanted(), request.until()), (Some("write"), None));
    assert_eq!(facets(requested()).until(), None, "for how long is said, and not until when");
    assert_eq!(facets(active()).until(), Some(later(noon(), 2880)));
    let nothing = facets(vec![]);
    assert!(!nothing.is_seen_by(&Person { roles: [Role::Admin].into(), ..ada() }, &[]));
    assert!(nothing.names().is_empty() && nothing.why().is_none());
    assert!(nothing.wanted().is_none() && nothing.until().is_none());
}

#[test]
fn it_is_to_be_decided_until_somebody_has_and_while_an_extension_waits() {
    for (history, is_to_be_decided) in [
        (requested(), true),
        (waiting(&terms()), true),
        (granting(), false),
        (active(), false),
        (extending(&terms()), true),
        (denied(waiting(&terms()), Some(&ada()), vec![]), false),
    ] {
        let request = facets(history);
        assert_eq!(request.is_to_be_decided(), is_to_be_decided, "{}", request.standing().word);
    }
}

#[test]
fn whoever_said_no_to_it_denied_it_and_nobody_else_did() {
    let by = |history: Vec<AccessEvent>| {
        let request = facets(history);
        [ada(), bob()].map(|person| request.was_denied_by(&person.id))
    };
    assert_eq!(by(denied(waiting(&terms()), Some(&ada()), vec![])), [true, false]);
    assert_eq!(by(denied(waiting(&terms()), None, vec![Violation::OwnRequest])), [false, false]);
    assert_eq!(by(waiting(&terms())), [false, false]);
    // An access of which no more is given is not denied.
    let proposal = Proposal::Extension(Longer::by(60));
    let (by_ada, violations) = (Some(ada().id), vec![]);
    let no_more = AccessEvent::Denied { proposal, by: by_ada, reason: None, violations, rules: None };
    assert_eq!(by([extending(&terms()), vec![no_more]].concat()), [false, false]);
}

#[test]
fn an_access_comes_into_force_is_in_force_and_is_over() {
    let ended = AccessEvent::Own(GrantEvent::Ended { ending: Ending::Expired, left: None, by_hand: false });
    let ended = [ending(Ending::Expired), vec![ended]].concat();
    for (history, is_coming, is_in_force, is_over) in [
        (requested(), false, false, false),
        (waiting(&terms()), false, false, false),
        (granting(), true, false, false),
        (active(), false, true, false),
        (extending(&terms()), false, true, false),
        (ending(Ending::Expired), false, true, false),
        (ended, false, false, true),
        (denied(waiting(&terms()), None, vec![]), false, false, true),
    ] {
        let request = facets(history);
        let is = (request.is_coming_into_force(), request.is_in_force(), request.is_over());
        assert_eq!(is, (is_coming, is_in_force, is_over), "{}", request.standing().word);
    }
    // Rules that are published are done with: nothing of the change lasts.
    let change = |history: Vec<RuleChangeEvent>| {
        let request = given::<RuleChangeRequest>(history).state().clone();
        (Facets::is_coming_into_force(&request), Facets::is_in_force(&request), Facets::is_over(&request))
    };
    let published = RuleChangeEvent::Own(FateEvent::Published { version: 2 });
    assert_eq!(change(approved()), (false, false, false));
    assert_eq!(change([approved(), vec![published]].concat()), (false, false, true));
}

#[test]
fn it_is_theirs_who_asked_and_for_whom_and_a_repair_is_nobodys_but_who_proposed_it() {
    let request = facets(for_bob());
    let is_for = [erin(), bob(), ada()].map(|person| request.is_for(&person.id));
    assert_eq!(is_for, [true, true, false]);
    let mut plan = crate::repair::example::plan();
    plan.items[0].holder = Some(bob().id);
    let proposer = plan.requester.id.clone();
    let plan = RequestEvent::Requested { asked: Box::new(plan) };
    let plan = given::<RepairRequest<Deviation>>([plan]).state().clone();
    assert_eq!(Facets::subjects(&plan), [&bob().id], "it is his own, and not his to take back");
    assert!(Facets::is_for(&plan, &proposer) && !Facets::is_for(&plan, &bob().id));
}

#[test]
fn it_was_carried_by_who_countersigned_it_while_it_stands() {
    let by = |history: Vec<AccessEvent>| {
        let request = facets(history);
        [ada(), bob()].map(|person| request.was_carried_by(&person.id))
    };
    assert_eq!((by(granting()), by(active())), ([true, false], [true, false]));
    assert_eq!((by(waiting(&terms())), by(ending(Ending::Expired))), ([false, false], [false, false]));
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
    assert!(!request.concerns(&ada().id), "who may decide on it");
    assert!(request.is_for(&erin().id) && request.is_for(&bob().id), "either takes it back");
    assert!(!request.is_for(&ada().id), "who may decide on it is not asked to take it back");
    assert_eq!(request.names(), ["Erin", "Erin"], "who asked, and for whom it is called");
}

#[test]
fn it_is_over_once_nothing_can_happen_any_more_and_in_force_from_when_it_was_read_back_until_its_end_was() {
    let ended = |left| AccessEvent::Own(GrantEvent::Ended { ending: Ending::Expired, left, by_hand: false });
    for (history, is_coming, is_in_force, is_over) in [
        (requested(), false, false, false),
        (waiting(&terms()), false, false, false),
        (granting(), true, false, false),
        (active(), false, true, false),
        (extending(&two()), false, true, false),
        (ending(Ending::Expired), false, true, false),
        ([ending(Ending::Expired), vec![ended(None)]].concat(), false, false, true),
        (denied(waiting(&terms()), Some(&ada()), vec![]), false, false, true),
    ] {
        let request = facets(history);
        let stands = (request.is_coming_into_force(), request.is_in_force(), request.is_over());
        assert_eq!(stands, (is_coming, is_in_force, is_over), "{}", request.standing().word);
    }
    let denied = facets(denied(waiting(&terms()), Some(&ada()), vec![]));
    assert!(denied.was_denied_by(&ada().id) && !denied.was_denied_by(&bob().id));
    assert!(facets(active()).until().is_some() && facets(waiting(&terms())).until().is_none());
}

#[test]
fn trust_c3_it_stands_in_the_lists_of_whom_it_concerns_and_of_who_may_decide_on_it_now() {
    let (zoe, eve) = (person("zoe", &[]), person("eve", &[]));
    let listed = |history: Vec<AccessEvent>, who: &Person, absent: &[Person]| {
        facets(history).is_listed_for(who, absent)
    };
    assert!(listed(waiting(&terms()), &erin(), &[]) && listed(active(), &erin(), &[]), "she asked");
    assert!(listed(waiting(&terms()), &bob(), &[]), "he may decide");
    assert!(!listed(active(), &bob(), &[]), "he might have, and did not");
    assert!(listed(granting(), &ada(), &[]), "she did");
    let escalated = [waiting(&terms()), vec![AccessEvent::Escalated { to: vec![] }]].concat();
    assert!(!listed(waiting(&terms()), &zoe, &[]) && listed(escalated, &zoe, &[]), "once it has escalated");
    assert!(
        listed(waiting(&terms()), &eve, &[bob()]) && !listed(waiting(&terms()), &eve, &[]),
        "in his place"
    );
    assert!(!listed(active(), &eve, &[bob()]), "and nothing waits any more");
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
