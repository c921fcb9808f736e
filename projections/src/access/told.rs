//! What the audit says of the effects of accesses, and of comparisons.

use countersign_domain::access::{self, ComparisonEvent};
use countersign_domain::capabilities::{Effect, EffectEvent, Plan};
use countersign_domain::ports::PermissionPlan;
use countersign_domain::tenant::People;
use countersign_domain::words;

/// The same event of an effect with the name of whom the tenant knows in the place of the forge's account; nothing where it is about none,
/// or nobody's. What others wrote may hold the same letters, be it in a repository's name: so nothing is changed in what is said.
pub(crate) fn known(event: &EffectEvent, people: Option<&People>) -> Option<EffectEvent> {
    let person = access::by_forge_account(people?, account_of(event)?)?;
    Some(about(event.clone(), &person.told_apart()))
}

/// The same event with this name in the place of the forge's account.
fn about(mut event: EffectEvent, name: &str) -> EffectEvent {
    use EffectEvent as E;
    match &mut event {
        E::EffectAttempted { plan: Plan::Access(access::Plan::Permission(plan)), .. } => {
            let invited = plan.invited();
            *plan = PermissionPlan::between(name, plan.repository(), plan.present(), plan.wanted())
                .beside_invitation(invited);
        }
        E::EffectClaimed { effect, .. }
        | E::EffectSucceeded { effect, .. }
        | E::EffectParked { effect, .. }
        | E::EffectVouched { effect, .. }
        | E::EffectResolved { effect, .. } => {
            if let Effect::Access(
                access::Effect::LookUp { account, .. }
                | access::Effect::LookAgain { account, .. }
                | access::Effect::SetPermission { account, .. },
            ) = effect
            {
                name.clone_into(account);
            }
        }
        E::EffectAttempted { .. }
        | E::EffectDeferred { .. }
        | E::EffectUnknown { .. }
        | E::EffectRequeued { .. } => {}
    }
    event
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
        | E::EffectVouched { effect, .. }
        | E::EffectResolved { effect, .. } => effect,
        E::EffectAttempted { .. }
        | E::EffectDeferred { .. }
        | E::EffectUnknown { .. }
        | E::EffectRequeued { .. } => return None,
    };
    match effect {
        Effect::Access(
            access::Effect::LookUp { account, .. }
            | access::Effect::LookAgain { account, .. }
            | access::Effect::SetPermission { account, .. },
        ) => Some(account),
        _ => None,
    }
}

/// What comparing the forge with the log came to.
pub(crate) fn told_of_comparison(event: &ComparisonEvent) -> String {
    let ComparisonEvent::AccessCompared { why, repositories, accounts, unread, found, gone, lowered, .. } =
        event;
    let mut said = format!(
        "The forge was compared with the log, because {}: {accounts} accounts on {repositories} repositories, {} new differences, {} gone.",
        access::words::why_compared(why),
        found.len(),
        gone.len()
    );
    said.extend(lowered.iter().flat_map(|lowered| [" ".to_owned(), access::words::lowered(lowered)]));
    if !unread.is_empty() {
        let names: Vec<_> = unread.keys().collect();
        said.extend([" Not looked at: ", &words::list(&names), "."]);
    }
    said
}
