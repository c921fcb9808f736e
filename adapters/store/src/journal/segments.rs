//! The segments of an open journal, as its readers see them: no byte further than what was acknowledged.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use super::disk::is_out_of_files;
use super::files::{ReadAt, open_segment};
use super::scan::Scan;
use super::sparse::{Sparse, Stretch};

/// So many of the newest segments are kept open: what is read all day.
const KEPT_OPEN: usize = 64;
/// How often, and after which pause, a file is asked for again that the system did not have.
const TRIES: usize = 40;
const PAUSE: Duration = Duration::from_millis(50);

/// One segment.
#[derive(Debug)]
pub(crate) struct Segment {
    /// The position of its first event.
    pub(crate) first: u64,
    /// How many bytes are acknowledged.
    end: AtomicU64,
    /// Where some of its lines begin.
    sparse: RwLock<Sparse>,
    /// Its file, once it was opened to be kept open.
    file: OnceLock<Arc<File>>,
}

impl Segment {
    pub(crate) fn new(first: u64) -> Self {
        Self { first, end: AtomicU64::new(0), sparse: RwLock::default(), file: OnceLock::new() }
    }

    pub(crate) fn end(&self) -> u64 {
        self.end.load(Ordering::Acquire)
    }

    /// Lets readers see up to `end`.
    pub(crate) fn publish(&self, end: u64) {
        self.end.store(end, Ordering::Release);
    }

    /// Notes where the event `pos` starts, if the last one noted is far enough away.
    pub(crate) fn note(&self, pos: u64, offset: u64) {
        let mut sparse = self.sparse.write().unwrap_or_else(PoisonError::into_inner);
        sparse.note(pos - self.first, offset);
    }

    /// The acknowledged lines around the event `pos`, as far as they were acknowledged before this.
    pub(crate) fn around(&self, pos: u64) -> Stretch {
        self.sparse.read().unwrap_or_else(PoisonError::into_inner).around(pos.saturating_sub(self.first))
    }
}

impl From<&Scan> for Segment {
    fn from(scan: &Scan) -> Self {
        let sparse = RwLock::new(scan.sparse.clone());
        Self { first: scan.first, end: AtomicU64::new(scan.good), sparse, file: OnceLock::new() }
    }
}

/// All segments, in order.
#[derive(Debug)]
pub(crate) struct Segments {
    pub(crate) folder: PathBuf,
    list: RwLock<Arc<Vec<Arc<Segment>>>>,
}

impl Segments {
    pub(crate) fn new(folder: &Path, list: Vec<Arc<Segment>>) -> Self {
        Self { folder: folder.to_owned(), list: RwLock::new(Arc::new(list)) }
    }

    /// Opens the newest segments, so that they can be read when the system has no files left.
    pub(crate) fn keep_open(&self) -> io::Result<()> {
        let newest = self.list().iter().rev().take(KEPT_OPEN).cloned().collect::<Vec<_>>();
        newest.iter().try_for_each(|segment| self.open(segment).map(drop))
    }

    /// The file of a segment, to be read. The newest ones are open already; for an older one, a system without files is
    /// waited for a little.
    pub(crate) fn open(&self, segment: &Segment) -> io::Result<ReadAt> {
        if let Some(file) = segment.file.get() {
            return Ok(ReadAt::new(Arc::clone(file)));
        }
        let mut tries = 0;
        let file = loop {
            match open_segment(&self.folder, segment.first) {
                Err(error) if is_out_of_files(&error) && tries < TRIES => tries += 1,
                opened => break Arc::new(opened?.0),
            }
            std::thread::sleep(PAUSE);
        };
        let newer = self.list().iter().rev().take_while(|other| other.first > segment.first).count();
        if newer < KEPT_OPEN {
            return Ok(ReadAt::new(Arc::clone(segment.file.get_or_init(|| file))));
        }
        Ok(ReadAt::new(file))
    }

    fn list(&self) -> Arc<Vec<Arc<Segment>>> {
        Arc::clone(&self.list.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn push(&self, segment: Arc<Segment>) {
        let mut list = self.list.write().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut list).push(segment);
    }

    /// The segment that holds `pos` if any does, and those after it.
    pub(crate) fn from(&self, pos: u64) -> impl Iterator<Item = Arc<Segment>> {
        let list = self.list();
        let at = list.partition_point(|segment| segment.first <= pos).saturating_sub(1);
        (at..list.len()).map(move |at| Arc::clone(&list[at]))
    }
}
