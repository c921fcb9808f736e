//! A forge that invites people before it gives them anything: until they accept there is nothing to be read back, and the request
//! says so.

use countersign_domain::access::{Access, GrantCommand};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, CallErrorKind, Forge, PermissionPlan};
use countersign_domain::request::{Code, Command};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::engine::Failure;
use crate::perform::Hands;
use crate::requests::Requests;

/// So often it is looked whether they have accepted.
const AGAIN: SignedDuration = SignedDuration::from_mins(10);
/// What is waited for.
pub(super) const WAITS: &str = "they are invited, and have not accepted yet";

/// When it is to be looked again whether they have accepted, where nothing else is left to be done: the request is told that it waits
/// for them.
pub(super) async fn awaited(
    hands: Hands<'_>,
    (tenant, effect): (&Tenant, Uuid),
    code: &Code,
    plan: &PermissionPlan,
) -> Result<Option<Timestamp>, Failure> {
    if !plan.waits_for_them() {
        return Ok(None);
    }
    let Hands { world, engine, directory } = hands;
    let requests = Requests::new(world.clone(), engine.clone(), directory.clone());
    if let Some(opened) = requests.read(tenant, code).await? {
        let cause = hands.cause(effect, "invite", &opened);
        let invite = Command::<Access>::Own(GrantCommand::Invite).into();
        requests.tell_on(tenant, &opened, &cause, "invite", &invite).await?.ok();
    }
    Ok(Some(world.clock.now().checked_add(AGAIN).unwrap_or(Timestamp::MAX)))
}

/// The invitation went out, and may be accepted at any moment: from then on what it gives is ours to take back.
pub(super) fn not_accepted(forge: &dyn Forge, plan: &PermissionPlan) -> CallError {
    CallError {
        vendor: forge.vendor(),
        what: format!("read back the permission of {} on {}", plan.account(), plan.repository()),
        detail: WAITS.to_owned(),
        status: None,
        kind: CallErrorKind::Unknown,
    }
}
