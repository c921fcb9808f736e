//! What follows from what became of a repair's effects.

use super::super::example::{code, deviation, found};
use super::*;
use crate::access::Deviation;
use crate::access::Permission::{Admin, Write};

fn look() -> Effect<Deviation> {
    Effect::LookAtDrift { code: code(), drifts: vec![deviation("eve", Some(Write))] }
}

fn repair(remedy: Remedy) -> Effect<Deviation> {
    Effect::Repair { code: code(), item: 4, shown: deviation("eve", Some(Write)), remedy }
}

/// What the request is told.
fn told(effect: &Effect<Deviation>, became: EffectBecame<'_, Effect<Deviation>>) -> Vec<FollowUp<Deviation>> {
    let follow_up = |reaction: Reaction<Effect<Deviation>, FollowUp<Deviation>>| match reaction.then {
        Then::FollowUp(own) => own,
        other => panic!("something else follows: {other:?}"),
    };
    effect.outcome(became).into_iter().map(follow_up).collect()
}

fn settled(became: Became<Deviation>) -> Vec<FollowUp<Deviation>> {
    let command = Box::new(Command::Own(RepairCommand::Settle(vec![Settled { item: 4, became }])));
    vec![FollowUp::Tell { code: code(), name: "settle", command }]
}

#[test]
fn what_came_of_an_item_is_told_to_its_plan() {
    let effect = repair(Remedy::Revert);
    let done = |outcome: Outcome<Deviation>| told(&effect, EffectBecame::Done(&outcome));
    assert_eq!(done(Outcome::Repaired), settled(Became::Repaired { by_hand: false }));
    let found = Some(deviation("eve", Some(Admin)));
    assert_eq!(done(Outcome::Otherwise { found: found.clone() }), settled(Became::Otherwise { found }));
    assert_eq!(done(Outcome::NotWanted), []);
    let by_hand = told(&effect, EffectBecame::DoneByHand { before: None });
    assert_eq!(by_hand, settled(Became::Repaired { by_hand: true }));
    let given_up = told(&effect, EffectBecame::GivenUp { why: "never" });
    assert_eq!(given_up, settled(Became::LeftUndone { why: "never".to_owned() }));
}

/// While doing what it failed, and whether it was given up.
fn failed(mut told: Vec<FollowUp<Deviation>>) -> (Phase, bool) {
    match told.remove(0) {
        FollowUp::Tell { command, .. } => match *command {
            Command::Fail { phase, given_up, .. } => (phase, given_up),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_found_is_checked_and_what_failed_says_while_doing_what() {
    let outcome = Outcome::DriftIs(Box::new(found()));
    let check = FollowUp::Check { code: code(), findings: Box::new(found()) };
    assert_eq!(told(&look(), EffectBecame::Done(&outcome)), [check]);
    let parked = |effect: &Effect<Deviation>| {
        let became = EffectBecame::Parked { why: "403", told: "no", rejected: true };
        failed(told(effect, became)).0
    };
    assert_eq!((parked(&look()), parked(&repair(Remedy::Adopt))), (Phase::Checking, Phase::Repairing));
    assert!(failed(told(&look(), EffectBecame::GivenUp { why: "never" })).1, "it is given up");
}

#[test]
fn an_effect_is_told_by_its_kind_and_by_its_plan() {
    for (effect, kind) in [(look(), "look_at_drift"), (repair(Remedy::Revert), "repair")] {
        assert_eq!((effect.kind(), effect.code()), (kind, Some(&code())));
    }
}

#[test]
fn only_what_takes_something_away_hurries() {
    assert!(repair(Remedy::Revert).is_urgent());
    assert!(!repair(Remedy::Adopt).is_urgent() && !look().is_urgent());
    let (shown, remedy) =
        (Deviation { wanted: Some(Admin), ..deviation("eve", Some(Write)) }, Remedy::Revert);
    assert!(!Effect::Repair { code: code(), item: 0, shown, remedy }.is_urgent(), "it gives");
}

#[test]
fn an_effect_is_read_back_as_it_was_written() {
    for effect in [look(), repair(Remedy::Revert)] {
        let json = serde_json::to_string(&effect).unwrap();
        assert_eq!(serde_json::from_str::<Effect<Deviation>>(&json).unwrap(), effect);
    }
    for outcome in
        [Outcome::DriftIs(Box::new(found())), Outcome::Repaired, Outcome::Otherwise { found: None }]
    {
        let json = serde_json::to_string(&outcome).unwrap();
        assert_eq!(serde_json::from_str::<Outcome<Deviation>>(&json).unwrap(), outcome);
    }
}
