//! What the writer, the indexer and all readers of one journal share.

use std::sync::OnceLock;

use countersign_domain::names::StreamName;
use countersign_domain::ports::StoreError;
use tokio::sync::watch;

use super::index::Index;
use super::recent::{Entry, Recent};
use super::segments::Segments;

/// The insides of an open journal.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) segments: Segments,
    pub(crate) recent: Recent,
    pub(crate) index: Index,
    /// The position of the last acknowledged event, 0 where there is none. Sent anew when the store stops, too.
    pub(crate) head: watch::Sender<u64>,
    /// Why the store has stopped.
    pub(crate) stopped: OnceLock<String>,
}

impl Shared {
    /// The error of everything that comes after the store has stopped.
    pub(crate) fn stopped(&self) -> StoreError {
        let why = self.stopped.get().map_or("the journal was closed", String::as_str);
        StoreError::Stopped(why.to_owned())
    }

    /// Stops the store: nothing is appended any more, and whoever waits is told.
    pub(crate) fn stop(&self, why: String) {
        tracing::error!(%why, "the store stops");
        self.stopped.get_or_init(|| why);
        self.head.send_modify(|_| ());
    }

    /// The last acknowledged revision of a stream.
    pub(crate) fn last_rev(&self, stream: &StreamName) -> Result<Option<u64>, StoreError> {
        match self.recent.last_rev(stream) {
            Some(rev) => Ok(Some(rev)),
            None => self.index.last_rev(stream).map_err(unreadable),
        }
    }

    /// Where the appends of a stream stand, from the one that holds revision `from`, until `limit` events are covered.
    pub(crate) fn entries(
        &self,
        stream: &StreamName,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let until = from.saturating_add(limit as u64);
        // First those that may be on their way to the index, then the index: so none is missed between.
        let recent = self.recent.entries(stream);
        let first_recent = recent.first().map_or(u64::MAX, |entry| entry.rev);
        let mut found = Vec::new();
        for entry in self.index.entries(stream, from) {
            let entry = entry.map_err(unreadable)?;
            if entry.rev >= until.min(first_recent) {
                break;
            }
            found.push(entry);
        }
        found.extend(recent.into_iter().filter(|entry| entry.last_rev() >= from && entry.rev < until));
        Ok(found)
    }
}

fn unreadable(error: sled::Error) -> StoreError {
    StoreError::from(std::io::Error::from(error))
}
