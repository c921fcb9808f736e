//! `Read`: what is asked, for reads and subscriptions of a stream or of everything.
use prost::{Message, Oneof};

use super::shared::{Position, StreamIdentifier};

/// A read or a subscription.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ReadReq {
    /// All of it.
    #[prost(message, optional, tag = "1")]
    pub(crate) options: Option<ReadOptions>,
}

/// What to read, from where, how much.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ReadOptions {
    /// A stream or everything.
    #[prost(oneof = "Source", tags = "1, 2")]
    pub(crate) source: Option<Source>,
    /// 0 forwards, 1 backwards.
    #[prost(int32, tag = "3")]
    pub(crate) direction: i32,
    /// Whether links are followed to the events that they name.
    #[prost(bool, tag = "4")]
    pub(crate) resolve_links: bool,
    /// A number of events, or without end.
    #[prost(oneof = "Extent", tags = "5, 6")]
    pub(crate) extent: Option<Extent>,
    /// Which events; none is all of them.
    #[prost(message, optional, tag = "7")]
    pub(crate) filter: Option<FilterOptions>,
    /// How ids are answered.
    #[prost(message, optional, tag = "9")]
    pub(crate) ids: Option<IdOptions>,
    /// What the client understands.
    #[prost(message, optional, tag = "10")]
    pub(crate) control: Option<ControlOptions>,
}

/// What to read.
#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum Source {
    /// One stream.
    #[prost(message, tag = "1")]
    Stream(StreamOptions),
    /// Everything.
    #[prost(message, tag = "2")]
    All(AllOptions),
}

/// One stream, and where in it.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct StreamOptions {
    /// The stream.
    #[prost(message, optional, tag = "1")]
    pub(crate) stream_identifier: Option<StreamIdentifier>,
    /// Where in it.
    #[prost(oneof = "FromRevision", tags = "2, 3, 4")]
    pub(crate) from: Option<FromRevision>,
}

/// A place in a stream.
#[derive(Clone, Copy, PartialEq, Oneof)]
pub(crate) enum FromRevision {
    /// This event.
    #[prost(uint64, tag = "2")]
    Revision(u64),
    /// The first.
    #[prost(message, tag = "3")]
    Start(()),
    /// After the last.
    #[prost(message, tag = "4")]
    End(()),
}

/// Where in the log.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct AllOptions {
    /// The place.
    #[prost(oneof = "FromPosition", tags = "1, 2, 3")]
    pub(crate) from: Option<FromPosition>,
}

/// A place in the log.
#[derive(Clone, Copy, PartialEq, Oneof)]
pub(crate) enum FromPosition {
    /// This one.
    #[prost(message, tag = "1")]
    Position(Position),
    /// Its start.
    #[prost(message, tag = "2")]
    Start(()),
    /// Its end.
    #[prost(message, tag = "3")]
    End(()),
}

/// How much.
#[derive(Clone, Copy, PartialEq, Oneof)]
pub(crate) enum Extent {
    /// At most so many events.
    #[prost(uint64, tag = "5")]
    Count(u64),
    /// What is there, and what comes.
    #[prost(message, tag = "6")]
    Subscription(()),
}

/// Which events.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct FilterOptions {
    /// By what.
    #[prost(oneof = "FilterBy", tags = "1, 2")]
    pub(crate) by: Option<FilterBy>,
    /// How many events are looked at for one page.
    #[prost(oneof = "Window", tags = "3, 4")]
    pub(crate) window: Option<Window>,
    /// A checkpoint after so many windows.
    #[prost(uint32, tag = "5")]
    pub(crate) checkpoint_interval_multiplier: u32,
}

/// By what events are filtered.
#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum FilterBy {
    /// Their stream's name.
    #[prost(message, tag = "1")]
    StreamName(Expression),
    /// Their type.
    #[prost(message, tag = "2")]
    EventType(Expression),
}

/// A regular expression, or else prefixes.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Expression {
    /// The regular expression; empty if there is none.
    #[prost(string, tag = "1")]
    pub(crate) regex: String,
    /// The prefixes.
    #[prost(string, repeated, tag = "2")]
    pub(crate) prefix: Vec<String>,
}

/// How far a filtered read looks for one page.
#[derive(Clone, Copy, PartialEq, Oneof)]
pub(crate) enum Window {
    /// So many events.
    #[prost(uint32, tag = "3")]
    Max(u32),
    /// The server's choice.
    #[prost(message, tag = "4")]
    Count(()),
}

/// How ids are answered.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct IdOptions {
    /// The form.
    #[prost(oneof = "IdForm", tags = "1, 2")]
    pub(crate) form: Option<IdForm>,
}

/// The two forms of ids.
#[derive(Clone, Copy, PartialEq, Oneof)]
pub(crate) enum IdForm {
    /// Two numbers.
    #[prost(message, tag = "1")]
    Structured(()),
    /// Text.
    #[prost(message, tag = "2")]
    Text(()),
}

/// What the client understands.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct ControlOptions {
    /// From 1 on it wants to hear a stream's last position.
    #[prost(uint32, tag = "1")]
    pub(crate) compatibility: u32,
}
