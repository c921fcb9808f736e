//! What the configuration says of agents: a tenant without any begins with them. Those in force are never replaced by a file.

use std::sync::Arc;

use countersign_domain::agents::{AgentBook, AgentBookCommand, Definition};
use countersign_domain::envelope::Cause;
use countersign_domain::names::Tenant;
use uuid::Uuid;

use super::standing::book;
use crate::context::system;
use crate::engine::Failure;
use crate::requests::Requests;

/// The command's name in the log.
const NAME: &str = "configure agents";

/// Begins with the agents of the configuration, where there are none; else tells what of them stays unused.
pub(super) async fn begin(requests: &Requests) -> Result<(), Failure> {
    for (tenant, vendors) in &*Arc::clone(&requests.world.tenants) {
        let Some(help) = vendors.help.as_ref().filter(|help| !help.agents.is_empty()) else { continue };
        let book = book(&requests.engine, tenant).await?;
        if book.agents.is_empty() {
            for definition in &help.agents {
                seed(requests, tenant, definition).await?;
            }
            continue;
        }
        let is_in_force =
            |own: &&Definition| book.in_force(&own.name).is_some_and(|version| version.definition == **own);
        let other: Vec<_> =
            help.agents.iter().filter(|own| !is_in_force(own)).map(|own| &*own.name).collect();
        if !other.is_empty() {
            tracing::warn!(
                %tenant,
                "these agents of the configuration are not those in force, and stay unused: they are only what an empty tenant begins \
                 with: {}",
                other.join(", ")
            );
        }
    }
    Ok(())
}

async fn seed(requests: &Requests, tenant: &Tenant, definition: &Definition) -> Result<(), Failure> {
    let faults = definition.faults();
    if !faults.is_empty() {
        tracing::error!(%tenant, agent = %definition.name, ?faults, "an agent of the configuration is not as it must be");
        return Ok(());
    }
    let own = Uuid::new_v4();
    let cause = Cause {
        actor: system("configuration"),
        command: own,
        correlation: own,
        causation: own,
        at: requests.world.clock.now(),
    };
    let command = || AgentBookCommand::Seed { definition: Box::new(definition.clone()) };
    let done = requests.engine.execute::<AgentBook>(tenant, tenant.as_str(), &cause, NAME, command).await?;
    if let Err(denied) = done {
        tracing::error!(%tenant, agent = %definition.name, "an agent of the configuration is not put in force: {denied}");
    }
    Ok(())
}
