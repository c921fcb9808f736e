//! What the log knows of one stream: where its events stand, and its metadata.
use serde::Deserialize;

/// A stream's metadata, as far as it changes what is read.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct StreamMetadata {
    #[serde(rename = "$maxCount")]
    pub(super) max_count: Option<u64>,
    #[serde(rename = "$tb")]
    pub(super) truncate_before: Option<u64>,
}

/// With this `$tb` a stream is deleted softly.
pub(super) const DELETED_SOFTLY: u64 = i64::MAX.cast_unsigned();

/// One stream.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// The places of its events in the log; the n-th is that of revision `first + n`, and `first` is always zero.
    pub(super) places: Vec<u32>,
    pub(super) metadata: StreamMetadata,
    pub(super) tombstoned: bool,
}

impl Stream {
    pub(super) fn last_revision(&self) -> Option<u64> {
        (self.places.len() as u64).checked_sub(1)
    }

    pub(super) fn soft_deleted(&self) -> bool {
        self.metadata.truncate_before == Some(DELETED_SOFTLY)
    }

    /// The first revision that is still to be read, if the stream ended with `last`.
    pub(super) fn first_visible(&self, last: u64) -> u64 {
        let by_count = self.metadata.max_count.map_or(0, |count| (last + 1).saturating_sub(count));
        by_count.max(self.metadata.truncate_before.unwrap_or(0))
    }
}
