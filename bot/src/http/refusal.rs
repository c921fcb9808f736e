//! Refusals as events: somebody could not sign in, a webhook was not taken. Floods are counted ([`crate::refusals`]).

use axum::http::StatusCode;
use countersign_domain::envelope::{Cause, Digest};
use countersign_domain::names::Tenant;
use countersign_domain::record::Record;
use countersign_outbound::Trouble;
use uuid::Uuid;

use super::problem::Problem;
use super::request_id::RequestId;
use super::state::HttpState;
use crate::context::system;
use crate::refusals::Refused;

/// Keeps that a token was refused. One that nobody holds belongs to no organisation, and is none's to read about.
pub(super) async fn of_sign_in(
    state: &HttpState,
    tenant: Option<&Tenant>,
    why: String,
    id: &RequestId,
    surface: &'static str,
) -> Result<(), Problem> {
    metrics::counter!("countersign_sign_ins_refused_total").increment(1);
    let installation = Tenant::installation();
    let tenant = tenant.unwrap_or(&installation);
    let refused = Refused {
        tenant,
        kind: "sign-in".to_owned(),
        from: id.sender().map(|from| from.to_string()),
        whole: 1,
    };
    let record = Record::SignInRefused { why };
    state.engine.refused(refused, &cause(state, tenant, surface, id), &record).await?;
    Ok(())
}

/// Keeps that a webhook was refused: for the organisation whose door it is, or for the installation where there is no such
/// door. Both take the same time.
pub(super) async fn of_webhook(
    state: &HttpState,
    vendor: &'static str,
    tenant: Option<&Tenant>,
    id: &RequestId,
    problem: &Problem,
    body: &[u8],
) -> Result<(), Problem> {
    let installation = Tenant::installation();
    let kind = format!("webhook {vendor}: {}", problem.kind());
    let tenant = tenant.unwrap_or(&installation);
    let refused = Refused { tenant, kind, from: id.sender().map(|from| from.to_string()), whole: 1 };
    let record = Record::WebhookRejected {
        vendor: vendor.to_owned(),
        status: problem.status().as_u16(),
        why: problem.detail().to_owned(),
        body: Digest::of(body),
    };
    state.engine.refused(refused, &cause(state, tenant, vendor, id), &record).await?;
    Ok(())
}

/// What kind of trouble a refused delivery is.
pub(super) fn trouble(problem: &Problem) -> Trouble {
    if problem.status() == StatusCode::BAD_REQUEST { Trouble::Unreadable } else { Trouble::Refused }
}

fn cause(state: &HttpState, tenant: &Tenant, surface: &str, request: &RequestId) -> Cause {
    let (at, id) = (state.world.clock.now(), Uuid::new_v4());
    // Nobody has shown who they are: what they call it belongs to no conversation of anybody who has.
    let correlation = request.correlation(&format!("{tenant} refused by {surface}"));
    Cause { actor: system(surface), command: id, correlation, causation: id, at }
}
