//! Lines gathered to be checked and parsed together: reading them is little work beside their hashes, so the other cores help.

use std::ops::ControlFlow;
use std::ops::Range;
use std::sync::LazyLock;
use std::thread;

use countersign_domain::envelope::Envelope;
use countersign_domain::ports::StoreError;

use super::files::Line;
use super::reading::{LARGE, SMALL, event};
use super::segments::Segments;

/// A core gets at least so many lines: fewer are done before a thread has begun.
const PART: usize = 256;

static CORES: LazyLock<usize> = LazyLock::new(|| thread::available_parallelism().map_or(1, usize::from));

/// Acknowledged lines, one after another.
pub(crate) struct Gathered {
    bytes: Vec<u8>,
    lines: Vec<Stood>,
}

/// Where a line stands among the gathered bytes, and in the log.
struct Stood {
    bytes: Range<usize>,
    segment: u64,
    offset: u64,
    pos: u64,
}

impl Gathered {
    /// More lines are not gathered at once.
    pub(crate) const MOST: usize = 4096;

    /// Up to `limit` lines from position `from` on.
    pub(crate) fn from(segments: &Segments, from: u64, limit: usize) -> Result<Self, StoreError> {
        let buffer = limit.saturating_mul(1 << 10).clamp(SMALL, LARGE);
        let mut gathered = Self { bytes: Vec::new(), lines: Vec::with_capacity(limit) };
        segments.walk(from, buffer, |line, segment, pos| {
            let start = gathered.bytes.len();
            gathered.bytes.extend_from_slice(line.bytes);
            let bytes = start..gathered.bytes.len();
            gathered.lines.push(Stood { bytes, segment: segment.first, offset: line.offset, pos });
            let more = gathered.lines.len() < limit;
            Ok::<_, StoreError>(if more { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        Ok(gathered)
    }

    pub(crate) fn count(&self) -> usize {
        self.lines.len()
    }

    /// The events in the lines, each checked against its hash and place; of several errors the first.
    pub(crate) fn events(&self) -> Result<Vec<Envelope>, StoreError> {
        let part = self.lines.len().div_ceil(*CORES).max(PART);
        let (own, others) = self.lines.split_at(part.min(self.lines.len()));
        thread::scope(|scope| {
            let others: Vec<_> =
                others.chunks(part).map(|part| scope.spawn(move || self.parse(part))).collect();
            let mut events = self.parse(own);
            for other in others {
                let other = other.join().unwrap_or_else(|_| Err(failed()));
                if let Ok(events) = &mut events {
                    events.append(&mut other?);
                }
            }
            events
        })
    }

    fn parse(&self, part: &[Stood]) -> Result<Vec<Envelope>, StoreError> {
        let parse = |line: &Stood| {
            let bytes = &self.bytes[line.bytes.clone()];
            event(Line { bytes, offset: line.offset, ended: true }, line.segment, line.pos)
        };
        part.iter().map(parse).collect()
    }
}

fn failed() -> StoreError {
    std::io::Error::other("a reading thread panicked").into()
}
