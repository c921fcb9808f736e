//! A new master key: each tenant's key is wrapped by it, one after the other, while the one before counts as well.
//!
//! Nothing that was sealed is sealed anew, so this takes a moment for each tenant, and nobody waits for more than one of them. After
//! a crash at any step it goes on where it was, when it is asked for again.

use countersign_domain::names::Tenant;

use crate::disk::{self, Alone};
use crate::erasure::OutOfReach;
use crate::error::VaultError;
use crate::vault::{Vault, path_in, tenants};

/// How far a rotation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Whose key was wrapped last.
    pub tenant: Tenant,
    /// How many are done.
    pub done: usize,
    /// Of how many.
    pub of: usize,
}

/// What a rotation came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The master key from now on.
    pub by: String,
    /// How many keys were wrapped anew.
    pub rewrapped: usize,
    /// The backups that have keys of the master key before still, which is gone.
    pub out_of_reach: Vec<OutOfReach>,
}

impl Vault {
    /// Lets a new master key wrap all tenants' keys; goes on with a rotation that a crash has ended.
    pub fn rotate(&self, told: &mut dyn FnMut(&Progress)) -> Result<Rotation, VaultError> {
        let folder = self.existing()?;
        {
            let _alone = disk::lock(&folder, Alone::Yes)?;
            self.master.begin()?;
        }
        let all = tenants(&folder)?;
        let mut rewrapped = 0;
        for (done, tenant) in (1..).zip(&all) {
            let _alone = disk::lock(&folder, Alone::Yes)?;
            rewrapped += usize::from(self.rewrap(tenant)?);
            told(&Progress { tenant: tenant.clone(), done, of: all.len() });
        }
        // Who came meanwhile was wrapped by the newest key, and so is everybody before the others stop counting.
        let _alone = disk::lock(&folder, Alone::Yes)?;
        for tenant in tenants(&folder)? {
            rewrapped += usize::from(self.rewrap(&tenant)?);
        }
        let mut out_of_reach = Vec::new();
        for (backup, error) in self.in_backups(|book| book.rewrap(&*self.master))? {
            // What is not there, or was not when the key before came to its end, is no reason to wait for ever. What is there and
            // could not be written is: after this it would open no more.
            if !matches!(error, VaultError::NoVault(_) | VaultError::NoMaster(_)) {
                return Err(error);
            }
            out_of_reach.push(OutOfReach::from((backup, error)));
        }
        let by = self.master.newest()?;
        self.master.finish()?;
        Ok(Rotation { by, rewrapped, out_of_reach })
    }

    fn rewrap(&self, tenant: &Tenant) -> Result<bool, VaultError> {
        let Some(mut book) = self.book(tenant)? else { return Ok(false) };
        let changed = book.rewrap(&*self.master)?;
        if changed {
            self.disk.replace(&path_in(&self.folder, tenant), &book.bytes())?;
        }
        Ok(changed)
    }
}
