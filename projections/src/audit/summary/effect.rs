//! The sentences of effects. What each is to do, and came to, its capability says.

use countersign_domain::capabilities::{Effect, EffectEvent};
use countersign_domain::effect::{Resolution, Wish as _};
use countersign_domain::words;

use super::because;

/// What an event of an effect says.
pub(super) fn said(event: &EffectEvent) -> String {
    use EffectEvent as E;
    match event {
        E::EffectClaimed { effect, worker } => {
            format!("The bot {worker} took it on to {}.", effect.in_words())
        }
        E::EffectAttempted { attempt, plan, .. } => {
            format!("Attempt {attempt}: {}.", Effect::plan_in_words(plan))
        }
        E::EffectSucceeded { effect, outcome } => {
            format!("{}: {}.", Effect::outcome_in_words(outcome), effect.in_words())
        }
        E::EffectDeferred { why, retry_at, .. } => {
            format!("Not done, to be tried again {}: {why}", words::instant(*retry_at))
        }
        E::EffectUnknown { why, look_at, .. } => {
            format!("Perhaps done, to be looked up {}: {why}", words::instant(*look_at))
        }
        E::EffectParked { effect, why, .. } => {
            format!("A person must look at “{}”: {why}", effect.in_words())
        }
        E::EffectRequeued { by } => format!("{by} has it tried again."),
        E::EffectVouched { effect, by, note } => format!(
            "{by} says that it was done by hand, and it is looked at until that is read back: {}{}",
            effect.in_words(),
            because(note.as_deref())
        ),
        E::EffectResolved { effect, by, resolution: Resolution::Done, note, outcome, .. } => {
            let known = match outcome {
                Some(_) => "did it by hand, and it was looked at",
                None => "says that it was done by hand, and nobody has looked",
            };
            format!("{by} {known}: {}{}", effect.in_words(), because(note.as_deref()))
        }
        E::EffectResolved { effect, by, resolution: Resolution::Abandoned, note, .. } => {
            format!("{by} gave up “{}”{}", effect.in_words(), because(note.as_deref()))
        }
    }
}
