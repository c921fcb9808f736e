//! How tickets are commented and moved on.

use countersign_domain::envelope::Cause;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, CallErrorKind, Comment, MovePlan, TicketMove, Tracker};
use countersign_domain::record::TicketRequest;
use countersign_domain::ticket::{Effect, Outcome, Plan};
use uuid::Uuid;

/// What was said on a ticket or where it was moved takes nobody's access away, and gives none.
pub(super) use super::nothing_to_see as look_at;
use super::{Before, Beside, Hands, Planning, Step, broken, misplanned};
use crate::context::system;
use crate::resolve::{Resolver, TRACKER};
use crate::tickets::reading::{Read, Reader};
use crate::world::Vendors;

/// What it takes: nothing, where it is there already.
pub(super) async fn plan(
    hands: Hands<'_>,
    vendors: &Vendors,
    (tenant, id): &(Tenant, Uuid),
    effect: &Effect,
    before: Before,
) -> Planning<Effect> {
    match effect {
        Effect::ReadTicket { request, .. } => read(hands, tenant, *id, request).await,
        _ => Ok(plan_on_it(vendors, *id, effect, before).await),
    }
}

/// Whether a ticket can be read now; what is read then is asked for by who reacts to it.
async fn read(hands: Hands<'_>, tenant: &Tenant, id: Uuid, request: &TicketRequest) -> Planning<Effect> {
    let present = hands.directory.present(tenant).await?;
    let resolver = Resolver::new(hands.world.clone(), hands.directory.clone());
    let reader = Reader { world: hands.world, resolver: &resolver, present: &present };
    let at = hands.world.clock.now();
    let cause = Cause { actor: system(TRACKER), command: id, correlation: id, causation: id, at };
    Ok(match reader.read(tenant, &cause, request).await? {
        Read::Asks(_) | Read::Unread(_) => Ok(Step::Done(Outcome::Readable)),
        Read::Away(error) => Err(error),
    })
}

/// What it takes on the ticket itself.
async fn plan_on_it(
    vendors: &Vendors,
    id: Uuid,
    effect: &Effect,
    before: Before,
) -> Result<Step<Effect>, CallError> {
    let tracker = tracker(vendors, effect)?;
    Ok(match effect {
        Effect::Comment { ticket, paragraphs, .. } => {
            if before.doubtful && tracker.has_comment(ticket, id).await? {
                return Ok(Step::Done(Outcome::Commented));
            }
            Step::Planned(Plan::Comment { paragraphs: paragraphs.clone() }, ())
        }
        Effect::MoveTicket { ticket, to, .. } => {
            let plan = tracker.plan_move(ticket, *to).await?;
            if plan.step.is_some() {
                return Ok(Step::Planned(Plan::Move(plan), ()));
            }
            // What is there after an attempt of ours that nobody knew the end of is ours.
            let to = before.doubtful.then(|| plan.from.clone());
            Step::Done(Outcome::Moved { from: plan.from, to })
        }
        Effect::ReadTicket { .. } => Step::Done(Outcome::Readable),
    })
}

/// Writes the comment, or takes the steps.
pub(super) async fn apply(
    _: Hands<'_>,
    vendors: &Vendors,
    &(_, id): &(Tenant, Uuid),
    effect: &Effect,
    (plan, _): (&Plan, Beside),
) -> Result<Outcome, CallError> {
    let tracker = tracker(vendors, effect)?;
    match (effect, plan) {
        (Effect::Comment { ticket, .. }, Plan::Comment { paragraphs }) => {
            let comment = Comment { marker: id, paragraphs: paragraphs.clone() };
            tracker.comment(ticket, &comment).await.map(|()| Outcome::Commented)
        }
        (Effect::MoveTicket { to, .. }, Plan::Move(plan)) => move_on(tracker, plan, *to).await,
        (effect, _) => Err(misplanned(effect)),
    }
}

/// Takes the steps, and reads back whether that was all: somebody else may have moved it meanwhile.
pub(crate) async fn move_on(
    tracker: &dyn Tracker,
    plan: &MovePlan,
    to: TicketMove,
) -> Result<Outcome, CallError> {
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

fn tracker<'a>(vendors: &'a Vendors, effect: &Effect) -> Result<&'a dyn Tracker, CallError> {
    let missing = || broken(effect, "the configuration names no tracker for this tenant".to_owned());
    vendors.tracker.as_deref().ok_or_else(missing)
}
