//! From a configuration to a running bot: the log is opened, the world put together, the tenants seeded.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use countersign_atlassian::{Bitbucket, Jira};
use countersign_domain::envelope::Digest;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Clock, Forge, Pauses, Secrets, Tracker};
use countersign_github::Github;
use countersign_outbound::{EnvSecrets, FileSecrets, Outbound};
use countersign_vault::Vault;
use secrecy::ExposeSecret as _;
use tokio::task::spawn_blocking;

use crate::bot::Bot;
use crate::capabilities;
use crate::config::{Config, ForgeConfig, TenantConfig, alone_as};
use crate::directory::Directory;
use crate::folds::Folds;
use crate::help;
use crate::keys;
use crate::oversight::Mark;
use crate::oversight::Oversight;
use crate::private;
use crate::seal::Seal;
use crate::seed::{locks_nobody_out, seed};
use crate::storage::{self, Kept, Storage};
use crate::surfaces;
use crate::system::SystemClock;
use crate::telemetry::{self, WatchedSecrets};
use crate::vault::{self, Whereabouts};
use crate::world::{Vendors, World};

/// Where the credentials come from, as the configuration says.
pub fn secrets(config: &Config) -> Arc<dyn Secrets> {
    Arc::new(vault::Sources::new(config, secrets_outside_the_vault(config)))
}

/// The same without the vault, which is opened by one of them.
pub fn secrets_outside_the_vault(config: &Config) -> Arc<dyn Secrets> {
    match &config.secrets.folder {
        Some(folder) => Arc::new(FileSecrets::new(folder)),
        None => Arc::new(EnvSecrets),
    }
}

/// The secrets that the configuration names and that are not there, each with what to do.
pub async fn missing_secrets(config: &Config, secrets: &dyn Secrets) -> Vec<String> {
    let mut missing = Vec::new();
    if let Some(name) = &config.store.credentials_secret
        && let Err(error) = secrets.get(name).await
    {
        missing.push(format!("store.credentials_secret: {error}"));
    }
    if let Some(name) = &config.keys.seal_secret
        && let Err(error) = secrets.get(name).await
    {
        missing.push(format!("keys.seal_secret: {error}"));
    }
    for (tenant, its) in &config.tenants {
        for (key, name) in its.secrets() {
            if let Err(error) = secrets.get(&vault::scoped(tenant, name)).await {
                missing.push(format!("tenants.{tenant}.{key}: {error}"));
            }
        }
    }
    missing
}

/// The secrets that are called otherwise and hold the same, where each must be one tenant's alone: named by both their places.
pub async fn shared_secrets(config: &Config, secrets: &dyn Secrets) -> Vec<String> {
    let (mut seen, mut shared) = (BTreeMap::new(), Vec::new());
    for (tenant, its) in &config.tenants {
        for (key, name) in its.secrets() {
            let Some(kind) = alone_as(key, its) else { continue };
            // One that is missing is told of elsewhere.
            let Ok(value) = secrets.get(&vault::scoped(tenant, name)).await else { continue };
            let here = format!("tenants.{tenant}.{key}");
            match seen.entry((kind, Digest::of(value.expose_secret().as_bytes()))) {
                Entry::Vacant(free) => {
                    free.insert(here);
                }
                Entry::Occupied(there) => shared.push(format!(
                    "{here}: the secret is the same as that of {}: what is meant for one organisation would count for the other. \
                     Let each have one of its own.",
                    there.get()
                )),
            }
        }
    }
    shared
}

/// The vendors of every tenant; of what answers its people's questions there is nothing yet.
pub fn vendors(
    config: &Config,
    outbound: &Arc<Outbound>,
    secrets: &Arc<dyn Secrets>,
) -> anyhow::Result<BTreeMap<Tenant, Vendors>> {
    let connect = |(tenant, its): (&Tenant, &TenantConfig)| {
        anyhow::ensure!(
            config.public_url.is_none() || !its.takes_anybody(),
            "tenants.{tenant}.teams.auth: \"none\" is for tools on this machine, and not where there is a public_url"
        );
        let vendors = connect(tenant, its, config.listen, outbound, secrets);
        Ok((tenant.clone(), vendors.with_context(|| format!("the systems of the tenant {tenant}"))?))
    };
    config.tenants.iter().map(connect).collect()
}

fn connect(
    tenant: &Tenant,
    config: &TenantConfig,
    listen: SocketAddr,
    outbound: &Arc<Outbound>,
    secrets: &Arc<dyn Secrets>,
) -> anyhow::Result<Vendors> {
    let secrets = &vault::of_tenant(tenant, secrets);
    let own = Arc::clone(secrets);
    let forge: Arc<dyn Forge> = match &config.forge {
        ForgeConfig::Bitbucket(its) => Arc::new(Bitbucket::new(&its.adapter(), tenant, outbound, own)?),
        ForgeConfig::Github(its) => Arc::new(Github::new(&its.adapter(), tenant, outbound, own)?),
    };
    let jira =
        config.jira.as_ref().map(|jira| Jira::new(&jira.adapter(), tenant, outbound, Arc::clone(secrets)));
    let tracker = jira.transpose()?.map(|jira| Arc::new(jira) as Arc<dyn Tracker>);
    let talk = surfaces::connect(tenant, config, listen, outbound, secrets)?;
    Ok(Vendors { forge, tracker, talk, customs: Arc::new(config.customs()), help: None })
}

/// Where the vault is. One that is there opens, or no bot starts: what it holds would be missing one after the other.
async fn vault(config: &Config, secrets: &dyn Secrets) -> anyhow::Result<Whereabouts> {
    let whereabouts = Whereabouts::of(config);
    if Vault::is_in(&whereabouts.folder) {
        let vault = whereabouts.open(secrets).await.context("the vault")?;
        // Somebody may rotate its keys meanwhile: that is waited for beside the workers.
        spawn_blocking(move || vault.has_its_keys()).await?.context("the vault")?;
    }
    Ok(whereabouts)
}

/// A running bot, and the way out that its vendors share.
pub struct Booted {
    /// The bot.
    pub bot: Bot,
    /// The way out, for its breakers' states.
    pub outbound: Arc<Outbound>,
    /// What lives as long as the bot.
    pub kept: Kept,
}

/// Opens the log, puts the world together, starts the bot and seeds its tenants.
pub async fn boot(config: &Config, secrets: Arc<dyn Secrets>) -> anyhow::Result<Booted> {
    // Whatever is handed out from here on is masked in the log.
    let secrets: Arc<dyn Secrets> = Arc::new(WatchedSecrets::new(secrets, telemetry::redactor().clone()));
    let cannot = || format!("the data folder {} cannot be made, or closed to others", config.data.display());
    private::folder(&config.data).with_context(cannot)?;
    let whereabouts = vault(config, &*secrets).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let outbound = Arc::new(Outbound::new(config.http_client.clone(), Arc::clone(&clock))?);
    let mut tenants = vendors(config, &outbound, &secrets)?;
    Box::pin(help::furnish(config, &mut tenants, (&outbound, &secrets))).await?;
    let tenants = Arc::new(tenants);
    let Storage { store, projections, checkpoint, duties, worker, kept } =
        storage::open(config, &secrets, &clock, tenants.iter()).await?;
    let seal = keys::seal(&config.keys, &*secrets, &config.data).await?;
    let world = World {
        store,
        clock,
        projections,
        secrets,
        pauses: Arc::clone(&outbound) as Arc<dyn Pauses>,
        tenants,
        abreast: config.outbox.concurrency,
        backoff: config.outbox.backoff.clone(),
        random: Arc::new(rand::random::<f64>),
        worker,
        duties,
        seal: Arc::new(Seal::new(&seal)),
        looked: Arc::default(),
        in_view: Arc::default(),
        patience: 1,
        console: config.console(),
        oversight: Arc::new(
            Oversight::comparing_every(config.compare.every()).changing_at_most(config.compare.at_once),
        ),
        stages: Arc::default(),
    };
    // A log that begins here is no older copy of anything, though nothing is kept of it yet.
    let path = Mark::path(&config.keys, &config.data);
    let begins = world.store.head().await?.is_none() && Mark::read(&path).is_none();
    let directory = Directory::new(Folds::new(Arc::clone(&world.store)));
    for (tenant, its) in &config.tenants {
        locks_nobody_out(&world, &directory, tenant, its).await?;
    }
    let mut bot = Bot::start(world, checkpoint).await?;
    for (tenant, its) in &config.tenants {
        seed(&bot.world, &bot.engine, &bot.directory, tenant, its).await?;
        bot.follow_groups(tenant);
    }
    capabilities::awake(&bot.requests).await?;
    for tenant in config.tenants.keys() {
        bot.tend(tenant);
        bot.tell_erased(tenant, &whereabouts);
    }
    if begins && let Some(mark) = Mark::of(&*bot.world.store).await? {
        mark.write(&path)?;
    }
    Ok(Booted { bot, outbound, kept })
}
