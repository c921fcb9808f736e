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
    let left = done(Outcome::HolderLeft { name: "Eve".to_owned() });
    assert_eq!(left, settled(Became::HolderLeft { name: "Eve".to_owned() }), "nobody gave it up");
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
fn its_plan_waits_for_it_and_whoever_is_concerned_is_called() {
    for (effect, kind) in [(look(), "look_at_drift"), (repair(Remedy::Revert), "repair")] {
        assert_eq!((effect.kind(), effect.code()), (kind, Some(&code())));
        assert_eq!((effect.is_awaited_by(), effect.calls()), (Some(&code()), &[VendorRole::Forge][..]));
    }
    let nothing: Effect<Deviation> = Effect::LookAtDrift { code: code(), drifts: vec![] };
    assert_eq!(nothing.calls(), []);
}

#[test]
fn of_one_event_each_item_is_an_effect_of_its_own() {
    let cause = crate::golden::envelope(crate::access::AccessEvent::Reminded { times: 1 });
    let item = |item| {
        let (shown, remedy) = (deviation("eve", Some(Write)), Remedy::Revert);
        Effect::Repair { code: code(), item, shown, remedy }.id("repair", &cause)
    };
    assert_ne!(item(0), item(1));
    assert_eq!(look().id("look", &cause), derived_id(cause.id, "look"));
}

#[test]
fn it_is_told_in_words_what_is_done_and_what_came_of_it() {
    assert_eq!(look().in_words(), "look at what is held: eve on infra");
    let ignore = Remedy::Ignore { until: crate::testing::noon() };
    let said = [Remedy::Revert, Remedy::Adopt, ignore].map(|remedy| repair(remedy).in_words());
    assert_eq!(
        said,
        [
            "eve on infra: set back write to nothing".to_owned(),
            "eve on infra: take over write into the log".to_owned(),
            format!(
                "eve on infra: not speak of write until {}",
                crate::words::instant(crate::testing::noon())
            ),
        ]
    );
    let change = crate::ports::PermissionPlan::between("eve", "infra", Some(Write), None);
    let plans = [Plan::Look, Plan::SetBack { change }].map(|plan| Effect::<Deviation>::plan_in_words(&plan));
    assert_eq!(plans, ["read only", "eve on infra from write to nothing"]);
    let otherwise = |found| Outcome::Otherwise { found };
    let outcomes = [
        Outcome::DriftIs(Box::new(found())),
        Outcome::Repaired,
        otherwise(None),
        otherwise(Some(deviation("eve", Some(Admin)))),
        Outcome::NotWanted,
    ];
    assert_eq!(
        outcomes.map(|outcome| Effect::<Deviation>::outcome_in_words(&outcome)),
        [
            "Done and read back",
            "Done and read back",
            "Not done: it is as the log wants it by now",
            "Not done: admin is held there by now",
            "Not done: nobody wants it any more",
        ]
    );
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
