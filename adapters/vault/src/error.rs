//! What can be wrong with a vault, each with what to do; never with what is in it.

use std::io;
use std::path::{Path, PathBuf};

/// A vault that cannot do what it is asked.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The system does not let us.
    #[error("{path}: {why}")]
    Disk {
        /// Which file or folder.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// Nobody made one.
    #[error("there is no vault in {0}: make one with `countersign vault init`")]
    NoVault(PathBuf),
    /// There is one where a new one was to be.
    #[error("there is a vault in {0} already")]
    Taken(PathBuf),
    /// It would be copied with the data.
    #[error(
        "{0} is in the data folder, which is copied for backups and auditors: name a folder outside of it"
    )]
    WithinData(PathBuf),
    /// Others on this machine can read a file of keys.
    #[error("others on this machine can read {0}: run `chmod go-rwx {0}`, then `countersign vault rotate`")]
    OpenToOthers(PathBuf),
    /// A file that we did not write so.
    #[error("{path} is damaged ({why}): put it back from a backup")]
    Damaged {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A file of a later program.
    #[error("{path} is of version {version}, which this program does not know: use a newer one")]
    Newer {
        /// Which one.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
    /// The master key that is needed is not there.
    #[error(
        "a key is wrapped by the master key {0}, which is not there: put it back, or name it as the previous one until \
         `countersign vault rotate` has ended"
    )]
    NoMaster(String),
    /// What should be a master key is none.
    #[error(
        "{0} holds no master key: it must hold 64 hexadecimal digits, as `openssl rand -hex 32` prints them"
    )]
    BadMaster(String),
    /// Changed by somebody, or brought here from another place.
    #[error("what is sealed does not open: it was changed, or belongs to another place")]
    Unopened,
    /// No key of this vault sealed it.
    #[error("the vault has no key {0}: it was sealed by another vault, or this one is an older copy")]
    NoKey(String),
    /// The person's key is destroyed.
    #[error("{0} was erased: nothing is kept for them any more")]
    Erased(String),
    /// There is nothing to erase.
    #[error("the vault keeps nothing for {0} in {1}: look at the name, and at the tenant")]
    NobodyKnown(String, String),
    /// No such secret.
    #[error("the vault of {tenant} has no secret `{name}`: put it there with `countersign vault put {name}`")]
    NoSecret {
        /// Whose.
        tenant: String,
        /// What it would be called.
        name: String,
    },
    /// It cannot be called so.
    #[error("a secret's name has 1 to 100 letters, digits and . _ - and no dot in front")]
    BadName,
    /// It cannot be kept.
    #[error("a secret is text of at most 64 KiB, and not empty")]
    BadValue,
    /// The system gives no random bytes.
    #[error("the system gives no random bytes, so nothing can be sealed")]
    NoRandomness,
    /// More than the algorithm takes.
    #[error("what should be sealed is too long")]
    TooLong,
    /// Others on this machine can look into a folder that was there before.
    #[error(
        "others on this machine can look into {0}: name another folder, or run `chmod go-rwx {0}` where nobody else needs it"
    )]
    FolderOpen(PathBuf),
    /// It is no folder by itself.
    #[error("{0} is a link or a file: name the folder itself")]
    NoFolder(PathBuf),
    /// A vault and a backup each go to an empty folder.
    #[error("{0} is not empty: a vault, and each of its backups, has a folder of its own")]
    NotEmpty(PathBuf),
}

impl VaultError {
    /// What the system says of a path.
    pub(crate) fn disk(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |why| Self::Disk { path: path.to_owned(), why }
    }
}
