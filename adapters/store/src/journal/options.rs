//! What can be chosen about a journal.

use std::fmt;
use std::sync::Arc;

use super::disk::{Disk, OsDisk};

/// How far the rebuilding of the index is: events done, events in all.
pub type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// What can be chosen about a [`Journal`](super::Journal). The defaults suit a server.
#[derive(Clone)]
pub struct Options {
    /// The size in bytes at which a segment is sealed and the next begun. Default: 64 MiB; at most 1 GiB.
    pub segment_bytes: u64,
    /// Space kept for urgent appends when the disk is full, in bytes; 0 keeps none. Default: 8 MiB.
    pub reserve_bytes: u64,
    /// How much memory sled may use for its cache, in bytes. Default: 48 MiB.
    pub cache_bytes: u64,
    /// Told now and then while the index is rebuilt from the log, which takes seconds per million events.
    pub progress: Option<Progress>,
    /// Where segments are written: the real disk, but for tests.
    pub disk: Arc<dyn Disk>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes: 64 << 20,
            reserve_bytes: 8 << 20,
            cache_bytes: 48 << 20,
            progress: None,
            disk: Arc::new(OsDisk),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("segment_bytes", &self.segment_bytes)
            .field("reserve_bytes", &self.reserve_bytes)
            .field("cache_bytes", &self.cache_bytes)
            .finish_non_exhaustive()
    }
}
