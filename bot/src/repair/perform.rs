//! How plans are looked at, and each of their items put right: only what is still exactly as it was countersigned.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use countersign_domain::capabilities::{Drift, Repair};
use countersign_domain::effect::Look;
use countersign_domain::names::Tenant;
use countersign_domain::ports::CallError;
use countersign_domain::repair::{self, Drift as _, Found, Remedy};
use uuid::Uuid;

use crate::capabilities::{change_of, drifts_now, held_there, set_back};
use crate::engine::Failure;
use crate::leave;
use crate::oversight::Comparer;
use crate::perform::{Before, Beside, Hands, Planning, Step, broken, misplanned};
use crate::requests::Requests;
use crate::world::Vendors;

type Effect = repair::Effect<Drift>;
type Plan = repair::EffectPlan<Drift>;
type Outcome = repair::Outcome<Drift>;

/// What is held now decides: what is otherwise than was countersigned is left as it is.
pub(crate) async fn plan(
    hands: Hands<'_>,
    vendors: &Vendors,
    (tenant, id): &(Tenant, Uuid),
    effect: &Effect,
    before: Before,
) -> Planning<Effect> {
    let Effect::Repair { code, item, shown, remedy } = effect else {
        return Ok(Ok(Step::Planned(Plan::Look, ())));
    };
    leave::before_granting(hands, tenant, *id, code).await?;
    let Hands { world, engine, directory } = hands;
    let requests = Requests::new(world.clone(), engine.clone(), directory.clone());
    let repair = requests.state::<Repair>(tenant, code).await?;
    let people = directory.present(tenant).await?.state;
    let planned = repair.asked.as_ref().and_then(|plan| plan.items.get(*item as usize));
    let not_done = if repair.is_to_be_done(*item) {
        planned
            .and_then(|planned| planned.not_for(&people))
            .map(|left| Outcome::HolderLeft { name: left.name })
    } else {
        Some(Outcome::NotWanted)
    };
    // Whatever speaks against doing it now, an attempt before this one may have done it.
    let may_be_reverted = before.doubtful && matches!(remedy, Remedy::Revert);
    if let (Some(not_done), false) = (&not_done, may_be_reverted) {
        return Ok(Ok(Step::Done(not_done.clone())));
    }
    let found = match drifts_now(hands, vendors, tenant, std::slice::from_ref(shown)).await? {
        Ok(mut found) => found.pop().flatten(),
        Err(error) => return Ok(Err(error)),
    };
    Ok(Ok(match (found, remedy) {
        // An attempt before this one has set it back, and its answer was lost.
        (None, _) if may_be_reverted => Step::Done(Outcome::Repaired),
        _ if not_done.is_some() => Step::Done(not_done.unwrap_or(Outcome::NotWanted)),
        (Some(found), Remedy::Revert) if found.is_same(shown) => {
            Step::Planned(Plan::SetBack { change: change_of(&found) }, ())
        }
        (Some(found), _) if found.is_same(shown) => Step::Done(Outcome::Repaired),
        (found, _) => Step::Done(Outcome::Otherwise { found }),
    }))
}

/// Whether what an operator says they have set back is set back; nothing of what changes nothing outside.
pub(crate) async fn look_at(
    hands: Hands<'_>,
    vendors: &Vendors,
    tenant: &Tenant,
    effect: &Effect,
) -> Result<Result<Option<Look<Outcome>>, CallError>, Failure> {
    let Effect::Repair { shown, remedy: Remedy::Revert, .. } = effect else { return Ok(Ok(None)) };
    let found = drifts_now(hands, vendors, tenant, std::slice::from_ref(shown)).await?;
    Ok(found.map(|mut found| {
        Some(match found.pop().flatten() {
            None => Look::Done(Outcome::Repaired),
            Some(found) => Look::Otherwise { shown: found.held(), wanted: found.wanted() },
        })
    }))
}

/// Looks at all that a plan is about, or sets back one thing and reads it back.
pub(crate) async fn apply(
    hands: Hands<'_>,
    vendors: &Vendors,
    (tenant, _): &(Tenant, Uuid),
    effect: &Effect,
    (plan, _): (&Plan, Beside),
) -> Result<Outcome, CallError> {
    match (effect, plan) {
        (Effect::LookAtDrift { drifts, .. }, Plan::Look) => {
            let found = look(hands, vendors, tenant, drifts).await;
            let found = found.map_err(|failure| broken(effect, failure.to_string()))??;
            Ok(Outcome::DriftIs(Box::new(found)))
        }
        (Effect::Repair { .. }, Plan::SetBack { change }) => {
            set_back(vendors, change).await.map(|()| Outcome::Repaired)
        }
        (effect, _) => Err(misplanned(effect)),
    }
}

/// What is different now of all that a plan is about, and how much is held there.
pub(super) async fn look(
    hands: Hands<'_>,
    vendors: &Vendors,
    tenant: &Tenant,
    drifts: &[Drift],
) -> Result<Result<Found<Drift>, CallError>, Failure> {
    let items = match drifts_now(hands, vendors, tenant, drifts).await? {
        Ok(items) => items,
        Err(error) => return Ok(Err(error)),
    };
    let mut held = BTreeMap::new();
    for drift in drifts {
        if let Entry::Vacant(free) = held.entry(drift.place().on) {
            match held_there(hands, vendors, drift).await {
                Ok(count) => drop(free.insert(count)),
                Err(error) => return Ok(Err(error)),
            }
        }
    }
    let known = Comparer::new(hands.world.clone(), hands.engine.clone()).known(tenant)?;
    let in_all = known.accounts.max(held.values().sum());
    Ok(Ok(Found { items, held, in_all, share: hands.world.oversight.at_once }))
}
