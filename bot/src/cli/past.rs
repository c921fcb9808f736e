//! A whole log to go through, without a bot: in a folder, or in the store that the configuration names.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use countersign_domain::names::Tenant;
use countersign_domain::ports::EventStore;

use super::folder::Folder;
use super::source::data_folder;
use crate::config::{Config, Flags, Sources};
use crate::{boot, storage};

/// One tenant's past, wherever it is.
pub(crate) struct Past {
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) tenant: Tenant,
}

impl Past {
    /// The past of `tenant`, or of the only one there is: in the folder that was named; else where the configuration keeps the log.
    pub(crate) async fn open(data: Option<PathBuf>, tenant: Option<Tenant>) -> anyhow::Result<Self> {
        let is_named = data.is_some();
        let in_folder = |tenant| {
            let Folder { log, tenant } = Folder::open(&data_folder(data), tenant)?;
            anyhow::Ok(Self { store: Arc::new(log), tenant })
        };
        let config = match Config::load(&Sources::of_process(None, Flags::default())) {
            Ok(config) if !is_named && config.store.url.is_some() => config,
            // A configuration with faults keeps nobody from reading the past in a folder.
            Err(faults) if !is_named => {
                return in_folder(tenant).with_context(|| faults.to_string());
            }
            _ => return in_folder(tenant),
        };
        let tenant = match (tenant, config.tenants.keys().collect::<Vec<_>>().as_slice()) {
            (Some(tenant), _) => tenant,
            (None, [only]) => (*only).clone(),
            (None, _) => {
                anyhow::bail!("the configuration names several tenants, or none: say which one with --tenant")
            }
        };
        let store = storage::log(&config, &boot::secrets(&config)).await;
        Ok(Self { store: store.context("the log that the configuration names")?, tenant })
    }
}
