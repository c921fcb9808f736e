//! What attempts say of the permissions there are: what they found, what they set, and what they may have set.

use countersign_domain::access::{self, Holding, Permission, PermissionTask};
use countersign_domain::capabilities::{Change, Effect, EffectEvent, Outcome, Plan};
use countersign_domain::effect::Resolution;
use countersign_domain::envelope::Envelope;
use countersign_domain::names::Tenant;
use countersign_domain::ports::MovePlan;
use countersign_domain::repair::EffectPlan;
use countersign_domain::ticket;
use serde::{Deserialize, Serialize};

use super::query::{find, holding_key};
use super::spans::moved;
use super::{ATTEMPTS, holding};
use crate::key::Key;
use crate::rows::{RowsError, WriteRows};
use crate::table::{load, save};

/// An attempt at a permission of which nobody has said yet what came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Attempt {
    account: String,
    /// By its identity.
    repository: String,
    /// What it found.
    present: Option<Permission>,
    /// What an invitation gives that waited beside it.
    #[serde(default)]
    invited: Option<Permission>,
}

/// What an effect's event says of a permission (an attempt has looked, was not carried out, or has read back what is there
/// now, and an ending is over, by us or by hand) or of a ticket that we moved.
pub(crate) fn effect(
    envelope: &Envelope,
    event: &EffectEvent,
    rows: &mut dyn WriteRows,
) -> Result<(), RowsError> {
    let (tenant, id) = (&envelope.tenant, envelope.stream.id());
    match event {
        EffectEvent::EffectClaimed { effect: Effect::Access(own), .. } => ends_again(rows, tenant, own),
        EffectEvent::EffectAttempted { plan: Plan::Access(access::Plan::Permission(plan)), .. } => {
            let (account, repository) = (plan.account().to_owned(), plan.repository_key().to_owned());
            let attempt = Attempt { account, repository, present: plan.present(), invited: plan.invited() };
            save(rows, attempt_key(tenant, id), attempt);
            let looked = |holding: &mut Holding| {
                holding.looked(plan.present(), plan.wanted());
                holding.beside_invitation(plan.invited());
            };
            change(rows, tenant, plan.account(), plan.repository_key(), looked)
        }
        EffectEvent::EffectAttempted {
            plan: Plan::Repair(EffectPlan::SetBack { change: Change::Access(plan) }),
            ..
        } => {
            let (account, repository) = (plan.account(), plan.repository_key());
            let set_back = |holding: &mut Holding| holding.may_be_set_back(plan.present(), plan.wanted());
            change(rows, tenant, account, repository, set_back)
        }
        // Where a move leads counts as ours from the attempt on: an answer that is lost is no news either.
        EffectEvent::EffectAttempted {
            plan: Plan::Ticket(ticket::Plan::Move(MovePlan { key, step, then, .. })),
            ..
        } => step.iter().chain(then).try_for_each(|step| moved(rows, tenant, key, (&step.to, envelope.at))),
        // Perhaps it was carried out: what it set out to set counts as ours until the next look.
        EffectEvent::EffectUnknown { .. } | EffectEvent::EffectParked { rejected: false, .. } => {
            forget(rows, tenant, id).map(drop)
        }
        EffectEvent::EffectDeferred { .. } | EffectEvent::EffectParked { rejected: true, .. } => {
            // An attempt that nothing else was said of was definitely not carried out.
            let Some(attempt) = forget(rows, tenant, id)? else { return Ok(()) };
            let Attempt { account, repository, present, invited } = attempt;
            change(rows, tenant, &account, &repository, |holding| {
                holding.confirmed(present);
                holding.beside_invitation(invited);
            })
        }
        EffectEvent::EffectSucceeded { effect, outcome } => {
            forget(rows, tenant, id)?;
            came_of(envelope, (effect, outcome), rows)
        }
        EffectEvent::EffectResolved { effect, resolution, before, outcome, .. } => {
            forget(rows, tenant, id)?;
            let (Effect::Access(own), Resolution::Done) = (effect, resolution) else { return Ok(()) };
            let before = before.as_deref().and_then(Permission::held);
            on_its_permission(own, |account, repository, task| {
                let resolved = |holding: &mut Holding| resolved(holding, task, before, outcome.as_ref());
                change(rows, tenant, account, repository, resolved)
            })
        }
        _ => Ok(()),
    }
}

/// What an effect came to, of a permission or of a ticket.
fn came_of(
    envelope: &Envelope,
    came: (&Effect, &Outcome),
    rows: &mut dyn WriteRows,
) -> Result<(), RowsError> {
    let tenant = &envelope.tenant;
    match came {
        (Effect::Access(own), Outcome::Access(outcome)) => {
            on_its_permission(own, |account, repository, task| {
                change(rows, tenant, account, repository, |holding| succeeded(holding, task, outcome))
            })
        }
        (
            Effect::Ticket(ticket::Effect::MoveTicket { ticket, .. }),
            Outcome::Ticket(ticket::Outcome::Moved { to: Some(to), .. }),
        ) => moved(rows, tenant, ticket, (to, envelope.at)),
        _ => Ok(()),
    }
}

/// An operator says that it was done, perhaps looked at as well.
fn resolved(
    holding: &mut Holding,
    task: PermissionTask,
    before: Option<Permission>,
    outcome: Option<&Outcome>,
) {
    if let PermissionTask::Grant { permission } = task {
        holding.set_by_hand(permission, before);
        return;
    }
    if let Some(Outcome::Access(access::Outcome::PermissionIs { now, .. })) = outcome {
        holding.confirmed(*now);
    }
    holding.settled();
}

/// What the effect is to end again was given by the log, from before the first attempt at it.
fn ends_again(rows: &mut dyn WriteRows, tenant: &Tenant, effect: &access::Effect) -> Result<(), RowsError> {
    let access::Effect::SetPermission { code, task: PermissionTask::EndAgain { left }, .. } = effect else {
        return Ok(());
    };
    let gave = find(&*rows, tenant, code)?.and_then(|row| row.access.own.grant).map(|grant| grant.permission);
    let Some(gave) = gave else { return Ok(()) };
    on_its_permission(effect, |account, repository, _| {
        change(rows, tenant, account, repository, |holding| holding.not_ended(gave, *left))
    })
}

/// Does something where an effect sets a permission: with the account, the repository by its identity, and what for.
fn on_its_permission(
    effect: &access::Effect,
    act: impl FnOnce(&str, &str, PermissionTask) -> Result<(), RowsError>,
) -> Result<(), RowsError> {
    match (effect, effect.repository_key()) {
        (access::Effect::SetPermission { account, task, .. }, Some(repository)) => {
            act(account, repository, *task)
        }
        _ => Ok(()),
    }
}

fn succeeded(holding: &mut Holding, task: PermissionTask, outcome: &access::Outcome) {
    match outcome {
        access::Outcome::PermissionIs { now, .. } => holding.confirmed(*now),
        // It was looked at, and nothing was done.
        access::Outcome::Overtaken { findings, .. } => holding.looked(findings.present, findings.present),
        access::Outcome::Found(_) | access::Outcome::LookedAgain | access::Outcome::Unseen => {}
    }
    if task.is_an_end() {
        holding.settled();
    }
}

/// The attempt that an effect has made, if nothing was said of it yet; from now on it has.
fn forget(rows: &mut dyn WriteRows, tenant: &Tenant, effect: &str) -> Result<Option<Attempt>, RowsError> {
    let attempt = load(&*rows, attempt_key(tenant, effect))?;
    if attempt.is_some() {
        rows.delete(&attempt_key(tenant, effect).into_vec());
    }
    Ok(attempt)
}

fn attempt_key(tenant: &Tenant, effect: &str) -> Key {
    Key::of(tenant, ATTEMPTS).text(effect)
}

/// Changes what is known of an account on a repository.
pub(super) fn change(
    rows: &mut dyn WriteRows,
    tenant: &Tenant,
    account: &str,
    repository: &str,
    with: impl FnOnce(&mut Holding),
) -> Result<(), RowsError> {
    let mut held = holding(&*rows, tenant, account, repository)?;
    with(&mut held);
    let key = holding_key(tenant, account, repository);
    if held.is_empty() {
        rows.delete(&key.into_vec());
        return Ok(());
    }
    save(rows, key, held);
    Ok(())
}
