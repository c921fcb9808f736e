//! Other engines, each given what the journal gives: an exact revision checked, a global position, the line and a
//! stream index written, one durable commit for all appends that queued up during the last one.

mod fjall;
mod postgres;
mod redb;
mod sled;
mod sqlite;

pub(crate) use self::fjall::Fjall;
pub(crate) use self::postgres::Postgres;
pub(crate) use self::redb::Redb;
pub(crate) use self::sled::Sled;
pub(crate) use self::sqlite::Sqlite;

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use countersign_domain::names::StreamName;
use countersign_domain::ports::{Append, Expected};
use countersign_store::Prepared;
use countersign_store::bench::Target;
use tokio::sync::oneshot;

/// One event to be kept.
pub(crate) struct Record {
    pub(crate) pos: u64,
    /// The stream, a zero byte and the revision: sorts by both.
    pub(crate) key: Vec<u8>,
    /// The canonical event and its hash.
    pub(crate) line: Vec<u8>,
}

/// An engine that keeps records durably, a group at a time.
pub(crate) trait Engine: Sized + Send + 'static {
    fn open(folder: &Path) -> io::Result<Self>;
    fn commit(&mut self, group: &[Record]) -> io::Result<()>;
}

/// An engine's error as everybody's.
pub(crate) fn failed(error: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::other(error)
}

type Request = (Prepared, oneshot::Sender<io::Result<()>>);

/// Any engine behind one writing thread with group commit, like the journal's.
pub(crate) struct Grouped {
    requests: Option<Sender<Request>>,
    thread: Option<JoinHandle<()>>,
}

impl Grouped {
    pub(crate) fn open<E: Engine>(folder: &Path) -> io::Result<Self> {
        let engine = E::open(folder)?;
        let (requests, queue) = channel();
        let thread = std::thread::spawn(move || write(engine, &queue));
        Ok(Self { requests: Some(requests), thread: Some(thread) })
    }
}

impl Drop for Grouped {
    fn drop(&mut self) {
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

impl Target for Grouped {
    async fn append(&self, append: Append) -> io::Result<()> {
        let prepared = Prepared::new(&append).map_err(failed)?;
        let (reply, answer) = oneshot::channel();
        let requests = self.requests.as_ref().ok_or_else(|| io::Error::other("closed"))?;
        requests.send((prepared, reply)).map_err(|_| io::Error::other("the engine stopped"))?;
        answer.await.map_err(failed)?
    }
}

fn write<E: Engine>(mut engine: E, queue: &Receiver<Request>) {
    // The journal looks its revisions up in its index; the others get away with a map in memory.
    let (mut heads, mut pos) = (HashMap::<StreamName, u64>::new(), 0);
    while let Ok(first) = queue.recv() {
        let mut requests = vec![first];
        while requests.len() < 1024
            && let Ok(request) = queue.try_recv()
        {
            requests.push(request);
        }
        let mut records = Vec::with_capacity(requests.len());
        for (append, _) in &requests {
            let next = heads.entry(append.stream.clone()).or_default();
            assert_eq!(Expected::after(next.checked_sub(1)), append.expected, "the load appends in order");
            for event in &append.events {
                pos += 1;
                let key = [append.stream.as_str().as_bytes(), &[0], &next.to_be_bytes()].concat();
                records.push(Record {
                    pos,
                    key,
                    line: [&event.canonical[..], event.hash.as_bytes()].concat(),
                });
                *next += 1;
            }
        }
        let done = engine.commit(&records).map_err(|error| error.to_string());
        for (_, reply) in requests {
            reply.send(done.clone().map_err(io::Error::other)).ok();
        }
    }
}
