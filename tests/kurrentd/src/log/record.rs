//! One event as it stands in the log, and as it is proposed.
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use uuid::Uuid;

/// The type of a link: an event whose payload names another one, `revision@stream`.
pub(crate) const LINK: &str = "$>";
/// The type of the event that stands for a stream deleted for ever.
pub(crate) const STREAM_DELETED: &str = "$streamDeleted";

/// An event as a client proposes it.
#[derive(Clone, Debug, Default)]
pub struct Proposed {
    /// Its id: the same id at the same place is the same event.
    pub id: Uuid,
    /// Its type.
    pub kind: String,
    /// Whether the payload is said to be JSON.
    pub json: bool,
    /// The payload.
    pub data: Bytes,
    /// The client's own metadata.
    pub metadata: Bytes,
}

impl Proposed {
    /// An event with a JSON payload and a fresh id.
    pub fn json(kind: &str, data: impl Into<Bytes>) -> Self {
        Self {
            id: Uuid::new_v4(),
            kind: kind.to_owned(),
            json: true,
            data: data.into(),
            metadata: Bytes::new(),
        }
    }

    /// What counts towards the greatest size of an append, as the real server counts: the type in UTF-16.
    pub(crate) fn size(&self) -> usize {
        self.data.len() + self.metadata.len() + self.kind.len() * 2
    }
}

/// An event in the log.
#[derive(Debug)]
pub(crate) struct Record {
    /// Its id.
    pub(crate) id: Uuid,
    /// Its stream.
    pub(crate) stream: Arc<str>,
    /// Its place in the stream.
    pub(crate) revision: u64,
    /// Its place in the log: the offset of its first byte.
    pub(crate) position: u64,
    /// When it was written, in ticks of 100 ns since 1970.
    pub(crate) created: u64,
    /// Its type.
    pub(crate) kind: Arc<str>,
    /// Whether the payload is said to be JSON.
    pub(crate) json: bool,
    /// The payload.
    pub(crate) data: Bytes,
    /// The client's own metadata.
    pub(crate) metadata: Bytes,
}

impl Record {
    /// The offset of the first byte after it.
    pub(crate) fn end(&self) -> u64 {
        self.position + footprint(&self.stream, &self.kind, self.data.len() + self.metadata.len())
    }

    /// The stream and the revision that a link names; none for other events.
    pub(crate) fn target(&self) -> Option<(&str, u64)> {
        if &*self.kind != LINK {
            return None;
        }
        let (revision, stream) = std::str::from_utf8(&self.data).ok()?.split_once('@')?;
        Some((stream, revision.parse().ok()?))
    }
}

/// What a record takes in the log, about what it takes in the real one.
pub(super) fn footprint(stream: &str, kind: &str, payload: usize) -> u64 {
    (100 + stream.len() + kind.len() * 2 + payload) as u64
}

/// Now, in ticks of 100 ns since 1970, as the protocol tells times.
pub(crate) fn ticks_now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos() / 100).unwrap_or(u64::MAX)
}
