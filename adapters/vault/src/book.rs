//! What the vault keeps of one tenant: its wrapped key, its secrets, and of its people theirs. All of it is sealed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use countersign_domain::names::{PrincipalId, Tenant};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::disk;
use crate::error::VaultError;
use crate::master::{Master, Wrapped};
use crate::sealed::{Key, Place};
use crate::vault::path_in;

/// The version of the files that this program writes.
pub(crate) const VERSION: u32 = 1;

/// The file of one tenant.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Book {
    version: u32,
    pub(crate) tenant: Tenant,
    pub(crate) key: TenantKey,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) secrets: BTreeMap<String, Kept>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) people: BTreeMap<PrincipalId, Subject>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) erased: BTreeMap<PrincipalId, Erased>,
}

/// A tenant's key, wrapped by a master key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TenantKey {
    id: String,
    /// The id of the master key.
    pub(crate) by: String,
    wrapped: String,
}

/// A person's key, wrapped by the tenant's, and what is theirs alone.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Subject {
    id: String,
    wrapped: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) secrets: BTreeMap<String, Kept>,
}

/// A secret.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    pub(crate) sealed: String,
    pub(crate) at: Timestamp,
}

/// That a person's keys were destroyed, so that nobody takes what they sealed for damage, and none is made anew.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Erased {
    pub(crate) keys: BTreeSet<String>,
    pub(crate) at: Timestamp,
}

/// What a key of ours opens.
pub(crate) enum Found {
    Key(Key),
    Erased,
}

impl Book {
    /// A new one, with a key of its own.
    pub(crate) fn new(tenant: &Tenant, master: &dyn Master) -> Result<Self, VaultError> {
        let key = Key::fresh()?;
        let Wrapped { by, text } = master.wrap(&tenant_place(tenant, &key.id), &key.bytes)?;
        Ok(Self {
            version: VERSION,
            tenant: tenant.clone(),
            key: TenantKey { id: key.id, by, wrapped: text },
            secrets: BTreeMap::new(),
            people: BTreeMap::new(),
            erased: BTreeMap::new(),
        })
    }

    /// The one of this tenant in a vault's folder, if there is one; a file of another's under its name is none.
    pub(crate) fn read(folder: &Path, tenant: &Tenant) -> Result<Option<Self>, VaultError> {
        let path = path_in(folder, tenant);
        match parsed::<Self>(&path)? {
            Some(book) if book.tenant != *tenant => {
                Err(VaultError::Damaged { path, why: "it is another tenant's".to_owned() })
            }
            book => Ok(book),
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts, times and lists can always be written as JSON")
    }

    /// The tenant's key.
    pub(crate) fn tenant_key(&self, master: &dyn Master) -> Result<Key, VaultError> {
        let TenantKey { id, by, wrapped } = &self.key;
        let wrapped = Wrapped { by: by.clone(), text: wrapped.clone() };
        let bytes = master.unwrapped(&tenant_place(&self.tenant, id), &wrapped)?;
        Ok(Key { id: id.clone(), bytes })
    }

    /// Wraps the tenant's key by the newest master key; says whether that was to be done.
    pub(crate) fn rewrap(&mut self, master: &dyn Master) -> Result<bool, VaultError> {
        if self.key.by == master.newest()? {
            return Ok(false);
        }
        let key = self.tenant_key(master)?;
        let Wrapped { by, text } = master.wrap(&tenant_place(&self.tenant, &key.id), &key.bytes)?;
        self.key = TenantKey { id: key.id, by, wrapped: text };
        Ok(true)
    }

    /// A person's key, if they have one.
    pub(crate) fn person_key(&self, person: &PrincipalId, key: &Key) -> Result<Option<Key>, VaultError> {
        let Some(Subject { id, wrapped, .. }) = self.people.get(person) else { return Ok(None) };
        let bytes = key.unwrapped(&person_place(&self.tenant, person, id), wrapped)?;
        Ok(Some(Key { id: id.clone(), bytes }))
    }

    /// A person's key, made where they have none; who was erased gets none.
    pub(crate) fn key_made_for(&mut self, person: &PrincipalId, key: &Key) -> Result<Key, VaultError> {
        if self.erased.contains_key(person) {
            return Err(VaultError::Erased(person.to_string()));
        }
        if let Some(own) = self.person_key(person, key)? {
            return Ok(own);
        }
        let own = Key::fresh()?;
        let wrapped = key.wrap(&person_place(&self.tenant, person, &own.id), &own.bytes)?;
        let subject = Subject { id: own.id.clone(), wrapped, secrets: BTreeMap::new() };
        self.people.insert(person.clone(), subject);
        Ok(own)
    }

    /// The key with this id.
    pub(crate) fn find(&self, id: &str, master: &dyn Master) -> Result<Found, VaultError> {
        if self.erased.values().any(|erased| erased.keys.contains(id)) {
            return Ok(Found::Erased);
        }
        let key = self.tenant_key(master)?;
        if key.id == id {
            return Ok(Found::Key(key));
        }
        let person = self.people.iter().find(|(_, subject)| subject.id == id);
        let own = person.map(|(person, _)| self.person_key(person, &key)).transpose()?.flatten();
        own.map(Found::Key).ok_or_else(|| VaultError::NoKey(id.to_owned()))
    }

    /// Destroys a person's key and what is theirs; says how many secrets that were, or `None` where there was nothing.
    pub(crate) fn erase(&mut self, person: &PrincipalId, at: Timestamp) -> Option<usize> {
        let subject = self.people.remove(person)?;
        let none = || Erased { keys: BTreeSet::new(), at };
        self.erased.entry(person.clone()).or_insert_with(none).keys.insert(subject.id);
        Some(subject.secrets.len())
    }
}

/// Where a tenant's key stands.
fn tenant_place<'a>(tenant: &'a Tenant, id: &'a str) -> Place<'a> {
    Place { tenant, stream: "vault", event: id, field: "tenant key" }
}

/// Where a person's key stands.
fn person_place<'a>(tenant: &'a Tenant, person: &'a PrincipalId, id: &'a str) -> Place<'a> {
    Place { tenant, stream: person.as_str(), event: id, field: "person key" }
}

/// What stands in a file of ours, if it is there.
pub(crate) fn parsed<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, VaultError> {
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }

    let Some(bytes) = disk::read(path)? else { return Ok(None) };
    // The text of the fault repeats no value, but where it is.
    let damaged = |error: serde_json::Error| VaultError::Damaged {
        path: path.to_owned(),
        why: format!("line {}, column {}", error.line(), error.column()),
    };
    let Version { version } = serde_json::from_slice(&bytes).map_err(damaged)?;
    if version != VERSION {
        return Err(VaultError::Newer { path: path.to_owned(), version });
    }
    serde_json::from_slice(&bytes).map(Some).map_err(damaged)
}
