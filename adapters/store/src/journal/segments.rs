//! The segments of an open journal, as its readers see them: no byte further than what was acknowledged.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::scan::{SPARSE_BYTES, Scan};

/// One segment.
#[derive(Debug)]
pub(crate) struct Segment {
    /// The position of its first event.
    pub(crate) first: u64,
    /// How many bytes are acknowledged.
    end: AtomicU64,
    /// Positions and offsets of some lines, rising.
    sparse: RwLock<Vec<(u64, u64)>>,
}

impl Segment {
    pub(crate) fn new(first: u64) -> Self {
        Self { first, end: AtomicU64::new(0), sparse: RwLock::default() }
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
        if sparse.last().is_none_or(|(_, noted)| offset >= noted + SPARSE_BYTES) {
            sparse.push((pos, offset));
        }
    }

    /// The nearest noted event at or before `pos`.
    pub(crate) fn near(&self, pos: u64) -> (u64, u64) {
        let sparse = self.sparse.read().unwrap_or_else(PoisonError::into_inner);
        let after = sparse.partition_point(|(noted, _)| *noted <= pos);
        after.checked_sub(1).map_or((self.first, 0), |at| sparse[at])
    }
}

impl From<&Scan> for Segment {
    fn from(scan: &Scan) -> Self {
        let sparse = RwLock::new(scan.sparse.clone());
        Self { first: scan.first, end: AtomicU64::new(scan.good), sparse }
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

    pub(crate) fn push(&self, segment: Arc<Segment>) {
        let mut list = self.list.write().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut list).push(segment);
    }

    /// The segment that holds `pos` if any does, and those after it.
    pub(crate) fn from(&self, pos: u64) -> impl Iterator<Item = Arc<Segment>> {
        let list = Arc::clone(&self.list.read().unwrap_or_else(PoisonError::into_inner));
        let at = list.partition_point(|segment| segment.first <= pos).saturating_sub(1);
        (at..list.len()).map(move |at| Arc::clone(&list[at]))
    }
}
