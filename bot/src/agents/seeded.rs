//! What the configuration says of agents: a tenant without any begins with them. Those in force are never replaced by a file.

use countersign_domain::agents::{AgentBook, AgentBookCommand, Definition};
use countersign_domain::envelope::Cause;
use countersign_domain::names::Tenant;
use uuid::Uuid;

use super::standing::book;
use crate::context::system;
use crate::engine::{Engine, Failure};
use crate::world::World;

/// The command's name in the log.
const NAME: &str = "configure agents";

/// Begins with the agents of the configuration, where there are none; else tells what of them stays unused.
pub(crate) async fn begin(world: &World, engine: &Engine, tenant: &Tenant) -> Result<(), Failure> {
    let Some(help) = world.help(tenant).filter(|help| !help.agents.is_empty()) else { return Ok(()) };
    let book = book(engine, tenant).await?;
    if book.agents.is_empty() {
        for definition in &help.agents {
            seed((world, engine), tenant, definition).await?;
        }
        return Ok(());
    }
    let is_in_force =
        |own: &&Definition| book.in_force(&own.name).is_some_and(|version| version.definition == **own);
    let other: Vec<_> = help.agents.iter().filter(|own| !is_in_force(own)).map(|own| &*own.name).collect();
    if !other.is_empty() {
        tracing::warn!(
            %tenant,
            "these agents of the configuration are not those in force, and stay unused: they are only what an empty tenant begins with: \
             {}",
            other.join(", ")
        );
    }
    Ok(())
}

async fn seed(
    (world, engine): (&World, &Engine),
    tenant: &Tenant,
    definition: &Definition,
) -> Result<(), Failure> {
    let own = Uuid::new_v4();
    let (actor, at) = (system("configuration"), world.clock.now());
    let cause = Cause { actor, command: own, correlation: own, causation: own, at };
    let command = || AgentBookCommand::Seed { definition: Box::new(definition.clone()) };
    let done = engine.execute::<AgentBook>(tenant, tenant.as_str(), &cause, NAME, command).await?;
    if let Err(denied) = done {
        tracing::error!(%tenant, agent = %definition.name, "an agent of the configuration is not put in force: {denied}");
    }
    Ok(())
}
