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
pub(super) struct Past {
    pub(super) store: Arc<dyn EventStore>,
    pub(super) tenant: Tenant,
}

impl Past {
    /// The past of `tenant`, or of the only one there is: in the folder that was named; else where the configuration keeps the log.
    pub(super) async fn open(data: Option<PathBuf>, tenant: Option<Tenant>) -> anyhow::Result<Self> {
        // A configuration with faults keeps nobody from reading the past in a folder.
        let config = Config::load(&Sources::of_process(None, Flags::default())).ok();
        let elsewhere = config.filter(|config| data.is_none() && config.store.url.is_some());
        let Some(config) = elsewhere else {
            let Folder { log, tenant } = Folder::open(&data_folder(data), tenant)?;
            return Ok(Self { store: Arc::new(log), tenant });
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
