//! Lines gathered to be checked and parsed together: reading them is little work beside their hashes, so the other cores help.

use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;
use std::thread;

use countersign_domain::envelope::Envelope;
use countersign_domain::ports::StoreError;

use super::files::{Line, lines};
use super::reading::event;
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

    /// Up to `limit` lines from position `from` on. What stands in one segment is read in one go, and stays where it was read to.
    pub(crate) fn from(segments: &Segments, from: u64, limit: usize) -> Result<Self, StoreError> {
        // Whoever follows the log asks for thousands of events, and mostly there are a few.
        let mut gathered = Self { bytes: Vec::new(), lines: Vec::new() };
        for segment in segments.from(from) {
            let Some(others) = (limit - gathered.lines.len()).checked_sub(1) else { break };
            let first = from.max(segment.first);
            let last = first.saturating_add(others as u64);
            let stretch = Stretch { to: segment.around(last).to, ..segment.around(first) };
            gathered.add(segments, &segment, stretch, &(first..=last))?;
        }
        Ok(gathered)
    }

    fn add(
        &mut self,
        segments: &Segments,
        segment: &Segment,
        stretch: Stretch,
        wanted: &RangeInclusive<u64>,
    ) -> Result<(), StoreError> {
        let mut start = self.bytes.len();
        read(segments, segment, stretch, &mut self.bytes)?;
        let there = lines(&self.bytes[start..], stretch.from);
        for (pos, line) in (segment.first + stretch.events..).zip(there) {
            let bytes = start..start + line.bytes.len();
            start = bytes.end + 1;
            if wanted.contains(&pos) {
                self.lines.push(Stood { bytes, segment: segment.first, offset: line.offset, pos });
            }
        }
        Ok(())
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

/// The events at these positions, which rise; those that there are not are left out. What lies close together is read in one go, to
/// where what was read before stood.
pub(crate) fn events_at(segments: &Segments, mut positions: &[u64]) -> Result<Vec<Envelope>, StoreError> {
    let (mut events, mut bytes) = (Vec::with_capacity(positions.len()), Vec::new());
    while let Some(first) = positions.first() {
        let mut following = segments.from(*first);
        let Some(segment) = following.next() else { break };
        let end = following.next().map_or(u64::MAX, |next| next.first);
        let (here, others) = positions.split_at(positions.partition_point(|pos| *pos < end));
        let mut rest = here;
        while let Some(first) = rest.first() {
            let stretch = around(&segment, rest);
            bytes.clear();
            read(segments, &segment, stretch, &mut bytes)?;
            for (pos, line) in (segment.first + stretch.events..).zip(lines(&bytes, stretch.from)) {
                if rest.first() == Some(&pos) {
                    events.push(event(line, segment.first, pos)?);
                    rest = &rest[1..];
                }
            }
            if rest.first() == Some(first) {
                // The log ends before it.
                break;
            }
        }
        positions = others;
    }
    Ok(events)
}

/// Appends what is acknowledged of a stretch to these bytes.
fn read(
    segments: &Segments,
    segment: &Segment,
    stretch: Stretch,
    bytes: &mut Vec<u8>,
) -> Result<(), StoreError> {
    // What is noted may be acknowledged a moment later.
    let to = stretch.to.unwrap_or(u64::MAX).min(segment.end());
    Ok(segments.open(segment)?.append_to(bytes, stretch.from, to)?)
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
