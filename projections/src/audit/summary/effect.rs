//! The sentences of effects. What each is to do, and came to, its capability says.

use countersign_domain::access;
use countersign_domain::capabilities::{Effect, EffectEvent, Plan};
use countersign_domain::effect::{Resolution, Wish as _};
use countersign_domain::tenant::People;
use countersign_domain::words;

use super::because;

/// What an event of an effect says, with whom the tenant knows in the place of the forge's account.
pub(super) fn told(event: &EffectEvent, people: Option<&People>) -> String {
    let said = said(event);
    let account = account_of(event);
    let person = account.and_then(|account| people?.by_account(access::FORGE, account));
    match (account, person) {
        (Some(account), Some(person)) => said.replace(account, &person.told_apart()),
        _ => said,
    }
}

/// The forge's account that it is about.
fn account_of(event: &EffectEvent) -> Option<&str> {
    use EffectEvent as E;
    let effect = match event {
        E::EffectAttempted { plan: Plan::Access(access::Plan::Permission(plan)), .. } => {
            return Some(plan.account());
        }
        E::EffectClaimed { effect, .. }
        | E::EffectSucceeded { effect, .. }
        | E::EffectParked { effect, .. }
        | E::EffectResolved { effect, .. } => effect,
        _ => return None,
    };
    match effect {
        Effect::Access(
            access::Effect::LookUp { account, .. } | access::Effect::SetPermission { account, .. },
        ) => Some(account),
        _ => None,
    }
}

fn said(event: &EffectEvent) -> String {
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
        E::EffectUnknown { why, look_at } => {
            format!("Perhaps done, to be looked up {}: {why}", words::instant(*look_at))
        }
        E::EffectParked { effect, why, .. } => {
            format!("A person must look at “{}”: {why}", effect.in_words())
        }
        E::EffectRequeued { by } => format!("{by} has it tried again."),
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
