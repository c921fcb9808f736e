//! How an action is rehearsed and done: exactly what stands in the request that was countersigned, or not at all.

use countersign_domain::actions::{
    Action, ActionRequest, Answered, Call, Effect, Otherwise, Outcome, Plan, Planned, Rehearsed, Run,
};
use countersign_domain::canonical;
use countersign_domain::capabilities::Listed as _;
use countersign_domain::effect::Look;
use countersign_domain::envelope::Digest;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, Came, Doer, Doing};
use countersign_domain::words::flat;
use serde_json::Value;
use uuid::Uuid;

use crate::engine::Failure;
use crate::leave;
use crate::perform::{Before, Beside, Hands, Planning, Step, broken, misplanned};
use crate::requests::Requests;
use crate::world::Vendors;

/// So much of an answer is kept, in characters.
const SAID: usize = 500;

/// What is not wanted any more is not done, and neither is what stands otherwise than was shown; what was done is found done, where that
/// can be seen.
pub(crate) async fn plan(
    hands: Hands<'_>,
    vendors: &Vendors,
    (tenant, id): &(Tenant, Uuid),
    effect: &Effect,
    before: Before,
) -> Planning<Effect> {
    if let Effect::DoAction { code, .. } = effect {
        leave::before_granting(hands, tenant, *id, code).await?;
    }
    let action = read(hands, tenant, effect).await?;
    let wanted = match effect {
        Effect::RehearseAction { .. } => action.is_undecided(),
        Effect::DoAction { .. } => action.is_approved(),
    };
    let Some(run) = action.asked.as_ref().filter(|_| wanted) else {
        return Ok(Ok(Step::Done(Outcome::ActionNotWanted {})));
    };
    if let Effect::RehearseAction { .. } = effect {
        return Ok(Ok(Step::Planned(Plan::OnlyLook {}, ())));
    }
    let doer = match doer(vendors, effect) {
        Ok(doer) => doer,
        Err(error) => return Ok(Err(error)),
    };
    Ok(plan_doing(doer, (run, &action), before).await)
}

async fn plan_doing(
    doer: &dyn Doer,
    (run, action): (&Run, &ActionRequest),
    before: Before,
) -> Result<Step<Effect>, CallError> {
    let now = stands(doer, &run.planned).await?;
    let shown = action.findings.as_ref().and_then(|found| found.before.clone());
    if before.doubtful && is_as_expected(&run.planned, now.as_ref()) && now.is_some() {
        let answered = Answered { status: None, said: "found done".to_owned() };
        return Ok(Step::Done(Outcome::ActionDone { answered, seen: now }));
    }
    if now != shown && !before.doubtful {
        let found = Rehearsed { before: now.clone(), ..action.findings.clone().unwrap_or_default() };
        let differences = vec![Otherwise { shown, now }];
        return Ok(Step::Done(Outcome::ActionOvertaken { found: Box::new(found), differences }));
    }
    let plan = Plan::CallExactly { call: run.planned.call.in_words(), planned: digest(&run.planned) };
    Ok(Step::Planned(plan, ()))
}

/// Rehearses, or does.
pub(crate) async fn apply(
    hands: Hands<'_>,
    vendors: &Vendors,
    (tenant, id): &(Tenant, Uuid),
    effect: &Effect,
    (plan, _): (&Plan, Beside),
) -> Result<Outcome, CallError> {
    let doer = doer(vendors, effect)?;
    let action = read(hands, tenant, effect).await.map_err(|failure| broken(effect, failure.to_string()))?;
    let Some(run) = &action.asked else { return Ok(Outcome::ActionNotWanted {}) };
    match (effect, plan) {
        (Effect::RehearseAction { .. }, Plan::OnlyLook {}) => {
            let dry_run = match &run.planned.dry_run {
                Some(call) => Some(answered(doer.call(doing(call), *id).await?)),
                None => None,
            };
            let before = stands(doer, &run.planned).await?;
            Ok(Outcome::ActionRehearsed(Box::new(Rehearsed { dry_run, before })))
        }
        (Effect::DoAction { .. }, Plan::CallExactly { planned, .. }) => {
            if *planned != digest(&run.planned) || !action.is_approved() {
                return Ok(Outcome::ActionNotWanted {});
            }
            let came = answered(doer.call(doing(&run.planned.call), *id).await?);
            let seen = stands(doer, &run.planned).await?;
            if is_as_expected(&run.planned, seen.as_ref()) {
                return Ok(Outcome::ActionDone { answered: came, seen });
            }
            Ok(Outcome::ActionNotSeen { seen })
        }
        (effect, _) => Err(misplanned(effect)),
    }
}

/// Whether it is done of which an operator says so, where that can be looked at.
pub(crate) async fn look_at(
    hands: Hands<'_>,
    vendors: &Vendors,
    tenant: &Tenant,
    effect: &Effect,
) -> Result<Result<Option<Look<Outcome>>, CallError>, Failure> {
    let Effect::DoAction { .. } = effect else { return Ok(Ok(None)) };
    let action = read(hands, tenant, effect).await?;
    let (Some(run), Ok(doer)) = (&action.asked, doer(vendors, effect)) else { return Ok(Ok(None)) };
    let Some(read_back) = &run.planned.read_back else { return Ok(Ok(None)) };
    let seen = match stands(doer, &run.planned).await {
        Ok(seen) => seen,
        Err(error) => return Ok(Err(error)),
    };
    let shown = seen.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
    Ok(Ok(Some(if is_as_expected(&run.planned, seen.as_ref()) {
        let answered = Answered { status: None, said: "done by hand, and seen to be".to_owned() };
        Look::Done(Outcome::ActionDone { answered, seen })
    } else {
        Look::Otherwise { shown: flat(&shown), wanted: flat(&read_back.expected.to_string()) }
    })))
}

/// What stands where it is looked at; nothing where it is looked at nowhere.
pub(super) async fn stands(doer: &dyn Doer, planned: &Planned) -> Result<Option<Value>, CallError> {
    let Some(read_back) = &planned.read_back else { return Ok(None) };
    let came = doer.look(&read_back.url).await?;
    Ok(Some(came.said.pointer(&read_back.pointer).cloned().unwrap_or(Value::Null)))
}

fn is_as_expected(planned: &Planned, seen: Option<&Value>) -> bool {
    planned.read_back.as_ref().is_none_or(|read_back| seen == Some(&read_back.expected))
}

fn doer<'a>(vendors: &'a Vendors, effect: &Effect) -> Result<&'a dyn Doer, CallError> {
    let help = vendors.help.as_deref().and_then(|help| help.doer.as_deref());
    help.ok_or_else(|| {
        broken(effect, "the configuration sets up nothing that does actions any more".to_owned())
    })
}

fn doing(call: &Call) -> Doing<'_> {
    match call {
        Call::Http { method, url, body } => Doing::Http { method: method.as_str(), url, body: body.as_ref() },
        Call::Publish { topic, message } => Doing::Publish { topic, message },
        Call::Invoke { function, payload } => Doing::Invoke { function, payload },
    }
}

fn answered(Came { status, said }: Came) -> Answered {
    let said = said
        .as_str()
        .map_or_else(|| if said.is_null() { String::new() } else { said.to_string() }, str::to_owned);
    Answered { status, said: flat(&said.chars().take(SAID).collect::<String>()) }
}

fn digest(planned: &Planned) -> Digest {
    canonical::digest(planned).unwrap_or_else(|| Digest::of(planned.call.in_words().as_bytes()))
}

async fn read(
    Hands { world, engine, directory }: Hands<'_>,
    tenant: &Tenant,
    effect: &Effect,
) -> Result<ActionRequest, Failure> {
    let requests = Requests::new(world.clone(), engine.clone(), directory.clone());
    let opened = requests.read(tenant, effect.own_code()).await?.map(|opened| opened.request);
    Ok(Action::of(opened.as_ref()).cloned().unwrap_or_default())
}
