//! One process a folder: a lock on a file, which the system lets go when the process ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::damage::OpenError;

/// Holds the folder as long as it lives.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    pub(crate) fn take(folder: &Path) -> Result<Self, OpenError> {
        let path = folder.join("lock");
        let io = || OpenError::io(&path);
        let mut options = OpenOptions::new();
        let mut file =
            options.create(true).truncate(false).read(true).write(true).open(&path).map_err(io())?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Only a help for people: who holds the lock may not have written its id yet.
                file.read_to_string(&mut holder).ok();
                return Err(OpenError::Locked { folder: folder.to_owned(), pid: holder.trim().parse().ok() });
            }
            Err(TryLockError::Error(error)) => return Err(OpenError::Io { path, error }),
        }
        file.set_len(0).and_then(|()| file.rewind()).map_err(io())?;
        // A full disk must not keep the store from opening: the id is only a help.
        writeln!(file, "{}", std::process::id()).ok();
        Ok(Self { _file: file })
    }
}

/// Whether a process holds this folder. Asking takes the lock for a moment where nobody does.
pub(crate) fn is_held(folder: &Path) -> bool {
    let file = File::open(folder.join("lock"));
    file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}
