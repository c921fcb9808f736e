//! Why a log could not be moved, with the event it is about and what to do.

use std::fmt;

use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::names::StreamName;
use countersign_domain::ports::StoreError;
use uuid::Uuid;

/// An event, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPlace {
    /// Which event of the log it is, counted from 1.
    pub number: u64,
    /// Its position in its store.
    pub position: Position,
    /// Its stream.
    pub stream: StreamName,
    /// Its revision.
    pub rev: u64,
    /// Its type.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
}

impl EventPlace {
    pub(super) fn of(number: u64, event: &Envelope) -> Self {
        let (stream, kind) = (event.stream.clone(), event.kind.clone());
        Self { number, position: event.pos, stream, rev: event.rev, kind, id: event.id }
    }
}

impl fmt::Display for EventPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { position, stream, rev, kind, id, .. } = self;
        write!(f, "position {position}: `{kind}`, revision {rev} of {stream}, id {id}")
    }
}

/// Why a log was not moved, or not to its end. Whatever was copied before is good.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The source cannot be read.
    #[error("the source cannot be read: {0}")]
    Source(StoreError),
    /// The target cannot be read.
    #[error("the target cannot be read: {0}; run this again, it goes on where it was")]
    Target(StoreError),
    /// The target holds another event.
    #[error(
        "event {} is not the same in both, and nothing more was copied.\n  source, {expected}\n  target, {found}\n\
         The target holds another log, or somebody else writes to it: choose an empty target",
        expected.number
    )]
    Differs {
        /// What the source has.
        expected: Box<EventPlace>,
        /// What the target has in its place.
        found: Box<EventPlace>,
    },
    /// The target holds all of the source, and more.
    #[error(
        "the target holds more than the {events} events of the source.\n  target, {target}\n\
         A bot has worked on the target already, or --from and --to are exchanged: nothing was changed here"
    )]
    Longer {
        /// How many events the source has.
        events: u64,
        /// The first one of the target that the source does not have.
        target: Box<EventPlace>,
    },
    /// The target takes an event in no way, or not now.
    #[error("the target did not take event {}.\n  source, {event}\n{error}; {}", event.number, cure(error))]
    Refused {
        /// The first event of the append.
        event: Box<EventPlace>,
        /// What the target says.
        error: StoreError,
    },
    /// The content of an event does not have the hash that it carries.
    #[error(
        "event {} of the {log} is not what was written: its hash is another.\n  {log}, {event}\n\
         Restore that log from a copy that `countersign audit verify` accepts",
        event.number
    )]
    Damaged {
        /// `source` or `target`.
        log: &'static str,
        /// The event.
        event: Box<EventPlace>,
    },
    /// The target acknowledged an event and does not show it.
    #[error(
        "the target acknowledged event {} and does not show it.\n  source, {_0}\n\
         Run this again, it goes on where it was; if that does not help, look after the target",
        _0.number
    )]
    Vanished(Box<EventPlace>),
}

impl MigrateError {
    /// Whether something is not as it should be in one of the logs, so that running it again would not help.
    pub const fn is_about_the_logs(&self) -> bool {
        matches!(self, Self::Differs { .. } | Self::Longer { .. } | Self::Damaged { .. })
    }
}

/// What to do about a refused append.
fn cure(error: &StoreError) -> &'static str {
    match error {
        StoreError::Conflict { .. } => {
            "somebody else writes to the target: stop them, and choose an empty one"
        }
        StoreError::Invalid { .. } => {
            "raise the target's limit (KurrentDB: MaxAppendSize), then run this again"
        }
        _ => "run this again, it goes on where it was",
    }
}
