//! `AppendSession` of the second protocol: appends to several streams, all of them or none.
use std::collections::HashMap;

use bytes::Bytes;
use prost::{Message, Oneof};

/// What is appended to one stream.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct AppendRequest {
    /// The stream.
    #[prost(string, tag = "1")]
    pub(crate) stream: String,
    /// The events.
    #[prost(message, repeated, tag = "2")]
    pub(crate) records: Vec<AppendRecord>,
    /// The revision of its last event, or -1 no stream, -2 any, -4 it exists. None is any.
    #[prost(sint64, optional, tag = "3")]
    pub(crate) expected_revision: Option<i64>,
}

/// An event.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct AppendRecord {
    /// Its id; the server makes one where there is none.
    #[prost(string, optional, tag = "1")]
    pub(crate) record_id: Option<String>,
    /// What was metadata before.
    #[prost(map = "string, message", tag = "2")]
    pub(crate) properties: HashMap<String, Value>,
    /// Its type and form.
    #[prost(message, optional, tag = "3")]
    pub(crate) schema: Option<SchemaInfo>,
    /// The payload.
    #[prost(bytes = "bytes", tag = "4")]
    pub(crate) data: Bytes,
}

/// `google.protobuf.Value`, without structures and lists, which no client sends as a property.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Value {
    /// Which.
    #[prost(oneof = "Kind", tags = "1, 2, 3, 4")]
    pub(crate) kind: Option<Kind>,
}

/// A value.
#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum Kind {
    /// Nothing.
    #[prost(int32, tag = "1")]
    Null(i32),
    /// A number.
    #[prost(double, tag = "2")]
    Number(f64),
    /// A text.
    #[prost(string, tag = "3")]
    Text(String),
    /// Yes or no.
    #[prost(bool, tag = "4")]
    Bool(bool),
}

/// The form of a payload: 1 is JSON, anything else bytes.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct SchemaInfo {
    /// The form.
    #[prost(int32, tag = "1")]
    pub(crate) format: i32,
    /// The event's type.
    #[prost(string, tag = "2")]
    pub(crate) name: String,
}

/// Where the last event for one stream stands.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct AppendResponse {
    /// The stream.
    #[prost(string, tag = "1")]
    pub(crate) stream: String,
    /// Its revision now.
    #[prost(sint64, tag = "2")]
    pub(crate) stream_revision: i64,
    /// The position of its last event.
    #[prost(sint64, optional, tag = "3")]
    pub(crate) position: Option<i64>,
}

/// Where everything stands.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct AppendSessionResponse {
    /// For each stream, in the order they came.
    #[prost(message, repeated, tag = "1")]
    pub(crate) output: Vec<AppendResponse>,
    /// The position of the last event of all.
    #[prost(sint64, tag = "2")]
    pub(crate) position: i64,
}

/// A stream is not as expected.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct RevisionConflict {
    /// The stream.
    #[prost(string, tag = "1")]
    pub(crate) stream: String,
    /// What was expected.
    #[prost(sint64, tag = "2")]
    pub(crate) expected_revision: i64,
    /// What is there; -1 is no stream.
    #[prost(sint64, tag = "3")]
    pub(crate) actual_revision: i64,
}

/// A refusal that is about one stream.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct AboutStream {
    /// The stream.
    #[prost(string, tag = "1")]
    pub(crate) stream: String,
}

/// The session is larger than the server takes.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct TransactionTooLarge {
    /// Its bytes.
    #[prost(int32, tag = "1")]
    pub(crate) size: i32,
    /// The most bytes that it takes.
    #[prost(int32, tag = "2")]
    pub(crate) max_size: i32,
}
