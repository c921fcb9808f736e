//! The audit's read model: every event, found by who, what, where, under which ticket, and when.

mod changes;
mod chunk;
mod facts;
mod join;
mod known;
mod order;
mod posting;
mod search;
mod summary;
mod walk;

pub use search::{AuditEntry, AuditFilter, Content, search, unheard};
pub(crate) use summary::because;
pub use summary::summary;

use crate::happened::Happened;
use crate::projection::{Projection, ProjectionError};
use crate::rows::WriteRows;

/// The projection's name.
pub const NAME: &str = "audit";

/// Posting lists: which events a term leads to.
const POSTINGS: u8 = b'p';
/// Marks of time, one for each full chunk of all events.
const MARKS: u8 = b'm';
/// How the times of events and their order go together.
const ORDER: u8 = b'o';
/// What is known of a request, by its code.
const REQUESTS: u8 = b'q';
/// The request an effect is for.
const EFFECTS: u8 = b'e';
/// The request that was asked for in a conversation.
const CONVERSATIONS: u8 = b'c';
/// The events of a conversation in which nothing was asked for yet.
const PENDING: u8 = b'w';
/// The people as they were recorded last.
const PEOPLE: u8 = b'h';
/// What changed of a person, by the position of the event.
const CHANGES: u8 = b'd';

/// Indexes every event, of types it does not know too: only what joins events to their request is read.
#[derive(Debug, Clone, Copy)]
pub struct AuditIndex;

impl Projection for AuditIndex {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> u32 {
        10
    }

    fn apply(&self, event: &Happened, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
        changes::learn(event, rows)?;
        join::index(event, rows)
    }
}
