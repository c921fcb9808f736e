//! What the configuration says of tenants goes into the log like everything else: as commands, once.

use std::collections::BTreeSet;

use countersign_domain::aggregate::{self, Aggregate};
use countersign_domain::envelope::{ActorKind, Cause};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::{Identity, Place, SurfaceKind};
use countersign_domain::tenant::{Person, TenantCommand, TenantEvent, TenantState};
use uuid::Uuid;

use crate::config::TenantConfig;
use crate::context::system;
use crate::directory::Directory;
use crate::engine::{Engine, Failure, Loaded};
use crate::world::World;

/// Brings a tenant's name, people and rules to what the configuration says. What is so already makes no event; rules that
/// an admin published since stay in force until the configuration's own text changes.
pub async fn seed(
    world: &World,
    engine: &Engine,
    directory: &Directory,
    tenant: &Tenant,
    config: &TenantConfig,
) -> Result<(), Failure> {
    let present = directory.present(tenant).await?;
    let mut commands = vec![TenantCommand::Create { name: config.name.clone() }];
    commands.extend(people(config, &present.state));
    if last_configured_rules(world, tenant).await?.as_deref() != Some(&config.rules) {
        commands.push(TenantCommand::PublishRules { by: None, text: config.rules.clone() });
    }
    let here = config.people.iter().filter(|person| !config.disabled.contains(&person.id));
    commands.extend(here.flat_map(|person| bindings(person, &present.state)));
    let stream = StreamName::new(tenant, TenantState::CATEGORY, tenant.as_str())?;
    // Read once, however many people there are: what another bot configures otherwise at this very moment is put right at
    // the next start.
    let mut loaded = engine.load::<TenantState>(&stream, None).await?;
    for command in commands {
        let now = world.clock.now();
        if loaded.state.decide(command.clone(), now).is_ok_and(|events| events.is_empty()) {
            continue;
        }
        let id = Uuid::new_v4();
        let cause =
            Cause { actor: system("configuration"), command: id, correlation: id, causation: id, at: now };
        let id = tenant.as_str();
        let done = engine.execute_on(Some(loaded), tenant, id, &cause, "configure", || command.clone());
        match Box::pin(done).await? {
            Ok(done) => loaded = Loaded { state: done.state, rev: done.rev, ..Loaded::default() },
            Err(denied) => return Err(Failure::Rules { tenant: tenant.clone(), why: denied.to_string() }),
        }
    }
    Ok(())
}

/// Who belongs to the tenant by the configuration, and who not any more: who is not named, or is switched off.
pub(crate) fn people(config: &TenantConfig, state: &TenantState) -> Vec<TenantCommand> {
    let here = || config.people.iter().filter(|person| !config.disabled.contains(&person.id));
    let named: BTreeSet<_> = here().map(|person| &person.id).collect();
    let gone = state.people.keys().filter(|id| !named.contains(id));
    let recorded = here().map(|person| TenantCommand::Record { person: person.clone() });
    // Whoever is removed is removed first: that also goes through where there is no space for anything else.
    gone.map(|id| TenantCommand::Remove { id: id.clone() }).chain(recorded).collect()
}

/// Whose chat accounts are, as the configuration says it of people: `slack = "T024BE7LD/W012A3CDE"`. An account that was
/// unlinked since stays so.
fn bindings(person: &Person, present: &TenantState) -> Vec<TenantCommand> {
    let own = SurfaceKind::ALL.into_iter().filter_map(|surface| {
        let account = person.accounts.get(surface.as_str())?;
        format!("{surface}/{account}").parse::<Identity>().ok()
    });
    let fresh =
        own.filter(|identity| !present.bound.contains_key(identity) && !present.forgotten.contains(identity));
    fresh
        .map(|identity| TenantCommand::Bind {
            principal: person.id.clone(),
            direct: Place::direct(&identity),
            identity,
        })
        .collect()
}

/// The last text that the configuration itself published.
async fn last_configured_rules(world: &World, tenant: &Tenant) -> Result<Option<String>, Failure> {
    let stream = StreamName::new(tenant, TenantState::CATEGORY, tenant.as_str())?;
    let mut last = None;
    let mut from = 0;
    loop {
        let page = world.store.read_stream(&stream, from, 500).await?;
        let Some(end) = page.last() else { return Ok(last) };
        from = end.rev + 1;
        for envelope in page.iter().filter(|envelope| envelope.actor.kind == ActorKind::System) {
            if let TenantEvent::RulesPublished { text, .. } = aggregate::decode(envelope)? {
                last = Some(text);
            }
        }
    }
}
