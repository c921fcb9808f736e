//! Reading the log: by position, by stream, everything. What is read is checked against its hash.

use std::io;
use std::ops::ControlFlow;

use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::names::StreamName;
use countersign_domain::ports::StoreError;

use super::damage::Place;
use super::files::{Line, Lines, ReadAt};
use super::gathered::{Gathered, events_at};
use super::line::{self, Fault};
use super::recent::Entry;
use super::segments::{Segment, Segments};
use super::shared::Shared;

/// Buffers for reading a few events and many.
pub(crate) const SMALL: usize = 8 << 10;
pub(crate) const LARGE: usize = 256 << 10;

/// So few events are read where somebody asks for them: handing that over to another thread would take longer.
const FEW: u64 = 4;
/// The same of the newest of all: whoever follows the log asks for them each time that something has come, and mostly few have.
const FEW_NEWEST: u64 = 16;

impl Shared {
    /// Up to `limit` events from position `from` on.
    pub(crate) fn read_from(&self, from: u64, limit: usize) -> Result<Vec<Envelope>, StoreError> {
        let mut events = Vec::new();
        while events.len() < limit {
            let wanted = (limit - events.len()).min(Gathered::MOST);
            let lines = Gathered::from(&self.segments, from + events.len() as u64, wanted)?;
            let (found, mut more) = (lines.count(), lines.events()?);
            if events.is_empty() {
                events = more;
            } else {
                events.append(&mut more);
            }
            if found < wanted {
                break;
            }
        }
        Ok(events)
    }

    /// Up to `limit` events of a stream from revision `from` on.
    pub(crate) fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Envelope>, StoreError> {
        let since = self.recent.since();
        let entries = self.entries(stream, from, limit)?;
        let events = self.read_entries(stream, entries, from, limit)?;
        if events.len() < limit {
            let last = events.last().map_or_else(|| self.last_rev(stream), |event| Ok(Some(event.rev)))?;
            if let Some(last) = last {
                self.recent.found_end(stream, last, since);
            }
        }
        Ok(events)
    }

    /// The same where that is so little, and so new, that it is done at once: nothing, or a few events that were written just now
    /// and are in the system's memory.
    pub(crate) fn read_at_once(
        &self,
        stream: &StreamName,
        from: u64,
        limit: usize,
    ) -> Option<Result<Vec<Envelope>, StoreError>> {
        if self.recent.ends_before(stream, from) {
            return Some(Ok(vec![]));
        }
        let entries = self.recent.entries_between(stream, from, from.saturating_add(limit as u64))?;
        let events: u64 = entries.iter().map(|entry| u64::from(entry.count)).sum();
        (events <= FEW).then(|| self.read_entries(stream, entries, from, limit))
    }

    /// The events from a position on where these are the newest ones, and so few that they are read at once: they were written just
    /// now and are in the system's memory, unless nothing has come for long.
    pub(crate) fn read_newest_at_once(
        &self,
        from: u64,
        limit: usize,
    ) -> Option<Result<Vec<Envelope>, StoreError>> {
        let head = *self.head.borrow();
        if head < from {
            // Nothing of the log is looked at: after each page that they were given, all who follow it ask whether there is more.
            return Some(Ok(vec![]));
        }
        (head - from < FEW_NEWEST).then(|| self.read_from(from, limit))
    }

    fn read_entries(
        &self,
        stream: &StreamName,
        entries: Vec<Entry>,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Envelope>, StoreError> {
        let mut cursor = Cursor::default();
        let mut events = Vec::new();
        for entry in entries {
            let segment = self.segments.from(entry.pos).next();
            let segment = segment.ok_or_else(|| unknown_place(stream, entry.pos))?;
            let mut lines = cursor.lines(self, &segment, u64::from(entry.offset), SMALL)?;
            for pos in entry.pos..=entry.last_pos() {
                let line = lines.next()?.ok_or_else(|| unknown_place(stream, pos))?;
                let rev = entry.rev + (pos - entry.pos);
                if rev < from || events.len() >= limit {
                    continue;
                }
                let event = event(line, segment.first, pos)?;
                if event.stream != *stream || event.rev != rev {
                    return Err(unknown_place(stream, pos));
                }
                events.push(event);
            }
        }
        Ok(events)
    }

    /// The events at exactly these positions, in their order, each as often as it is asked for.
    pub(crate) fn read_at(&self, positions: &[Position]) -> Result<Vec<Envelope>, StoreError> {
        let there = 1..=*self.head.borrow();
        let places = positions.iter().map(|position| position.for_store()).filter(|pos| there.contains(pos));
        let mut rising: Vec<u64> = places.clone().collect();
        rising.sort_unstable();
        rising.dedup();
        let mut events = events_at(&self.segments, &rising)?;
        let wanted: Vec<u64> = places.collect();
        if wanted.is_sorted() && wanted.len() == rising.len() {
            return Ok(events);
        }
        if wanted.is_sorted_by(|one, next| one > next) {
            events.reverse();
            return Ok(events);
        }
        let at = |pos: u64| events.binary_search_by_key(&pos, |event| event.pos.for_store()).ok();
        Ok(wanted.into_iter().filter_map(|pos| at(pos).map(|at| events[at].clone())).collect())
    }
}

fn unknown_place(stream: &StreamName, pos: u64) -> StoreError {
    StoreError::Damaged(format!(
        "the index says that {stream} has an event at position {pos}, the log says otherwise; stop, delete the \
         folder `side` and start again: it is made anew from the log"
    ))
}

/// The event in a line that should be the one at `pos`.
pub(crate) fn event(line: Line<'_>, segment: u64, pos: u64) -> Result<Envelope, StoreError> {
    let place = Place::of(segment, pos, line.offset);
    let damage = |fault| StoreError::Damaged(place.damage(fault).to_string());
    let suffix = line::verify(line.bytes).map_err(damage)?;
    if suffix.pos != pos {
        return Err(damage(Fault::new(format!("position {pos}"), format!("position {}", suffix.pos))));
    }
    line::parse(line.bytes).map_err(|error| damage(Fault::new("an envelope", error.to_string())))
}

impl Segments {
    /// Hands out the acknowledged lines from position `from` on, with their segment and position, until told to stop.
    pub(crate) fn walk<E: From<io::Error>>(
        &self,
        from: u64,
        buffer: usize,
        mut visit: impl FnMut(Line<'_>, &Segment, u64) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        for segment in self.from(from) {
            let stretch = segment.around(from);
            let mut pos = segment.first + stretch.events;
            let file = self.open(&segment)?;
            let mut lines = Lines::new(file, stretch.from, segment.end(), buffer)?;
            while let Some(line) = lines.next()? {
                if pos >= from && visit(line, &segment, pos)?.is_break() {
                    return Ok(());
                }
                pos += 1;
            }
        }
        Ok(())
    }
}

/// Keeps the file of the last segment read open for the next.
#[derive(Default)]
struct Cursor {
    open: Option<(u64, ReadAt)>,
}

impl Cursor {
    /// The acknowledged lines of a segment from `offset`.
    fn lines(
        &mut self,
        shared: &Shared,
        segment: &Segment,
        offset: u64,
        buffer: usize,
    ) -> Result<Lines<&mut ReadAt>, StoreError> {
        let file = match self.open.take() {
            Some((first, file)) if first == segment.first => file,
            _ => shared.segments.open(segment)?,
        };
        let (_, file) = self.open.insert((segment.first, file));
        Ok(Lines::new(file, offset, segment.end(), buffer)?)
    }
}
