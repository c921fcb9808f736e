//! Load: many tasks, each appending one event after the other and waiting for each.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_domain::envelope::{Actor, ActorKind, Cause, NewEvent};
use countersign_domain::ports::{Append, EventStore, Expected};
use serde_json::json;
use uuid::Uuid;

use crate::Journal;
use crate::journal::line;
use crate::prepared::Prepared;

/// A stream has so many events, then the next one begins: about what a request for access comes to.
const STREAM_EVENTS: u64 = 10;

/// Something that appends durably: the journal, or another engine beside it.
pub trait Target: Send + Sync + 'static {
    /// Appends, and returns when all of it is durable.
    fn append(&self, append: Append) -> impl Future<Output = io::Result<()>> + Send;
}

impl Target for Journal {
    async fn append(&self, append: Append) -> io::Result<()> {
        EventStore::append(self, append).await.map(drop).map_err(io::Error::other)
    }
}

/// What a load came to.
#[derive(Debug, Clone, Copy)]
pub struct Driven {
    /// How many appends were answered.
    pub appends: u64,
    /// The same, for each second.
    pub per_second: f64,
    /// Half of them were answered within so many milliseconds.
    pub p50_milliseconds: f64,
    /// 99 of 100 were.
    pub p99_milliseconds: f64,
}

/// Lets `writers` tasks on two threads append for `duration`.
pub fn drive<T: Target>(target: &Arc<T>, writers: usize, duration: Duration) -> io::Result<Driven> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build()?;
    let event = event();
    let start = Instant::now();
    let times = runtime.block_on(async {
        let tasks: Vec<_> = (0..writers)
            .map(|writer| tokio::spawn(write(Arc::clone(target), writer, event.clone(), start + duration)))
            .collect();
        let mut times = Vec::new();
        for task in tasks {
            times.extend(task.await.map_err(io::Error::other)??);
        }
        Ok::<_, io::Error>(times)
    });
    let (seconds, mut times) = (start.elapsed().as_secs_f64(), times?);
    times.sort_unstable();
    let at =
        |part: usize| times.get(times.len() * part / 100).map_or(0.0, |micros| f64::from(*micros) / 1000.0);
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let per_second = times.len() as f64 / seconds;
    let (p50_milliseconds, p99_milliseconds) = (at(50), at(99));
    Ok(Driven { appends: times.len() as u64, per_second, p50_milliseconds, p99_milliseconds })
}

/// Appends until the deadline; how long each took, in microseconds.
async fn write<T: Target>(
    target: Arc<T>,
    writer: usize,
    event: NewEvent,
    deadline: Instant,
) -> io::Result<Vec<u32>> {
    let mut times = Vec::new();
    for number in 0.. {
        let start = Instant::now();
        if start >= deadline {
            break;
        }
        target.append(append(writer as u64, number, 1, &event)).await?;
        times.push(u32::try_from(start.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok(times)
}

/// The append number `number` of a writer, of `events` events, in a new stream now and then.
pub(crate) fn append(writer: u64, number: u64, events: u64, event: &NewEvent) -> Append {
    let (stream, rev) = (number * events / STREAM_EVENTS, number * events % STREAM_EVENTS);
    let id = |index| Uuid::from_u64_pair(writer, number * events + index);
    Append {
        stream: format!("bench.access-{writer}-{stream}").parse().expect("a valid stream"),
        expected: Expected::after(rev.checked_sub(1)),
        events: (0..events).map(|index| NewEvent { id: id(index), ..event.clone() }).collect(),
        urgent: false,
    }
}

/// An event as the bot makes them, of about 600 bytes in the log.
pub(crate) fn event() -> NewEvent {
    let command = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
    let cause = Cause {
        actor: Actor {
            id: "erin".parse().expect("a valid name"),
            kind: ActorKind::Person,
            surface: "web".to_owned(),
            via: None,
        },
        command,
        correlation: command,
        causation: command,
        at: "2026-03-01T10:00:00.123456Z".parse().expect("a valid time"),
    };
    let data = json!({
        "permission": "write",
        "repository": "payments-api",
        "seconds": 172_800,
        "ticket": "OPS-17",
    });
    NewEvent::new(&cause, 0, "access_requested", 1, &data)
}

/// One line of the log, as the load makes it.
pub fn event_line() -> Vec<u8> {
    let prepared = Prepared::new(&append(7, 1_000_000, 1, &event())).expect("a good event");
    let mut bytes = Vec::new();
    line::write(&prepared.events[0], 0, 10_000_000, &mut bytes);
    bytes
}
