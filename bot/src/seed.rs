//! What the configuration says of tenants goes into the log like everything else: as commands, once.

use std::collections::BTreeSet;

use countersign_domain::aggregate::Aggregate;
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::envelope::Cause;
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::{EventStore, Identity, Place, SurfaceKind};
use countersign_domain::rules::{RuleFaults, RuleSet};
use countersign_domain::tenant::{
    People, PeopleCommand, Person, Rulebook, RulebookCommand, Settings, SettingsCommand,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::agents;
use crate::config::TenantConfig;
use crate::context::system;
use crate::directory::Directory;
use crate::engine::{Engine, Failure, Loaded};
use crate::world::World;

/// The category of the one stream in which older versions kept everything of a tenant.
const TOGETHER: &str = "tenant";

/// That what the log keeps of a tenant is what is read of it. One that older versions kept otherwise would seem to be empty: those
/// who left would be back, and the rules of a file in force that nobody countersigned.
pub(crate) async fn is_read(store: &dyn EventStore, tenant: &Tenant) -> Result<(), Failure> {
    let stream = StreamName::new(tenant, TOGETHER, tenant.as_str())?;
    if store.read_stream(&stream, 0, 1).await?.is_empty() {
        return Ok(());
    }
    Err(Failure::Earlier { tenant: tenant.clone(), stream: stream.to_string() })
}

/// Brings a tenant's name and people to what the configuration says; what is so already makes no event. Its rules are what a
/// tenant without any begins with: those in force are never replaced by a file. That it [locks nobody out](locks_nobody_out) is asked
/// before: a bot that does not start does nothing.
pub async fn seed(
    world: &World,
    engine: &Engine,
    directory: &Directory,
    tenant: &Tenant,
    config: &TenantConfig,
) -> Result<(), Failure> {
    let present = directory.present(tenant).await?;
    let seeding = Seeding { world, engine, tenant };
    seeding.bring::<Settings>(vec![SettingsCommand::Create { name: config.name.clone() }]).await?;
    seeding.bring::<People>(people(config, &present.state)).await?;
    match &present.rulebook.in_force {
        None => {
            let why =
                |faults: RuleFaults| Denied::from(Violation::RuleSetFaults { faults: faults.0 }).to_string();
            let rules = RuleSet::compile(1, &config.rules)
                .map_err(|faults| Failure::Rules { tenant: tenant.clone(), why: why(faults) })?;
            let begin = RulebookCommand::Seed { rules };
            seeding.bring::<Rulebook>(vec![begin]).await?;
        }
        Some(rules) if rules.text != config.rules => tracing::warn!(
            %tenant, version = rules.version,
            "the rules in the configuration are not those in force, and stay unused: they are only what an empty tenant \
             begins with; where they stand in a file, `countersign rules diff --against FILE` says what is different"
        ),
        Some(_) => {}
    }
    agents::begin(world, engine, tenant).await?;
    let here = config.people.iter().filter(|person| !config.disabled.contains(&person.id));
    seeding.bring::<People>(here.flat_map(|person| bindings(person, &present.state)).collect()).await
}

/// That a configuration leaves somebody who administers a tenant, and somebody who can change its rules, where there is somebody now.
pub async fn locks_nobody_out(
    world: &World,
    directory: &Directory,
    tenant: &Tenant,
    config: &TenantConfig,
) -> Result<(), Failure> {
    let present = directory.present(tenant).await?;
    match config.locks_out(&present.state, present.rules.as_ref(), world.clock.now()) {
        Some(why) => Err(Failure::LocksOut { tenant: tenant.clone(), why }),
        None => Ok(()),
    }
}

struct Seeding<'a> {
    world: &'a World,
    engine: &'a Engine,
    tenant: &'a Tenant,
}

impl Seeding<'_> {
    /// Carries commands out on one of the tenant's streams. It is read once, however many they are: what another bot
    /// configures otherwise at this very moment is put right at the next start.
    async fn bring<A: Aggregate<Command: Clone>>(&self, commands: Vec<A::Command>) -> Result<(), Failure> {
        let id = self.tenant.as_str();
        let stream = StreamName::new(self.tenant, A::CATEGORY, id)?;
        let mut loaded = self.engine.load::<A>(&stream, None).await?;
        for command in commands {
            let now = self.world.clock.now();
            if loaded.state.decide(command.clone(), now).is_ok_and(|events| events.is_empty()) {
                continue;
            }
            let own = Uuid::new_v4();
            let cause = Cause {
                actor: system("configuration"),
                command: own,
                correlation: own,
                causation: own,
                at: now,
            };
            let carried = || command.clone();
            let done = self.engine.execute_on(Some(loaded), self.tenant, id, &cause, "configure", carried);
            match Box::pin(done).await? {
                Ok(done) => loaded = Loaded { state: done.state, rev: done.rev, ..Loaded::default() },
                Err(denied) => {
                    return Err(Failure::Rules { tenant: self.tenant.clone(), why: denied.to_string() });
                }
            }
        }
        Ok(())
    }
}

/// Who belongs to the tenant by the configuration, and who not any more: who is not named, or is switched off.
pub(crate) fn people(config: &TenantConfig, state: &People) -> Vec<PeopleCommand> {
    let here = || config.people.iter().filter(|person| !config.disabled.contains(&person.id));
    let named: BTreeSet<_> = here().map(|person| &person.id).collect();
    let gone = state.people.keys().filter(|id| !named.contains(id));
    let recorded = here().map(|person| PeopleCommand::Record { person: person.clone() });
    // Whoever is removed is removed first: that also goes through where there is no space for anything else.
    gone.map(|id| PeopleCommand::Remove { id: id.clone() }).chain(recorded).collect()
}

/// The people as they are once that is done.
pub(crate) fn people_after(config: &TenantConfig, before: &People, now: Timestamp) -> People {
    let mut after = before.clone();
    for command in people(config, before) {
        for event in after.decide(command, now).unwrap_or_default() {
            after.evolve(&event, now);
        }
    }
    after
}

/// Whose chat accounts are, as the configuration says it of people: `slack = "T024BE7LD/W012A3CDE"`. An account that was
/// unlinked since stays so.
fn bindings(person: &Person, present: &People) -> Vec<PeopleCommand> {
    let own = SurfaceKind::ALL.into_iter().filter_map(|surface| {
        let account = person.accounts.get(surface.as_str())?;
        format!("{surface}/{account}").parse::<Identity>().ok()
    });
    let fresh =
        own.filter(|identity| !present.bound.contains_key(identity) && !present.forgotten.contains(identity));
    fresh
        .map(|identity| PeopleCommand::Bind {
            principal: person.id.clone(),
            direct: Place::direct(&identity),
            identity,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use countersign_domain::aggregate::encode;
    use countersign_domain::ports::{Append, Expected};
    use countersign_domain::tenant::SettingsEvent;
    use countersign_store::MemoryStore;

    use super::*;

    #[tokio::test]
    async fn a_tenant_that_is_kept_as_it_is_read_no_more_is_not_taken_for_an_empty_one() {
        let (tenant, id): (Tenant, _) = ("acme".parse().unwrap(), Uuid::from_u128(1));
        let at = "2026-03-01T12:00:00Z".parse().unwrap();
        let cause = Cause { actor: system("test"), command: id, correlation: id, causation: id, at };
        let store = MemoryStore::new();
        for category in [Settings::CATEGORY, TOGETHER] {
            is_read(&store, &tenant).await.expect("nothing stands where it is not read");
            let stream = StreamName::new(&tenant, category, tenant.as_str()).unwrap();
            let events = encode(&[SettingsEvent::TenantCreated { name: "Acme".to_owned() }], &cause);
            let append = Append { stream, expected: Expected::NoStream, events, urgent: false };
            store.append(append).await.unwrap();
        }
        let refused = is_read(&store, &tenant).await.expect_err("it is refused").to_string();
        for part in ["acme.tenant-acme", "Nothing was changed", "Go on with the version", "begin a new log"] {
            assert!(refused.contains(part), "{refused}");
        }
        is_read(&store, &"umbrella".parse().unwrap()).await.expect("another tenant is none of it");
    }
}
