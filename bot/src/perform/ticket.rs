//! How tickets are commented and moved on.

use countersign_domain::ports::{CallError, CallErrorKind, Comment, MovePlan, TicketMove, Tracker};
use countersign_domain::ticket::{Effect, Outcome, Plan};
use uuid::Uuid;

use super::{Before, Step, broken};
use crate::world::Vendors;

/// What it takes: nothing, where it is there already.
pub(super) async fn plan(
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
    })
}

/// Writes the comment, or takes the steps.
pub(super) async fn apply(
    vendors: &Vendors,
    id: Uuid,
    effect: &Effect,
    plan: &Plan,
) -> Result<Outcome, CallError> {
    let tracker = tracker(vendors, effect)?;
    match (effect, plan) {
        (Effect::Comment { ticket, .. }, Plan::Comment { paragraphs }) => {
            let comment = Comment { marker: id, paragraphs: paragraphs.clone() };
            tracker.comment(ticket, &comment).await.map(|()| Outcome::Commented)
        }
        (Effect::MoveTicket { to, .. }, Plan::Move(plan)) => move_on(tracker, plan, *to).await,
        (effect, _) => Err(broken(effect, "the plan does not belong to this effect".to_owned())),
    }
}

/// Takes the steps, and reads back whether that was all: somebody else may have moved it meanwhile.
async fn move_on(tracker: &dyn Tracker, plan: &MovePlan, to: TicketMove) -> Result<Outcome, CallError> {
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
