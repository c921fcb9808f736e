//! The past: the same fold as the present's, stopped at a moment.

use std::fmt;
use std::sync::Arc;

use countersign_domain::envelope::Position;
use countersign_domain::ports::EventStore;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::memory::MemoryRows;
use crate::past::Reached;
use crate::projection::{Projection, ProjectionError};

/// How much two clocks may differ.
const CLOCKS: SignedDuration = SignedDuration::from_mins(1);

/// A moment of the log's life. Either way it stands for a beginning of the log, so for a state that really was.
///
/// A time stands for everything before the first event that was decided later. So what a time stands for never
/// changes when the log grows, whatever the clocks did: behind an event from a clock that was ahead, the others count
/// from that clock's time on. Who needs the exact place asks by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Moment {
    /// All events up to this place, and the one there.
    Position(Position),
    /// All events up to this time.
    Time(Timestamp),
}

/// A text that is no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no moment: give a position like 1042, or a time like 2026-03-01T12:00:00Z")]
pub struct NotAMoment(pub String);

impl std::str::FromStr for Moment {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        let text = text.trim();
        let bad = || NotAMoment(text.chars().take(80).collect());
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().map(Self::Position).map_err(|_| bad());
        }
        text.parse().map(Self::Time).map_err(|_| bad())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Position(position) => position.fmt(f),
            Self::Time(at) => at.fmt(f),
        }
    }
}

impl Moment {
    /// Whether it lies behind the end of a log with this head, at this time: nobody knows what will have been then. Clocks
    /// may differ by a minute.
    pub fn is_ahead(self, now: Timestamp, head: Option<Position>) -> bool {
        match self {
            Self::Position(position) => Some(position) > head && position > Position::from_store(0),
            Self::Time(at) => at > now.saturating_add(CLOCKS).unwrap_or(Timestamp::MAX),
        }
    }

    /// Whether all events up to this place, of which this is the latest time, count at this moment.
    pub(crate) fn has_seen(self, position: Position, latest: Timestamp) -> bool {
        match self {
            Self::Position(last) => position <= last,
            Self::Time(last) => latest <= last,
        }
    }

    /// Whether an event comes after it.
    pub(crate) fn is_before(self, position: Position, at: Timestamp) -> bool {
        match self {
            Self::Position(last) => last < position,
            Self::Time(last) => last < at,
        }
    }
}

/// The rows of a projection as they were at a moment, folded from the log's start.
pub async fn fold_as_of(
    store: &dyn EventStore,
    projection: &dyn Projection,
    moment: Moment,
) -> Result<Arc<MemoryRows>, ProjectionError> {
    let mut rows = MemoryRows::default();
    Reached::default().fold_up_to(store, projection, moment, &mut rows).await?;
    Ok(Arc::new(rows))
}
