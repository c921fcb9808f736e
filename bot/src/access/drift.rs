//! What somebody holds otherwise than the log wants: how that is looked at, set back, and ended where it is adopted.

use countersign_domain::access::{Access, AccessRequest, Deviation, GrantCommand, Permission, Spot};
use countersign_domain::envelope::{Cause, derived_id};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::{CallError, PermissionPlan};
use countersign_domain::request::{Code, Command};
use countersign_projections::{access, request};

use super::perform::set_and_read_back;
use crate::engine::Failure;
use crate::oversight::Comparer;
use crate::perform::Hands;
use crate::requests::Requests;
use crate::world::Vendors;

/// What is different now where it was, each in its place; nothing where nothing is.
pub(crate) async fn now(
    hands: Hands<'_>,
    vendors: &Vendors,
    tenant: &Tenant,
    were: &[&Deviation],
) -> Result<Result<Vec<Option<Deviation>>, CallError>, Failure> {
    let comparer = Comparer::new(hands.world.clone(), hands.engine.clone());
    comparer.now(tenant, &*vendors.forge, were).await
}

/// How much is held on the repository of a difference.
pub(crate) async fn count(hands: Hands<'_>, vendors: &Vendors, on: &Deviation) -> Result<u64, CallError> {
    let comparer = Comparer::new(hands.world.clone(), hands.engine.clone());
    comparer.count(&*vendors.forge, on).await
}

/// What sets it back: to exactly what was countersigned.
pub(crate) fn change(found: &Deviation) -> PermissionPlan {
    let Deviation { account, repository, repository_id, present, wanted, .. } = found;
    PermissionPlan::between(account, repository, *present, *wanted).by_id(repository_id.clone())
}

/// Sets it back, and reads it back.
pub(crate) async fn set_back(vendors: &Vendors, change: &PermissionPlan) -> Result<(), CallError> {
    set_and_read_back(&*vendors.forge, change).await.map(drop)
}

/// What an account lost past the log, and who says that this is how it is meant.
#[derive(Debug, Clone)]
pub(crate) struct TakenAway {
    /// Where.
    pub(crate) spot: Spot,
    /// What is left.
    pub(crate) left: Option<Permission>,
    /// By which repair.
    pub(crate) repair: Code,
    /// Who countersigned it.
    pub(crate) by: Vec<PrincipalId>,
}

/// Every access there that gives more than is left has ended.
pub(crate) async fn taken_away(
    requests: &Requests,
    tenant: &Tenant,
    cause: &Cause,
    taken: TakenAway,
) -> Result<(), Failure> {
    requests.world.folded().await?;
    let TakenAway { spot, left, repair, by } = taken;
    let rows = access::ever_granted(
        &*requests.world.projections.rows(request::NAME),
        tenant,
        Some(&spot.repository),
    )?;
    let there = |access: &AccessRequest| {
        access.held_on() == Some((spot.account.as_str(), spot.repository.as_str())) && access.held() > left
    };
    for row in rows.into_iter().filter(|row| there(&row.access)) {
        let cause = Cause { command: derived_id(cause.command, row.code.stream_id()), ..cause.clone() };
        let taken = GrantCommand::TakenAway { repair: repair.clone(), by: by.clone() };
        let taken = Command::<Access>::Own(taken).into();
        requests.tell_unread(tenant, &row.code, &cause, "taken away", &taken).await?.ok();
    }
    Ok(())
}
