//! What several services of the protocol have in common: identifiers, positions, and the answer's error status.
use bytes::Bytes;
use prost::{Message, Oneof};

/// An id, either as two halves or as text.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Uuid {
    /// The form it came in.
    #[prost(oneof = "uuid::Value", tags = "1, 2")]
    pub(crate) value: Option<uuid::Value>,
}

/// The forms of an id.
pub(crate) mod uuid {
    use super::{Message, Oneof};

    /// One of the two forms.
    #[derive(Clone, PartialEq, Oneof)]
    pub(crate) enum Value {
        /// Two halves of 64 bits.
        #[prost(message, tag = "1")]
        Structured(Structured),
        /// Text with hyphens.
        #[prost(string, tag = "2")]
        String(String),
    }

    /// An id as two numbers.
    #[derive(Clone, Copy, PartialEq, Message)]
    pub(crate) struct Structured {
        /// The first eight bytes.
        #[prost(int64, tag = "1")]
        pub(crate) most_significant_bits: i64,
        /// The last eight bytes.
        #[prost(int64, tag = "2")]
        pub(crate) least_significant_bits: i64,
    }
}

impl Uuid {
    /// Reads the id; none at all is the nil id, as on the real server.
    pub(crate) fn read(wire: Option<&Self>) -> Result<::uuid::Uuid, ::uuid::Error> {
        match wire.and_then(|id| id.value.as_ref()) {
            None => Ok(::uuid::Uuid::nil()),
            Some(uuid::Value::Structured(halves)) => Ok(::uuid::Uuid::from_u64_pair(
                halves.most_significant_bits.cast_unsigned(),
                halves.least_significant_bits.cast_unsigned(),
            )),
            Some(uuid::Value::String(text)) => text.parse(),
        }
    }

    /// The id as two halves.
    pub(crate) fn structured(id: ::uuid::Uuid) -> Self {
        let (most, least) = id.as_u64_pair();
        let halves = uuid::Structured {
            most_significant_bits: most.cast_signed(),
            least_significant_bits: least.cast_signed(),
        };
        Self { value: Some(uuid::Value::Structured(halves)) }
    }

    /// The id as text.
    pub(crate) fn text(id: ::uuid::Uuid) -> Self {
        Self { value: Some(uuid::Value::String(id.to_string())) }
    }
}

/// A stream's name, as bytes.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct StreamIdentifier {
    /// The name, UTF-8.
    #[prost(bytes = "bytes", tag = "3")]
    pub(crate) stream_name: Bytes,
}

impl StreamIdentifier {
    /// Wraps a name.
    pub(crate) fn new(name: &str) -> Self {
        Self { stream_name: Bytes::copy_from_slice(name.as_bytes()) }
    }
}

/// A place in the log.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct Position {
    /// Where the event was committed.
    #[prost(uint64, tag = "1")]
    pub(crate) commit_position: u64,
    /// Where the event was written.
    #[prost(uint64, tag = "2")]
    pub(crate) prepare_position: u64,
}

impl Position {
    /// A position whose halves are equal, as they are for everything but old transactions.
    pub(crate) fn at(position: u64) -> Self {
        Self { commit_position: position, prepare_position: position }
    }
}

/// A moment, in seconds and nanoseconds since 1970.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct Timestamp {
    /// Whole seconds.
    #[prost(int64, tag = "1")]
    pub(crate) seconds: i64,
    /// The rest.
    #[prost(int32, tag = "2")]
    pub(crate) nanos: i32,
}

/// `google.rpc.Status`: how one append of a batch failed, and what a failed call tells in its trailer. Google's has a list
/// of details where KurrentDB's has one; on the wire one is a list of one.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct RpcStatus {
    /// The gRPC code.
    #[prost(int32, tag = "1")]
    pub(crate) code: i32,
    /// The sentence for people.
    #[prost(string, tag = "2")]
    pub(crate) message: String,
    /// What programs read.
    #[prost(message, optional, tag = "3")]
    pub(crate) details: Option<Any>,
}

/// `google.protobuf.Any`: a message and the name of what it is.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Any {
    /// `type.googleapis.com/` and the message's full name.
    #[prost(string, tag = "1")]
    pub(crate) type_url: String,
    /// The message.
    #[prost(bytes = "bytes", tag = "2")]
    pub(crate) value: Bytes,
}

impl Any {
    /// Packs a message of this full name.
    pub(crate) fn pack(name: &str, message: &impl Message) -> Self {
        Self { type_url: format!("type.googleapis.com/{name}"), value: Bytes::from(message.encode_to_vec()) }
    }
}
