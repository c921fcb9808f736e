//! The event store: append with an exact revision, read a stream, read everything, wait for more.

use std::sync::Arc;

use async_trait::async_trait;

use crate::envelope::{Envelope, NewEvent, Position};
use crate::names::StreamName;

/// The revision an append expects its stream to be at. There is no "any": whoever appends has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The stream does not exist yet.
    NoStream,
    /// The last event of the stream has this revision.
    Revision(u64),
}

impl Expected {
    /// The revision that the first appended event gets.
    pub const fn next(self) -> u64 {
        match self {
            Self::NoStream => 0,
            Self::Revision(rev) => rev + 1,
        }
    }

    /// What to expect of a stream whose last revision is `last`.
    pub const fn after(last: Option<u64>) -> Self {
        match last {
            None => Self::NoStream,
            Some(rev) => Self::Revision(rev),
        }
    }
}

/// One append: all its events, in one stream, or none.
#[derive(Debug, Clone)]
pub struct Append {
    /// Where to.
    pub stream: StreamName,
    /// What the stream must be at.
    pub expected: Expected,
    /// What to append, at least one; at most 1 MiB each.
    pub events: Vec<NewEvent>,
    /// Whether it may use the space kept in reserve: only what takes access away.
    pub urgent: bool,
}

/// The answer to an append that is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The position of the last event.
    pub position: Position,
    /// The revision of the last event.
    pub rev: u64,
    /// Whether it was there already: the same (stream, expected, ids) came before.
    pub repeated: bool,
}

/// Why an append was not done. In every case but [`StoreError::Unknown`] nothing was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Somebody else was first.
    #[error("stream {stream} is at {actual:?}, expected {expected:?}")]
    Conflict {
        /// The stream.
        stream: StreamName,
        /// What the append expected.
        expected: Expected,
        /// The last revision there is.
        actual: Option<u64>,
    },
    /// An event is over 1 MiB, or an append is empty.
    #[error("the append to {stream} cannot be stored: {why}")]
    Invalid {
        /// The stream.
        stream: StreamName,
        /// What is wrong with it.
        why: String,
    },
    /// No space is left on the device. Free some; the store goes on by itself.
    #[error("no space left for the log in {place}: free some and try again ({detail})")]
    Full {
        /// The folder.
        place: String,
        /// What the system said.
        detail: String,
    },
    /// The store has stopped after an error whose extent it cannot know; it must be opened anew.
    #[error("the store has stopped: {0}")]
    Stopped(String),
    /// The append may or may not have been done: ask again with the same ids.
    #[error("the outcome of the append is unknown: {0}")]
    Unknown(String),
    /// The store could not be reached for as long as it was tried; nothing was written. It is tried again when asked again.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
    /// Reading failed.
    #[error("the store cannot be read: {0}")]
    Io(Arc<std::io::Error>),
    /// What was read is not what was written.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(Arc::new(error))
    }
}

/// The log. One contract suite (`countersign_store::contract`) runs on every implementation.
#[async_trait]
pub trait EventStore: Send + Sync {
    /// Appends all events or none; durable when it answers. The same (stream, expected, ids) again returns the first
    /// result, even when the stream has grown since.
    async fn append(&self, append: Append) -> Result<Appended, StoreError>;

    /// Up to `limit` events of a stream from revision `from`; empty where there is no such stream or no more. Where the
    /// store does not say their places within a stream, these are [`Position::UNSAID`].
    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Envelope>, StoreError>;

    /// Up to `limit` events in global order after a position (`None`: from the start); empty at the end.
    async fn read_all(&self, after: Option<Position>, limit: usize) -> Result<Vec<Envelope>, StoreError>;

    /// The events at exactly these positions, in the order asked for; positions that hold none are left out.
    async fn read_at(&self, positions: &[Position]) -> Result<Vec<Envelope>, StoreError>;

    /// The position of the last durable event; `None` where the log is empty.
    async fn head(&self) -> Result<Option<Position>, StoreError>;

    /// Returns once there is an event after `after`. May return early; follow by reading again.
    async fn wait_past(&self, after: Option<Position>) -> Result<(), StoreError>;
}
