//! The log that the configuration names, and what goes with it: where read models are kept, how far was reacted to, and
//! what this bot does where it shares the log with others.

use std::sync::Arc;

use anyhow::Context as _;
use countersign_domain::ports::{Clock, EventStore, Secrets};
use countersign_projections::Projections;
use countersign_store::{Journal, Options};
use uuid::Uuid;

use crate::config::Config;
use crate::duties::Duties;
use crate::reactor::Checkpoint;
use crate::system::FileCheckpoint;
use crate::world::Vendors;

/// A log that is open, and what goes with it.
pub struct Storage {
    /// The log.
    pub store: Arc<dyn EventStore>,
    /// The read models.
    pub projections: Arc<Projections>,
    /// How far was reacted to.
    pub checkpoint: Box<dyn Checkpoint>,
    /// What this bot does.
    pub duties: Arc<Duties>,
    /// This bot's name.
    pub worker: String,
    /// What is to be closed at the end.
    pub kept: Kept,
}

/// What lives as long as the log is used.
#[derive(Default)]
pub struct Kept {
    _side: Option<countersign_store::SideFolder>,
}

/// Opens the log that the configuration names: the journal in the data folder, or a KurrentDB.
pub async fn open<'a>(
    config: &Config,
    secrets: &Arc<dyn Secrets>,
    clock: &Arc<dyn Clock>,
    vendors: impl Iterator<Item = (&'a countersign_domain::names::Tenant, &'a Vendors)>,
) -> anyhow::Result<Storage> {
    let worker = worker();
    if config.store.url.is_none() {
        return journal(config, worker).await;
    }
    #[cfg(feature = "kurrent")]
    return kurrent::open(config, secrets, clock, vendors, worker).await;
    #[cfg(not(feature = "kurrent"))]
    anyhow::bail!("store.url names a KurrentDB, and this program was built without the feature `kurrent`");
}

/// The log alone where the configuration keeps it in a KurrentDB: for those who only read it.
pub async fn log(config: &Config, secrets: &Arc<dyn Secrets>) -> anyhow::Result<Arc<dyn EventStore>> {
    #[cfg(feature = "kurrent")]
    return Ok(kurrent::log(config, secrets).await?);
    #[cfg(not(feature = "kurrent"))]
    anyhow::bail!("store.url names a KurrentDB, and this program was built without the feature `kurrent`");
}

async fn journal(config: &Config, worker: String) -> anyhow::Result<Storage> {
    let folder = config.data.join("log");
    let own = folder.clone();
    let opened = tokio::task::spawn_blocking(move || Journal::open(own, journal_options())).await?;
    let journal = Arc::new(opened?);
    let checkpoint =
        FileCheckpoint::open(&folder, journal.head().await?).context("how far was reacted to")?;
    let checkpoint = Box::new(checkpoint);
    let projections = Projections::open(journal.clone(), Some(journal.side()))?;
    let duties = Arc::new(Duties::alone());
    Ok(Storage { store: journal, projections, checkpoint, duties, worker, kept: Kept::default() })
}

fn journal_options() -> Options {
    let progress = |done: u64, all: u64| tracing::info!(done, all, "building the index of the log anew");
    Options { progress: Some(Arc::new(progress)), ..Options::default() }
}

/// A name that no other bot has or had, and by which people find the machine.
fn worker() -> String {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let id = Uuid::new_v4().simple().to_string();
    format!("{host}-{}", &id[..8])
}

#[cfg(feature = "kurrent")]
mod kurrent {
    use std::collections::BTreeSet;

    use anyhow::Context as _;
    use countersign_domain::names::Tenant;
    use countersign_domain::roster::{Duty, Rosters};
    use countersign_kurrent::{Address, Kurrent, Patience};
    use countersign_store::SideFolder;
    use secrecy::ExposeSecret as _;

    use super::{Arc, Clock, Config, Duties, EventStore, Kept, Projections, Secrets, Storage, Vendors};

    /// The KurrentDB that the configuration names, once it answers.
    pub(super) async fn log(config: &Config, secrets: &Arc<dyn Secrets>) -> anyhow::Result<Arc<Kurrent>> {
        let mut address: Address = config.store.url.as_deref().unwrap_or_default().parse()?;
        if let Some(secret) = &config.store.credentials_secret {
            let credentials = secrets.get(secret).await?;
            address = address.signed_in(credentials.expose_secret())?;
        }
        let kurrent = Arc::new(Kurrent::new(address.clone(), Patience::default())?);
        kurrent.head().await.with_context(|| format!("the log is on {address}"))?;
        Ok(kurrent)
    }

    pub(super) async fn open<'a>(
        config: &Config,
        secrets: &Arc<dyn Secrets>,
        clock: &Arc<dyn Clock>,
        vendors: impl Iterator<Item = (&'a Tenant, &'a Vendors)>,
        worker: String,
    ) -> anyhow::Result<Storage> {
        let kurrent = log(config, secrets).await?;
        let folder = config.data.join("read-models");
        let side = tokio::task::spawn_blocking(move || SideFolder::open(&folder)).await??;
        let projections = Projections::open(kurrent.clone(), Some(side.db()))?;
        let able = vendors.flat_map(|(tenant, vendors)| {
            let chats = vendors.talk.surfaces.keys();
            chats.map(|surface| Duty::Chat(*surface, tenant.clone())).collect::<Vec<_>>()
        });
        let able: BTreeSet<Duty> = able.chain(Duty::work()).collect();
        let rosters = Arc::clone(&kurrent) as Arc<dyn Rosters>;
        let duties = Duties::shared(rosters, Arc::clone(clock), worker.clone(), config.store.term, able);
        let duties = Arc::new(duties);
        let checkpoint = Box::new(Arc::clone(&duties));
        let kept = Kept { _side: Some(side) };
        Ok(Storage { store: kurrent, projections, checkpoint, duties, worker, kept })
    }
}
