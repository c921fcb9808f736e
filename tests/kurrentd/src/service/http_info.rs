//! What is asked over plain HTTP: `/info`, `/gossip` and `/health/live`.
use http::{Response, StatusCode};
use serde_json::{Value, json};
use tonic::body::Body;

use super::{Call, cluster_info};
use crate::wire::cluster::MemberState;

pub(super) fn answer(call: &Call, path: &str) -> Response<Body> {
    match path {
        "/info" => told(&json!({"dbVersion": cluster_info::VERSION, "esVersion": cluster_info::VERSION})),
        "/gossip" => told(&gossip(call)),
        "/health/live" => with(StatusCode::NO_CONTENT, String::new()),
        _ => with(StatusCode::NOT_FOUND, String::new()),
    }
}

fn gossip(call: &Call) -> Value {
    let end = call.shared.log().last_position(usize::MAX).unwrap_or_default();
    let known = call.shared.members();
    let instances: Vec<_> = known.nodes.iter().map(|member| member.instance).collect();
    drop(known);
    let member = |(wire, instance): (crate::wire::cluster::MemberInfo, uuid::Uuid)| {
        let endpoint = wire.http_end_point.unwrap_or_default();
        let state = MemberState::try_from(wire.state).unwrap_or(MemberState::Unknown);
        json!({
            "instanceId": instance,
            "timeStamp": "2025-01-01T00:00:00Z",
            "state": format!("{state:?}"),
            "isAlive": wire.is_alive,
            "internalTcpIp": endpoint.address,
            "internalTcpPort": 0,
            "internalSecureTcpPort": 0,
            "externalTcpIp": endpoint.address,
            "externalSecureTcpPort": 0,
            "httpEndPointIp": endpoint.address,
            "httpEndPointPort": endpoint.port,
            "lastCommitPosition": end,
            "writerCheckpoint": end,
            "chaserCheckpoint": end,
            "epochPosition": 0,
            "epochNumber": 0,
            "epochId": uuid::Uuid::nil(),
            "nodePriority": 0,
        })
    };
    let members: Vec<_> = cluster_info::members(call).into_iter().zip(instances).map(member).collect();
    json!({ "members": members })
}

fn told(value: &Value) -> Response<Body> {
    with(StatusCode::OK, value.to_string())
}

fn with(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Body::new(text));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}
