//! What follows from a repair's events, for access.

use super::super::example::{Event, OfAccess, approved, deviation, found, requested, waiting};
use super::super::{Found, RepairEvent};
use super::*;
use crate::access;
use crate::access::Deviation;
use crate::access::Permission::{Admin, Write};
use crate::effect::Wish as _;
use crate::request::Request;
use crate::testing::{given, noon};

/// What follows up on repairs, and on access.
#[derive(Debug, Clone, PartialEq)]
enum Follows {
    Repair(Box<FollowUp<Deviation>>),
    Access(access::FollowUp),
}

impl From<FollowUp<Deviation>> for Follows {
    fn from(own: FollowUp<Deviation>) -> Self {
        Self::Repair(Box::new(own))
    }
}

impl From<access::FollowUp> for Follows {
    fn from(own: access::FollowUp) -> Self {
        Self::Access(own)
    }
}

/// What follows from the last event of a history.
fn after(history: Vec<Event>) -> Vec<Reaction<Effect<Deviation>, Follows>> {
    let last = history.last().expect("an event").clone();
    let given = given::<Request<OfAccess>>(history);
    react(given.state(), &last, noon(), &|id| id.to_string())
}

fn steps(history: Vec<Event>) -> Vec<&'static str> {
    after(history).iter().map(|reaction| reaction.step).collect()
}

#[test]
fn what_is_held_is_looked_at_before_anybody_is_asked_and_nothing_is_done_before_somebody_has() {
    assert_eq!(steps(requested()), ["look_at_drift"]);
    assert_eq!(steps(waiting()), [""; 0]);
}

#[test]
fn every_item_is_an_effect_of_its_own_in_the_lane_of_what_it_touches() {
    let all = after(approved());
    let effects: Vec<_> = all
        .iter()
        .map(|reaction| match &reaction.then {
            Then::Perform(effect) => effect,
            other => panic!("an effect was expected: {other:?}"),
        })
        .collect();
    let lanes: Vec<_> = effects.iter().map(|effect| effect.lane()).collect();
    assert_eq!(lanes, ["permission eve {1}", "permission mallory {1}", "permission trudy {1}"]);
    let urgent: Vec<_> = effects.iter().map(|effect| effect.is_urgent()).collect();
    assert_eq!(urgent, [true, false, false], "what takes access away goes first");
}

#[test]
fn what_is_not_different_any_more_is_told_and_not_done() {
    let mut history = approved();
    let items = vec![found().items[0].clone(), None, None];
    if let Event::Checked { findings, .. } = &mut history[1] {
        **findings = Found { items, ..found() };
    }
    let all = after(history);
    assert_eq!(all.iter().map(|reaction| reaction.step).collect::<Vec<_>>(), ["repair", "settle"]);
    let Then::FollowUp(Follows::Repair(told)) = &all[1].then else { panic!("{:?}", all[1]) };
    let FollowUp::Tell { command, .. } = &**told else { panic!("{told:?}") };
    let Command::Own(RepairCommand::Settle(settled)) = &**command else { panic!("{command:?}") };
    assert_eq!(settled.iter().map(|settled| settled.item).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn what_is_put_right_is_known_to_access_and_what_was_left_is_not() {
    let with = |event: RepairEvent<Deviation>| steps([approved(), vec![Event::Own(event)]].concat());
    let drift = || deviation("eve", Some(Write));
    assert_eq!(with(RepairEvent::Reverted { item: 0, drift: drift(), by_hand: false }), ["settle_spot"]);
    let found = Some(deviation("eve", Some(Admin)));
    assert_eq!(with(RepairEvent::Otherwise { item: 0, drift: drift(), found }), [""; 0]);
    assert_eq!(with(RepairEvent::LeftUndone { item: 0, drift: drift(), why: String::new() }), [""; 0]);
    assert_eq!(with(RepairEvent::Finished {}), [""; 0]);
}
