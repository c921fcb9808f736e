//! How requests for access are looked up, and permissions set and read back.

mod invited;
mod look_up;

use countersign_domain::access::{Effect, Holding, Outcome, Permission, PermissionTask, Plan};
use countersign_domain::effect::Look;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, CallErrorKind, Forge, PermissionPlan};
use countersign_domain::request::Code;
use countersign_projections::access::{self, AccessRow};
use countersign_projections::request;
use uuid::Uuid;

use super::{evidence, others};
use crate::engine::Failure;
use crate::leave;
use crate::patience::patiently;
use crate::perform::{Before, Beside, Hands, Planning, Step, misplanned};
use crate::world::{Vendors, World};

/// What it takes: what the log says now, not when the effect was wished for, so that the latest state wins.
pub(crate) async fn plan(
    hands: Hands<'_>,
    vendors: &Vendors,
    (tenant, id): &(Tenant, Uuid),
    effect: &Effect,
    before: Before,
) -> Planning<Effect> {
    if let Effect::LookAgain { code, .. } = effect {
        let looked = Box::pin(others::look_again(hands, (tenant, *id), code)).await?;
        return Ok(looked.map(Step::Done));
    }
    let Effect::SetPermission { code, account, repository, repository_id, task } = effect else {
        return Ok(Ok(Step::Planned(Plan::Read, ())));
    };
    // By its identity: the name may be another repository's by now.
    let key = repository_id.as_deref().unwrap_or(repository);
    if matches!(task, PermissionTask::Grant { .. }) {
        leave::before_granting(hands, tenant, *id, code).await?;
    }
    let (holding, row) = wanted(hands.world, tenant, code, (account, key), *task).await?;
    let (present, invited) = match there(&*vendors.forge, account, key).await {
        Ok(there) => there,
        Err(error) => return Ok(Err(error.calling(key, repository))),
    };
    let wanted = match task {
        PermissionTask::EndAgain { left } => holding.ended_again(present, *left),
        PermissionTask::Grant { .. } | PermissionTask::End => holding.wanted(present),
    };
    let plan = PermissionPlan::between(account, repository, present, wanted);
    let plan = plan.by_id(repository_id.clone()).beside_invitation(invited);
    if matches!(task, PermissionTask::Grant { .. })
        && let Some(again) = Box::pin(invited::awaited(hands, (tenant, *id), code, &plan)).await?
    {
        return Ok(Ok(Step::Later(again, invited::WAITS)));
    }
    // What may have begun is finished; what has not is done only if it is still what was decided on.
    if let (PermissionTask::Grant { .. }, Some(row), false) = (task, &row, before.doubtful)
        && row.access.held().is_some()
        && row.access.own.invited.is_none()
    {
        let (now, changes) = ((present, &holding), !plan.is_empty());
        let look = evidence::overtaken(hands.world, (vendors, tenant), &row.access, now, changes);
        match Box::pin(look).await? {
            Ok(None) => {}
            Ok(Some((findings, differences))) => {
                let findings = Box::new(findings);
                return Ok(Ok(Step::Done(Outcome::Overtaken { findings, differences })));
            }
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(Step::Planned(Plan::Permission(plan), ())))
}

/// What the account holds, and what it was invited to and has not accepted.
async fn there(
    forge: &dyn Forge,
    account: &str,
    repository: &str,
) -> Result<(Option<Permission>, Option<Permission>), CallError> {
    // In this order: what is accepted between both is seen twice, and not never.
    let invited = forge.invited(account, repository).await?;
    Ok((forge.permission(account, repository).await?, invited))
}

/// Whether the account holds what an operator says they have set; nothing of an effect that sets nothing.
pub(crate) async fn look_at(
    hands: Hands<'_>,
    vendors: &Vendors,
    tenant: &Tenant,
    effect: &Effect,
) -> Result<Result<Option<Look<Outcome>>, CallError>, Failure> {
    let Effect::SetPermission { code, account, repository, repository_id, task } = effect else {
        return Ok(Ok(None));
    };
    let key = repository_id.as_deref().unwrap_or(repository);
    let (holding, _) = wanted(hands.world, tenant, code, (account, key), *task).await?;
    let forge = &*vendors.forge;
    let (present, invited) = match patiently(forge.vendor(), there(forge, account, key)).await {
        Ok(there) => there,
        Err(error) => return Ok(Err(error.calling(key, repository))),
    };
    let wanted = match task {
        PermissionTask::Grant { permission } => present.max(Some(*permission)),
        PermissionTask::End => holding.wanted(present),
        PermissionTask::EndAgain { left } => holding.ended_again(present, *left),
    };
    // Nothing has ended that somebody needs only to accept.
    let beside = invited.filter(|_| invited > wanted);
    Ok(Ok(Some(match beside {
        None if present == wanted => Look::Done(Outcome::PermissionIs { now: present, before: None }),
        None => Look::Otherwise { shown: shown(present), wanted: shown(wanted) },
        Some(beside) => {
            let shown_now = format!("{}, and an invitation to {beside}", shown(present));
            Look::Otherwise { shown: shown_now, wanted: shown(wanted) }
        }
    })))
}

fn shown(permission: Option<Permission>) -> String {
    permission.map_or_else(|| "nothing".to_owned(), |permission| permission.to_string())
}

/// What the account should hold by the whole log, and the request whose effect it is.
async fn wanted(
    world: &World,
    tenant: &Tenant,
    code: &Code,
    (account, repository): (&str, &str),
    task: PermissionTask,
) -> Result<(Holding, Option<AccessRow>), Failure> {
    if let Some(head) = world.store.head().await? {
        world.projections.wait_for(head).await?;
    }
    let rows = world.projections.rows(request::NAME);
    let mut holding = access::holding(&*rows, tenant, account, repository)?;
    let row = access::find(&*rows, tenant, code)?;
    let held = row.as_ref().is_some_and(|row| row.access.held().is_some());
    if let (PermissionTask::Grant { permission }, true) = (task, held) {
        // After a failure it counts again only now that it is tried again.
        holding.begin(code.clone(), permission);
    }
    Ok((holding, row))
}

/// Asks, or sets the permission and reads it back.
pub(crate) async fn apply(
    hands: Hands<'_>,
    vendors: &Vendors,
    (tenant, _): &(Tenant, Uuid),
    effect: &Effect,
    (plan, _): (&Plan, Beside),
) -> Result<Outcome, CallError> {
    match (effect, plan) {
        (Effect::LookUp { account, repository, ticket, .. }, Plan::Read) => {
            look_up::look_up(
                hands.world,
                (vendors, tenant),
                account,
                repository.as_deref(),
                ticket.as_deref(),
            )
            .await
        }
        (Effect::SetPermission { .. }, Plan::Permission(plan)) => {
            set_and_read_back(&*vendors.forge, plan).await
        }
        (effect, _) => Err(misplanned(effect)),
    }
}

/// Sets a permission and reads it back.
pub(crate) async fn set_and_read_back(
    forge: &dyn Forge,
    plan: &PermissionPlan,
) -> Result<Outcome, CallError> {
    let named = |error: CallError| error.calling(plan.repository_key(), plan.repository());
    if !plan.is_empty() {
        forge.apply(plan).await.map_err(named)?;
    }
    // Once something was set, no answer to the look at it means that it was not.
    let doubt =
        |error| if plan.is_empty() { error } else { CallError { kind: CallErrorKind::Unknown, ..error } };
    let now = forge.permission(plan.account(), plan.repository_key()).await.map_err(named).map_err(doubt)?;
    if now == plan.wanted() {
        return Ok(Outcome::PermissionIs { now, before: plan.present() });
    }
    if now < plan.wanted() {
        let invited = forge.invited(plan.account(), plan.repository_key()).await;
        let invited = invited.map_err(named).map_err(doubt)?;
        if invited.is_some() && invited == plan.wanted() {
            return Err(invited::not_accepted(forge, plan));
        }
    }
    Err(CallError {
        vendor: "forge",
        what: format!("read back the permission of {} on {}", plan.account(), plan.repository()),
        detail: format!("{} was wanted, {} is there", shown(plan.wanted()), shown(now)),
        status: None,
        // It was set, and may show a moment later; or somebody else has set something at the same time.
        kind: CallErrorKind::Unknown,
    })
}
