//! Erasing a person: their key is destroyed here and in the backups, and with it all that it sealed, wherever that stands.

use std::path::{Path, PathBuf};

use countersign_domain::names::{PrincipalId, Tenant};
use jiff::Timestamp;
use serde::Serialize;

use crate::book::Book;
use crate::disk::{self, Alone};
use crate::error::VaultError;
use crate::vault::{Vault, path_in, tenants};

/// What erasing somebody came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erasure {
    /// When their key was destroyed first.
    pub at: Timestamp,
    /// The ids of their keys: what these have sealed reads as erased.
    pub keys: Vec<String>,
    /// How many secrets of theirs went now; none where they were erased before.
    pub secrets: usize,
    /// The backups that have their key still: who has one and the master key can read it there.
    pub out_of_reach: Vec<OutOfReach>,
}

/// A backup that is not there to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutOfReach {
    /// Where it should be.
    pub backup: PathBuf,
    /// Why it is not.
    pub why: String,
}

impl From<(PathBuf, VaultError)> for OutOfReach {
    fn from((backup, error): (PathBuf, VaultError)) -> Self {
        Self { backup, why: error.to_string() }
    }
}

impl Vault {
    /// Erases a person. Asked for again it sees to the backups once more, such as one that was out of reach.
    pub fn erase(&self, tenant: &Tenant, person: &PrincipalId, at: Timestamp) -> Result<Erasure, VaultError> {
        let _alone = disk::lock(&self.existing()?, Alone::Yes)?;
        let nobody = || VaultError::NobodyKnown(person.to_string(), tenant.to_string());
        let mut book = self.book(tenant)?.ok_or_else(nobody)?;
        let secrets = book.erase(person, at);
        if secrets.is_some() {
            self.disk.replace(&path_in(&self.folder, tenant), &book.bytes())?;
        }
        let erased = book.erased.get(person).ok_or_else(nobody)?;
        let failed =
            self.in_backups(|book| Ok(book.tenant == *tenant && book.erase(person, at).is_some()))?;
        let out_of_reach = failed.into_iter().map(OutOfReach::from).collect();
        let keys = erased.keys.iter().cloned().collect();
        Ok(Erasure { at: erased.at, keys, secrets: secrets.unwrap_or(0), out_of_reach })
    }

    /// Who of a tenant was erased, when, and the keys that are gone.
    pub fn erased(&self, tenant: &Tenant) -> Result<Vec<(PrincipalId, Timestamp, Vec<String>)>, VaultError> {
        let _shared = disk::lock(&self.existing()?, Alone::No)?;
        let Some(book) = self.book(tenant)? else { return Ok(Vec::new()) };
        let erased = book.erased.into_iter();
        Ok(erased.map(|(person, erased)| (person, erased.at, erased.keys.into_iter().collect())).collect())
    }

    /// Changes all books in all backups there are; says which could not be changed, and why.
    pub(crate) fn in_backups(
        &self,
        change: impl Fn(&mut Book) -> Result<bool, VaultError>,
    ) -> Result<Vec<(PathBuf, VaultError)>, VaultError> {
        let backups = self.marker()?.backups.into_iter();
        let failed = backups.filter_map(|backup| {
            let error = self.in_backup(&backup, &change).err()?;
            Some((backup, error))
        });
        Ok(failed.collect())
    }

    fn in_backup(
        &self,
        backup: &Path,
        change: impl Fn(&mut Book) -> Result<bool, VaultError>,
    ) -> Result<(), VaultError> {
        if !Self::is_in(backup) {
            return Err(VaultError::NoVault(backup.to_owned()));
        }
        for tenant in tenants(backup)? {
            let Some(mut book) = Book::read(backup, &tenant)? else { continue };
            if change(&mut book)? {
                self.disk.replace(&path_in(backup, &tenant), &book.bytes())?;
            }
        }
        Ok(())
    }
}
