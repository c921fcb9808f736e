//! The calls by which the journal writes, so that tests can put faults behind them; and the real file system, where small
//! groups find their file made longer already.

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

    /// Durably cuts the file to its first `length` bytes, where writing goes on.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

/// The real file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsDisk;

impl Disk for OsDisk {
    fn open(&self, path: &Path, length: u64) -> io::Result<Box<dyn Tail>> {
        let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        file.seek(SeekFrom::Start(length))?;
        Ok(Box::new(SegmentFile { file, end: length, filled: length }))
    }
}

/// A group of at most so many bytes is small: what its sync costs is not the bytes.
const SMALL: usize = 64 << 10;
/// How many bytes are filled ahead of small groups.
const AHEAD: usize = 512 << 10;

static SPACES: [u8; AHEAD] = [b' '; AHEAD];

/// A segment's file. Behind its end stand spaces, written ahead: a sync has much less to do where neither the length of the
/// file nor its place on the disk has changed, and space behind the last value is nothing to `jq` and its like.
struct SegmentFile {
    file: File,
    /// Where writing goes on.
    end: u64,
    /// How far spaces stand at least.
    filled: u64,
}

impl SegmentFile {
    fn fill(&mut self) -> io::Result<()> {
        // Where there is no room for this, there may still be some for the next group.
        if self.file.write_all(&SPACES).is_ok() {
            self.filled = self.end + AHEAD as u64;
        }
        self.file.seek(SeekFrom::Start(self.end)).map(drop)
    }
}

impl Tail for SegmentFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.end += bytes.len() as u64;
        if self.end > self.filled && bytes.len() <= SMALL { self.fill() } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        self.file.seek(SeekFrom::Start(length))?;
        (self.end, self.filled) = (length, length);
        self.file.sync_all()
    }
}

/// Makes a folder's own entries durable: files made, renamed or deleted in it.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Elsewhere folders cannot be opened, and their entries are durable with the files.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Whether an error says that the process or the system has no file left. It passes.
pub(crate) fn is_out_of_files(error: &io::Error) -> bool {
    use rustix::io::Errno;
    [Errno::MFILE, Errno::NFILE].iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

/// Whether an error says that no space is left.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
