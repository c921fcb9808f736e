//! `countersign agents`: what whoever sets up an agent at a vendor's needs of this program.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_domain::names::Tenant;
use serde_json::json;

use super::output::write_json;
use super::refused::Refused;
use crate::config::{Config, Flags, Sources};
use crate::conversation::groups;
use crate::help::Catalogue;

/// What to do for agents.
#[derive(Debug, Subcommand)]
pub(super) enum Agents {
    /// Print the OpenAPI schemas of the action groups of an agent: what it may propose, and never do
    Schema(Schema),
}

/// Which schemas.
#[derive(Debug, Args)]
pub(super) struct Schema {
    /// Only this group, as one document that a vendor takes; else all of them by their names
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// With the actions of this tenant's catalogue
    #[arg(long, value_name = "TENANT")]
    tenant: Option<Tenant>,
    /// The configuration with the tenant in it [default: `COUNTERSIGN_CONFIG`, else countersign.toml where it is there]
    #[arg(long, value_name = "FILE", requires = "tenant")]
    config: Option<PathBuf>,
}

impl Agents {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self::Schema(schema) = self;
        schema.run()
    }
}

impl Schema {
    fn run(self) -> anyhow::Result<()> {
        let groups = groups(&self.catalogue()?);
        let Some(name) = &self.group else { return write_json(&json!(groups)) };
        if let Some(document) = groups.get(name.as_str()) {
            return write_json(document);
        }
        let known: Vec<_> = groups.into_keys().collect();
        Err(Refused(format!("there is no group {name}, only {}", known.join(", "))).into())
    }

    fn catalogue(&self) -> anyhow::Result<Catalogue> {
        let Some(tenant) = &self.tenant else { return Ok(Catalogue::default()) };
        let config = Config::load(&Sources::of_process(self.config.clone(), Flags::default()))?;
        let Some(its) = config.tenants.get(tenant) else {
            return Err(Refused(format!("the configuration has no tenant {tenant}")).into());
        };
        let actions = its.help.as_ref().and_then(|help| help.actions.as_ref());
        let catalogue = |actions: &crate::config::ActionsConfig| Catalogue {
            version: actions.version,
            entries: actions.catalogue.clone(),
        };
        Ok(actions.map(catalogue).unwrap_or_default())
    }
}
