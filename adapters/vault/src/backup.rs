//! Backups of the vault, and whether one is whole. The master key is in none of them: whoever keeps both in one place keeps a key
//! beside its lock.

use std::path::Path;
use std::sync::Arc;

use crate::book::Book;
use crate::disk::{self, Alone, Disk, lies_within};
use crate::error::VaultError;
use crate::master::Master;
use crate::vault::{Owner, Vault, listed, path_in, tenants, tenants_in};

impl Vault {
    /// Copies the vault to a folder of its own, and remembers that: who is erased later is erased there, too.
    pub fn backup(&self, to: &Path) -> Result<(), VaultError> {
        let to = std::path::absolute(to).map_err(VaultError::disk(to))?;
        if lies_within(&to, &self.data) {
            return Err(VaultError::WithinData(to));
        }
        if std::fs::read_dir(&to).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(VaultError::NotEmpty(to));
        }
        disk::folder(&to)?;
        let _alone = disk::lock(&self.existing()?, Alone::Yes)?;
        let mut backups = self.marker()?.backups;
        backups.insert(to.clone());
        // Before anything is copied, so that there is none of which nobody knows.
        self.write_marker(&self.folder, backups)?;
        self.copy_books(&self.folder, &to)?;
        self.write_marker(&to, [].into())
    }

    /// Makes a vault of a backup, in a folder without one. Who was erased since that backup was made has to be erased again.
    pub fn restore(
        from: &Path,
        folder: &Path,
        data: &Path,
        master: Arc<dyn Master>,
    ) -> Result<Self, VaultError> {
        let from = std::path::absolute(from).map_err(VaultError::disk(from))?;
        if !Self::is_in(&from) {
            return Err(VaultError::NoVault(from));
        }
        let vault = Self::at(folder, data, master, Disk::default())?;
        vault.has_the_folder_alone()?;
        let _alone = disk::lock(folder, Alone::Yes)?;
        if Self::is_in(folder) {
            return Err(VaultError::Taken(folder.to_owned()));
        }
        vault.copy_books(&from, folder)?;
        // Last, so that a vault that is half restored is none.
        vault.write_marker(folder, [from].into())?;
        Ok(vault)
    }

    /// Copies all books that open; one that does not ends it.
    fn copy_books(&self, from: &Path, to: &Path) -> Result<(), VaultError> {
        disk::folder(&tenants_in(to))?;
        for tenant in tenants(from)? {
            let Some(book) = Book::read(from, &tenant)? else { continue };
            book.tenant_key(&*self.master)?;
            self.disk.replace(&path_in(to, &tenant), &book.bytes())?;
        }
        Ok(())
    }

    /// Opens everything there is, and says what does not open, and which backups are out of reach.
    pub fn check(&self) -> Result<Vec<String>, VaultError> {
        let _shared = disk::lock(&self.existing()?, Alone::No)?;
        let mut faults = Vec::new();
        for tenant in tenants(&self.folder)? {
            match self.book(&tenant) {
                Ok(Some(book)) => faults.extend(self.faults_in(&book)),
                Ok(None) => {}
                Err(error) => faults.push(error.to_string()),
            }
        }
        let away = self.marker()?.backups.into_iter().filter(|backup| !Self::is_in(backup));
        faults.extend(away.map(|backup| {
            format!("the backup {} is not there: whoever is erased is not erased in it", backup.display())
        }));
        Ok(faults)
    }

    fn faults_in(&self, book: &Book) -> Vec<String> {
        let key = match book.tenant_key(&*self.master) {
            Ok(key) => key,
            Err(error) => return vec![format!("{}: {error}", book.tenant)],
        };
        let people = book.people.keys().filter_map(|person| {
            let error = book.person_key(person, &key).err()?;
            Some(format!("{}, the key of {person}: {error}", book.tenant))
        });
        let secrets = listed(book).into_iter().filter_map(|listed| {
            let owner = Owner { tenant: &listed.tenant, person: listed.person.as_ref() };
            let error = self.secret_in(book, owner, &listed.name).err()?;
            Some(format!("{}, the secret `{}`: {error}", listed.tenant, listed.name))
        });
        people.chain(secrets).collect()
    }
}
