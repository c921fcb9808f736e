//! `Read`: what is answered, one message at a time.
use std::collections::HashMap;

use bytes::Bytes;
use prost::{Message, Oneof};

use super::shared::{Position, StreamIdentifier, Timestamp, Uuid};

/// One message of a read or a subscription.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ReadResp {
    /// What it is.
    #[prost(oneof = "ReadContent", tags = "1, 2, 3, 4, 5, 6, 7, 8, 9")]
    pub(crate) content: Option<ReadContent>,
}

/// What a message of a read can be.
#[derive(Clone, PartialEq, Oneof)]
#[expect(clippy::large_enum_variant, reason = "nearly every message is an event")]
pub(crate) enum ReadContent {
    /// An event.
    #[prost(message, tag = "1")]
    Event(ReadEvent),
    /// The subscription stands.
    #[prost(message, tag = "2")]
    Confirmation(Confirmation),
    /// A filtered subscription has looked so far.
    #[prost(message, tag = "3")]
    Checkpoint(Checkpoint),
    /// There is no such stream.
    #[prost(message, tag = "4")]
    StreamNotFound(StreamNotFound),
    /// The stream begins later than what was asked for.
    #[prost(uint64, tag = "5")]
    FirstStreamPosition(u64),
    /// The stream ends here.
    #[prost(uint64, tag = "6")]
    LastStreamPosition(u64),
    /// The log ends here.
    #[prost(message, tag = "7")]
    LastAllStreamPosition(Position),
    /// From now on the subscription is live.
    #[prost(message, tag = "8")]
    CaughtUp(Progress),
    /// The subscription is no longer live.
    #[prost(message, tag = "9")]
    FellBehind(Progress),
}

/// An event, and the link by which it was found.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ReadEvent {
    /// The event; none if a link leads nowhere.
    #[prost(message, optional, tag = "1")]
    pub(crate) event: Option<RecordedEvent>,
    /// The link.
    #[prost(message, optional, tag = "2")]
    pub(crate) link: Option<RecordedEvent>,
    /// Where what was read stands in the log.
    #[prost(oneof = "ReadPosition", tags = "3, 4")]
    pub(crate) position: Option<ReadPosition>,
}

/// Where something read stands in the log, if that is known.
#[derive(Clone, Copy, PartialEq, Oneof)]
pub(crate) enum ReadPosition {
    /// There.
    #[prost(uint64, tag = "3")]
    Commit(u64),
    /// Not known.
    #[prost(message, tag = "4")]
    None(()),
}

/// An event as it was written.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct RecordedEvent {
    /// Its id.
    #[prost(message, optional, tag = "1")]
    pub(crate) id: Option<Uuid>,
    /// Its stream.
    #[prost(message, optional, tag = "2")]
    pub(crate) stream_identifier: Option<StreamIdentifier>,
    /// Its place in the stream.
    #[prost(uint64, tag = "3")]
    pub(crate) stream_revision: u64,
    /// Its place in the log.
    #[prost(uint64, tag = "4")]
    pub(crate) prepare_position: u64,
    /// Its place in the log.
    #[prost(uint64, tag = "5")]
    pub(crate) commit_position: u64,
    /// `type`, `content-type` and `created`.
    #[prost(map = "string, string", tag = "6")]
    pub(crate) metadata: HashMap<String, String>,
    /// The client's own metadata.
    #[prost(bytes = "bytes", tag = "7")]
    pub(crate) custom_metadata: Bytes,
    /// The payload.
    #[prost(bytes = "bytes", tag = "8")]
    pub(crate) data: Bytes,
}

/// The subscription stands.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Confirmation {
    /// Its id.
    #[prost(string, tag = "1")]
    pub(crate) subscription_id: String,
}

/// How far a filtered subscription has looked.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct Checkpoint {
    /// The position.
    #[prost(uint64, tag = "1")]
    pub(crate) commit_position: u64,
    /// The same again.
    #[prost(uint64, tag = "2")]
    pub(crate) prepare_position: u64,
    /// When.
    #[prost(message, optional, tag = "3")]
    pub(crate) timestamp: Option<Timestamp>,
}

/// There is no such stream.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct StreamNotFound {
    /// Its name.
    #[prost(message, optional, tag = "1")]
    pub(crate) stream_identifier: Option<StreamIdentifier>,
}

/// How far a subscription is when it becomes live or ceases to be.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct Progress {
    /// When.
    #[prost(message, optional, tag = "1")]
    pub(crate) timestamp: Option<Timestamp>,
    /// For a stream's subscription: its last event.
    #[prost(int64, optional, tag = "2")]
    pub(crate) stream_revision: Option<i64>,
    /// For everything's subscription: the last position.
    #[prost(message, optional, tag = "3")]
    pub(crate) position: Option<Position>,
}
