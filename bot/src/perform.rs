//! How each kind of effect is planned, applied and read back through the ports.

mod look_up;
mod talk;

pub use talk::Drawing;
pub(crate) use talk::sealed;

use countersign_domain::effect::{Effect, Effects, Outcome, PermissionTask, Plan};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{
    CallError, CallErrorKind, Comment, Forge, MovePlan, OURSELVES, PermissionPlan, TicketMove, Tracker,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::directory::Directory;
use crate::engine::{Engine, Failure};
use crate::evidence;
use crate::leave;
use crate::world::{Vendors, World};

/// What performing an effect works with.
#[derive(Clone, Copy)]
pub struct Hands<'a> {
    /// Every outside thing.
    pub world: &'a World,
    /// The way into the log.
    pub engine: &'a Engine,
    /// People and their wishes.
    pub directory: &'a Directory,
}

/// What planning came to.
pub enum Performed {
    /// There is nothing left to do: it is there already.
    Done(Outcome),
    /// This has to be applied; with what is to be shown, where that is a card.
    Planned(Plan, Option<Box<Drawing>>),
    /// Not before then, and why.
    Later(Timestamp, &'static str),
}

/// What went before at this effect.
#[derive(Debug, Clone, Copy)]
pub struct Before {
    /// An attempt may have been made, so it is looked for.
    pub doubtful: bool,
    /// It was put off once already.
    pub waited: bool,
}

/// Reads the present state and says what it takes.
pub async fn plan(
    hands: Hands<'_>,
    vendors: &Vendors,
    (tenant, id): &(Tenant, Uuid),
    effect: &Effect,
    before: Before,
) -> Result<Result<Performed, CallError>, Failure> {
    Ok(match effect {
        Effect::LookUp { .. } => Ok(Performed::Planned(Plan::Read, None)),
        Effect::SetPermission { code, account, repository, repository_id, task } => {
            // By its identity: the name may be another repository's by now.
            let key = repository_id.as_deref().unwrap_or(repository);
            // What the log says now, not when the effect was wished for: the latest state wins.
            let world = hands.world;
            if matches!(task, PermissionTask::Grant { .. }) {
                leave::before_granting(hands, tenant, *id, code).await?;
            }
            if let Some(head) = world.store.head().await? {
                world.projections.wait_for(head).await?;
            }
            let rows = world.projections.rows("access");
            let mut holding = countersign_projections::access::holding(&*rows, tenant, account, key)?;
            let row = countersign_projections::access::find(&*rows, tenant, code)?;
            let held = row.as_ref().is_some_and(|row| row.access.held().is_some());
            if let (PermissionTask::Grant { permission }, true) = (task, held) {
                // After a failure it counts again only now that it is tried again.
                holding.begin(code.clone(), *permission);
            }
            let present = match vendors.forge.permission(account, key).await {
                Ok(present) => present,
                Err(error) => return Ok(Err(error.calling(key, repository))),
            };
            let wanted = match task {
                PermissionTask::EndAgain { left } => holding.ended_again(present, *left),
                PermissionTask::Grant { .. } | PermissionTask::End => holding.wanted(present),
            };
            let plan = PermissionPlan::between(account, repository, present, wanted);
            let plan = plan.by_id(repository_id.clone());
            // What may have begun is finished; what has not is done only if it is still what was decided on.
            if let (PermissionTask::Grant { .. }, Some(row), true, false) =
                (task, &row, held, before.doubtful)
            {
                let now = (present, &holding);
                let changes = !plan.is_empty();
                let look = evidence::overtaken(world, (vendors, tenant), &row.access, now, changes);
                match Box::pin(look).await? {
                    Ok(None) => {}
                    Ok(Some((findings, differences))) => {
                        let findings = Box::new(findings);
                        return Ok(Ok(Performed::Done(Outcome::Overtaken { findings, differences })));
                    }
                    Err(error) => return Ok(Err(error)),
                }
            }
            Ok(Performed::Planned(Plan::Permission(plan), None))
        }
        Effect::Comment { ticket, paragraphs, .. } => {
            let there = match tracker(vendors, effect) {
                Ok(tracker) if before.doubtful => tracker.has_comment(ticket, *id).await,
                Ok(_) => Ok(false),
                Err(error) => Err(error),
            };
            there.map(|there| {
                if there {
                    Performed::Done(Outcome::Commented)
                } else {
                    Performed::Planned(Plan::Comment { paragraphs: paragraphs.clone() }, None)
                }
            })
        }
        Effect::ShowCard { .. } | Effect::Tell { .. } => {
            return talk::plan(hands, vendors, &(tenant.clone(), *id), effect, before).await;
        }
        Effect::MoveTicket { ticket, to, .. } => match tracker(vendors, effect) {
            Ok(tracker) => tracker.plan_move(ticket, *to).await.map(|plan| match &plan.step {
                // What is there after an attempt of ours that nobody knew the end of is ours.
                None => {
                    let to = before.doubtful.then(|| plan.from.clone());
                    Performed::Done(Outcome::Moved { from: plan.from, to })
                }
                Some(_) => Performed::Planned(Plan::Move(plan), None),
            }),
            Err(error) => Err(error),
        },
    })
}

/// Applies a plan and reads back what came of it.
pub async fn apply(
    hands: Hands<'_>,
    vendors: &Vendors,
    (tenant, id): &(Tenant, Uuid),
    effect: &Effect,
    plan: &Plan,
    drawing: Option<Box<Drawing>>,
) -> Result<Outcome, CallError> {
    match drawing {
        Some(drawing) => talk::apply(vendors, (tenant, *id), effect, plan, *drawing).await,
        None => apply_outside(hands.world, vendors, (tenant, *id), effect, plan).await,
    }
}

async fn apply_outside(
    world: &World,
    vendors: &Vendors,
    (tenant, id): (&Tenant, Uuid),
    effect: &Effect,
    plan: &Plan,
) -> Result<Outcome, CallError> {
    match (effect, plan) {
        (Effect::LookUp { account, repository, ticket, .. }, _) => {
            look_up::look_up(world, (vendors, tenant), account, repository.as_deref(), ticket.as_deref())
                .await
        }
        (_, Plan::Permission(plan)) => set_permission(&*vendors.forge, plan).await,
        (Effect::Comment { ticket, .. }, Plan::Comment { paragraphs }) => {
            let comment = Comment { marker: id, paragraphs: paragraphs.clone() };
            tracker(vendors, effect)?.comment(ticket, &comment).await.map(|()| Outcome::Commented)
        }
        (Effect::MoveTicket { to, .. }, Plan::Move(plan)) => {
            move_ticket(tracker(vendors, effect)?, plan, *to).await
        }
        (effect, _) => Err(broken(effect, "the plan does not belong to this effect".to_owned())),
    }
}

/// Takes the steps, and reads back whether that was all: somebody else may have moved it meanwhile.
async fn move_ticket(tracker: &dyn Tracker, plan: &MovePlan, to: TicketMove) -> Result<Outcome, CallError> {
    let mut next = plan.clone();
    let mut reached = None;
    while let Some(step) = next.then.last().or(next.step.as_ref()) {
        if reached.as_ref() == Some(&step.to) {
            return Err(CallError {
                vendor: "tracker",
                what: format!("move {} to {}", plan.key, step.to),
                detail: format!("it was moved, and is still in {}", next.from),
                status: None,
                kind: CallErrorKind::NotDone { after: None },
            });
        }
        tracker.apply_move(&next).await?;
        reached = Some(step.to.clone());
        next = tracker.plan_move(&plan.key, to).await?;
    }
    Ok(Outcome::Moved { from: plan.from.clone(), to: reached })
}

async fn set_permission(forge: &dyn Forge, plan: &PermissionPlan) -> Result<Outcome, CallError> {
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
    let shown = |permission: Option<countersign_domain::access::Permission>| {
        permission.map_or_else(|| "none".to_owned(), |permission| permission.to_string())
    };
    Err(CallError {
        vendor: "forge",
        what: format!("read back the permission of {} on {}", plan.account(), plan.repository()),
        detail: format!("{} was wanted, {} is there", shown(plan.wanted()), shown(now)),
        status: None,
        // It was set, and may show a moment later; or somebody else has set something at the same time.
        kind: CallErrorKind::Unknown,
    })
}

/// The outcome with what the very first attempt found, which a later one cannot see any more.
pub fn with_before(outcome: Outcome, effects: &Effects) -> Outcome {
    match (outcome, effects.before) {
        (Outcome::PermissionIs { now, .. }, Some(before)) => Outcome::PermissionIs { now, before },
        (outcome, _) => outcome,
    }
}

fn tracker<'a>(vendors: &'a Vendors, effect: &Effect) -> Result<&'a dyn Tracker, CallError> {
    vendors
        .tracker
        .as_deref()
        .ok_or_else(|| broken(effect, "the configuration names no tracker for this tenant".to_owned()))
}

/// An effect that cannot be performed as the bot is set up: a person has to look.
pub fn broken(effect: &Effect, detail: String) -> CallError {
    CallError {
        vendor: OURSELVES,
        what: effect.kind().to_owned(),
        detail,
        status: None,
        kind: CallErrorKind::Rejected,
    }
}
