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
        EffectEvent::EffectVouched { effect, note, .. } => {
            effect.outcome(Became::Vouched { note: note.as_deref().unwrap_or_default() })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Effect, FollowUp, Outcome, Permission, PermissionTask};
    use crate::golden::envelope;
    use crate::request::Code;

    fn set(request: u128, task: PermissionTask) -> Effect {
        Effect::SetPermission {
            code: Code::candidate(Uuid::from_u128(request), 0),
            account: "acc".to_owned(),
            repository: "infra".to_owned(),
            repository_id: None,
            task,
        }
    }

    fn grant() -> Effect {
        set(1, PermissionTask::Grant { permission: Permission::Write })
    }

    fn parked(told: Option<&str>) -> EffectEvent<Effect> {
        let told = told.map(str::to_owned);
        EffectEvent::EffectParked { effect: grant(), why: "403".to_owned(), rejected: true, told }
    }

    fn resolved(resolution: Resolution, note: Option<&str>) -> EffectEvent<Effect> {
        let (by, before) = (crate::access::example::ada().id, Some("read".to_owned()));
        let note = note.map(str::to_owned);
        EffectEvent::EffectResolved { effect: grant(), by, resolution, note, before, outcome: None }
    }

    #[test]
    fn whoever_wished_it_hears_what_became_of_it() {
        let outcome = Outcome::PermissionIs { now: Some(Permission::Write), before: Some(Permission::Read) };
        let done = EffectEvent::EffectSucceeded { effect: grant(), outcome: outcome.clone() };
        let mut seen = resolved(Resolution::Done, None);
        if let EffectEvent::EffectResolved { outcome: found, .. } = &mut seen {
            *found = Some(outcome.clone());
        }
        let refused = |told| Became::Parked { why: "403", told, rejected: true };
        for (event, became) in [
            (done, Became::Done(&outcome)),
            (seen, Became::Done(&outcome)),
            (parked(Some("it says no")), refused("it says no")),
            (parked(None), refused(words::WHY_THEY_KNOW)),
            (resolved(Resolution::Done, None), Became::DoneByHand { before: Some("read") }),
            (resolved(Resolution::Abandoned, Some("too late")), Became::GivenUp { why: "too late" }),
            (resolved(Resolution::Abandoned, None), Became::GivenUp { why: "" }),
        ] {
            let told = react(&event);
            assert_eq!(told, grant().outcome(became));
            assert!(matches!(told[..], [Reaction { then: Then::FollowUp(FollowUp::Tell { .. }), .. }]));
        }
        let claimed = EffectEvent::EffectClaimed { effect: grant(), worker: "one".to_owned() };
        assert_eq!(react(&claimed), [], "it goes on");
    }

    #[test]
    fn an_effect_says_which_id_it_has_and_any_other_step_is_of_what_caused_it() {
        let cause = envelope(parked(None));
        let id = |step, then: Then<Effect, FollowUp>| id_of(&Reaction::new(step, then), &cause);
        let again = |request| Then::Perform(set(request, PermissionTask::EndAgain { left: None }));
        assert_ne!(id("again", again(1)), id("again", again(2)), "one event ends several accesses again");
        assert_eq!(id("grant", Then::Perform(grant())), grant().id("grant", &cause));
        assert_eq!(
            id("review", Then::Review),
            Reaction::<Effect, FollowUp>::new("review", Then::Review).id(&cause)
        );
    }
}
