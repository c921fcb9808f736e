//! Moves a log from one store to another: every event, in order, as it is, and compared with what it came from.
//!
//! The target must hold a beginning of the source, or nothing. One loop does everything: take the next events of the
//! source, compare what the target has of them already, append what it lacks, and read that anew from the target. So a run
//! that was interrupted is just run again, a source that has grown is too, and a run that copies nothing is a proof.

mod batches;
mod fault;
mod mark;

use std::collections::VecDeque;

use countersign_domain::envelope::{Digest, Envelope, NewEvent, Position};
use countersign_domain::ports::{Append, EventStore, Expected};
use serde::Serialize;

use self::batches::Batches;
pub use self::fault::{EventPlace, MigrateError};
pub use self::mark::{Mark, Seen};
use crate::merkle::MerkleTree;

/// How often a target may say "nothing yet" about what it has just acknowledged.
const PATIENCE: u32 = 100;

/// How much is done at once.
#[derive(Debug, Clone)]
pub struct MigrateOptions {
    /// How many events are read at once; this bounds the memory.
    pub page: usize,
    /// An append has at most so many events …
    pub append_events: usize,
    /// … and at most so many bytes of canonical envelopes, unless one event alone has more. The default fits the megabyte
    /// that a KurrentDB takes for the whole of an append.
    pub append_bytes: usize,
}

impl Default for MigrateOptions {
    fn default() -> Self {
        Self { page: 1000, append_events: 1000, append_bytes: 960 << 10 }
    }
}

/// How far it is.
#[derive(Debug)]
pub struct Progress<'a> {
    /// Where both logs are known to be the same up to.
    pub mark: &'a Mark,
    /// How many events were appended in this run.
    pub copied: u64,
}

/// What a run has come to: both logs are the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Migrated {
    /// How many events the log has.
    pub events: u64,
    /// So many of them were compared by an earlier run, and only the last one again.
    pub known: u64,
    /// So many were in the target already, and were compared.
    pub compared: u64,
    /// So many were appended, read anew from the target, and compared.
    pub copied: u64,
    /// The position of the last event in the source.
    pub source_head: Option<Position>,
    /// The position of the last event in the target.
    pub target_head: Option<Position>,
    /// The RFC 6962 root over the leaf hashes of all events, as the target has them; the source's are the same.
    pub root: Digest,
}

/// Brings the target to where the source is. `from` is where an earlier run was; if it does not hold for these stores, all
/// is compared from the start. `watch` is told after every page.
pub async fn migrate(
    source: &dyn EventStore,
    target: &dyn EventStore,
    options: &MigrateOptions,
    from: Option<Mark>,
    watch: &mut (dyn FnMut(&Progress<'_>) + Send),
) -> Result<Migrated, MigrateError> {
    let from = match from {
        Some(mark) if mark.holds(source, target).await => Some(mark),
        _ => None,
    };
    let known = from.as_ref().map_or(0, Mark::events);
    let mut batches = Batches::new(source, options, from.as_ref().map(|mark| mark.source.pos));
    let mut work = Work { target, options, mark: from, copied: 0 };
    while let Some(batch) = batches.next().await? {
        work.bring(batch).await?;
        if let Some(mark) = &work.mark {
            watch(&Progress { mark, copied: work.copied });
        }
    }
    work.must_have_ended().await?;
    Ok(work.done(known))
}

struct Work<'a> {
    target: &'a dyn EventStore,
    options: &'a MigrateOptions,
    mark: Option<Mark>,
    copied: u64,
}

impl Work<'_> {
    /// Lets the target have these events, the next ones of the source.
    async fn bring(&mut self, batch: Vec<Envelope>) -> Result<(), MigrateError> {
        let mut left = VecDeque::from(batch);
        self.compare(&mut left).await?;
        let lacking: Vec<&Envelope> = left.iter().collect();
        let mut number = self.events() + 1;
        for append in batches::appends(&lacking, self.options) {
            self.append(append, number).await?;
            number += append.len() as u64;
        }
        for _ in 0..PATIENCE {
            self.compare(&mut left).await?;
            if left.is_empty() {
                return Ok(());
            }
            self.target.wait_past(self.after()).await.map_err(MigrateError::Target)?;
        }
        Err(MigrateError::Vanished(self.place(&left[0]).into()))
    }

    /// Compares what the target has behind the mark with the first events of `left`, and takes them from it.
    async fn compare(&mut self, left: &mut VecDeque<Envelope>) -> Result<(), MigrateError> {
        while !left.is_empty() {
            let page = self.target.read_all(self.after(), left.len()).await.map_err(MigrateError::Target)?;
            if page.is_empty() {
                break;
            }
            for found in page {
                let Some(event) = left.pop_front() else { break };
                self.must_be_the_same(&event, &found)?;
                let tree = self.mark.take().map_or_else(MerkleTree::default, |mark| mark.tree);
                self.mark = Some(Mark::behind(tree, &event, &found));
            }
        }
        Ok(())
    }

    fn must_be_the_same(&self, event: &Envelope, found: &Envelope) -> Result<(), MigrateError> {
        if found.hash != found.expected_hash() {
            return Err(MigrateError::Damaged { log: "target", event: self.place(found).into() });
        }
        // The hash covers the stream, the revision, the id, the time, the cause and the data.
        if event.hash == found.hash {
            return Ok(());
        }
        Err(MigrateError::Differs { expected: self.place(event).into(), found: self.place(found).into() })
    }

    /// Appends these events, of which the first is this one of the log.
    async fn append(&mut self, events: &[&Envelope], number: u64) -> Result<(), MigrateError> {
        let first = events[0];
        for (number, event) in (number..).zip(events) {
            if event.hash != event.expected_hash() {
                return Err(MigrateError::Damaged {
                    log: "source",
                    event: EventPlace::of(number, event).into(),
                });
            }
        }
        let append = Append {
            stream: first.stream.clone(),
            expected: Expected::after(first.rev.checked_sub(1)),
            events: events.iter().map(|event| unplaced(event)).collect(),
            urgent: false,
        };
        let appended = self.target.append(append).await;
        appended
            .map_err(|error| MigrateError::Refused { event: EventPlace::of(number, first).into(), error })?;
        self.copied += events.len() as u64;
        Ok(())
    }

    /// The target may hold nothing that the source does not.
    async fn must_have_ended(&self) -> Result<(), MigrateError> {
        let more = self.target.read_all(self.after(), 1).await.map_err(MigrateError::Target)?;
        let Some(event) = more.first() else { return Ok(()) };
        Err(MigrateError::Longer { events: self.events(), target: self.place(event).into() })
    }

    fn place(&self, event: &Envelope) -> EventPlace {
        EventPlace::of(self.events() + 1, event)
    }

    fn events(&self) -> u64 {
        self.mark.as_ref().map_or(0, Mark::events)
    }

    fn after(&self) -> Option<Position> {
        self.mark.as_ref().map(|mark| mark.target.pos)
    }

    fn done(self, known: u64) -> Migrated {
        let (events, mark) = (self.events(), self.mark.as_ref());
        Migrated {
            events,
            known,
            compared: events - known - self.copied,
            copied: self.copied,
            source_head: mark.map(|mark| mark.source.pos),
            target_head: mark.map(|mark| mark.target.pos),
            root: mark.map_or_else(|| MerkleTree::default().root(), Mark::root),
        }
    }
}

/// The event without its place: the same id, time, cause and data, so that it gets the same hash.
fn unplaced(event: &Envelope) -> NewEvent {
    NewEvent {
        id: event.id,
        kind: event.kind.clone(),
        version: event.v,
        cause: event.cause(),
        data: event.data.clone(),
    }
}
