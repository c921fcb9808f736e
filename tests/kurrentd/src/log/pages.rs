//! Reading the log, a page at a time, each found by its place or its position, never by walking.
use std::sync::Arc;

use super::{Filter, Log, Record};

/// Which way to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Towards the end.
    Forwards,
    /// Towards the beginning.
    Backwards,
}

/// Why a stream cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StreamError {
    /// There is no such stream, or it was deleted softly.
    #[error("the stream is not found")]
    NotFound,
    /// It was deleted for ever.
    #[error("the stream is deleted")]
    Deleted,
}

/// A position at which no record begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no record begins at {0}")]
pub(crate) struct InvalidPosition(pub u64);

/// A piece of a stream.
#[derive(Debug)]
pub(crate) struct StreamPage {
    /// The events.
    pub(crate) records: Vec<Arc<Record>>,
    /// The revision to go on with; none at the end.
    pub(crate) next: Option<u64>,
    /// The first revision that can still be read.
    pub(crate) first: u64,
    /// The last revision.
    pub(crate) last: u64,
}

/// A piece of everything.
#[derive(Debug)]
pub(crate) struct AllPage {
    /// The events that are wanted.
    pub(crate) records: Vec<Arc<Record>>,
    /// The place in the log to go on with.
    pub(crate) next: usize,
    /// Whether the end is reached.
    pub(crate) at_end: bool,
    /// How many events were looked at.
    pub(crate) considered: usize,
    /// The position of the last event looked at.
    pub(crate) last_considered: Option<u64>,
}

impl Log {
    /// Reads a piece of a stream, as it is when only the first `limit` records of the log are known.
    /// `from` is a revision; backwards, one after the end means the last.
    pub(crate) fn stream_page(
        &self,
        limit: usize,
        stream: &str,
        from: u64,
        direction: Direction,
        count: usize,
    ) -> Result<StreamPage, StreamError> {
        let state = self.streams.get(stream).ok_or(StreamError::NotFound)?;
        if state.tombstoned {
            return Err(StreamError::Deleted);
        }
        let known = state.places.partition_point(|place| (*place as usize) < limit);
        let last = (known as u64).checked_sub(1).ok_or(StreamError::NotFound)?;
        if state.soft_deleted() {
            return Err(StreamError::NotFound);
        }
        let first = state.first_visible(last);
        let revisions = match direction {
            Direction::Forwards => bounds(from.max(first), count, known),
            Direction::Backwards => {
                let end = from.min(last) + 1;
                let start = end.saturating_sub(count as u64).max(first);
                bounds(start, usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX), known)
            }
        };
        let mut records: Vec<_> = state.places[revisions.clone()]
            .iter()
            .filter_map(|place| self.record(*place as usize).cloned())
            .collect();
        let next = match direction {
            Direction::Forwards => Some(revisions.end as u64).filter(|next| *next <= last),
            Direction::Backwards => {
                records.reverse();
                (revisions.start as u64).checked_sub(1).filter(|next| *next >= first && !revisions.is_empty())
            }
        };
        Ok(StreamPage { records, next, first, last })
    }

    /// The event that a link leads to, if it can be read.
    pub(crate) fn resolve(&self, limit: usize, link: &Record) -> Option<Arc<Record>> {
        let (stream, revision) = link.target()?;
        let state = self.streams.get(stream)?;
        if state.tombstoned || revision < state.first_visible(state.last_revision()?) {
            return None;
        }
        let place = self.place(stream, revision)? as usize;
        (place < limit).then(|| self.record(place).cloned()).flatten()
    }

    /// The place of the record that begins at a position, for a read that begins with it or ends before it.
    /// The end of the log is a place too, and so is the end of any record and whatever lies before the first one.
    pub(crate) fn place_of(&self, position: u64) -> Result<usize, InvalidPosition> {
        let place = self.entries.partition_point(|(at, _)| *at < position);
        let begins = self.entries.get(place).is_some_and(|(at, _)| *at == position);
        let ends =
            place > 0 && self.entries[place - 1].1.as_ref().is_none_or(|before| before.end() == position);
        if begins || ends || position == 0 || position == self.end {
            Ok(place)
        } else {
            Err(InvalidPosition(position))
        }
    }

    /// The place after the record that begins at a position, for a subscription: it has that record already.
    pub(crate) fn place_after(&self, position: u64) -> Result<usize, InvalidPosition> {
        let place = self.place_of(position)?;
        let begins = self.entries.get(place).is_some_and(|(at, _)| *at == position);
        Ok(place + usize::from(begins))
    }

    /// Reads a piece of everything from a place on, looking at no more than `window` events. Forwards the record at
    /// the place is the first; backwards it is not among them. Records from `limit` on are not known yet.
    pub(crate) fn all_page(
        &self,
        limit: usize,
        from: usize,
        direction: Direction,
        count: usize,
        window: usize,
        filter: Option<&Filter>,
    ) -> AllPage {
        let limit = limit.min(self.entries.len());
        let mut page = AllPage {
            records: Vec::new(),
            next: from.min(limit),
            at_end: false,
            considered: 0,
            last_considered: None,
        };
        while page.records.len() < count && page.considered < window {
            let place = match direction {
                Direction::Forwards if page.next < limit => page.next,
                Direction::Backwards if page.next > 0 => page.next - 1,
                _ => {
                    page.at_end = true;
                    break;
                }
            };
            page.next = if direction == Direction::Forwards { place + 1 } else { place };
            let Some(record) = self.record(place) else { continue };
            page.considered += 1;
            page.last_considered = Some(record.position);
            if filter.is_none_or(|filter| filter.wants(record)) {
                page.records.push(Arc::clone(record));
            }
        }
        page
    }

    /// The position of the last record that is known.
    pub(crate) fn last_position(&self, limit: usize) -> Option<u64> {
        limit.min(self.entries.len()).checked_sub(1).map(|place| self.entries[place].0)
    }
}

fn bounds(start: u64, count: usize, known: usize) -> std::ops::Range<usize> {
    let start = usize::try_from(start).unwrap_or(usize::MAX).min(known);
    start..start.saturating_add(count).min(known)
}
