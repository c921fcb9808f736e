//! Brings the stream index up to the log when a journal is opened: mostly a few events, or all of them.

use std::io;
use std::ops::ControlFlow;

use countersign_domain::envelope::Digest;
use countersign_domain::names::StreamName;

use super::damage::{Damage, OpenError, Place};
use super::files::Line;
use super::index::Index;
use super::line::{self, Fault};
use super::options::Options;
use super::reading::LARGE;
use super::recent::{Entry, Generation};
use super::segments::{Segment, Segments};
use super::side::Side;

/// sled gets so many entries at once.
const BATCH: usize = 1 << 16;

/// The index, knowing all events up to `head`; made anew if what it last knew is not what the log says.
pub(crate) fn catch_up(
    mut side: Side,
    segments: &Segments,
    head: u64,
    options: &Options,
) -> Result<(Side, Index), OpenError> {
    let sled_failed = |error| OpenError::Side { path: segments.folder.join("side"), error };
    let mut index = Index::open(&side.db).map_err(sled_failed)?;
    let known = match index.checkpoint().map_err(sled_failed)? {
        None => 0,
        Some((pos, _)) if pos > head => return Err(ahead(segments, pos, head)),
        Some((pos, hash)) if hash_at(segments, pos)? == Some(hash) => pos,
        Some((pos, _)) => {
            tracing::warn!(pos, "the index is of another log: it is made anew");
            side = side.renew(options.cache_bytes)?;
            index = Index::open(&side.db).map_err(sled_failed)?;
            0
        }
    };
    let mut task =
        Task { index, segments, options, head, known, generation: Generation::default(), append: None };
    if known < head {
        tracing::info!(events = head - known, "reading what the index does not know yet");
        segments.walk(known + 1, LARGE, |line, segment, pos| task.take(line, segment, pos))?;
        task.flush()?;
    }
    Ok((side, task.index))
}

fn ahead(segments: &Segments, pos: u64, head: u64) -> OpenError {
    let expected = format!("events up to position {pos}, which the index in `side` has seen acknowledged");
    let damage = Damage::whole("the last segment", expected, format!("none after position {head}"));
    OpenError::Damaged { folder: segments.folder.clone(), damages: vec![damage] }
}

fn hash_at(segments: &Segments, pos: u64) -> Result<Option<Digest>, OpenError> {
    let mut hash = None;
    segments.walk(pos, 1 << 16, |line, _, _| {
        hash = line::verify(line.bytes).ok().map(|suffix| suffix.hash);
        Ok::<_, OpenError>(ControlFlow::Break(()))
    })?;
    Ok(hash)
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        Self::Io { path: "the log".into(), error }
    }
}

struct Task<'a> {
    index: Index,
    segments: &'a Segments,
    options: &'a Options,
    head: u64,
    /// The index and the generation together know the events up to here.
    known: u64,
    generation: Generation,
    /// The append whose lines are just coming.
    append: Option<Entry>,
}

impl Task<'_> {
    fn take(&mut self, line: Line<'_>, segment: &Segment, pos: u64) -> Result<ControlFlow<()>, OpenError> {
        let place = Place::of(segment.first, pos, line.offset);
        let wrong = |fault: Fault| OpenError::Damaged {
            folder: self.segments.folder.clone(),
            damages: vec![place.damage(fault)],
        };
        let suffix = line::verify(line.bytes).map_err(wrong)?;
        let (stream, rev) = line::place(line.bytes)
            .and_then(|(stream, rev)| Some((stream.parse::<StreamName>().ok()?, rev)))
            .ok_or_else(|| wrong(Fault::new("a stream and a revision", "none")))?;
        let offset = u32::try_from(line.offset).unwrap_or(u32::MAX);
        let entry = self.append.get_or_insert(Entry { rev, count: 0, pos, offset });
        entry.count += 1;
        self.known = pos;
        if suffix.more > 0 {
            return Ok(ControlFlow::Continue(()));
        }
        let entry = *entry;
        let expected = self.next_rev(&stream)?;
        if entry.rev != expected || entry.last_rev() != rev {
            let found = format!("revision {}", entry.rev);
            return Err(wrong(Fault::new(format!("revision {expected} of {stream}"), found)));
        }
        self.append = None;
        self.generation.add(stream, entry);
        self.generation.last = Some((pos, suffix.hash));
        if self.generation.entries >= BATCH {
            self.flush()?;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn next_rev(&self, stream: &StreamName) -> Result<u64, OpenError> {
        let recent = self.generation.streams.get(stream).and_then(|entries| entries.last());
        let last = match recent {
            Some(entry) => Some(entry.last_rev()),
            None => self.index.last_rev(stream).map_err(|error| self.sled_failed(error))?,
        };
        Ok(last.map_or(0, |rev| rev + 1))
    }

    fn flush(&mut self) -> Result<(), OpenError> {
        let generation = std::mem::take(&mut self.generation);
        self.index.add(&generation).map_err(|error| self.sled_failed(error))?;
        tracing::info!(done = self.known, of = self.head, "the index catches up");
        if let Some(progress) = &self.options.progress {
            progress(self.known, self.head);
        }
        Ok(())
    }

    fn sled_failed(&self, error: sled::Error) -> OpenError {
        OpenError::Side { path: self.segments.folder.join("side"), error }
    }
}
