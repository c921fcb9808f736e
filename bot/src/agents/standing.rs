//! How it stands with an agent now: what is in force under its name, and whether all that it names is there.

use std::collections::BTreeSet;

use countersign_domain::agents::{AgentBook, Definition, Found, Missing, Needs};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::PROVISIONED;
use countersign_projections::help_desk;

use crate::conversation::offerable;
use crate::engine::{Engine, Failure};
use crate::help::Help;
use crate::world::World;

/// The agents of a tenant, as the log has them now.
pub(super) async fn book(engine: &Engine, tenant: &Tenant) -> Result<AgentBook, Failure> {
    let stream = StreamName::new(tenant, AgentBook::CATEGORY, tenant.as_str())?;
    Ok(engine.load::<AgentBook>(&stream, None).await?.state)
}

/// What there is to decide on.
pub(super) async fn found(
    world: &World,
    engine: &Engine,
    tenant: &Tenant,
    definition: &Definition,
) -> Result<Found, Failure> {
    let (latest, in_force) = book(engine, tenant).await?.latest(&definition.name);
    let Some(help) = world.help(tenant) else {
        let (field, name) = ("backend".to_owned(), definition.backend.clone().unwrap_or_default());
        let missing = vec![Missing { field, name, here: vec![] }];
        return Ok(Found { latest, in_force, answers_with: String::new(), missing });
    };
    let (models, tools) = (help.names_of_models(), offerable(&help.catalogue));
    let collections = collections(world, tenant, help)?;
    let there = Needs { models: &models, tools: &tools, collections: &collections };
    let mut missing = definition.missing(there);
    missing.extend(without_a_price(help, definition));
    Ok(Found { latest, in_force, answers_with: answers_with(help, definition), missing })
}

/// The collections that documents belong to, or the configuration names.
fn collections(world: &World, tenant: &Tenant, help: &Help) -> Result<BTreeSet<String>, Failure> {
    let all = help_desk::documents(&*world.projections.rows(help_desk::NAME), tenant)?;
    let named = help.settings.collections.keys().cloned();
    Ok(all.into_iter().map(|row| row.collection).chain(named).collect())
}

/// The model that would answer.
fn answers_with(help: &Help, definition: &Definition) -> String {
    let model = match definition.backend.as_deref() {
        Some(PROVISIONED) if help.plane.is_some() => return "what its vendor runs it with".to_owned(),
        Some(name) => help.named(name),
        None => Some(&help.model),
    };
    model.map_or_else(String::new, |model| {
        let name = model.name();
        format!("{} ({})", name.model, name.backend)
    })
}

/// A limit in money counts for nothing where nobody says what the model takes. Of the models of the configuration, the tenant's own limits
/// are looked at where that is read; what a vendor runs is there only by agents.
fn without_a_price(help: &Help, definition: &Definition) -> Option<Missing> {
    let is_limited = definition.limits.a_day.is_some_and(|a_day| a_day.micros.is_some());
    let name = match definition.backend.as_deref() {
        Some(PROVISIONED) if is_limited || help.settings.limits_money() => PROVISIONED.to_owned(),
        Some(PROVISIONED) => return None,
        _ if !is_limited => return None,
        own => {
            let model = own.map_or(Some(&help.model), |name| help.named(name))?.name();
            if model.backend == "embedded" {
                return None;
            }
            model.model
        }
    };
    let prices = &help.settings.prices;
    let here = prices.keys().cloned().collect();
    (!prices.contains_key(&name)).then(|| Missing { field: "prices".to_owned(), name, here })
}
