//! What follows from an effect's events: its capability hears what became of it.

use uuid::Uuid;

use super::{Became, EffectEvent, Resolution, Wish};
use crate::envelope::Envelope;
use crate::reaction::{Reaction, Then};
use crate::words;

/// What follows from an event of an effect.
pub fn react<E: Wish>(event: &EffectEvent<E>) -> Vec<Reaction<E, E::FollowUp>> {
    match event {
        EffectEvent::EffectSucceeded { effect, outcome } => effect.outcome(Became::Done(outcome)),
        EffectEvent::EffectParked { effect, why, rejected, told } => {
            // What was said is for those who run the bot; earlier events have nothing else.
            let told = told.as_deref().unwrap_or(words::WHY_THEY_KNOW);
            effect.outcome(Became::Parked { why, told, rejected: *rejected })
        }
        EffectEvent::EffectResolved { effect, resolution: Resolution::Done, before, outcome, .. } => {
            // What was looked at is done, whoever did it.
            effect.outcome(match outcome {
                Some(outcome) => Became::Done(outcome),
                None => Became::DoneByHand { before: before.as_deref() },
            })
        }
        EffectEvent::EffectResolved { effect, resolution: Resolution::Abandoned, note, .. } => {
            effect.outcome(Became::GivenUp { why: note.as_deref().unwrap_or_default() })
        }
        _ => vec![],
    }
}

/// The id of the command or effect that a reaction to the event `cause` is.
pub fn id_of<E: Wish, F>(reaction: &Reaction<E, F>, cause: &Envelope) -> Uuid {
    match &reaction.then {
        Then::Perform(effect) => effect.id(reaction.step, cause),
        _ => reaction.id(cause),
    }
}
