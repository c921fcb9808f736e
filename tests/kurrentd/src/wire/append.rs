//! `Append`, `Delete` and `Tombstone`: what is asked and what is answered.
use std::collections::HashMap;

use bytes::Bytes;
use prost::{Message, Oneof};

use super::shared::{Position, StreamIdentifier, Uuid};

/// One message of an append: first the options, then one event each.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct AppendReq {
    /// Which of the two.
    #[prost(oneof = "AppendContent", tags = "1, 2")]
    pub(crate) content: Option<AppendContent>,
}

/// Options or an event.
#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum AppendContent {
    /// Where to, and what is expected there.
    #[prost(message, tag = "1")]
    Options(WriteOptions),
    /// One event.
    #[prost(message, tag = "2")]
    Proposed(ProposedMessage),
}

/// The stream and what is expected of it; the same for append, delete and tombstone.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct WriteOptions {
    /// The stream.
    #[prost(message, optional, tag = "1")]
    pub(crate) stream_identifier: Option<StreamIdentifier>,
    /// What is expected of it.
    #[prost(oneof = "ExpectedRevision", tags = "2, 3, 4, 5")]
    pub(crate) expected: Option<ExpectedRevision>,
}

/// What a stream must be like for a write to happen.
#[derive(Clone, Copy, PartialEq, Oneof)]
pub(crate) enum ExpectedRevision {
    /// Its last event has this revision.
    #[prost(uint64, tag = "2")]
    Revision(u64),
    /// It has no event.
    #[prost(message, tag = "3")]
    NoStream(()),
    /// Anything.
    #[prost(message, tag = "4")]
    Any(()),
    /// It is there.
    #[prost(message, tag = "5")]
    StreamExists(()),
}

/// An event as the client proposes it.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ProposedMessage {
    /// Its id.
    #[prost(message, optional, tag = "1")]
    pub(crate) id: Option<Uuid>,
    /// `type` and `content-type`.
    #[prost(map = "string, string", tag = "2")]
    pub(crate) metadata: HashMap<String, String>,
    /// The client's own metadata.
    #[prost(bytes = "bytes", tag = "3")]
    pub(crate) custom_metadata: Bytes,
    /// The payload.
    #[prost(bytes = "bytes", tag = "4")]
    pub(crate) data: Bytes,
}

/// How an append went.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct AppendResp {
    /// Which of the two.
    #[prost(oneof = "AppendResult", tags = "1, 2")]
    pub(crate) result: Option<AppendResult>,
}

/// Written, or not as expected.
#[derive(Clone, Copy, PartialEq, Oneof)]
pub(crate) enum AppendResult {
    /// It is in the log.
    #[prost(message, tag = "1")]
    Success(Success),
    /// The stream is not as expected.
    #[prost(message, tag = "2")]
    WrongExpectedVersion(WrongExpectedVersion),
}

/// Where the last event of an append stands.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct Success {
    /// The stream's revision now.
    #[prost(oneof = "CurrentRevision", tags = "1, 2")]
    pub(crate) current_revision: Option<CurrentRevision>,
    /// The position in the log.
    #[prost(oneof = "WrittenAt", tags = "3, 4")]
    pub(crate) position: Option<WrittenAt>,
}

/// The revision of a stream, if it has one.
#[derive(Clone, Copy, PartialEq, Oneof)]
pub(crate) enum CurrentRevision {
    /// Of its last event.
    #[prost(uint64, tag = "1")]
    Revision(u64),
    /// It has no event.
    #[prost(message, tag = "2")]
    NoStream(()),
}

/// The position of a write, if it has one.
#[derive(Clone, Copy, PartialEq, Oneof)]
pub(crate) enum WrittenAt {
    /// Of its last event.
    #[prost(message, tag = "3")]
    Position(Position),
    /// It has none.
    #[prost(message, tag = "4")]
    None(()),
}

/// The stream is not as expected; told twice, because clients before 20.6.1 read other fields.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct WrongExpectedVersion {
    /// How the stream is, for old clients.
    #[prost(oneof = "CurrentRevision", tags = "1, 2")]
    pub(crate) current_for_old_clients: Option<CurrentRevision>,
    /// How the stream is.
    #[prost(oneof = "FoundRevision", tags = "6, 7")]
    pub(crate) current: Option<FoundRevision>,
    /// What was expected of it.
    #[prost(oneof = "RefusedExpectation", tags = "8, 9, 10, 11")]
    pub(crate) expected: Option<RefusedExpectation>,
}

/// How the stream is.
#[derive(Clone, Copy, PartialEq, Oneof)]
pub(crate) enum FoundRevision {
    /// Its last event has this revision.
    #[prost(uint64, tag = "6")]
    Revision(u64),
    /// It has no event.
    #[prost(message, tag = "7")]
    NoStream(()),
}

/// What was expected.
#[derive(Clone, Copy, PartialEq, Oneof)]
pub(crate) enum RefusedExpectation {
    /// This revision.
    #[prost(uint64, tag = "8")]
    Revision(u64),
    /// Anything; refused only if an event's id is known and another of the same append is not.
    #[prost(message, tag = "9")]
    Any(()),
    /// That it is there.
    #[prost(message, tag = "10")]
    StreamExists(()),
    /// That it is not there.
    #[prost(message, tag = "11")]
    NoStream(()),
}

/// Asks to delete a stream, softly or for ever.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct DeleteReq {
    /// Which stream.
    #[prost(message, optional, tag = "1")]
    pub(crate) options: Option<WriteOptions>,
}

/// Where a deletion stands.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct DeleteResp {
    /// The position in the log.
    #[prost(message, optional, tag = "1")]
    pub(crate) position: Option<Position>,
}
