//! What became of a plan's items, told once each, and the end when all is told.

use super::super::example::{Event, OfAccess, approved, deviation, found, plan, waiting};
use super::super::{Found, Phase, Repair};
use super::*;
use crate::access::Deviation;
use crate::access::Permission::{Admin, Read, Write};
use crate::request::{Command, Request, Stage};
use crate::testing::{given, noon};

fn settle(items: &[(u32, Became<Deviation>)]) -> Command<OfAccess> {
    let settled = items.iter().map(|(item, became)| Settled { item: *item, became: became.clone() });
    Command::Own(RepairCommand::Settle(settled.collect()))
}

fn done() -> Became<Deviation> {
    Became::Repaired { by_hand: false }
}

fn own(event: RepairEvent<Deviation>) -> Event {
    Event::Own(event)
}

fn reverted() -> Event {
    own(RepairEvent::Reverted { item: 0, drift: deviation("eve", Some(Write)), by_hand: false })
}

fn adopted() -> Event {
    let (drift, by) = (deviation("mallory", Some(Admin)), vec![crate::access::example::ada().id]);
    own(RepairEvent::Adopted { item: 1, drift, seen: Some(noon()), by })
}

fn ignored() -> Event {
    let Remedy::Ignore { until } = plan().items[2].remedy else { panic!("it is ignored") };
    let (drift, by) = (deviation("trudy", Some(Read)), vec![crate::access::example::ada().id]);
    own(RepairEvent::Ignored { item: 2, drift, until, by })
}

fn finished() -> Event {
    own(RepairEvent::Finished {})
}

#[test]
fn each_item_is_told_as_what_was_countersigned_and_the_last_one_is_the_end() {
    let given = given::<Request<OfAccess>>(approved());
    given.when(settle(&[(0, done())])).then([reverted()]);
    given.when(settle(&[(0, done()), (1, done()), (2, done())])).then([
        reverted(),
        adopted(),
        ignored(),
        finished(),
    ]);
}

#[test]
fn what_was_told_is_not_told_again_and_what_is_not_in_the_plan_is_nothing() {
    let given = given::<Request<OfAccess>>([approved(), vec![reverted(), adopted()]].concat());
    given.when(settle(&[(0, done()), (1, done()), (7, done())])).then_nothing();
    given.when(settle(&[(2, done()), (2, done())])).then([ignored(), finished()]);
}

#[test]
fn a_plan_that_is_not_approved_or_is_over_takes_nothing_in() {
    for history in [waiting(), [approved(), vec![reverted(), adopted(), ignored(), finished()]].concat()] {
        given::<Request<OfAccess>>(history).when(settle(&[(0, done())])).then_nothing();
    }
}

#[test]
fn what_is_otherwise_or_given_up_is_left_as_it_is_and_ends_the_plan_as_well() {
    let more = Some(deviation("eve", Some(Admin)));
    let drift = deviation("eve", Some(Write));
    let otherwise = own(RepairEvent::Otherwise { item: 0, drift: drift.clone(), found: more.clone() });
    let why = "never mind".to_owned();
    let undone = own(RepairEvent::LeftUndone { item: 0, drift, why: why.clone() });
    let rest = [approved(), vec![adopted(), ignored()]].concat();
    let given = given::<Request<OfAccess>>(rest);
    given.when(settle(&[(0, Became::Otherwise { found: more })])).then([otherwise, finished()]);
    given.when(settle(&[(0, Became::LeftUndone { why })])).then([undone, finished()]);
}

#[test]
fn a_plan_of_which_something_failed_goes_on_with_the_rest_and_is_over_once_that_is_cured() {
    let failed = Event::Failed { phase: Phase::Repairing, why: "403".to_owned(), given_up: false };
    let history = [approved(), vec![failed, adopted(), ignored()]].concat();
    let given_failed = given::<Request<OfAccess>>(history.clone());
    assert_eq!(given_failed.state().stage, Stage::Failed);
    assert!(given_failed.state().is_to_be_done(0) && !given_failed.state().is_to_be_done(1));
    given_failed.when(settle(&[(0, done())])).then([reverted(), finished()]);
    let over = given::<Request<OfAccess>>([history, vec![reverted(), finished()]].concat());
    assert_eq!((over.state().stage, &over.state().failure), (Stage::Standing, &None));
}

#[test]
fn what_is_told_is_what_was_found_last_and_not_what_the_plan_was_made_of() {
    let mut history = approved();
    let now = deviation("eve", Some(Admin));
    let items = vec![Some(now.clone()), found().items[1].clone(), found().items[2].clone()];
    if let Event::Checked { findings, .. } = &mut history[1] {
        **findings = Found { items, ..found() };
    }
    let event = own(RepairEvent::Reverted { item: 0, drift: now, by_hand: true });
    let by_hand = settle(&[(0, Became::Repaired { by_hand: true })]);
    given::<Request<Repair<Deviation>>>(history).when(by_hand).then([event]);
}
