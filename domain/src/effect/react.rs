//! What follows from an effect's outcome: the request hears of it as a command.

use super::{Effect, EffectEvent, Outcome, PermissionTask, Resolution};
use crate::access::Phase;
use crate::reaction::{Reaction, Wish};

/// What follows from an event of an effect.
pub fn react(event: &EffectEvent) -> Vec<Reaction> {
    match event {
        EffectEvent::EffectSucceeded { effect, outcome } => succeeded(effect, outcome),
        EffectEvent::EffectParked { effect, why, .. } => failed(effect, why),
        EffectEvent::EffectResolved { effect, resolution: Resolution::Done, before, .. } => {
            succeeded(effect, &Outcome::DoneByHand { before: *before })
        }
        EffectEvent::EffectResolved { effect, resolution: Resolution::Abandoned, note, .. } => {
            failed(effect, note.as_deref().unwrap_or("an operator gave it up"))
        }
        _ => vec![],
    }
}

fn succeeded(effect: &Effect, outcome: &Outcome) -> Vec<Reaction> {
    match (effect, outcome) {
        (Effect::LookUp { code, .. }, Outcome::Found(findings)) => {
            vec![Reaction::new("check", Wish::Check { code: code.clone(), findings: findings.clone() })]
        }
        (Effect::SetPermission { code, task: PermissionTask::Grant { permission }, .. }, outcome) => {
            let (now, before) = match outcome {
                Outcome::PermissionIs { now: Some(now), before } => (*now, *before),
                Outcome::DoneByHand { before } => (*permission, *before),
                // It was taken away again before it could be set: there is nothing to confirm.
                _ => return vec![],
            };
            vec![Reaction::new("confirm", Wish::Confirm { code: code.clone(), permission: now, before })]
        }
        (Effect::SetPermission { code, task: PermissionTask::End, .. }, _) => {
            vec![Reaction::new("confirm_end", Wish::ConfirmEnd { code: code.clone() })]
        }
        _ => vec![],
    }
}

fn failed(effect: &Effect, why: &str) -> Vec<Reaction> {
    let phase = match effect {
        Effect::LookUp { .. } => Phase::Checking,
        Effect::SetPermission { task: PermissionTask::Grant { .. }, .. } => Phase::Granting,
        Effect::SetPermission { task: PermissionTask::End, .. } => Phase::Ending,
        // A comment that could not be written does not change the access.
        Effect::Comment { .. } | Effect::MoveTicket { .. } => return vec![],
    };
    vec![Reaction::new("fail", Wish::Fail { code: effect.code().clone(), phase, why: why.to_owned() })]
}
