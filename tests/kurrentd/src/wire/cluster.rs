//! `Gossip` and `ServerFeatures`: who is in the cluster, and what the server can do.
use prost::Message;

use super::shared::Uuid;

/// Everybody in the cluster, as one node sees it.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ClusterInfo {
    /// The nodes.
    #[prost(message, repeated, tag = "1")]
    pub(crate) members: Vec<MemberInfo>,
}

/// One node.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct MemberInfo {
    /// Its id, new with every start.
    #[prost(message, optional, tag = "1")]
    pub(crate) instance_id: Option<Uuid>,
    /// When this was known, in ticks of 100 ns since 1970.
    #[prost(int64, tag = "2")]
    pub(crate) time_stamp: i64,
    /// A [`MemberState`].
    #[prost(enumeration = "MemberState", tag = "3")]
    pub(crate) state: i32,
    /// Whether the node answers.
    #[prost(bool, tag = "4")]
    pub(crate) is_alive: bool,
    /// Where clients find it.
    #[prost(message, optional, tag = "5")]
    pub(crate) http_end_point: Option<EndPoint>,
}

/// The states that a node of ours can be in; the protocol knows more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub(crate) enum MemberState {
    /// It has just started.
    Initializing = 0,
    /// Nobody is leader.
    Unknown = 2,
    /// It follows the leader.
    Follower = 6,
    /// It leads.
    Leader = 8,
    /// It is gone.
    Shutdown = 11,
}

/// A host and a port.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct EndPoint {
    /// The host.
    #[prost(string, tag = "1")]
    pub(crate) address: String,
    /// The port.
    #[prost(uint32, tag = "2")]
    pub(crate) port: u32,
}

/// What the server can do, and its version.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct SupportedMethods {
    /// The methods.
    #[prost(message, repeated, tag = "1")]
    pub(crate) methods: Vec<SupportedMethod>,
    /// The version.
    #[prost(string, tag = "2")]
    pub(crate) event_store_server_version: String,
}

/// One method, its names in small letters.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct SupportedMethod {
    /// The method.
    #[prost(string, tag = "1")]
    pub(crate) method_name: String,
    /// Its service.
    #[prost(string, tag = "2")]
    pub(crate) service_name: String,
    /// What it knows beyond the first version.
    #[prost(string, repeated, tag = "3")]
    pub(crate) features: Vec<String>,
}
