//! What a projection is: a pure fold of envelopes into rows. It never causes anything, so it may be replayed at will.

use countersign_domain::aggregate::DecodeError;
use countersign_domain::ports::StoreError;

use crate::happened::Happened;
use crate::rows::{RowsError, WriteRows};

/// One read model. What causes something is never one of these: policies and the outbox are other traits.
pub trait Projection: Send + Sync {
    /// Its name, for ever.
    fn name(&self) -> &'static str;

    /// The version of its rows' shape, from 1. Another one than the rows were folded with has them folded again.
    fn version(&self) -> u32;

    /// Whether people ask about its past, so that what its rows held is worth keeping.
    fn has_a_past(&self) -> bool {
        false
    }

    /// Folds one event into the rows. The same events in the same order always make the same rows, whatever the time,
    /// the machine and the pages they come in.
    fn apply(&self, event: &Happened, rows: &mut dyn WriteRows) -> Result<(), ProjectionError>;
}

/// Why folding or asking a projection did not work.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    /// An event of a category that the projection folds cannot be read.
    #[error("{0}; a newer program may know it")]
    Decode(#[from] DecodeError),
    /// An event's stream is not named after what its category names it after.
    #[error("stream {stream} is not named as its category demands: {why}")]
    Stream {
        /// The stream.
        stream: String,
        /// What is wrong.
        why: String,
    },
    /// The rows cannot be read or written.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// The log cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no projection of this name.
    #[error("there is no projection named {name}; there are {known}")]
    Unknown {
        /// The name asked for.
        name: String,
        /// All names.
        known: String,
    },
    /// Every projection has stopped, so nothing will ever be applied.
    #[error("every projection has stopped; the first one because {0}")]
    Stopped(String),
    /// A background task was ended from outside.
    #[error("folding was interrupted: {0}")]
    Interrupted(String),
}
