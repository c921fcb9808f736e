//! The read model of requests, whatever is asked for: how each stands, whom it concerns, what waits, and what is due when.
//!
//! It is filled from what every kind says alike. What only one kind is asked about stands in rows of its own beside these:
//! `capabilities.rs` lists who keeps any.

mod fold;
mod query;

use countersign_domain::capabilities::AnyRequest;
use countersign_domain::envelope::Position;
use countersign_domain::names::Tenant;
use countersign_domain::request::Code;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use fold::RequestList;
pub use query::{
    Due, Reader, RequestFilter, Which, because_of, due, find, in_force_count, list, next_due, not_undone,
    open, open_counts, open_under, waiting,
};

pub(crate) use query::{
    by_reference, in_force_key, kind_key, of_person, open_of_person, shared_by_reference, waiting_key,
    word_key,
};

use crate::key::Key;

/// The projection's name.
pub const NAME: &str = "request";

// The tables. Those of capabilities stand in the same rows, so each has a letter of its own.
const REQUESTS: u8 = b'r';
const BY_KIND: u8 = b'k';
const BY_WORD: u8 = b's';
const BY_PERSON: u8 = b'p';
/// The same, of what can still change.
const OPEN_BY_PERSON: u8 = b'i';
/// All that can still change.
const OPEN: u8 = b'o';
/// The same, by the ticket that it names.
const OPEN_BY_TICKET: u8 = b'y';
const IN_FORCE: u8 = b'f';
const FAILED: u8 = b'x';
const WAITING: u8 = b'w';
const DUE: u8 = b'd';
const COUNTS: u8 = b'c';
/// What came about because somebody left, by whom, in the order of the log.
const BECAUSE_OF: u8 = b'b';

/// One request, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestRow {
    /// Its code.
    pub code: Code,
    /// Whose it is.
    pub tenant: Tenant,
    /// How it stands: the aggregate's own state.
    pub request: AnyRequest,
    /// The conversation in which it was asked for.
    pub correlation: Uuid,
    /// The place of its first event: lists are in this order.
    pub created: Position,
    /// The place of its last event.
    pub position: Position,
    /// When its last event was.
    pub updated: Timestamp,
    /// When it was approved last.
    pub approved: Option<Timestamp>,
}

fn row_key(tenant: &Tenant, code: &Code) -> Key {
    Key::of(tenant, REQUESTS).text(code.stream_id())
}
