//! The store for tests and trials: everything in memory, gone with the process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::names::StreamName;
use countersign_domain::ports::{Append, Appended, EventStore, Expected, StoreError};
use tokio::sync::watch;

use crate::journal::line;
use crate::prepared::Prepared;

/// An [`EventStore`] in memory. Its positions count from 1.
#[derive(Debug)]
pub struct MemoryStore {
    log: Mutex<Log>,
    head: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Log {
    /// The event at position N stands at index N - 1.
    events: Vec<Envelope>,
    /// For each stream, the indexes of its events by revision.
    streams: HashMap<StreamName, Vec<usize>>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self { log: Mutex::default(), head: watch::Sender::new(0) }
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        // Nothing in here panics halfway through a change, so a poisoned log is still whole.
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn append(&mut self, append: &Prepared) -> Result<Appended, StoreError> {
        let known = self.streams.get(&append.stream).map_or(&[][..], Vec::as_slice);
        let actual = (known.len() as u64).checked_sub(1);
        if Expected::after(actual) == append.expected {
            return self.push(append);
        }
        let mut again = known.iter().skip(index(append.expected.next())).take(append.events.len());
        let ids = again.clone().map(|&at| self.events[at].id);
        match again.next_back() {
            Some(&last) if ids.eq(append.events.iter().map(|event| event.id)) => {
                Ok(Appended { position: self.events[last].pos, rev: append.last_rev(), repeated: true })
            }
            _ => {
                Err(StoreError::Conflict { stream: append.stream.clone(), expected: append.expected, actual })
            }
        }
    }

    fn push(&mut self, append: &Prepared) -> Result<Appended, StoreError> {
        let first = self.events.len() as u64 + 1;
        let placed: Result<Vec<_>, _> =
            (first..).zip(&append.events).map(|(pos, event)| line::envelope_of(event, pos)).collect();
        let placed = placed.map_err(|error| StoreError::Invalid {
            stream: append.stream.clone(),
            why: format!("it would not read back: {error}"),
        })?;
        let stream = self.streams.entry(append.stream.clone()).or_default();
        stream.extend(self.events.len()..self.events.len() + placed.len());
        self.events.extend(placed);
        let position = Position::from_store(self.events.len() as u64);
        Ok(Appended { position, rev: append.last_rev(), repeated: false })
    }
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[async_trait]
impl EventStore for MemoryStore {
    async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        let appended = self.log().append(&Prepared::new(&append)?)?;
        self.head.send_if_modified(|head| {
            let grown = appended.position.for_store() > *head;
            *head = appended.position.for_store().max(*head);
            grown
        });
        Ok(appended)
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Envelope>, StoreError> {
        let log = self.log();
        let known = log.streams.get(stream).map_or(&[][..], Vec::as_slice);
        Ok(known.iter().skip(index(from)).take(limit).map(|&at| log.events[at].clone()).collect())
    }

    async fn read_all(&self, after: Option<Position>, limit: usize) -> Result<Vec<Envelope>, StoreError> {
        let skipped = after.map_or(0, |position| index(position.for_store()));
        Ok(self.log().events.iter().skip(skipped).take(limit).cloned().collect())
    }

    async fn read_at(&self, positions: &[Position]) -> Result<Vec<Envelope>, StoreError> {
        let log = self.log();
        let at = |position: &Position| log.events.get(index(position.for_store().checked_sub(1)?)).cloned();
        Ok(positions.iter().filter_map(at).collect())
    }

    async fn head(&self) -> Result<Option<Position>, StoreError> {
        Ok(self.log().events.last().map(|event| event.pos))
    }

    async fn wait_past(&self, after: Option<Position>) -> Result<(), StoreError> {
        let after = after.map_or(0, Position::for_store);
        let waited = self.head.subscribe().wait_for(|head| *head > after).await.map(drop);
        waited.map_err(|_| StoreError::Stopped("the store was dropped".to_owned()))
    }
}
