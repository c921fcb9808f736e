//! The sled database beside the log, in the folder `side`: the stream index, and whatever else can be made anew from
//! the log. It is never the truth, so at the least doubt it is thrown away.
//!
//! sled does not promise to survive a power cut, and has been seen to open empty or not at all after one. The file
//! `side.state` therefore says in which boot of the machine it was opened, or that it was closed in order. If the
//! machine has started anew since it was opened, its content is not even looked at.

use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::damage::OpenError;
use super::disk::{is_full, sync_folder};
use super::lock::Lock;
use super::options::Options;

/// What must be free before the index is written: several times what one generation takes.
const ROOM_BYTES: u64 = 16 << 20;
const CLOSED: &str = "closed";

/// The open database and its folder.
#[derive(Debug)]
pub(crate) struct Side {
    pub(crate) db: sled::Db,
    store: PathBuf,
}

impl Side {
    /// Opens the database in the store's folder; a new one, where there is none or it cannot be trusted.
    pub(crate) fn open(store: &Path, cache_bytes: u64) -> Result<Self, OpenError> {
        if !was_closed_or_lives_in_this_boot(store) {
            tracing::warn!(folder = %store.display(), "the machine stopped while the index was open: it is made anew");
            discard(store)?;
        }
        set_state(store, &boot()).map_err(OpenError::io(state(store)))?;
        let db = match open_sled(&folder(store), cache_bytes) {
            Ok(db) => db,
            Err(sled::Error::Io(error)) if is_full(&error) => {
                return Err(OpenError::Io { path: folder(store), error });
            }
            Err(error) => {
                tracing::warn!(folder = %store.display(), %error, "the index does not open: it is made anew");
                discard(store)?;
                open_sled(&folder(store), cache_bytes)
                    .map_err(|error| OpenError::Side { path: folder(store), error })?
            }
        };
        Ok(Self { db, store: store.to_owned() })
    }

    /// Throws everything away and starts anew.
    pub(crate) fn renew(self, cache_bytes: u64) -> Result<Self, OpenError> {
        let store = self.store.clone();
        drop(self.db);
        discard(&store)?;
        Self::open(&store, cache_bytes)
    }

    /// Whether there is room to write to. sled does not recover from a full disk, so it must not meet one.
    pub(crate) fn has_room(&self) -> bool {
        #[cfg(unix)]
        if let Ok(disk) = rustix::fs::statvfs(&self.store) {
            return disk.f_bavail.saturating_mul(disk.f_frsize) >= ROOM_BYTES;
        }
        true
    }

    /// Makes everything durable and says so.
    pub(crate) fn close(&self) {
        let durable = || -> io::Result<()> {
            self.db.flush().map_err(io::Error::other)?;
            // sled's own flush does not reach the disk on Linux.
            File::open(folder(&self.store).join("db"))?.sync_data()?;
            sync_folder(&folder(&self.store))?;
            set_state(&self.store, CLOSED)
        };
        if let Err(error) = durable() {
            tracing::warn!(%error, "the index could not be closed in order: it may be made anew at the next start");
        }
    }
}

/// Such a database by itself, for the read models of a log that is kept elsewhere. One process a folder.
///
/// Stop writing before it is dropped, which closes it in order.
#[derive(Debug)]
pub struct SideFolder {
    side: Side,
    _lock: Lock,
}

impl SideFolder {
    /// Opens the database in `folder`, which is made where it is missing; blocks meanwhile.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        fs::create_dir_all(folder).map_err(OpenError::io(folder))?;
        let lock = Lock::take(folder)?;
        Ok(Self { side: Side::open(folder, Options::default().cache_bytes)?, _lock: lock })
    }

    /// The database. It may be empty at any start.
    pub fn db(&self) -> sled::Db {
        self.side.db.clone()
    }
}

impl Drop for SideFolder {
    fn drop(&mut self) {
        self.side.close();
    }
}

fn folder(store: &Path) -> PathBuf {
    store.join("side")
}

fn state(store: &Path) -> PathBuf {
    store.join("side.state")
}

/// What is the same until the machine starts anew; differs every time where the system does not tell.
fn boot() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map_or_else(|_| format!("unknown {}", uuid::Uuid::new_v4()), |id| id.trim().to_owned())
}

fn was_closed_or_lives_in_this_boot(store: &Path) -> bool {
    match fs::read_to_string(state(store)) {
        Ok(state) => state == CLOSED || state == boot(),
        // Without the file, there should be nothing to distrust either.
        Err(_) => !folder(store).exists(),
    }
}

fn set_state(store: &Path, text: &str) -> io::Result<()> {
    let path = state(store);
    fs::write(&path, text)?;
    File::open(&path)?.sync_all()?;
    sync_folder(store)
}

/// Moves the database aside, where people can look at it until the next one follows.
pub(crate) fn discard(store: &Path) -> Result<(), OpenError> {
    let (folder, aside) = (folder(store), store.join("side.discarded"));
    if aside.exists() {
        fs::remove_dir_all(&aside).map_err(OpenError::io(&aside))?;
    }
    match fs::rename(&folder, &aside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(OpenError::Io { path: folder, error }),
        _ => Ok(()),
    }
}

fn open_sled(folder: &Path, cache_bytes: u64) -> sled::Result<sled::Db> {
    let config = sled::Config::new().path(folder).cache_capacity(cache_bytes).flush_every_ms(Some(1000));
    // A damaged database can make sled panic where it should return an error.
    let opened = catch_unwind(AssertUnwindSafe(|| config.open()));
    opened.unwrap_or_else(|_| Err(sled::Error::Corruption { at: None, bt: () }))
}
