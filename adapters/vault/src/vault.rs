//! Putting in, taking out, sealing, opening: each under a lock that other programs with the same folder keep to as well.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_domain::names::{PrincipalId, Tenant};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use crate::book::{Book, Found, Kept, VERSION, parsed};
use crate::disk::{self, Alone, Disk, lies_within};
use crate::error::VaultError;
use crate::master::Master;
use crate::sealed::{Key, Place, Plain, key_of};

/// No credential is larger; whatever is was put there by mistake. In bytes.
const LARGEST: usize = 64 * 1024;
/// The event that a secret stands for: none of the log's.
const SECRETS: &str = "vault";

/// A vault that is open. Nothing of it is kept in memory between two calls.
pub struct Vault {
    pub(crate) folder: PathBuf,
    /// The folder that is copied for auditors.
    pub(crate) data: PathBuf,
    pub(crate) master: Arc<dyn Master>,
    pub(crate) disk: Disk,
}

/// Whose a secret is: a tenant's, or one person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner<'a> {
    /// Which tenant.
    pub tenant: &'a Tenant,
    /// Which of its people, if it is theirs alone.
    pub person: Option<&'a PrincipalId>,
}

impl<'a> Owner<'a> {
    fn place(self, name: &'a str) -> Place<'a> {
        let person = self.person.map_or("", PrincipalId::as_str);
        Place { tenant: self.tenant, stream: SECRETS, event: name, field: person }
    }
}

/// A secret as it is listed: never its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Whose.
    pub tenant: Tenant,
    /// Whose alone, if it is.
    pub person: Option<PrincipalId>,
    /// What it is called.
    pub name: String,
    /// Since when.
    pub at: Timestamp,
}

/// A sealed value, opened.
#[derive(Clone, PartialEq, Eq)]
pub enum Opened {
    /// What it says.
    Clear(Plain),
    /// Whose it was is erased: nobody can read it any more.
    Erased,
}

/// That it was opened, not what it says.
impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Clear(_) => "Clear(…)",
            Self::Erased => "Erased",
        })
    }
}

/// What says that a folder is a vault.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Marker {
    version: u32,
    /// Where its backups are, so that who is erased is erased there too.
    #[serde(default)]
    pub(crate) backups: BTreeSet<PathBuf>,
}

impl Vault {
    /// Makes a vault in this folder, and the master key where there is none. `data` is the folder that it may not lie in.
    pub fn init(folder: &Path, data: &Path, master: Arc<dyn Master>) -> Result<Self, VaultError> {
        let vault = Self::at(folder, data, master, Disk::default())?;
        vault.made()?;
        Ok(vault)
    }

    /// Opens the vault in this folder.
    pub fn open(folder: &Path, data: &Path, master: Arc<dyn Master>) -> Result<Self, VaultError> {
        let vault = Self::at(folder, data, master, Disk::default())?;
        vault.marker()?;
        Ok(vault)
    }

    /// Whether every tenant's key opens: without its master key a vault has nothing for anybody.
    pub fn has_its_keys(&self) -> Result<(), VaultError> {
        let _shared = disk::lock(&self.existing()?, Alone::No)?;
        for tenant in tenants(&self.folder)? {
            if let Some(book) = self.book(&tenant)? {
                book.tenant_key(&*self.master)?;
            }
        }
        Ok(())
    }

    /// Whether there is one in this folder.
    pub fn is_in(folder: &Path) -> bool {
        marker_in(folder).exists()
    }

    pub(crate) fn at(
        folder: &Path,
        data: &Path,
        master: Arc<dyn Master>,
        disk: Disk,
    ) -> Result<Self, VaultError> {
        if lies_within(folder, data) {
            return Err(VaultError::WithinData(folder.to_owned()));
        }
        Ok(Self { folder: folder.to_owned(), data: data.to_owned(), master, disk })
    }

    pub(crate) fn made(&self) -> Result<(), VaultError> {
        self.has_the_folder_alone()?;
        disk::folder(&tenants_in(&self.folder))?;
        let _alone = disk::lock(&self.folder, Alone::Yes)?;
        if Self::is_in(&self.folder) {
            return Err(VaultError::Taken(self.folder.clone()));
        }
        self.master.make()?;
        self.write_marker(&self.folder, BTreeSet::new())
    }

    /// Makes the folder, in which nothing is but what a vault that was begun has left.
    pub(crate) fn has_the_folder_alone(&self) -> Result<(), VaultError> {
        if disk::holds_others_than(&self.folder, &["vault.json", "lock", "tenants"]) {
            return Err(VaultError::NotEmpty(self.folder.clone()));
        }
        disk::folder(&self.folder)
    }

    pub(crate) fn write_marker(&self, folder: &Path, backups: BTreeSet<PathBuf>) -> Result<(), VaultError> {
        let marker = Marker { version: VERSION, backups };
        let bytes = serde_json::to_vec(&marker).map_err(std::io::Error::from);
        let path = marker_in(folder);
        self.disk.replace(&path, &bytes.map_err(VaultError::disk(&path))?)
    }

    pub(crate) fn marker(&self) -> Result<Marker, VaultError> {
        parsed(&marker_in(&self.folder))?.ok_or_else(|| VaultError::NoVault(self.folder.clone()))
    }

    /// Puts a secret in, in the place of the one that is called so.
    pub fn put(
        &self,
        owner: Owner<'_>,
        name: &str,
        value: &SecretString,
        at: Timestamp,
    ) -> Result<(), VaultError> {
        check_name(name)?;
        let value = value.expose_secret().trim();
        if value.is_empty() || value.len() > LARGEST {
            return Err(VaultError::BadValue);
        }
        self.change(owner.tenant, |book, key| {
            let Some(person) = owner.person else {
                let sealed = key.seal(&owner.place(name), value.as_bytes())?;
                book.secrets.insert(name.to_owned(), Kept { sealed, at });
                return Ok(());
            };
            let own = book.key_made_for(person, key)?;
            let sealed = own.seal(&owner.place(name), value.as_bytes())?;
            if let Some(subject) = book.people.get_mut(person) {
                subject.secrets.insert(name.to_owned(), Kept { sealed, at });
            }
            Ok(())
        })
    }

    /// Takes a secret out for good.
    pub fn remove(&self, owner: Owner<'_>, name: &str) -> Result<(), VaultError> {
        self.change(owner.tenant, |book, _| {
            let secrets = match owner.person {
                None => Some(&mut book.secrets),
                Some(person) => book.people.get_mut(person).map(|subject| &mut subject.secrets),
            };
            let gone = secrets.and_then(|secrets| secrets.remove(name));
            gone.map(drop).ok_or_else(|| no_secret(owner, name))
        })
    }

    /// A secret.
    pub fn get(&self, owner: Owner<'_>, name: &str) -> Result<SecretString, VaultError> {
        check_name(name)?;
        let _shared = disk::lock(&self.existing()?, Alone::No)?;
        let book = self.book(owner.tenant)?.ok_or_else(|| no_secret(owner, name))?;
        let plain = self.secret_in(&book, owner, name)?;
        // It was text when it was put in.
        std::str::from_utf8(&plain).map(SecretString::from).map_err(|_| VaultError::Unopened)
    }

    pub(crate) fn secret_in(&self, book: &Book, owner: Owner<'_>, name: &str) -> Result<Plain, VaultError> {
        let key = book.tenant_key(&*self.master)?;
        let (kept, key) = match owner.person {
            None => (book.secrets.get(name), Some(key)),
            Some(person) if book.erased.contains_key(person) => {
                return Err(VaultError::Erased(person.to_string()));
            }
            Some(person) => {
                let kept = book.people.get(person).and_then(|subject| subject.secrets.get(name));
                (kept, book.person_key(person, &key)?)
            }
        };
        let (kept, key) = kept.zip(key).ok_or_else(|| no_secret(owner, name))?;
        key.open(&owner.place(name), &kept.sealed)
    }

    /// All secrets there are, by tenant, person and name; never their values.
    pub fn list(&self) -> Result<Vec<Listed>, VaultError> {
        let _shared = disk::lock(&self.existing()?, Alone::No)?;
        let mut list = Vec::new();
        for tenant in tenants(&self.folder)? {
            let Some(book) = self.book(&tenant)? else { continue };
            list.extend(listed(&book));
        }
        Ok(list)
    }

    /// Seals a value for its place: by the key of the person that it is about, or else the tenant's. Whoever writes it waits for
    /// this, so where it fails nothing is written.
    pub fn seal(
        &self,
        about: Option<&PrincipalId>,
        place: &Place<'_>,
        plain: &[u8],
    ) -> Result<String, VaultError> {
        if let Some(sealed) = self.sealed_by_present(about, place, plain)? {
            return Ok(sealed);
        }
        self.change(place.tenant, |book, key| match about {
            None => key.seal(place, plain),
            Some(person) => book.key_made_for(person, key)?.seal(place, plain),
        })
    }

    /// The same by a key that there is already, so that nothing is written; `None` where there is none.
    fn sealed_by_present(
        &self,
        about: Option<&PrincipalId>,
        place: &Place<'_>,
        plain: &[u8],
    ) -> Result<Option<String>, VaultError> {
        let _shared = disk::lock(&self.existing()?, Alone::No)?;
        let Some(book) = self.book(place.tenant)? else { return Ok(None) };
        let key = book.tenant_key(&*self.master)?;
        let key = match about {
            None => Some(key),
            Some(person) => book.person_key(person, &key)?,
        };
        key.map(|key| key.seal(place, plain)).transpose()
    }

    /// Opens what was sealed for this place.
    pub fn open_sealed(&self, place: &Place<'_>, sealed: &str) -> Result<Opened, VaultError> {
        let id = key_of(sealed).ok_or(VaultError::Unopened)?;
        let _shared = disk::lock(&self.existing()?, Alone::No)?;
        let book = self.book(place.tenant)?.ok_or_else(|| VaultError::NoKey(id.to_owned()))?;
        match book.find(id, &*self.master)? {
            Found::Erased => Ok(Opened::Erased),
            Found::Key(key) => key.open(place, sealed).map(Opened::Clear),
        }
    }

    /// Changes what is kept of a tenant: all of it, or where the work fails nothing.
    pub(crate) fn change<T>(
        &self,
        tenant: &Tenant,
        work: impl FnOnce(&mut Book, &Key) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let _alone = disk::lock(&self.existing()?, Alone::Yes)?;
        let mut book = match self.book(tenant)? {
            Some(book) => book,
            None => Book::new(tenant, &*self.master)?,
        };
        let key = book.tenant_key(&*self.master)?;
        let done = work(&mut book, &key)?;
        self.disk.replace(&path_in(&self.folder, tenant), &book.bytes())?;
        Ok(done)
    }

    pub(crate) fn book(&self, tenant: &Tenant) -> Result<Option<Book>, VaultError> {
        Book::read(&self.folder, tenant)
    }

    /// The folder, where it is a vault still: a lock makes none.
    pub(crate) fn existing(&self) -> Result<PathBuf, VaultError> {
        if Self::is_in(&self.folder) {
            Ok(self.folder.clone())
        } else {
            Err(VaultError::NoVault(self.folder.clone()))
        }
    }
}

/// The secrets in a book.
pub(crate) fn listed(book: &Book) -> Vec<Listed> {
    let of = |person: Option<&PrincipalId>, name: &String, kept: &Kept| Listed {
        tenant: book.tenant.clone(),
        person: person.cloned(),
        name: name.clone(),
        at: kept.at,
    };
    let common = book.secrets.iter().map(|(name, kept)| of(None, name, kept));
    let personal = book.people.iter().flat_map(|(person, subject)| {
        subject.secrets.iter().map(move |(name, kept)| of(Some(person), name, kept))
    });
    common.chain(personal).collect()
}

/// The tenants of which there is something in a vault's folder.
pub(crate) fn tenants(folder: &Path) -> Result<Vec<Tenant>, VaultError> {
    let folder = tenants_in(folder);
    let mut tenants = BTreeSet::new();
    for entry in std::fs::read_dir(&folder).map_err(VaultError::disk(&folder))? {
        let path = entry.map_err(VaultError::disk(&folder))?.path();
        let name =
            path.file_stem().and_then(|name| name.to_str()).and_then(|name| name.parse::<Tenant>().ok());
        // A draft that a cut left behind is none of them.
        tenants.extend(name.filter(|_| path.extension().is_some_and(|extension| extension == "json")));
    }
    Ok(tenants.into_iter().collect())
}

pub(crate) fn tenants_in(folder: &Path) -> PathBuf {
    folder.join("tenants")
}

pub(crate) fn path_in(folder: &Path, tenant: &Tenant) -> PathBuf {
    tenants_in(folder).join(format!("{tenant}.json"))
}

pub(crate) fn marker_in(folder: &Path) -> PathBuf {
    folder.join("vault.json")
}

fn no_secret(owner: Owner<'_>, name: &str) -> VaultError {
    VaultError::NoSecret { tenant: owner.tenant.to_string(), name: name.to_owned() }
}

fn check_name(name: &str) -> Result<(), VaultError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_one = (1..=100).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(fits);
    if is_one { Ok(()) } else { Err(VaultError::BadName) }
}
