//! Lines gathered to be checked and parsed together: reading them is little work beside their hashes, so the other cores help.

use std::ops::ControlFlow;
use std::ops::Range;
use std::sync::LazyLock;
use std::thread;

use countersign_domain::envelope::Envelope;
use countersign_domain::ports::StoreError;

use super::files::{Line, Lines};
use super::reading::{LARGE, SMALL, event};
use super::segments::{Segment, Segments};
use super::sparse::Stretch;

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
            gathered.add(line, segment, pos);
            let more = gathered.lines.len() < limit;
            Ok::<_, StoreError>(if more { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        Ok(gathered)
    }

    /// The lines at these positions, which rise; those that there are not are left out. What lies close together is read in one go.
    pub(crate) fn at(segments: &Segments, mut positions: &[u64]) -> Result<Self, StoreError> {
        let mut gathered = Self { bytes: Vec::new(), lines: Vec::with_capacity(positions.len()) };
        while let Some(first) = positions.first() {
            let mut following = segments.from(*first);
            let Some(segment) = following.next() else { break };
            let end = following.next().map_or(u64::MAX, |next| next.first);
            let (here, others) = positions.split_at(positions.partition_point(|pos| *pos < end));
            gathered.add_of(segments, &segment, here)?;
            positions = others;
        }
        Ok(gathered)
    }

    fn add_of(
        &mut self,
        segments: &Segments,
        segment: &Segment,
        positions: &[u64],
    ) -> Result<(), StoreError> {
        let file = segments.open(segment)?;
        let mut rest = positions;
        while let Some(first) = rest.first() {
            let Stretch { events, from, to } = around(segment, rest);
            // What is noted may be acknowledged a moment later.
            let to = to.unwrap_or(u64::MAX).min(segment.end());
            let mut lines = Lines::new(file.clone(), from, to, LARGE)?;
            let mut pos = segment.first + events;
            while let Some(wanted) = rest.first()
                && let Some(line) = lines.next()?
            {
                if pos == *wanted {
                    self.add(line, segment, pos);
                    rest = &rest[1..];
                }
                pos += 1;
            }
            if rest.first() == Some(first) {
                // The log ends before it.
                break;
            }
        }
        Ok(())
    }

    fn add(&mut self, line: Line<'_>, segment: &Segment, pos: u64) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(line.bytes);
        let bytes = start..self.bytes.len();
        self.lines.push(Stood { bytes, segment: segment.first, offset: line.offset, pos });
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

/// The lines around the first of these positions, with those around the next ones for as long as each begin where the former end.
fn around(segment: &Segment, positions: &[u64]) -> Stretch {
    let mut stretches = positions.iter().map(|pos| segment.around(*pos));
    let Some(first) = stretches.next() else { return Stretch { events: 0, from: 0, to: None } };
    let close = |whole: Stretch, next: Stretch| {
        let is_close = whole.to.is_some_and(|end| next.from <= end);
        if is_close { Ok(Stretch { to: next.to, ..whole }) } else { Err(whole) }
    };
    stretches.try_fold(first, close).unwrap_or_else(|whole| whole)
}

fn failed() -> StoreError {
    std::io::Error::other("a reading thread panicked").into()
}
