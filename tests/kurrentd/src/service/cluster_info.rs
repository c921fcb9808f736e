//! `Gossip` and `ServerFeatures`: what a client asks before it does anything.
use tonic::{Request, Response, Status};

use super::{Call, access};
use crate::cluster::Role;
use crate::log::ticks_now;
use crate::wire::cluster::{
    ClusterInfo, EndPoint, MemberInfo, MemberState, SupportedMethod, SupportedMethods,
};
use crate::wire::shared::Uuid;

/// The version that the server tells; the protocol is that of this one.
pub(super) const VERSION: &str = "25.1.0";

const STREAMS: &str = "event_store.client.streams.streams";
const STREAMS_2: &str = "kurrentdb.protocol.v2.streams.streamsservice";

/// Everybody in the cluster, as this node sees it.
pub(super) async fn gossip(call: Call, request: Request<()>) -> Result<Response<ClusterInfo>, Status> {
    access::anybody(&call, request.metadata())?;
    call.in_time(std::future::ready(Ok(()))).await?;
    Ok(Response::new(ClusterInfo { members: members(&call) }))
}

/// What the server can do. The official client asks this without its user's name.
pub(super) async fn features(call: Call, request: Request<()>) -> Result<Response<SupportedMethods>, Status> {
    access::anybody(&call, request.metadata())?;
    call.in_time(std::future::ready(Ok(()))).await?;
    let of = |service: &str, name: &str, features: &[&str]| SupportedMethod {
        method_name: name.to_owned(),
        service_name: service.to_owned(),
        features: features.iter().map(|feature| (*feature).to_owned()).collect(),
    };
    let method = |name: &str, features: &[&str]| of(STREAMS, name, features);
    let methods = vec![
        of(STREAMS_2, "appendsession", &[]),
        method("append", &[]),
        method("batchappend", &["deadline_duration"]),
        method("delete", &[]),
        method("read", &["position", "events"]),
        method("tombstone", &[]),
    ];
    Ok(Response::new(SupportedMethods { methods, event_store_server_version: VERSION.to_owned() }))
}

/// The members with their states. A node that was split off still sees itself as the leader.
pub(super) fn members(call: &Call) -> Vec<MemberInfo> {
    let members = call.shared.members();
    let deposed = members.nodes[call.node].deposed;
    let state = |node: usize| {
        if !members.nodes[node].alive {
            return MemberState::Shutdown;
        }
        if deposed {
            return if node == call.node { MemberState::Leader } else { MemberState::Follower };
        }
        match members.role(node) {
            Role::Leader => MemberState::Leader,
            Role::Follower { .. } => MemberState::Follower,
            Role::Leaderless | Role::Deposed => MemberState::Unknown,
        }
    };
    let member = |(node, member): (usize, &crate::cluster::Member)| MemberInfo {
        instance_id: Some(Uuid::structured(member.instance)),
        time_stamp: i64::try_from(ticks_now()).unwrap_or(i64::MAX),
        state: state(node).into(),
        is_alive: member.alive && (node == call.node || !member.deposed),
        http_end_point: Some(EndPoint {
            address: member.endpoint.host.clone(),
            port: u32::from(member.endpoint.port),
        }),
    };
    members.nodes.iter().enumerate().map(member).collect()
}
