//! What the configuration says of tenants goes into the log like everything else: as commands, once.

use std::collections::BTreeSet;

use countersign_domain::aggregate::Aggregate;
use countersign_domain::envelope::Cause;
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::{Identity, Place, SurfaceKind};
use countersign_domain::tenant::{Person, TenantCommand, TenantState};
use uuid::Uuid;

use crate::config::TenantConfig;
use crate::context::system;
use crate::directory::Directory;
use crate::engine::{Engine, Failure, Loaded};
use crate::world::World;

/// Brings a tenant's name and people to what the configuration says; what is so already makes no event. Its rules are what a
/// tenant without any begins with: those in force are never replaced by a file.
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
    match &present.state.rules {
        None => commands.push(TenantCommand::PublishRules { by: None, text: config.rules.clone() }),
        Some(rules) if rules.text != config.rules => tracing::warn!(
            %tenant, version = rules.version,
            "the rules in the configuration are not those in force, and stay unused: they are only what an empty tenant \
             begins with; `countersign rules diff --against FILE` says what is different"
        ),
        Some(_) => {}
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
