//! Master keys: they wrap the tenants' keys, and nothing else. The port, and the two kinds there are: files that the program makes
//! for itself, and keys that somebody hands over (from the environment, or from files that an orchestrator mounts).
//!
//! A key management service fits behind the same port: it wraps and opens without ever giving its key away, and takes the place as its
//! encryption context.

use std::path::{Path, PathBuf};

use aws_lc_rs::rand;
use countersign_domain::envelope::Digest;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

use crate::disk::{self, Disk};
use crate::error::VaultError;
use crate::sealed::{KEY_LEN, Key, KeyBytes, Place};

/// A key that a master key wraps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// The id of the master key.
    pub by: String,
    /// What it made of the key.
    pub text: String,
}

/// Where the master keys are. All calls are made while nobody else writes to the vault.
pub trait Master: Send + Sync {
    /// Sees to it that there is one.
    fn make(&self) -> Result<(), VaultError>;
    /// The id of the one that wraps from now on.
    fn newest(&self) -> Result<String, VaultError>;
    /// Wraps a key by the newest.
    fn wrap(&self, place: &Place<'_>, key: &[u8; 32]) -> Result<Wrapped, VaultError>;
    /// Opens what any of those that count has wrapped.
    fn unwrapped(&self, place: &Place<'_>, wrapped: &Wrapped) -> Result<Zeroizing<[u8; 32]>, VaultError>;
    /// A rotation begins, or goes on after a crash: from now on there is a newer one, and the one before counts as well.
    fn begin(&self) -> Result<(), VaultError>;
    /// A rotation is over: nothing is wrapped any more by any but the newest.
    fn finish(&self) -> Result<(), VaultError>;
}

/// The name of a master key: of its bytes, so that a key has one wherever it comes from. It says nothing about them.
fn named(bytes: KeyBytes) -> Key {
    let mut named = Zeroizing::new(b"countersign master key ".to_vec());
    named.reserve_exact(KEY_LEN);
    named.extend_from_slice(bytes.as_slice());
    let id = Digest::of(&named).to_string().chars().take(16).collect();
    Key { id, bytes }
}

fn read(text: &[u8], place: &str) -> Result<Key, VaultError> {
    let mut bytes = Zeroizing::new([0; KEY_LEN]);
    let decoded = hex::decode_to_slice(text.trim_ascii(), bytes.as_mut_slice());
    decoded.map_err(|_| VaultError::BadMaster(place.to_owned()))?;
    Ok(named(bytes))
}

fn wrap(keys: &[Key], place: &Place<'_>, key: &[u8; KEY_LEN]) -> Result<Wrapped, VaultError> {
    let newest = newest(keys)?;
    Ok(Wrapped { by: newest.id.clone(), text: newest.wrap(place, key)? })
}

fn unwrapped(keys: &[Key], place: &Place<'_>, wrapped: &Wrapped) -> Result<KeyBytes, VaultError> {
    let master = keys.iter().find(|key| key.id == wrapped.by);
    master.ok_or_else(|| VaultError::NoMaster(wrapped.by.clone()))?.unwrapped(place, &wrapped.text)
}

fn newest(keys: &[Key]) -> Result<&Key, VaultError> {
    keys.first().ok_or_else(|| VaultError::NoMaster("of this vault".to_owned()))
}

/// Master keys that somebody hands over: the newest first.
pub struct GivenMaster(Vec<Key>);

impl GivenMaster {
    /// The master key under this name, and the one before it while a rotation runs; each as 64 hexadecimal digits.
    pub fn new(
        (name, newest): (&str, &SecretString),
        previous: Option<(&str, &SecretString)>,
    ) -> Result<Self, VaultError> {
        let key = |(name, text): (&str, &SecretString)| read(text.expose_secret().as_bytes(), name);
        let keys = std::iter::once((name, newest)).chain(previous).map(key);
        Ok(Self(keys.collect::<Result<_, _>>()?))
    }
}

impl Master for GivenMaster {
    fn make(&self) -> Result<(), VaultError> {
        Ok(())
    }

    fn newest(&self) -> Result<String, VaultError> {
        Ok(newest(&self.0)?.id.clone())
    }

    fn wrap(&self, place: &Place<'_>, key: &[u8; 32]) -> Result<Wrapped, VaultError> {
        wrap(&self.0, place, key)
    }

    fn unwrapped(&self, place: &Place<'_>, wrapped: &Wrapped) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        unwrapped(&self.0, place, wrapped)
    }

    fn begin(&self) -> Result<(), VaultError> {
        Ok(())
    }

    fn finish(&self) -> Result<(), VaultError> {
        Ok(())
    }
}

/// Master keys that the program makes for itself: one file, and while a rotation runs another beside it.
pub struct MasterFiles {
    present: PathBuf,
    next: PathBuf,
    disk: Disk,
}

impl MasterFiles {
    /// Those in this folder, which is not the vault's.
    pub fn within(folder: &Path) -> Self {
        Self::on(folder, Disk::default())
    }

    pub(crate) fn on(folder: &Path, disk: Disk) -> Self {
        Self { present: folder.join("master"), next: folder.join("master.next"), disk }
    }

    /// Those there are, the newest first. Read anew each time, so that a rotation needs no restart.
    fn keys(&self) -> Result<Vec<Key>, VaultError> {
        let mut keys = Vec::new();
        for path in [&self.next, &self.present] {
            if let Some(text) = disk::read(path)? {
                keys.push(read(&text, &path.display().to_string())?);
            }
        }
        Ok(keys)
    }

    fn write(&self, path: &Path) -> Result<(), VaultError> {
        let mut bytes: KeyBytes = Zeroizing::new([0; KEY_LEN]);
        rand::fill(bytes.as_mut_slice()).map_err(|_| VaultError::NoRandomness)?;
        self.disk.replace(path, Zeroizing::new(hex::encode(bytes.as_slice())).as_bytes())
    }
}

impl Master for MasterFiles {
    fn make(&self) -> Result<(), VaultError> {
        if let Some(folder) = self.present.parent() {
            disk::folder(folder)?;
        }
        if self.keys()?.is_empty() { self.write(&self.present) } else { Ok(()) }
    }

    fn newest(&self) -> Result<String, VaultError> {
        Ok(newest(&self.keys()?)?.id.clone())
    }

    fn wrap(&self, place: &Place<'_>, key: &[u8; 32]) -> Result<Wrapped, VaultError> {
        wrap(&self.keys()?, place, key)
    }

    fn unwrapped(&self, place: &Place<'_>, wrapped: &Wrapped) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        unwrapped(&self.keys()?, place, wrapped)
    }

    fn begin(&self) -> Result<(), VaultError> {
        // Without the present one, what it has wrapped would be lost: nothing is made in its place.
        newest(&self.keys()?)?;
        if disk::read(&self.next)?.is_none() { self.write(&self.next) } else { Ok(()) }
    }

    fn finish(&self) -> Result<(), VaultError> {
        if disk::read(&self.next)?.is_some() { self.disk.promote(&self.next, &self.present) } else { Ok(()) }
    }
}
