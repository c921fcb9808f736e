//! How an agent is looked at, put in force and taken out: exactly what was countersigned, in exactly the place that it was countersigned
//! for, and read back; or not at all.

use countersign_domain::agents::{
    Agent, AgentBook, AgentBookCommand, AgentRequest, Draft, Effect, Fault, Outcome, Plan,
};
use countersign_domain::capabilities::Listed as _;
use countersign_domain::denied::{Denied, Fault as _};
use countersign_domain::effect::Look;
use countersign_domain::envelope::{Cause, derived_id};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, CallErrorKind};
use countersign_domain::tenant::PublishedBy;
use uuid::Uuid;

use super::standing::{book, found};
use crate::context::system;
use crate::engine::Failure;
use crate::leave;
use crate::perform::{Before, Beside, Hands, Planning, Step, broken, misplanned};
use crate::requests::{Opened, Requests};
use crate::world::Vendors;

/// What is wanted, and not in force yet, or not out of it.
pub(crate) async fn plan(
    hands: Hands<'_>,
    _: &Vendors,
    (tenant, id): &(Tenant, Uuid),
    effect: &Effect,
    _: Before,
) -> Planning<Effect> {
    if let Effect::PublishAgent { code, .. } = effect {
        leave::before_granting(hands, tenant, *id, code).await?;
    }
    let (request, _) = read(hands, tenant, effect).await?;
    let book = book(hands.engine, tenant).await?;
    let Some(draft) = &request.asked else { return Ok(Ok(Step::Done(Outcome::AgentNotWanted {}))) };
    let step = match effect {
        Effect::CheckAgent { .. } if request.is_undecided() => Step::Planned(Plan::LookAtAgent {}, ()),
        // An attempt before this one put it in force, and nobody heard of it.
        Effect::PublishAgent { code, .. } if book.came_by(code).is_some() => in_force(&book, draft),
        Effect::PublishAgent { .. } if request.is_approved() => {
            Step::Planned(Plan::PutAgentInForce { version: draft.version() }, ())
        }
        Effect::RetireAgent { .. } => match request.own.version {
            Some(version) => Step::Planned(Plan::TakeAgentOut { version }, ()),
            None => Step::Done(Outcome::AgentNotWanted {}),
        },
        Effect::CheckAgent { .. } | Effect::PublishAgent { .. } => Step::Done(Outcome::AgentNotWanted {}),
    };
    Ok(Ok(step))
}

/// What is in force by the request, read back from the log.
fn in_force(book: &AgentBook, draft: &Draft) -> Step<Effect> {
    Step::Done(match book.came_by(&draft.code) {
        Some(stands) if stands.definition == *draft.definition => {
            Outcome::AgentInForce { version: stands.version }
        }
        _ => Outcome::AgentCannotRun { why: "what is in force is not what was countersigned".to_owned() },
    })
}

/// Looks, puts in force, or takes out.
pub(crate) async fn apply(
    hands: Hands<'_>,
    _: &Vendors,
    (tenant, id): &(Tenant, Uuid),
    effect: &Effect,
    (plan, _): (&Plan, Beside),
) -> Result<Outcome, CallError> {
    let done = match (effect, plan) {
        (Effect::CheckAgent { .. }, Plan::LookAtAgent {}) => checked(hands, tenant, effect).await,
        (Effect::PublishAgent { .. }, Plan::PutAgentInForce { .. }) => {
            publish(hands, (tenant, *id), effect).await
        }
        (Effect::RetireAgent { .. }, Plan::TakeAgentOut { version }) => {
            take_out(hands, (tenant, *id), effect, *version).await
        }
        (effect, _) => return Err(misplanned(effect)),
    };
    // Of our own log: whether it was appended is looked up before it is done again.
    done.map_err(|failure| {
        let kind = CallErrorKind::Unknown;
        CallError { kind, ..broken(effect, failure.to_string()) }
    })
}

/// Whether an agent is in force, or out of it, of which an operator says so: the log knows.
pub(crate) async fn look_at(
    hands: Hands<'_>,
    _: &Vendors,
    tenant: &Tenant,
    effect: &Effect,
) -> Result<Result<Option<Look<Outcome>>, CallError>, Failure> {
    let (code, agent) = (effect.own_code(), effect.agent());
    let book = book(hands.engine, tenant).await?;
    let (now, in_force) = book.latest(agent);
    let shown = if in_force { format!("version {now} of {agent}") } else { format!("no {agent}") };
    Ok(Ok(match effect {
        Effect::CheckAgent { .. } => None,
        Effect::PublishAgent { .. } => Some(match book.came_by(code) {
            Some(stands) => Look::Done(Outcome::AgentInForce { version: stands.version }),
            None => Look::Otherwise { shown, wanted: format!("the agent of {code}") },
        }),
        Effect::RetireAgent { .. } => {
            let stands = book.in_force(agent).and_then(|now| now.change.as_ref());
            Some(if stands.is_some_and(|change| change.request == *code) {
                Look::Otherwise { shown, wanted: format!("no {agent}") }
            } else {
                Look::Done(Outcome::AgentOut {})
            })
        }
    }))
}

async fn checked(hands: Hands<'_>, tenant: &Tenant, effect: &Effect) -> Result<Outcome, Failure> {
    let (request, _) = read(hands, tenant, effect).await?;
    let Some(draft) = request.asked.as_ref().filter(|_| request.is_undecided()) else {
        return Ok(Outcome::AgentNotWanted {});
    };
    let found = found(hands.world, hands.engine, tenant, &draft.definition).await?;
    Ok(Outcome::AgentChecked(Box::new(found)))
}

/// Puts in force what stands in the request, and nothing that anybody says beside it: where it is approved at this very moment, and
/// can run.
async fn publish(
    hands: Hands<'_>,
    (tenant, id): (&Tenant, Uuid),
    effect: &Effect,
) -> Result<Outcome, Failure> {
    leave::before_granting(hands, tenant, id, effect.own_code()).await?;
    let (request, correlation) = read(hands, tenant, effect).await?;
    let Some(draft) = request.asked.as_ref().filter(|_| request.is_approved()) else {
        return Ok(Outcome::AgentNotWanted {});
    };
    let missing = found(hands.world, hands.engine, tenant, &draft.definition).await?.missing;
    if !missing.is_empty() {
        return Ok(Outcome::AgentCannotRun { why: Fault::AgentNeedsMore { missing }.said() });
    }
    let change = PublishedBy {
        request: draft.code.clone(),
        proposed_by: draft.requester.id.clone(),
        countersigned_by: request.countersigned_by.clone(),
    };
    let command = || AgentBookCommand::Publish {
        base: draft.base,
        was_in_force: draft.before.is_some(),
        definition: draft.definition.clone(),
        change: change.clone(),
    };
    let cause = cause(hands, id, (correlation, "publish"));
    let done = hands.engine.execute::<AgentBook>(tenant, tenant.as_str(), &cause, "publish agent", command);
    if let Err(denied) = done.await? {
        return Ok(not_done(&denied));
    }
    // Read back as everybody reads it from now on.
    match in_force(&book(hands.engine, tenant).await?, draft) {
        Step::Done(outcome) => Ok(outcome),
        Step::Planned(..) | Step::Later(..) => Ok(Outcome::AgentNotWanted {}),
    }
}

fn not_done(denied: &Denied) -> Outcome {
    let moved = denied.0.iter().find_map(|violation| match violation.own::<Fault>() {
        Some(Fault::AgentMovedOn { now, .. }) => Some(now),
        _ => None,
    });
    match moved {
        Some(now) => Outcome::AgentOvertaken { now },
        None => Outcome::AgentCannotRun { why: denied.to_string() },
    }
}

async fn take_out(
    hands: Hands<'_>,
    (tenant, id): (&Tenant, Uuid),
    effect: &Effect,
    version: u32,
) -> Result<Outcome, Failure> {
    let (_, correlation) = read(hands, tenant, effect).await?;
    let cause = cause(hands, id, (correlation, "take out"));
    let command = || AgentBookCommand::TakeOut { agent: effect.agent().to_owned(), version };
    let done = hands.engine.execute::<AgentBook>(tenant, tenant.as_str(), &cause, "retire agent", command);
    Ok(match done.await? {
        Ok(_) => Outcome::AgentOut {},
        Err(denied) => not_done(&denied),
    })
}

fn cause(hands: Hands<'_>, id: Uuid, (correlation, step): (Option<Uuid>, &str)) -> Cause {
    Cause {
        actor: system("outbox"),
        command: derived_id(id, step),
        correlation: correlation.unwrap_or(id),
        causation: id,
        at: hands.world.clock.now(),
    }
}

/// The request as the log has it, and the conversation that it is part of.
async fn read(
    Hands { world, engine, directory }: Hands<'_>,
    tenant: &Tenant,
    effect: &Effect,
) -> Result<(AgentRequest, Option<Uuid>), Failure> {
    let requests = Requests::new(world.clone(), engine.clone(), directory.clone());
    let opened = requests.read(tenant, effect.own_code()).await?;
    let correlation = opened.as_ref().and_then(Opened::correlation);
    let request = opened.map(|opened| opened.request);
    Ok((Agent::of(request.as_ref()).cloned().unwrap_or_default(), correlation))
}
