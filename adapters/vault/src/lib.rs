//! The vault: credentials and personal data, sealed, and the keys they are sealed with, in a small store of their own.
//!
//! A *master key* wraps a key of each tenant, which seals the tenant's credentials and wraps a key of each person, which seals what is
//! theirs alone. Whoever has the folder without the master key has nothing; and where a person's key is destroyed, nobody can read
//! what it sealed, wherever that stands, while the hashes of what stands there stay as they are.
//!
//! The folder holds `vault.json` (that it is one, and where its backups are) and `tenants/<tenant>.json`. Each is written whole or
//! not at all, and overwritten once there is a newer one. The master key is elsewhere: see [`Master`].

mod backup;
mod book;
mod disk;
mod erasure;
mod error;
mod master;
mod rotation;
mod sealed;
#[cfg(test)]
mod tests;
mod vault;

pub use disk::lies_within;
pub use erasure::{Erasure, OutOfReach};
pub use error::VaultError;
pub use master::{GivenMaster, Master, MasterFiles, Wrapped};
pub use rotation::{Progress, Rotation};
pub use sealed::{Place, Plain, key_of};
pub use vault::{Listed, Opened, Owner, Vault};
