//! The calls by which the journal writes, so that tests can put faults behind them.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// Opens files for appending.
pub trait Disk: Send + Sync + fmt::Debug {
    /// Opens the segment `path`, made where it is missing, to go on writing after its first `length` bytes.
    fn open(&self, path: &Path, length: u64) -> io::Result<Box<dyn Tail>>;
}

/// The end of a segment, where it grows.
pub trait Tail: Send {
    /// Writes all of `bytes` at the end; after an error, any part of them may have been written.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns when everything written would survive a power cut.
    fn sync(&mut self) -> io::Result<()>;

    /// Durably cuts the file back to `length` bytes, where writing goes on.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

/// The real file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsDisk;

impl Disk for OsDisk {
    fn open(&self, path: &Path, length: u64) -> io::Result<Box<dyn Tail>> {
        let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        file.seek(SeekFrom::Start(length))?;
        Ok(Box::new(file))
    }
}

impl Tail for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)?;
        self.seek(SeekFrom::Start(length))?;
        self.sync_all()
    }
}

/// Makes a folder's own entries durable: files made, renamed or deleted in it.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Elsewhere folders cannot be opened, and their entries are durable with the files.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Whether an error says that no space is left.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
