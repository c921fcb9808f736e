//! How an agent is looked at, put in force and taken out: exactly what was countersigned, in exactly the place that it was countersigned
//! for, and read back; or not at all.

use countersign_domain::agents::{
    Agent, AgentBook, AgentBookCommand, AgentRequest, Definition, Draft, Effect, Fault, Missing, Outcome,
    Plan,
};
use countersign_domain::capabilities::Listed as _;
use countersign_domain::denied::{Denied, Fault as _};
use countersign_domain::effect::Look;
use countersign_domain::envelope::{Cause, derived_id};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::{AgentPlane, CallError, CallErrorKind, PROVISIONED, Provision, Provisioned};
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
    vendors: &Vendors,
    (tenant, id): &(Tenant, Uuid),
    effect: &Effect,
    (plan, _): (&Plan, Beside),
) -> Result<Outcome, CallError> {
    let done = match (effect, plan) {
        (Effect::CheckAgent { .. }, Plan::LookAtAgent {}) => checked(hands, tenant, effect).await,
        (Effect::PublishAgent { .. }, Plan::PutAgentInForce { .. }) => {
            publish(hands, vendors, (tenant, *id), effect).await?
        }
        (Effect::RetireAgent { .. }, Plan::TakeAgentOut { version }) => {
            take_out(hands, vendors, (tenant, *id), (effect, *version)).await?
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

/// Puts in force what stands in the request, and nothing that anybody says beside it: where it is approved at this very moment, can run,
/// and stands at the vendor's that is to run it. What is not ready there yet is asked for again.
async fn publish(
    hands: Hands<'_>,
    vendors: &Vendors,
    (tenant, id): (&Tenant, Uuid),
    effect: &Effect,
) -> Result<Result<Outcome, Failure>, CallError> {
    let ready = async {
        leave::before_granting(hands, tenant, id, effect.own_code()).await?;
        let (request, correlation) = read(hands, tenant, effect).await?;
        let approved = request.is_approved();
        let Some(draft) = request.asked.filter(|_| approved) else {
            return Ok(Err(Outcome::AgentNotWanted {}));
        };
        let missing = found(hands.world, hands.engine, tenant, &draft.definition).await?.missing;
        if !missing.is_empty() {
            let missing = missing.into_iter().map(Missing::without_what_is_here).collect();
            return Ok(Err(Outcome::AgentCannotRun { why: Fault::AgentNeedsMore { missing }.said() }));
        }
        Ok::<_, Failure>(Ok((draft, request.countersigned_by, correlation)))
    };
    let (draft, countersigned_by, correlation) = match ready.await {
        Ok(Ok(ready)) => ready,
        Ok(Err(outcome)) => return Ok(Ok(outcome)),
        Err(failure) => return Ok(Err(failure)),
    };
    let plane = plane(vendors).filter(|_| draft.definition.backend.as_deref() == Some(PROVISIONED));
    let provisioned = match plane {
        Some(plane) => Some(plane.provision(provision(&draft.definition, draft.version())).await?),
        None => None,
    };
    let cause = cause(hands, id, (correlation, "publish"));
    let put = put_in_force(hands, (tenant, &cause), &draft, (countersigned_by, provisioned.clone())).await;
    if let (Ok(Outcome::AgentOvertaken { .. }), Some(plane), Some(there)) = (&put, plane, &provisioned) {
        plane.retire(there).await?;
    }
    Ok(put)
}

async fn put_in_force(
    hands: Hands<'_>,
    (tenant, cause): (&Tenant, &Cause),
    draft: &Draft,
    (countersigned_by, provisioned): (Vec<PrincipalId>, Option<Provisioned>),
) -> Result<Outcome, Failure> {
    let (request, proposed_by) = (draft.code.clone(), draft.requester.id.clone());
    let change = PublishedBy { request, proposed_by, countersigned_by };
    let command = || AgentBookCommand::Publish {
        base: draft.base,
        was_in_force: draft.before.is_some(),
        definition: draft.definition.clone(),
        change: change.clone(),
        provisioned: provisioned.clone(),
    };
    let done = hands.engine.execute::<AgentBook>(tenant, tenant.as_str(), cause, "publish agent", command);
    if let Err(denied) = done.await? {
        return Ok(not_done(&denied));
    }
    // Read back as everybody reads it from now on.
    match in_force(&book(hands.engine, tenant).await?, draft) {
        Step::Done(outcome) => Ok(outcome),
        Step::Planned(..) | Step::Later(..) => Ok(Outcome::AgentNotWanted {}),
    }
}

fn plane(vendors: &Vendors) -> Option<&dyn AgentPlane> {
    vendors.help.as_deref()?.plane.as_deref()
}

/// An agent as a vendor is to run it.
pub(super) fn provision(definition: &Definition, version: u32) -> Provision<'_> {
    Provision { name: &definition.name, version, instruction: &definition.instruction }
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
    vendors: &Vendors,
    (tenant, id): (&Tenant, Uuid),
    (effect, version): (&Effect, u32),
) -> Result<Result<Outcome, Failure>, CallError> {
    let taken = async {
        let (_, correlation) = read(hands, tenant, effect).await?;
        let cause = cause(hands, id, (correlation, "take out"));
        let command = || AgentBookCommand::TakeOut { agent: effect.agent().to_owned(), version };
        let done =
            hands.engine.execute::<AgentBook>(tenant, tenant.as_str(), &cause, "retire agent", command);
        Ok::<_, Failure>(done.await?.map(|done| done.state))
    };
    let book = match taken.await {
        Ok(Ok(book)) => book,
        Ok(Err(denied)) => return Ok(Ok(not_done(&denied))),
        Err(failure) => return Ok(Err(failure)),
    };
    let there = book.version(effect.agent(), version).and_then(|known| known.provisioned.as_ref());
    if let (Some(plane), Some(there)) = (plane(vendors), there) {
        plane.retire(there).await?;
    }
    Ok(Ok(Outcome::AgentOut {}))
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
