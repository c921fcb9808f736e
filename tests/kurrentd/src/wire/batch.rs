//! `BatchAppend`: many appends over one call, each with an answer of its own.
use prost::{Message, Oneof};

use super::append::{ExpectedRevision, ProposedMessage};
use super::shared::{Position, RpcStatus, StreamIdentifier, Timestamp, Uuid};

/// One message of a batch; an append may come in several.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct BatchAppendReq {
    /// Which append it belongs to.
    #[prost(message, optional, tag = "1")]
    pub(crate) correlation_id: Option<Uuid>,
    /// Where to; with the append's first message.
    #[prost(message, optional, tag = "2")]
    pub(crate) options: Option<BatchOptions>,
    /// Its events.
    #[prost(message, repeated, tag = "3")]
    pub(crate) proposed_messages: Vec<ProposedMessage>,
    /// Whether the append is complete.
    #[prost(bool, tag = "4")]
    pub(crate) is_final: bool,
}

/// The stream and what is expected of it.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct BatchOptions {
    /// The stream.
    #[prost(message, optional, tag = "1")]
    pub(crate) stream_identifier: Option<StreamIdentifier>,
    /// What is expected of it; the numbers are those of a single append.
    #[prost(oneof = "ExpectedRevision", tags = "2, 3, 4, 5")]
    pub(crate) expected: Option<ExpectedRevision>,
    /// By when, as clients say it that know servers before 21.10; or how long it may take.
    #[prost(oneof = "Deadline", tags = "6, 7")]
    pub(crate) deadline: Option<Deadline>,
}

/// How long an append of a batch may take.
#[derive(Clone, Copy, PartialEq, Oneof)]
pub(crate) enum Deadline {
    /// Until this moment.
    #[prost(message, tag = "6")]
    At(Timestamp),
    /// So long; a duration has the fields of a timestamp.
    #[prost(message, tag = "7")]
    Within(Timestamp),
}

/// How one append of a batch went.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct BatchAppendResp {
    /// Which append.
    #[prost(message, optional, tag = "1")]
    pub(crate) correlation_id: Option<Uuid>,
    /// How it went.
    #[prost(oneof = "BatchResult", tags = "2, 3")]
    pub(crate) result: Option<BatchResult>,
    /// The stream.
    #[prost(message, optional, tag = "4")]
    pub(crate) stream_identifier: Option<StreamIdentifier>,
}

/// Written or not.
#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum BatchResult {
    /// Not written, and why.
    #[prost(message, tag = "2")]
    Error(RpcStatus),
    /// Written.
    #[prost(message, tag = "3")]
    Success(BatchSuccess),
}

/// Where the last event of one append stands.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct BatchSuccess {
    /// The stream's revision now.
    #[prost(uint64, optional, tag = "1")]
    pub(crate) current_revision: Option<u64>,
    /// The position in the log.
    #[prost(message, optional, tag = "3")]
    pub(crate) position: Option<Position>,
}

/// Why a batch's append was refused: the stream is not as expected.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct Conflict {
    /// How the stream is.
    #[prost(oneof = "ConflictFound", tags = "1, 2")]
    pub(crate) current: Option<ConflictFound>,
    /// What was expected of it.
    #[prost(oneof = "ConflictExpected", tags = "3, 4, 5, 6")]
    pub(crate) expected: Option<ConflictExpected>,
}

/// How the stream is.
#[derive(Clone, Copy, PartialEq, Oneof)]
pub(crate) enum ConflictFound {
    /// Its last event has this revision.
    #[prost(uint64, tag = "1")]
    Revision(u64),
    /// It has no event.
    #[prost(message, tag = "2")]
    NoStream(()),
}

/// What was expected of it.
#[derive(Clone, Copy, PartialEq, Oneof)]
pub(crate) enum ConflictExpected {
    /// This revision.
    #[prost(uint64, tag = "3")]
    Revision(u64),
    /// Anything.
    #[prost(message, tag = "4")]
    Any(()),
    /// That it is there.
    #[prost(message, tag = "5")]
    StreamExists(()),
    /// That it is not there.
    #[prost(message, tag = "6")]
    NoStream(()),
}

/// Why a batch's append was refused: its stream is deleted.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Deleted {
    /// The stream.
    #[prost(message, optional, tag = "1")]
    pub(crate) stream_identifier: Option<StreamIdentifier>,
}

/// Why a batch's append was refused: it is larger than the server takes.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct TooLarge {
    /// The most bytes that it takes.
    #[prost(uint32, tag = "1")]
    pub(crate) max_append_size: u32,
}
