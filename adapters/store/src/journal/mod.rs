//! The journal: the log as files of JSON lines, with one writing thread. See the crate's page for how it works.

mod answers;
mod catch_up;
mod damage;
pub mod disk;
mod examine;
mod files;
mod gathered;
mod index;
mod known;
pub(crate) mod line;
mod lock;
mod marker;
mod open;
mod options;
mod plan;
mod reader;
mod reading;
mod recent;
mod reserve;
mod revisions;
mod scan;
mod segments;
mod shared;
mod side;
mod sparse;
mod standing;
mod tail;
mod writer;

pub(crate) use disk::sync_folder;

pub use damage::{Damage, OpenError};
pub use options::{Options, Progress};
pub use reader::{CheckReport, Events, JournalReader, ReadError};
pub use side::SideFolder;
pub use standing::standing_still;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread::JoinHandle;

use async_trait::async_trait;
use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::names::StreamName;
use countersign_domain::ports::{Append, Appended, EventStore, StoreError};
use tokio::sync::oneshot;

use self::lock::Lock;
use self::shared::Shared;
use self::writer::Request;
use crate::prepared::Prepared;

/// The embedded event store: an append-only log in a folder of its own. Its positions are 1, 2, 3 … without gaps.
///
/// Its methods must be called within a tokio runtime. Dropping it finishes what was asked for and closes all in order.
#[derive(Debug)]
pub struct Journal {
    shared: Arc<Shared>,
    side: sled::Db,
    requests: Option<Sender<Request>>,
    threads: Vec<JoinHandle<()>>,
    _lock: Lock,
}

impl Journal {
    /// Opens the journal in `folder`, made where it is missing. Checks every byte of the log, cuts off what a crash
    /// left half-written, and brings the index up to date; blocks meanwhile.
    pub fn open(folder: impl AsRef<Path>, options: Options) -> Result<Self, OpenError> {
        open::open(folder.as_ref(), options)
    }

    /// The sled database beside the log, for whatever can be made anew from the log: read models, checkpoints,
    /// caches. Trees named `journal.…` are the journal's own.
    ///
    /// It may be empty at any start, so keep a checkpoint in the same batch as the rows it speaks of, and have one
    /// thread that writes. Stop writing before the journal is dropped. Never call `flush_async`: it can hang for ever.
    pub fn side(&self) -> sled::Db {
        self.side.clone()
    }

    /// Runs a reading function where it may block.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Shared) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        if standing::may_stand() {
            // Where nobody waits for it any more, it ends here.
            tokio::task::yield_now().await;
            return read(&self.shared);
        }
        let shared = Arc::clone(&self.shared);
        let done = tokio::task::spawn_blocking(move || read(&shared)).await;
        done.unwrap_or_else(|error| Err(std::io::Error::other(error).into()))
    }
}

#[async_trait]
impl EventStore for Journal {
    async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        let append = Arc::new(Prepared::new(&append)?);
        let (reply, answer) = oneshot::channel();
        let Some(requests) = &self.requests else { return Err(self.shared.stopped()) };
        if requests.send(Request { append: Arc::clone(&append), reply }).is_err() {
            return Err(self.shared.stopped());
        }
        answer.await.unwrap_or_else(|_| Err(self.shared.stopped()))
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Envelope>, StoreError> {
        if let Some(done) = self.shared.read_at_once(stream, from, limit) {
            return done;
        }
        let stream = stream.clone();
        self.read(move |shared| shared.read_stream(&stream, from, limit)).await
    }

    async fn read_all(&self, after: Option<Position>, limit: usize) -> Result<Vec<Envelope>, StoreError> {
        let from = after.map_or(1, |position| position.for_store().saturating_add(1));
        if let Some(done) = self.shared.read_newest_at_once(from, limit) {
            if done.as_ref().is_ok_and(|events| !events.is_empty()) {
                // Whoever follows the log while it grows would otherwise never let go of the thread.
                tokio::task::yield_now().await;
            }
            return done;
        }
        self.read(move |shared| shared.read_from(from, limit)).await
    }

    async fn read_at(&self, positions: &[Position]) -> Result<Vec<Envelope>, StoreError> {
        let positions = positions.to_vec();
        self.read(move |shared| shared.read_at(&positions)).await
    }

    async fn head(&self) -> Result<Option<Position>, StoreError> {
        let head = *self.shared.head.borrow();
        Ok((head > 0).then(|| Position::from_store(head)))
    }

    async fn wait_past(&self, after: Option<Position>) -> Result<(), StoreError> {
        let after = after.map_or(0, Position::for_store);
        let mut head = self.shared.head.subscribe();
        loop {
            if *head.borrow_and_update() > after {
                return Ok(());
            }
            if self.shared.stopped.get().is_some() || head.changed().await.is_err() {
                return Err(self.shared.stopped());
            }
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // Without senders the writer ends; then the indexer does, and closes the index.
        self.requests = None;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the journal panicked");
            }
        }
    }
}
