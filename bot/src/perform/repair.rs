//! How plans are looked at, and each of their items put right: only what is still exactly as it was countersigned.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use countersign_domain::access::Deviation;
use countersign_domain::capabilities::{Change, Drift, Repair};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::{CallError, PermissionPlan};
use countersign_domain::repair::{self, Drift as _, Found, Remedy};
use countersign_domain::request::Request;
use uuid::Uuid;

use super::{Before, Hands, Planning, Step, access, broken};
use crate::engine::Failure;
use crate::oversight::Comparer;
use crate::repair::Repairs;
use crate::world::Vendors;

type Effect = repair::Effect<Drift>;
type Plan = repair::EffectPlan<Drift>;
type Outcome = repair::Outcome<Drift>;

/// What is held now decides: what is otherwise than was countersigned is left as it is.
pub(super) async fn plan(
    hands: Hands<'_>,
    vendors: &Vendors,
    (tenant, id): &(Tenant, Uuid),
    effect: &Effect,
    before: Before,
) -> Planning<Effect> {
    let Effect::Repair { code, item, shown, remedy } = effect else {
        return Ok(Ok(Step::Planned(Plan::Look, ())));
    };
    let Hands { world, engine, directory } = hands;
    let repairs = Repairs::new(world.clone(), engine.clone(), directory.clone());
    repairs.review_before(tenant, *id, code).await?;
    let stream = StreamName::new(tenant, countersign_domain::request::CATEGORY, code.stream_id())?;
    let state = engine.load::<Request<Repair>>(&stream, None).await?.state;
    if !state.is_to_be_done(*item) {
        return Ok(Ok(Step::Done(Outcome::NotWanted)));
    }
    let found = match now(hands, vendors, tenant, shown).await? {
        Ok(found) => found,
        Err(error) => return Ok(Err(error)),
    };
    let is_reverted = before.doubtful && matches!(remedy, Remedy::Revert);
    Ok(Ok(match (found, remedy) {
        // An attempt before this one has set it back, and its answer was lost.
        (None, _) if is_reverted => Step::Done(Outcome::Repaired),
        (Some(found), Remedy::Revert) if found.is_same(shown) => {
            Step::Planned(Plan::SetBack { change: change(&found) }, ())
        }
        (Some(found), _) if found.is_same(shown) => Step::Done(Outcome::Repaired),
        (found, _) => Step::Done(Outcome::Otherwise { found }),
    }))
}

/// Looks at all that a plan is about, or sets back one thing and reads it back.
pub(super) async fn apply(
    hands: Hands<'_>,
    vendors: &Vendors,
    tenant: &Tenant,
    effect: &Effect,
    plan: &Plan,
) -> Result<Outcome, CallError> {
    match (effect, plan) {
        (Effect::LookAtDrift { drifts, .. }, Plan::Look) => {
            let found = look(hands, vendors, tenant, drifts).await;
            let found = found.map_err(|failure| broken(effect, failure.to_string()))??;
            Ok(Outcome::DriftIs(Box::new(found)))
        }
        (Effect::Repair { .. }, Plan::SetBack { change: Change::Access(plan) }) => {
            access::set_and_read_back(&*vendors.forge, plan).await.map(|_| Outcome::Repaired)
        }
        (effect, _) => Err(broken(effect, "the plan does not belong to this effect".to_owned())),
    }
}

/// What is different now of all that a plan is about, and how much is held there.
pub(crate) async fn look(
    hands: Hands<'_>,
    vendors: &Vendors,
    tenant: &Tenant,
    drifts: &[Drift],
) -> Result<Result<Found<Drift>, CallError>, Failure> {
    let comparer = Comparer::new(hands.world.clone(), hands.engine.clone());
    let were: Vec<_> = drifts.iter().map(|Drift::Access(own)| own).collect();
    let items = match comparer.now(tenant, &*vendors.forge, &were).await? {
        Ok(found) => found.into_iter().map(|found| found.map(Drift::Access)).collect(),
        Err(error) => return Ok(Err(error)),
    };
    let mut held = BTreeMap::new();
    for own in were {
        if let Entry::Vacant(free) = held.entry(own.repository_key().to_owned()) {
            match comparer.count(&*vendors.forge, own).await {
                Ok(count) => drop(free.insert(count)),
                Err(error) => return Ok(Err(error)),
            }
        }
    }
    let in_all = comparer.known(tenant)?.accounts.max(held.values().sum());
    Ok(Ok(Found { items, held, in_all, share: hands.world.oversight.at_once }))
}

/// What is different now where it was, if anything is.
async fn now(
    hands: Hands<'_>,
    vendors: &Vendors,
    tenant: &Tenant,
    Drift::Access(was): &Drift,
) -> Result<Result<Option<Drift>, CallError>, Failure> {
    let comparer = Comparer::new(hands.world.clone(), hands.engine.clone());
    let found = comparer.now(tenant, &*vendors.forge, &[was]).await?;
    Ok(found.map(|mut found| found.pop().flatten().map(Drift::Access)))
}

/// What sets it back: to exactly what was countersigned.
fn change(Drift::Access(found): &Drift) -> Change {
    let Deviation { account, repository, repository_id, present, wanted, .. } = found;
    let plan = PermissionPlan::between(account, repository, *present, *wanted);
    Change::Access(plan.by_id(repository_id.clone()))
}
