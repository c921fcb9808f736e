//! Comparing a draft with what is in force, and having the log gone through again under it.

use std::sync::Arc;

use countersign_domain::names::Tenant;
use countersign_domain::rule_change::{Compared, Draft, Judge};
use countersign_domain::rules::RuleSet;
use jiff::{SignedDuration, Timestamp};

use super::replay::{ReplayError, replay};
use crate::aside::aside;
use crate::directory::Present;
use crate::engine::Failure;
use crate::world::World;

/// The days before of which the requests are decided again.
const DAYS: i64 = 90;

/// A draft beside the rules in force, with the people there are, and itself ready to be asked.
pub(super) async fn now(
    tenant: &Tenant,
    present: &Present,
    draft: &Draft,
) -> Result<(RuleSet, Compared), Failure> {
    let (in_force, people) = (present.rules.clone(), Arc::clone(&present.state));
    let (version, text) = (draft.base + 1, draft.text.clone());
    let cannot = |why: String| Failure::Rules { tenant: tenant.clone(), why };
    // Compiling takes as long as the author of the rules likes.
    let compared = aside(async move {
        let rules = RuleSet::compile(version, &text).map_err(|faults| faults.to_string())?;
        let compared = Compared::of(in_force.as_ref(), &rules, &people);
        Ok::<_, String>((rules, compared))
    });
    compared.await.map_err(|error| cannot(error.to_string()))?.map_err(cannot)
}

/// The same, with what would have become of the requests of the days before.
pub(super) async fn with_the_days_before(
    world: &World,
    tenant: &Tenant,
    present: &Present,
    draft: &Draft,
) -> Result<Compared, Failure> {
    let (rules, compared) = now(tenant, present, draft).await?;
    let since = world.clock.now().checked_sub(SignedDuration::from_hours(24 * DAYS));
    let judge = Judge::new(present.rules.clone(), rules, since.unwrap_or(Timestamp::MIN));
    let (store, own) = (Arc::clone(&world.store), tenant.clone());
    let replayed = aside(async move { replay(&*store, &own, judge, |_| {}).await });
    let cannot = |why: String| Failure::Rules { tenant: tenant.clone(), why };
    match replayed.await.map_err(|error| cannot(error.to_string()))? {
        Ok((replayed, _)) => Ok(Compared { replayed: Some(Box::new(replayed)), ..compared }),
        Err(ReplayError::Store(error)) => Err(error.into()),
        Err(ReplayError::Decode(error)) => Err(error.into()),
    }
}
