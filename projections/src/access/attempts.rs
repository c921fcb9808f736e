//! What attempts say of the permissions there are: what they found, what they set, and what they may have set.

use countersign_domain::access::{Holding, Permission};
use countersign_domain::effect::{Effect, EffectEvent, Outcome, PermissionTask, Plan, Resolution};
use countersign_domain::envelope::Envelope;
use countersign_domain::names::Tenant;
use countersign_domain::ports::MovePlan;
use serde::{Deserialize, Serialize};

use super::query::holding_key;
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
}

/// What an effect's event says of a permission (an attempt has looked, was not carried out, or has read back what is there
/// now, and an ending is over, by us or by hand) or of a ticket that we moved.
pub(super) fn effect(
    envelope: &Envelope,
    event: &EffectEvent,
    rows: &mut dyn WriteRows,
) -> Result<(), RowsError> {
    let (tenant, id) = (&envelope.tenant, envelope.stream.id());
    match event {
        EffectEvent::EffectAttempted { plan: Plan::Permission(plan), .. } => {
            let (account, repository) = (plan.account().to_owned(), plan.repository_key().to_owned());
            let attempt = Attempt { account, repository, present: plan.present() };
            save(rows, attempt_key(tenant, id), attempt);
            let looked = |holding: &mut Holding| holding.looked(plan.present(), plan.wanted());
            change(rows, tenant, plan.account(), plan.repository_key(), looked)
        }
        // Where a move leads counts as ours from the attempt on: an answer that is lost is no news either.
        EffectEvent::EffectAttempted { plan: Plan::Move(MovePlan { key, step, then, .. }), .. } => {
            step.iter().chain(then).try_for_each(|step| moved(rows, tenant, key, (&step.to, envelope.at)))
        }
        // Perhaps it was carried out: what it set out to set counts as ours until the next look.
        EffectEvent::EffectUnknown { .. } | EffectEvent::EffectParked { rejected: false, .. } => {
            forget(rows, tenant, id).map(drop)
        }
        EffectEvent::EffectDeferred { .. } | EffectEvent::EffectParked { rejected: true, .. } => {
            // An attempt that nothing else was said of was definitely not carried out.
            let Some(attempt) = forget(rows, tenant, id)? else { return Ok(()) };
            let Attempt { account, repository, present } = attempt;
            change(rows, tenant, &account, &repository, |holding| holding.confirmed(present))
        }
        EffectEvent::EffectSucceeded { effect, outcome } => {
            forget(rows, tenant, id)?;
            match (effect, outcome) {
                (Effect::SetPermission { account, repository, task, .. }, outcome) => {
                    let repository = effect.repository_key().unwrap_or(repository);
                    change(rows, tenant, account, repository, |holding| succeeded(holding, *task, outcome))
                }
                (Effect::MoveTicket { ticket, .. }, Outcome::Moved { to: Some(to), .. }) => {
                    moved(rows, tenant, ticket, (to, envelope.at))
                }
                _ => Ok(()),
            }
        }
        EffectEvent::EffectResolved { effect, resolution, before, .. } => {
            forget(rows, tenant, id)?;
            let (Effect::SetPermission { account, repository, task, .. }, Resolution::Done) =
                (effect, resolution)
            else {
                return Ok(());
            };
            let repository = effect.repository_key().unwrap_or(repository);
            change(rows, tenant, account, repository, |holding| match task {
                PermissionTask::Grant { permission } => holding.set_by_hand(*permission, *before),
                PermissionTask::End | PermissionTask::EndAgain { .. } => holding.settled(),
            })
        }
        _ => Ok(()),
    }
}

fn succeeded(holding: &mut Holding, task: PermissionTask, outcome: &Outcome) {
    match outcome {
        Outcome::PermissionIs { now, .. } => holding.confirmed(*now),
        // It was looked at, and nothing was done.
        Outcome::Overtaken { findings, .. } => holding.looked(findings.present, findings.present),
        _ => {}
    }
    if !matches!(task, PermissionTask::Grant { .. }) {
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
