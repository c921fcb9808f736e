//! What follows from an effect's outcome: the request hears of it as a command.

use super::{Effect, EffectEvent, Outcome, PermissionTask, Resolution};
use crate::access::Phase;
use crate::reaction::{Reaction, Wish};
use crate::request::Code;
use crate::words;

/// What follows from an event of an effect.
pub fn react(event: &EffectEvent) -> Vec<Reaction> {
    match event {
        EffectEvent::EffectSucceeded { effect, outcome } => succeeded(effect, outcome),
        // What was said is for those who run the bot; earlier events have nothing else.
        EffectEvent::EffectParked { effect, told, .. } => {
            failed(effect, told.as_deref().unwrap_or(words::WHY_THEY_KNOW), false)
        }
        EffectEvent::EffectResolved { effect, resolution: Resolution::Done, before, .. } => {
            succeeded(effect, &Outcome::DoneByHand { before: *before })
        }
        EffectEvent::EffectResolved { effect, resolution: Resolution::Abandoned, note, .. } => {
            failed(effect, note.as_deref().unwrap_or_default(), true)
        }
        _ => vec![],
    }
}

fn succeeded(effect: &Effect, outcome: &Outcome) -> Vec<Reaction> {
    match (effect, outcome) {
        (Effect::LookUp { code, .. }, Outcome::Found(findings)) => {
            vec![Reaction::new("check", Wish::Check { code: code.clone(), findings: findings.clone() })]
        }
        (Effect::SetPermission { code, .. }, Outcome::Overtaken { findings, differences }) => {
            let (findings, differences) = (findings.clone(), differences.clone());
            vec![Reaction::new("overtake", Wish::Overtake { code: code.clone(), findings, differences })]
        }
        (Effect::SetPermission { code, task: PermissionTask::Grant { permission }, .. }, outcome) => {
            let (now, before, by_hand) = match outcome {
                Outcome::PermissionIs { now: Some(now), before } => (*now, *before, false),
                Outcome::DoneByHand { before } => (*permission, *before, true),
                // It was taken away again before it could be set: there is nothing to confirm.
                _ => return vec![],
            };
            vec![Reaction::new(
                "confirm",
                Wish::Confirm { code: code.clone(), permission: now, before, by_hand },
            )]
        }
        (
            Effect::SetPermission {
                code, task: PermissionTask::End | PermissionTask::EndAgain { .. }, ..
            },
            outcome,
        ) => {
            let left = match outcome {
                Outcome::PermissionIs { now, .. } => *now,
                _ => None,
            };
            let by_hand = matches!(outcome, Outcome::DoneByHand { .. });
            vec![Reaction::new("confirm_end", Wish::ConfirmEnd { code: code.clone(), left, by_hand })]
        }
        _ => vec![],
    }
}

fn failed(effect: &Effect, why: &str, given_up: bool) -> Vec<Reaction> {
    let phase = match effect {
        Effect::LookUp { .. } => Phase::Checking,
        Effect::SetPermission { task: PermissionTask::Grant { .. }, .. } => Phase::Granting,
        Effect::SetPermission { task: PermissionTask::End | PermissionTask::EndAgain { .. }, .. } => {
            Phase::Ending
        }
        // What could not be said does not change the access.
        Effect::Comment { .. }
        | Effect::MoveTicket { .. }
        | Effect::ShowCard { .. }
        | Effect::Tell { .. } => {
            return vec![];
        }
    };
    let fail = |code: &Code| {
        Reaction::new("fail", Wish::Fail { code: code.clone(), phase, why: why.to_owned(), given_up })
    };
    effect.code().map(fail).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Permission;
    use crate::access::example::findings;
    use uuid::Uuid;

    fn code() -> Code {
        Code::candidate(Uuid::from_u128(1), 0)
    }

    fn set(task: PermissionTask) -> Effect {
        Effect::SetPermission {
            code: code(),
            account: "acc".to_owned(),
            repository: "infra".to_owned(),
            repository_id: None,
            task,
        }
    }

    fn wishes(event: &EffectEvent) -> Vec<Wish> {
        react(event).into_iter().map(|reaction| reaction.wish).collect()
    }

    #[test]
    fn nobody_is_told_granted_before_the_read_back() {
        let grant = set(PermissionTask::Grant { permission: Permission::Write });
        let attempted = EffectEvent::EffectClaimed { effect: grant.clone(), worker: "one".to_owned() };
        assert_eq!(wishes(&attempted), []);
        let outcome = Outcome::PermissionIs { now: Some(Permission::Write), before: None };
        let confirm =
            Wish::Confirm { code: code(), permission: Permission::Write, before: None, by_hand: false };
        assert_eq!(wishes(&EffectEvent::EffectSucceeded { effect: grant, outcome }), [confirm]);
    }

    #[test]
    fn trust_a7_a_parked_effect_fails_its_phase_in_plain_words_and_a_parked_comment_fails_nothing() {
        let parked = |effect, told: Option<&str>| {
            let why = "bitbucket: set it: error decoding response body".to_owned();
            EffectEvent::EffectParked { effect, why, rejected: true, told: told.map(str::to_owned) }
        };
        let fail = |why: &str| {
            let (phase, why) = (Phase::Ending, why.to_owned());
            [Wish::Fail { code: code(), phase, why, given_up: false }]
        };
        assert_eq!(wishes(&parked(set(PermissionTask::End), Some("no"))), fail("no"));
        assert_eq!(wishes(&parked(set(PermissionTask::End), None)), fail(words::WHY_THEY_KNOW));
        let comment = Effect::Comment { code: Some(code()), ticket: "OPS-1".to_owned(), paragraphs: vec![] };
        assert_eq!(wishes(&parked(comment, None)), []);
    }

    #[test]
    fn trust_e3_what_an_operator_gives_up_is_told_as_that_and_what_was_done_by_hand_as_done() {
        let resolved = |effect, resolution| EffectEvent::EffectResolved {
            effect,
            by: "ada".parse().unwrap(),
            resolution,
            note: Some("not worth it".to_owned()),
            before: Some(Permission::Read),
        };
        let grant = || set(PermissionTask::Grant { permission: Permission::Write });
        let given_up = |phase| {
            let why = "not worth it".to_owned();
            [Wish::Fail { code: code(), phase, why, given_up: true }]
        };
        assert_eq!(wishes(&resolved(grant(), Resolution::Abandoned)), given_up(Phase::Granting));
        let end = || set(PermissionTask::End);
        assert_eq!(wishes(&resolved(end(), Resolution::Abandoned)), given_up(Phase::Ending));
        let before = Some(Permission::Read);
        let confirm = Wish::Confirm { code: code(), permission: Permission::Write, before, by_hand: true };
        assert_eq!(wishes(&resolved(grant(), Resolution::Done)), [confirm]);
        let ended = Wish::ConfirmEnd { code: code(), left: None, by_hand: true };
        assert_eq!(wishes(&resolved(end(), Resolution::Done)), [ended]);
    }

    #[test]
    fn what_was_found_is_told_to_the_request() {
        let effect =
            Effect::LookUp { code: code(), account: "acc".to_owned(), repository: None, ticket: None };
        let outcome = Outcome::Found(Box::new(findings()));
        let check = Wish::Check { code: code(), findings: Box::new(findings()) };
        assert_eq!(wishes(&EffectEvent::EffectSucceeded { effect, outcome }), [check]);
    }

    #[test]
    fn an_end_is_confirmed_with_what_is_left_and_a_grant_that_was_taken_away_meanwhile_is_not() {
        let outcome = || Outcome::PermissionIs { now: Some(Permission::Read), before: None };
        let end = Wish::ConfirmEnd { code: code(), left: Some(Permission::Read), by_hand: false };
        for task in [PermissionTask::End, PermissionTask::EndAgain { left: None }] {
            let ended = EffectEvent::EffectSucceeded { effect: set(task), outcome: outcome() };
            assert_eq!(wishes(&ended), std::slice::from_ref(&end));
        }
        let grant = set(PermissionTask::Grant { permission: Permission::Write });
        let outcome = Outcome::PermissionIs { now: None, before: None };
        assert_eq!(wishes(&EffectEvent::EffectSucceeded { effect: grant.clone(), outcome }), []);
        let found = || Box::new(findings());
        let outcome = Outcome::Overtaken { findings: found(), differences: vec![] };
        let overtake = Wish::Overtake { code: code(), findings: found(), differences: vec![] };
        assert_eq!(wishes(&EffectEvent::EffectSucceeded { effect: grant, outcome }), [overtake]);
    }

    #[test]
    fn those_whom_it_concerns_are_told_in_plain_words_where_there_are_some() {
        let (why, told) = ("401 for TOKEN_A".to_owned(), Some("the forge lets nobody in".to_owned()));
        let effect =
            Effect::LookUp { code: code(), account: "acc".to_owned(), repository: None, ticket: None };
        let parked = EffectEvent::EffectParked { effect, why, rejected: true, told: told.clone() };
        let fail = Wish::Fail { code: code(), phase: Phase::Checking, why: told.unwrap(), given_up: false };
        assert_eq!(wishes(&parked), [fail]);
    }
}
