//! The rule of appending: what may be written to a stream, what is a repetition, and what is a conflict.
//!
//! It is the real server's rule: with an exact revision the ids are compared with those at the place; with "any" the
//! ids are looked up wherever they stand in the stream. A repetition in full is answered like the first time, one in
//! part is a conflict.
use uuid::Uuid;

use super::Log;
use super::stream::Stream;

/// What a stream must be like for an append to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Anything.
    Any,
    /// It has events.
    StreamExists,
    /// It has none.
    NoStream,
    /// Its last event has this revision.
    Exactly(u64),
}

/// Why an append did not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// The stream is not as expected.
    #[error("expected {expected:?}, the stream's last revision is {current:?}")]
    WrongExpectedVersion {
        /// What was expected.
        expected: Expected,
        /// The stream's last revision.
        current: Option<u64>,
    },
    /// The stream was deleted for ever.
    #[error("the stream {0} is deleted")]
    Deleted(String),
}

/// What an append comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is new.
    Write,
    /// It stands there already, its last event in this place of the log; none if it had no event.
    Repeated(usize),
}

/// Judges an append by the stream's state and by the ids.
pub(super) fn judge(log: &Log, stream: &str, expected: Expected, ids: &[Uuid]) -> Result<Verdict, Rejected> {
    let state = log.streams.get(stream);
    let current = state.and_then(Stream::last_revision);
    let conflict = || Rejected::WrongExpectedVersion { expected, current };
    if state.is_some_and(|state| state.tombstoned) {
        return Err(Rejected::Deleted(stream.to_owned()));
    }
    let soft_deleted = state.is_some_and(Stream::soft_deleted);
    match expected {
        Expected::StreamExists if soft_deleted => Err(Rejected::Deleted(stream.to_owned())),
        Expected::StreamExists if current.is_none() && !log.has_metadata(stream) => Err(conflict()),
        Expected::Any | Expected::StreamExists => repeated_anywhere(log, stream, ids, conflict),
        Expected::NoStream if soft_deleted => {
            repeated_at(log, stream, 0, ids, &conflict).or(Ok(Verdict::Write))
        }
        Expected::NoStream if current.is_none() => Ok(Verdict::Write),
        Expected::NoStream => repeated_at(log, stream, 0, ids, &conflict),
        Expected::Exactly(revision) if current == Some(revision) => Ok(Verdict::Write),
        Expected::Exactly(revision) if current.is_none_or(|current| revision > current) => Err(conflict()),
        Expected::Exactly(revision) => repeated_at(log, stream, revision + 1, ids, &conflict),
    }
}

fn repeated_at(
    log: &Log,
    stream: &str,
    first: u64,
    ids: &[Uuid],
    conflict: &impl Fn() -> Rejected,
) -> Result<Verdict, Rejected> {
    let mut last = None;
    for (revision, id) in (first..).zip(ids) {
        let place = log.place(stream, revision).ok_or_else(conflict)?;
        let same = log.ids.get(id) == Some(&place);
        last = Some(same.then_some(place).ok_or_else(conflict)?);
    }
    last.map(|place| Verdict::Repeated(place as usize)).ok_or_else(conflict)
}

fn repeated_anywhere(
    log: &Log,
    stream: &str,
    ids: &[Uuid],
    conflict: impl Fn() -> Rejected,
) -> Result<Verdict, Rejected> {
    let known = |id: &Uuid| {
        let place = *log.ids.get(id)?;
        log.record(place as usize).is_some_and(|record| &*record.stream == stream).then_some(place)
    };
    let mut places = ids.iter().map(known);
    let Some(Some(mut last)) = places.next() else {
        return Ok(Verdict::Write);
    };
    for place in places {
        last = place.ok_or_else(&conflict)?;
    }
    Ok(Verdict::Repeated(last as usize))
}
