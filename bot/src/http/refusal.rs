//! Refusals as events: somebody could not sign in, a webhook was not taken. Floods are bounded by the throttle.

use countersign_domain::envelope::{Cause, Digest};
use countersign_domain::names::Tenant;
use countersign_domain::record::Record;
use uuid::Uuid;

use super::problem::Problem;
use super::request_id::RequestId;
use super::state::HttpState;
use super::tokens::Holder;
use crate::context::system;
use crate::throttle::with_left_out;

/// Keeps that a token was refused. A token that nobody holds belongs to no tenant: it was tried at the door that all of
/// them share, so each is told.
pub(super) async fn of_sign_in(
    state: &HttpState,
    holder: Option<&Holder>,
    surface: &'static str,
) -> Result<(), Problem> {
    metrics::counter!("countersign_sign_ins_refused_total").increment(1);
    let (tenants, why) = match holder {
        Some(holder) => (
            vec![holder.tenant.clone()],
            format!("{} does not belong to the tenant any more", holder.principal),
        ),
        None => (state.settings.tokens.tenants(), "the token is unknown".to_owned()),
    };
    let cause = cause(state, surface, Uuid::new_v4());
    for tenant in tenants {
        let Some(left_out) = state.throttle.admit(&tenant, "sign-in", cause.at) else { continue };
        let record = Record::SignInRefused { why: with_left_out(&why, left_out) };
        state.engine.record(&tenant, &cause.command.to_string(), &cause, &record).await?;
    }
    Ok(())
}

/// Keeps that a webhook was refused.
pub(super) async fn of_webhook(
    state: &HttpState,
    vendor: &'static str,
    tenant: &Tenant,
    id: &RequestId,
    problem: &Problem,
    body: &[u8],
) -> Result<(), Problem> {
    let cause = Cause { correlation: id.correlation(), ..cause(state, vendor, Uuid::new_v4()) };
    let Some(left_out) = state.throttle.admit(tenant, "webhook", cause.at) else { return Ok(()) };
    let record = Record::WebhookRejected {
        vendor: vendor.to_owned(),
        status: problem.status().as_u16(),
        why: with_left_out(problem.detail(), left_out),
        body: Digest::of(body),
    };
    state.engine.record(tenant, &cause.command.to_string(), &cause, &record).await?;
    Ok(())
}

fn cause(state: &HttpState, surface: &str, id: Uuid) -> Cause {
    let at = state.world.clock.now();
    Cause { actor: system(surface), command: id, correlation: id, causation: id, at }
}
