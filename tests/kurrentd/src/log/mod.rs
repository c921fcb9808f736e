//! The replicated log, in memory: events in order, indexed by stream, by id and by position.
mod filter;
mod links;
mod pages;
mod record;
mod rule;
mod stream;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use uuid::Uuid;

pub(crate) use filter::Filter;
pub(crate) use pages::{Direction, StreamError};
pub use record::Proposed;
pub(crate) use record::{LINK, Record, ticks_now};
use rule::Verdict;
pub use rule::{Expected, Rejected};
use stream::{Stream, StreamMetadata};

/// Payloads are kept in blocks of this size, so that an event needs no allocation of its own.
const BLOCK: usize = 1 << 20;

/// What an append has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The revision of its last event; none if it had no event and the stream has none.
    pub revision: Option<u64>,
    /// The position of its last event.
    pub position: u64,
    /// Whether it stood there already.
    pub repeated: bool,
    /// How many events it added.
    pub added: usize,
}

/// The log of a cluster. Every node reads it, each up to where it has come.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// The positions, in order; a record that was scavenged keeps its place.
    entries: Vec<(u64, Option<Arc<Record>>)>,
    streams: HashMap<Arc<str>, Stream>,
    ids: HashMap<Uuid, u32>,
    kinds: HashSet<Arc<str>>,
    block: BytesMut,
    end: u64,
    projections: bool,
}

impl Log {
    /// An empty log; with `projections`, links by category and by correlation are written as well.
    pub(crate) fn new(projections: bool) -> Self {
        Self { projections, ..Self::default() }
    }

    /// Appends all of the events or none.
    pub(crate) fn append(
        &mut self,
        stream: &str,
        expected: Expected,
        events: &[Proposed],
    ) -> Result<Appended, Rejected> {
        let ids: Vec<Uuid> = events.iter().map(|event| event.id).collect();
        if let Verdict::Repeated(place) = rule::judge(self, stream, expected, &ids)? {
            let revision = self.record(place).map(|record| record.revision);
            return Ok(Appended { revision, position: self.entries[place].0, repeated: true, added: 0 });
        }
        self.undelete(stream);
        let name = self.intern(stream);
        let mut position = self.end;
        for event in events {
            position = self.write(&name, event);
        }
        if let Some(metadata) = stream.strip_prefix("$$").zip(events.last()) {
            self.apply_metadata(metadata.0, &metadata.1.data);
        }
        let revision = self.streams.get(&name).and_then(Stream::last_revision);
        Ok(Appended { revision, position, repeated: false, added: events.len() })
    }

    /// Appends to several streams, all of them or none; or says which stream is in the way, and why. A repetition is one
    /// of the whole.
    pub(crate) fn append_all(
        &mut self,
        appends: &[(String, Expected, Vec<Proposed>)],
    ) -> Result<Vec<Appended>, (String, Rejected)> {
        let mut repeated = 0;
        for (stream, expected, events) in appends {
            let ids: Vec<Uuid> = events.iter().map(|event| event.id).collect();
            let verdict = rule::judge(self, stream, *expected, &ids);
            let verdict = verdict.map_err(|rejected| (stream.clone(), rejected))?;
            repeated += usize::from(matches!(verdict, Verdict::Repeated(_)));
        }
        if repeated > 0 && repeated < appends.len() {
            let (stream, expected, _) = &appends[0];
            let current = self.streams.get(stream.as_str()).and_then(Stream::last_revision);
            return Err((stream.clone(), Rejected::WrongExpectedVersion { expected: *expected, current }));
        }
        let write = |(stream, expected, events): &(String, Expected, Vec<Proposed>)| {
            self.append(stream, *expected, events).map_err(|rejected| (stream.clone(), rejected))
        };
        appends.iter().map(write).collect()
    }

    /// Deletes a stream: softly, so that it can begin again with its next revision, or for ever.
    pub(crate) fn delete(
        &mut self,
        stream: &str,
        expected: Expected,
        for_ever: bool,
    ) -> Result<u64, Rejected> {
        // no ids: what is not as expected is a conflict, whatever stands there
        rule::judge(self, stream, expected, &[])?;
        if !for_ever {
            let data = format!("{{\"$tb\":{}}}", stream::DELETED_SOFTLY);
            let metadata = Proposed::json("$metadata", data);
            return Ok(self.append(&format!("$${stream}"), Expected::Any, &[metadata])?.position);
        }
        let name = self.intern(stream);
        let position = self.write(&name, &Proposed::json(record::STREAM_DELETED, Bytes::new()));
        self.streams.entry(name).or_default().tombstoned = true;
        Ok(position)
    }

    /// Lets the positions jump, as over the records of others, or over a piece that was scavenged.
    pub(crate) fn leave_gap(&mut self, bytes: u64) {
        self.end += bytes;
    }

    /// Removes from the log what the streams' metadata hides, as a scavenge does; the last event of a stream stays.
    pub(crate) fn scavenge(&mut self) -> usize {
        let mut removed = 0;
        for stream in self.streams.values() {
            let Some(last) = stream.last_revision() else { continue };
            let hidden = stream.first_visible(last).min(last);
            for place in stream.places.iter().take(usize::try_from(hidden).unwrap_or(usize::MAX)) {
                removed += usize::from(self.entries[*place as usize].1.take().is_some());
            }
        }
        removed
    }

    /// How many records there are, scavenged ones too.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    fn record(&self, place: usize) -> Option<&Arc<Record>> {
        self.entries.get(place)?.1.as_ref()
    }

    fn place(&self, stream: &str, revision: u64) -> Option<u32> {
        self.streams.get(stream)?.places.get(usize::try_from(revision).ok()?).copied()
    }

    fn has_metadata(&self, stream: &str) -> bool {
        self.streams.contains_key(&*format!("$${stream}"))
    }

    fn intern(&mut self, stream: &str) -> Arc<str> {
        if let Some((name, _)) = self.streams.get_key_value(stream) {
            return Arc::clone(name);
        }
        let name: Arc<str> = stream.into();
        self.streams.insert(Arc::clone(&name), Stream::default());
        name
    }

    fn intern_kind(&mut self, kind: &str) -> Arc<str> {
        if let Some(known) = self.kinds.get(kind) {
            return Arc::clone(known);
        }
        let kind: Arc<str> = kind.into();
        self.kinds.insert(Arc::clone(&kind));
        kind
    }

    fn keep(&mut self, bytes: &[u8]) -> Bytes {
        if bytes.is_empty() {
            return Bytes::new();
        }
        if self.block.capacity() < bytes.len() {
            self.block = BytesMut::with_capacity(bytes.len().max(BLOCK));
        }
        self.block.extend_from_slice(bytes);
        self.block.split().freeze()
    }

    fn write(&mut self, stream: &Arc<str>, event: &Proposed) -> u64 {
        let place =
            u32::try_from(self.entries.len()).expect("four thousand million events do not fit in memory");
        let state = self.streams.entry(Arc::clone(stream)).or_default();
        let revision = state.places.len() as u64;
        state.places.push(place);
        self.ids.insert(event.id, place);
        let record = Record {
            id: event.id,
            stream: Arc::clone(stream),
            revision,
            position: self.end,
            created: ticks_now(),
            kind: self.intern_kind(&event.kind),
            json: event.json,
            data: self.keep(&event.data),
            metadata: self.keep(&event.metadata),
        };
        self.end = record.end();
        let record = Arc::new(record);
        self.entries.push((record.position, Some(Arc::clone(&record))));
        if self.projections {
            links::project(self, &record);
        }
        record.position
    }

    /// A stream that was deleted softly begins again after its last event.
    fn undelete(&mut self, stream: &str) {
        let Some(state) = self.streams.get(stream) else { return };
        if !state.soft_deleted() {
            return;
        }
        let next = state.places.len();
        let metadata = Proposed::json("$metadata", format!("{{\"$tb\":{next}}}"));
        let name = self.intern(&format!("$${stream}"));
        self.write(&name, &metadata);
        self.apply_metadata(stream, &metadata.data);
    }

    fn apply_metadata(&mut self, stream: &str, data: &[u8]) {
        let metadata: StreamMetadata = serde_json::from_slice(data).unwrap_or_default();
        let name = self.intern(stream);
        self.streams.entry(name).or_default().metadata = metadata;
    }
}
