//! `BatchAppend`: many appends over one call, each with an answer of its own.
use prost::{Message, Oneof};

use super::append::{ExpectedRevision, ProposedMessage};
use super::shared::{Position, RpcStatus, StreamIdentifier, Uuid};

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
