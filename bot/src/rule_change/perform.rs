//! How a draft is compared, and how it is put in force: exactly the text that was countersigned, in the place of exactly the
//! version that it was proposed for, or not at all.

use countersign_domain::capabilities::AnyRequest;
use countersign_domain::denied::Violation;
use countersign_domain::effect::Look;
use countersign_domain::envelope::{Cause, derived_id};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, CallErrorKind};
use countersign_domain::request::Code;
use countersign_domain::rule_change::{Draft, Effect, Outcome, Plan, RuleChangeRequest as State};
use countersign_domain::rules::RuleSet;
use countersign_domain::tenant::{PublishedBy, Rulebook, RulebookCommand};
use uuid::Uuid;

use super::{RuleChange, compare, versions};
use crate::aside::aside;
use crate::context::system;
use crate::engine::Failure;
use crate::leave;
use crate::perform::{Before, Beside, Hands, Planning, Step, broken, misplanned};
use crate::requests::{Opened, Requests};
use crate::world::Vendors;

/// What is in force now decides.
pub(crate) async fn plan(
    hands: Hands<'_>,
    _: &Vendors,
    (tenant, id): &(Tenant, Uuid),
    effect: &Effect,
    before: Before,
) -> Planning<Effect> {
    let Effect::PublishRules { code } = effect else { return Ok(Ok(Step::Planned(Plan::ReadRules {}, ()))) };
    leave::before_granting(hands, tenant, *id, code).await?;
    if before.doubtful
        && let Some(version) = published(hands, tenant, code).await?
    {
        // An attempt before this one put it in force, and nobody heard of it.
        return Ok(Ok(Step::Done(Outcome::InForce { version })));
    }
    let (change, _) = read(hands, tenant, code).await?;
    let Some(draft) = change.asked.as_ref().filter(|_| change.is_approved()) else {
        return Ok(Ok(Step::Done(Outcome::RulesNotWanted {})));
    };
    let (base, now) = (draft.base, hands.directory.present(tenant).await?.rulebook.version());
    Ok(Ok(if base == now {
        Step::Planned(Plan::PutInForce { base }, ())
    } else {
        Step::Done(Outcome::RulesMovedOn { now })
    }))
}

/// Compares, or puts in force.
pub(crate) async fn apply(
    hands: Hands<'_>,
    _: &Vendors,
    (tenant, id): &(Tenant, Uuid),
    effect: &Effect,
    (plan, _): (&Plan, Beside),
) -> Result<Outcome, CallError> {
    let done = match (effect, plan) {
        (Effect::CompareRules { code }, Plan::ReadRules {}) => compared(hands, tenant, code).await,
        (Effect::PublishRules { code }, Plan::PutInForce { .. }) => publish(hands, (tenant, *id), code).await,
        (effect, _) => return Err(misplanned(effect)),
    };
    match done {
        Ok(Some(outcome)) => Ok(outcome),
        Ok(None) => Err(broken(effect, "there is nothing of it that could be used".to_owned())),
        // Of our own log: whether it was appended is looked up before it is done again.
        Err(failure) => {
            let kind = CallErrorKind::Unknown;
            Err(CallError { kind, ..broken(effect, failure.to_string()) })
        }
    }
}

async fn compared(hands: Hands<'_>, tenant: &Tenant, code: &Code) -> Result<Option<Outcome>, Failure> {
    let (change, _) = read(hands, tenant, code).await?;
    if !change.is_undecided() {
        // Whoever took it back need not have the log gone through.
        return Ok(Some(Outcome::RulesNotWanted {}));
    }
    let Some(draft) = change.asked else { return Ok(None) };
    let present = hands.directory.present(tenant).await?;
    let found = compare::with_the_days_before(hands.world, tenant, &present, &draft).await?;
    Ok(Some(Outcome::RulesCompared(Box::new(found))))
}

/// Whether rules are in force of which an operator says so: the log knows.
pub(crate) async fn look_at(
    hands: Hands<'_>,
    _: &Vendors,
    tenant: &Tenant,
    effect: &Effect,
) -> Result<Result<Option<Look<Outcome>>, CallError>, Failure> {
    let Effect::PublishRules { code } = effect else { return Ok(Ok(None)) };
    let now = hands.directory.present(tenant).await?.rulebook.version();
    Ok(Ok(Some(match published(hands, tenant, code).await? {
        Some(version) => Look::Done(Outcome::InForce { version }),
        None => Look::Otherwise {
            shown: format!("version {now} of the rules"),
            wanted: format!("the rules of {code}"),
        },
    })))
}

/// Puts in force what stands in the request, and nothing that anybody says beside it: where it is approved at this very moment, by
/// the people there are.
async fn publish(
    hands: Hands<'_>,
    (tenant, id): (&Tenant, Uuid),
    code: &Code,
) -> Result<Option<Outcome>, Failure> {
    leave::before_granting(hands, tenant, id, code).await?;
    let (change, correlation) = read(hands, tenant, code).await?;
    let Some(draft) = change.asked.as_ref().filter(|_| change.is_approved()) else {
        return Ok(Some(Outcome::RulesNotWanted {}));
    };
    let cause = Cause {
        actor: system("outbox"),
        command: derived_id(id, "publish"),
        correlation: correlation.unwrap_or(id),
        causation: id,
        at: hands.world.clock.now(),
    };
    let (engine, tenant, publish) = (hands.engine.clone(), tenant.clone(), command(&change, draft));
    let (version, text) = (draft.base + 1, draft.text.clone());
    // Whether rules can be used takes as long to find out as their author likes.
    let done = aside(async move {
        let rules = RuleSet::compile(version, &text).ok()?;
        let command = || publish(rules.clone());
        Some(engine.execute::<Rulebook>(&tenant, tenant.as_str(), &cause, "publish rules", command).await)
    });
    // Interrupted, it may have been published all the same.
    let Some(done) = done.await? else { return Ok(None) };
    Ok(match done? {
        Ok(done) => Some(Outcome::InForce { version: done.state.version() }),
        Err(denied) => denied.0.iter().find_map(|violation| match violation {
            Violation::RulesMovedOn { now, .. } => Some(Outcome::RulesMovedOn { now: *now }),
            _ => None,
        }),
    })
}

/// The command that puts what was compiled in force, by this change.
fn command(change: &State, draft: &Draft) -> impl Fn(RuleSet) -> RulebookCommand + Send + Sync + use<> {
    let base = draft.base;
    let change = PublishedBy {
        request: draft.code.clone(),
        proposed_by: draft.requester.id.clone(),
        countersigned_by: change.countersigned_by.clone(),
    };
    move |rules| RulebookCommand::Publish { base, rules, change: change.clone() }
}

/// The version as which a change was published, if it was.
async fn published(hands: Hands<'_>, tenant: &Tenant, code: &Code) -> Result<Option<u64>, Failure> {
    let all = versions::versions(&*hands.world.store, tenant).await?;
    let came_by = |version: &&versions::Version| version.request.as_ref() == Some(code);
    Ok(all.iter().find(came_by).map(|version| version.version))
}

/// A change as the log has it, and the conversation that it is part of.
async fn read(
    Hands { world, engine, directory }: Hands<'_>,
    tenant: &Tenant,
    code: &Code,
) -> Result<(State, Option<Uuid>), Failure> {
    use countersign_domain::capabilities::Listed as _;
    let requests = Requests::new(world.clone(), engine.clone(), directory.clone());
    let opened = requests.read(tenant, code).await?;
    let correlation = opened.as_ref().and_then(Opened::correlation);
    let request: Option<AnyRequest> = opened.map(|opened| opened.request);
    Ok((RuleChange::of(request.as_ref()).cloned().unwrap_or_default(), correlation))
}
