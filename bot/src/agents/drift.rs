//! Whether agents still stand as they were made where a vendor runs them: looked at again and again, and told once where they do not.

use std::sync::Arc;

use countersign_domain::agents::{Agent, AgentCommand, Kept, Version};
use countersign_domain::envelope::Cause;
use countersign_domain::names::Tenant;
use countersign_domain::ports::AgentPlane;
use countersign_domain::request::Command;
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::perform::provision;
use super::standing::book;
use crate::context::system;
use crate::desk::Desk;
use crate::engine::Failure;
use crate::requests::Requests;

/// So often it is looked.
const EVERY: SignedDuration = SignedDuration::from_hours(1);
/// The command's name in the log.
const NAME: &str = "note drift";

/// Looks at all of a tenant again and again, until told to stop; at once where no vendor runs any.
pub(super) async fn watch(desk: Arc<Desk>, requests: Requests, tenant: Tenant, stop: CancellationToken) {
    let Some(plane) = requests.world.help(&tenant).and_then(|help| help.plane.clone()) else { return };
    let clock = Arc::clone(&requests.world.clock);
    loop {
        let busy = desk.busy();
        let look = Box::pin(look_at_all(&requests, &*plane, &tenant));
        let Some(looked) = stop.run_until_cancelled(look).await else { return };
        if let Err(failure) = looked {
            tracing::warn!(%tenant, "whether agents drifted could not be looked at: {failure}");
        }
        drop(busy);
        let again = clock.sleep_until(clock.now() + EVERY);
        if stop.run_until_cancelled(again).await.is_none() {
            return;
        }
    }
}

async fn look_at_all(requests: &Requests, plane: &dyn AgentPlane, tenant: &Tenant) -> Result<(), Failure> {
    let book = book(&requests.engine, tenant).await?;
    for now in book.agents.values().filter_map(Kept::now) {
        look_at(requests, plane, tenant, now).await?;
    }
    Ok(())
}

async fn look_at(
    requests: &Requests,
    plane: &dyn AgentPlane,
    tenant: &Tenant,
    now: &Version,
) -> Result<(), Failure> {
    let (Some(there), Some(change)) = (&now.provisioned, &now.change) else { return Ok(()) };
    let found = match plane.drift(there, provision(&now.definition, now.version)).await {
        Ok(found) => found,
        Err(error) => {
            tracing::warn!(%tenant, agent = %now.definition.name, "it could not be looked at where it is run: {error}");
            return Ok(());
        }
    };
    let own = Uuid::new_v4();
    let (actor, at) = (system("agents"), requests.world.clock.now());
    let cause = Cause { actor, command: own, correlation: own, causation: own, at };
    let command: Command<Agent> = AgentCommand::NoteDrift { found }.into();
    let told = requests.tell_unread(tenant, &change.request, &cause, NAME, &command.into()).await?;
    if let Err(denied) = told {
        tracing::debug!(%tenant, "not told: {denied}");
    }
    Ok(())
}
