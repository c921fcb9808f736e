//! What is said of documents alone: who gets a place, who may read less, and when somebody looks.

use jiff::civil::date;
use proptest::prelude::*;

use super::super::example::*;
use super::super::{DocumentRequestCommand, FollowUp, react};
use super::*;
use crate::access::example::{ada, person};
use crate::aggregate::Aggregate as _;
use crate::reaction::{Reaction, Then};
use crate::request::Code;
use crate::rule_change::example::admin;
use crate::testing::{given, noon};

fn own(event: DocumentEvent) -> DocumentRequestEvent {
    RequestEvent::Own(event)
}

fn boxed(person: Person) -> Box<Person> {
    Box::new(person)
}

fn code(number: u128) -> Code {
    Code::candidate(uuid::Uuid::from_u128(number), 0)
}

#[test]
fn what_was_countersigned_goes_live_and_what_was_not_does_not() {
    given::<DocumentRequest>(approved(submission()))
        .when(DocumentCommand::GoLive)
        .then([own(DocumentEvent::Live {})]);
    given::<DocumentRequest>(waiting(submission())).when(DocumentCommand::GoLive).then_nothing();
    given::<DocumentRequest>(live(submission())).when(DocumentCommand::GoLive).then_nothing();
}

#[test]
fn a_file_that_cannot_be_read_is_denied_with_what_helps() {
    let unreadable = Some(crate::ports::Unreadable::Encrypted);
    let findings = Box::new(Inspected { unreadable, ..Inspected::default() });
    let asked = vec![RequestEvent::Requested { asked: Box::new(submission()) }];
    let check = DocumentRequestCommand::Check { findings, ruling: None, past: () };
    let events = given::<DocumentRequest>(asked).when(check).events();
    let Some(RequestEvent::Denied { violations, .. }) = events.last() else { panic!("{events:?}") };
    let why = crate::ports::Unreadable::Encrypted;
    assert_eq!(*violations, [Violation::from(Fault::CannotBeRead { why })]);
}

#[test]
fn a_text_that_was_read_after_somebody_mended_something_is_taken_in() {
    let mut asked = vec![RequestEvent::Requested { asked: Box::new(submission()) }];
    let why = "the disk was full".to_owned();
    asked.push(RequestEvent::Failed { phase: Phase::Reading, why, given_up: false });
    let extracted = own(DocumentEvent::Extracted { read: Box::new(read()) });
    let take = || DocumentCommand::TakeText(Box::new(read()));
    given::<DocumentRequest>(asked).when(take()).then([extracted]);
    given::<DocumentRequest>(waiting(submission())).when(take()).then_nothing();
}

#[test]
fn who_may_read_it_may_become_fewer_at_once_and_more_by_a_new_version_only() {
    let narrow = |by: Person, acl| DocumentCommand::Narrow { by: boxed(by), acl };
    let hr = || Acl::of(["hr".to_owned()]);
    let erin = || person("erin", &[]);
    let narrowed = own(DocumentEvent::Narrowed { by: erin().id, acl: hr() });
    given::<DocumentRequest>(live(submission())).when(narrow(erin(), hr())).then([narrowed.clone()]);
    let history = || live(submission()).into_iter().chain([narrowed.clone()]);
    let widened = narrow(erin(), Acl::everybody());
    given::<DocumentRequest>(history()).when(widened).then_denied([Fault::WouldWiden.into()]);
    given::<DocumentRequest>(history()).when(narrow(erin(), hr())).then_nothing();
    let nobody = narrow(erin(), Acl::default());
    given::<DocumentRequest>(history()).when(nobody).then_denied([Fault::NobodyMayRead.into()]);
    let stranger = narrow(person("bob", &[]), hr());
    given::<DocumentRequest>(live(submission())).when(stranger).then_denied([Fault::NotYourDocument.into()]);
    given::<DocumentRequest>(waiting(submission()))
        .when(narrow(erin(), hr()))
        .then_denied([Fault::NotLive.into()]);
    assert!(Document::is_urgent(&narrow(erin(), hr())), "it takes something away");
}

#[test]
fn it_is_retired_by_who_brought_it_who_countersigned_it_or_an_administrator() {
    for by in [person("erin", &[]), ada(), admin("zoe")] {
        let retire = DocumentCommand::Retire { by: boxed(by.clone()), reason: None };
        let retired = own(DocumentEvent::Retired { by: by.id, reason: None });
        given::<DocumentRequest>(live(submission())).when(retire).then([retired]);
    }
    let bob = DocumentCommand::Retire { by: boxed(person("bob", &[])), reason: None };
    given::<DocumentRequest>(live(submission())).when(bob).then_denied([Fault::NotYourDocument.into()]);
}

#[test]
fn somebody_is_told_to_look_when_it_is_time_and_not_every_minute() {
    let due = |at: &str| at.parse::<Timestamp>().unwrap();
    let remind = || DocumentCommand::RemindOfReview;
    let state = given::<DocumentRequest>(live(submission()));
    assert_eq!(Document::deadlines(state.state()), [(due("2026-09-01T00:00:00Z"), Due::Review)]);
    state.when(remind()).then_nothing();
    let told = own(DocumentEvent::ReviewDue {});
    let state = state.at(due("2026-09-01T00:00:00Z"));
    state.when(remind()).then([told.clone()]);
    let mut after = state.state().clone();
    after.evolve(&told, due("2026-09-01T00:00:00Z"));
    assert_eq!(Document::deadlines(&after), [(due("2026-09-08T00:00:00Z"), Due::Review)]);
    let by = boxed(person("erin", &[]));
    let review = DocumentCommand::Review { by, until: Some(date(2027, 9, 1)) };
    let reviewed = after.decide(review.into(), noon()).unwrap().remove(0);
    after.evolve(&reviewed, noon());
    assert_eq!(Document::deadlines(&after), [(due("2027-09-01T00:00:00Z"), Due::Review)]);
}

/// What follows from the last of these, by the request and the word of the command.
fn follows(history: Vec<DocumentRequestEvent>) -> Vec<(Option<Code>, &'static str)> {
    let last = history.last().cloned().expect("something happened");
    let state = given::<DocumentRequest>(history).state().clone();
    let name = ToString::to_string;
    let reactions: Vec<Reaction<super::super::Effect, FollowUp>> = react(&state, &last, noon(), &name);
    let told = reactions.into_iter().map(|reaction| match reaction.then {
        Then::FollowUp(FollowUp::Tell { code, .. }) => (Some(code), reaction.step),
        _ => (None, reaction.step),
    });
    told.collect()
}

#[test]
fn the_version_before_gives_its_place_to_one_and_is_taken_out() {
    assert_eq!(follows(approved(submission())), [(Some(submission().code), "go_live")]);
    assert_eq!(follows(approved(second(7))), [(Some(submission().code), "give_way")]);
    let replaced = own(DocumentEvent::Replaced { by: code(7) });
    let history: Vec<_> = live(submission()).into_iter().chain([replaced]).collect();
    assert_eq!(follows(history), [(Some(code(7)), "go_live"), (None, "forget")]);
    let passed = own(DocumentEvent::PassedOver { by: code(8) });
    let history: Vec<_> = live(submission()).into_iter().chain([passed]).collect();
    assert_eq!(follows(history), [(Some(code(8)), "overtake")]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// However many versions want a place, and in whatever order and how often it is asked for them: one gets it.
    #[test]
    fn a_place_is_given_once(wanted in prop::collection::vec(1..5u128, 1..12), retired in any::<bool>()) {
        let mut state = given::<DocumentRequest>(live(submission())).state().clone();
        if retired {
            state.evolve(&own(DocumentEvent::Retired { by: ada().id, reason: None }), noon());
        }
        let mut given_to = Vec::new();
        for to in wanted.iter().map(|number| code(100 + number)) {
            for event in state.decide(DocumentCommand::GiveWay { to: to.clone() }.into(), noon()).unwrap() {
                match &event {
                    RequestEvent::Own(DocumentEvent::Replaced { by }) => given_to.push(by.clone()),
                    RequestEvent::Own(DocumentEvent::PassedOver { by }) => prop_assert!(*by == to && !given_to.contains(by)),
                    other => prop_assert!(false, "{other:?}"),
                }
                state.evolve(&event, noon());
            }
        }
        prop_assert_eq!(given_to, [code(100 + wanted[0])]);
    }
}
