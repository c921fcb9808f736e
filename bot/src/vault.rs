//! The vault as the bot has it: where it is, its master key, the secrets in it, and what the log is told of who was erased there.
//!
//! Wherever the configuration names a secret it may say `vault:NAME`. In what is said of a tenant, that is the tenant's own.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use countersign_domain::envelope::{Cause, derived_id};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Clock as _, SecretError, Secrets};
use countersign_domain::record::Record;
use countersign_outbound::CachedSecrets;
use countersign_vault::{GivenMaster, Master, MasterFiles, Owner, Vault, VaultError};
use jiff::SignedDuration;
use secrecy::SecretString;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::config::Config;
use crate::context::system;
use crate::engine::{Engine, Failure};
use crate::keys;
use crate::system::SystemClock;

/// What the name of a secret in the vault begins with.
pub const PREFIX: &str = "vault:";
/// For how long a secret is kept in memory: so long at most one that was changed is used as it was.
const REMEMBERED: SignedDuration = SignedDuration::from_secs(30);
/// What the ids of erasures are derived from.
const ERASURES: Uuid = Uuid::from_u128(0x0d5f_3a61_7c94_4e0b_9a27_51c8_e6b4_f013);

/// Why there is no vault to be had.
#[derive(Debug, thiserror::Error)]
pub enum NoVault {
    /// It does not open.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The master key cannot be had.
    #[error("vault.master_secret: {0}")]
    Master(#[from] SecretError),
}

/// Where the vault is, and where its master key.
#[derive(Debug, Clone)]
pub struct Whereabouts {
    /// The vault's folder.
    pub folder: PathBuf,
    data: PathBuf,
    keys: PathBuf,
    master: Option<String>,
    previous: Option<String>,
}

impl Whereabouts {
    /// As the configuration says.
    pub fn of(config: &Config) -> Self {
        let folder = config.vault.folder.clone();
        Self {
            folder: folder.unwrap_or_else(|| keys::beside(&config.data, "-vault")),
            data: config.data.clone(),
            keys: keys::folder(&config.keys, &config.data),
            master: config.vault.master_secret.clone(),
            previous: config.vault.previous_secret.clone(),
        }
    }

    /// Whether the program makes its master keys for itself.
    pub fn makes_its_master(&self) -> bool {
        self.master.is_none()
    }

    async fn master(&self, secrets: &dyn Secrets) -> Result<Arc<dyn Master>, NoVault> {
        let Some(name) = &self.master else { return Ok(Arc::new(MasterFiles::within(&self.keys))) };
        let newest = secrets.get(name).await?;
        let previous = match &self.previous {
            Some(name) => Some((name.as_str(), secrets.get(name).await?)),
            None => None,
        };
        let previous = previous.as_ref().map(|(name, secret)| (*name, secret));
        Ok(Arc::new(GivenMaster::new((name.as_str(), &newest), previous)?))
    }

    /// Makes the vault.
    pub async fn init(&self, secrets: &dyn Secrets) -> Result<Vault, NoVault> {
        Ok(Vault::init(&self.folder, &self.data, self.master(secrets).await?)?)
    }

    /// Opens the vault.
    pub async fn open(&self, secrets: &dyn Secrets) -> Result<Vault, NoVault> {
        Ok(Vault::open(&self.folder, &self.data, self.master(secrets).await?)?)
    }

    /// Makes the vault of a backup.
    pub async fn restore(&self, from: &Path, secrets: &dyn Secrets) -> Result<Vault, NoVault> {
        Ok(Vault::restore(from, &self.folder, &self.data, self.master(secrets).await?)?)
    }
}

/// The name by which a tenant's secret is asked for. Whatever a tenant's configuration says, it reaches no other tenant's.
pub fn scoped<'a>(tenant: &Tenant, name: &'a str) -> Cow<'a, str> {
    match name.strip_prefix(PREFIX) {
        Some(own) => Cow::Owned(format!("{PREFIX}{tenant}/{own}")),
        None => Cow::Borrowed(name),
    }
}

/// The secrets as what belongs to one tenant asks for them.
pub fn of_tenant(tenant: &Tenant, secrets: &Arc<dyn Secrets>) -> Arc<dyn Secrets> {
    Arc::new(OfTenant { tenant: tenant.clone(), secrets: Arc::clone(secrets) })
}

struct OfTenant {
    tenant: Tenant,
    secrets: Arc<dyn Secrets>,
}

#[async_trait]
impl Secrets for OfTenant {
    async fn get(&self, name: &str) -> Result<SecretString, SecretError> {
        self.secrets.get(&scoped(&self.tenant, name)).await
    }

    async fn kept(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        self.secrets.kept(&scoped(&self.tenant, name)).await
    }

    async fn keep(&self, name: &str, secret: &SecretString) -> Result<(), SecretError> {
        self.secrets.keep(&scoped(&self.tenant, name), secret).await
    }
}

/// All secrets there are: those whose names say so from the vault, and the others from where the configuration keeps them.
pub struct Sources {
    others: Arc<dyn Secrets>,
    vault: Arc<dyn Secrets>,
    remembered: CachedSecrets,
}

impl Sources {
    /// Beside these, those of the vault.
    pub fn new(config: &Config, others: Arc<dyn Secrets>) -> Self {
        let place = Whereabouts::of(config);
        let vault: Arc<dyn Secrets> = Arc::new(Vaulted { place, others: Arc::clone(&others) });
        let remembered = CachedSecrets::new(Arc::clone(&vault), Arc::new(SystemClock), REMEMBERED);
        Self { others, vault, remembered }
    }
}

#[async_trait]
impl Secrets for Sources {
    async fn get(&self, name: &str) -> Result<SecretString, SecretError> {
        if name.starts_with(PREFIX) { self.remembered.get(name).await } else { self.others.get(name).await }
    }

    async fn kept(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        if name.starts_with(PREFIX) { self.vault.kept(name).await } else { self.others.kept(name).await }
    }

    async fn keep(&self, name: &str, secret: &SecretString) -> Result<(), SecretError> {
        if name.starts_with(PREFIX) {
            self.vault.keep(name, secret).await
        } else {
            self.others.keep(name, secret).await
        }
    }
}

/// The secrets in the vault. It is opened anew each time, so that nothing there needs a restart, a new master key least of all.
struct Vaulted {
    place: Whereabouts,
    others: Arc<dyn Secrets>,
}

impl Vaulted {
    /// Does something with the secret of this name, beside the workers.
    async fn with<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(&Vault, Owner<'_>, &str) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, SecretError> {
        let failed =
            |why: String| SecretError { name: name.chars().take(150).collect(), why, passing: false };
        let own = name.strip_prefix(PREFIX).unwrap_or(name);
        let (tenant, own) = match own.split_once('/') {
            Some((tenant, own)) => {
                (tenant.parse::<Tenant>().map_err(|error| failed(error.to_string()))?, own.to_owned())
            }
            None => (Tenant::installation(), own.to_owned()),
        };
        let vault = self.place.open(&*self.others).await.map_err(|error| failed(error.to_string()))?;
        let done = spawn_blocking(move || work(&vault, Owner { tenant: &tenant, person: None }, &own)).await;
        done.map_err(|error| failed(error.to_string()))?.map_err(|error| failed(error.to_string()))
    }
}

#[async_trait]
impl Secrets for Vaulted {
    async fn get(&self, name: &str) -> Result<SecretString, SecretError> {
        self.with(name, Vault::get).await
    }

    async fn kept(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        let kept = self.with(name, |vault, owner, own| match vault.get(owner, own) {
            Err(VaultError::NoSecret { .. }) => Ok(None),
            other => other.map(Some),
        });
        kept.await
    }

    async fn keep(&self, name: &str, secret: &SecretString) -> Result<(), SecretError> {
        let secret = secret.clone();
        self.with(name, move |vault, owner, own| vault.put(owner, own, &secret, SystemClock.now())).await
    }
}

/// Tells the log who was erased in the vault since it was told last; says how many that were. The vault knows it whatever the log
/// does: what was destroyed there is told as soon as a bot runs.
pub async fn tell_erased(
    engine: &Engine,
    place: &Whereabouts,
    secrets: &dyn Secrets,
    tenant: &Tenant,
) -> anyhow::Result<usize> {
    if !Vault::is_in(&place.folder) {
        return Ok(0);
    }
    let (vault, of) = (place.open(secrets).await?, tenant.clone());
    let erased = spawn_blocking(move || vault.erased(&of)).await??;
    let mut told = 0;
    for (person, _, keys) in erased {
        let id = derived_id(ERASURES, &format!("{tenant} {person} {}", keys.join(" ")));
        let at = engine.clock_now();
        let cause = Cause { actor: system("vault"), command: id, correlation: id, causation: id, at };
        let record = Record::SubjectErased { person, keys };
        told += usize::from(kept(engine, tenant, &cause, &record).await?);
    }
    Ok(told)
}

/// Whether it is new to the log.
async fn kept(engine: &Engine, tenant: &Tenant, cause: &Cause, record: &Record) -> Result<bool, Failure> {
    Ok(engine.record(tenant, &cause.command.to_string(), cause, record).await?.is_some())
}

#[cfg(test)]
mod tests {
    use countersign_outbound::MemorySecrets;
    use jiff::Timestamp;
    use proptest::prelude::*;
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::config::VaultConfig;

    fn config(outer: &Path) -> Config {
        Config { data: outer.join("data"), ..Config::default() }
    }

    fn acme() -> Tenant {
        "acme".parse().unwrap()
    }

    async fn with_token(config: &Config, others: &Arc<dyn Secrets>) -> Vault {
        let vault = Whereabouts::of(config).init(&**others).await.unwrap();
        let acme = acme();
        let owner = Owner { tenant: &acme, person: None };
        vault.put(owner, "token", &"from the vault".into(), Timestamp::UNIX_EPOCH).unwrap();
        vault
    }

    #[tokio::test]
    async fn a20_a_secret_comes_from_the_vault_where_its_name_says_so_and_is_its_tenants_only() {
        let outer = tempfile::tempdir().unwrap();
        let others: Arc<dyn Secrets> = Arc::new(MemorySecrets::from([("token", "from elsewhere")]));
        let config = config(outer.path());
        let sources: Arc<dyn Secrets> = Arc::new(Sources::new(&config, Arc::clone(&others)));
        let acmes = of_tenant(&acme(), &sources);
        let none = acmes.get("vault:token").await.unwrap_err().to_string();
        assert!(none.contains("countersign vault init"), "{none}");
        with_token(&config, &others).await;
        let said = |secret: SecretString| secret.expose_secret().to_owned();
        assert_eq!(acmes.get("token").await.map(said).unwrap(), "from elsewhere");
        assert_eq!(acmes.get("vault:token").await.map(said).unwrap(), "from the vault");
        let evils = of_tenant(&"evil".parse().unwrap(), &sources);
        for name in ["vault:token", "vault:acme/token", "vault:../acme/token"] {
            let refused = evils.get(name).await.unwrap_err().to_string();
            assert!(!refused.contains("from the vault"), "{refused}");
        }
        assert!(outer.path().join("data-vault/tenants/acme.json").exists());
        assert!(outer.path().join("data-keys/master").exists() && !outer.path().join("data").exists());
    }

    #[tokio::test]
    async fn what_a_vendor_gives_is_kept_in_the_vault_and_nowhere_else() {
        let outer = tempfile::tempdir().unwrap();
        let others: Arc<dyn Secrets> = Arc::new(MemorySecrets::default());
        let config = config(outer.path());
        let sources: Arc<dyn Secrets> = Arc::new(Sources::new(&config, Arc::clone(&others)));
        with_token(&config, &others).await;
        let acmes = of_tenant(&acme(), &sources);
        assert!(acmes.kept("vault:pair").await.unwrap().is_none());
        for given in ["first", "second"] {
            acmes.keep("vault:pair", &given.into()).await.unwrap();
            let kept = acmes.kept("vault:pair").await.unwrap().unwrap();
            assert_eq!(kept.expose_secret(), given, "at once, whatever is remembered");
        }
        assert!(of_tenant(&"evil".parse().unwrap(), &sources).kept("vault:pair").await.unwrap().is_none());
        let elsewhere = acmes.keep("pair", &"third".into()).await.unwrap_err().to_string();
        assert!(
            elsewhere.contains("name a place in the vault") && !elsewhere.contains("third"),
            "{elsewhere}"
        );
    }

    #[tokio::test]
    async fn a_master_key_that_is_handed_over_is_in_no_file() {
        let outer = tempfile::tempdir().unwrap();
        let key = "0a".repeat(32);
        let others: Arc<dyn Secrets> = Arc::new(MemorySecrets::from([("master", key.as_str())]));
        let vault = VaultConfig { master_secret: Some("master".to_owned()), ..VaultConfig::default() };
        let config = Config { vault, ..config(outer.path()) };
        with_token(&config, &others).await;
        assert!(!outer.path().join("data-keys").exists());
        let nobodys: Arc<dyn Secrets> = Arc::new(MemorySecrets::default());
        let refused = Sources::new(&config, nobodys).get("vault:acme/token").await.unwrap_err().to_string();
        assert!(refused.contains("vault.master_secret: the secret `master`"), "{refused}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn a20_no_name_of_a_secret_leads_to_another_tenant(name in "(vault:)?(acme/|/|\\.\\./|evil)?[a-z/:.]{0,12}") {
            let evil: Tenant = "evil".parse().unwrap();
            let asked = scoped(&evil, &name);
            if let Some(own) = asked.strip_prefix(PREFIX) {
                prop_assert_eq!(own.split_once('/').map(|(tenant, _)| tenant), Some("evil"));
            } else {
                prop_assert_eq!(&*asked, name.as_str());
            }
        }
    }
}
