//! The services: which call goes where. A hand-written table instead of generated code.
#![expect(
    clippy::result_large_err,
    reason = "a status is what calls end with, and only those that fail pay for its size"
)]

mod access;
mod append;
mod batch;
mod call;
mod cluster_info;
mod delete;
mod events;
mod http_info;
mod read;
mod session;
mod status;
mod subscribe;
mod write;

use http::{Request, Response};
use hyper::body::Incoming;
use prost::Message;
use tonic::body::Body;
use tonic::codec::ProstCodec;
use tonic::server::Grpc;
use tonic::{Code, Status};
use tower::service_fn;

pub(crate) use call::Call;

/// The greatest message that the real server takes.
const MAX_MESSAGE: usize = 16 * 1024 * 1024;

/// Answers one call.
pub(crate) async fn answer(call: Call, request: Request<Incoming>) -> Response<Body> {
    let Some((service, method)) = request.uri().path().trim_start_matches('/').split_once('/') else {
        return http_info::answer(&call, request.uri().path());
    };
    let known = ["event_store.client.", "kurrentdb.protocol.v2."];
    let Some(service) = known.iter().find_map(|package| service.strip_prefix(package)) else {
        return http_info::answer(&call, request.uri().path());
    };
    call.shared.counters.add(|counts| counts.call(method));
    let call = call.with_deadline(request.headers());
    match (service, method) {
        ("streams.Streams", "Append") => {
            let append = service_fn(move |request| append::append(call.clone(), request));
            grpc().client_streaming(append, request).await
        }
        ("streams.Streams", "BatchAppend") => {
            let batch =
                service_fn(move |request| std::future::ready(batch::batch_append(call.clone(), request)));
            grpc().streaming(batch, request).await
        }
        ("streams.StreamsService", "AppendSession") => {
            let session = service_fn(move |request| session::append_session(call.clone(), request));
            grpc().client_streaming(session, request).await
        }
        ("streams.Streams", "Read") => {
            let read = service_fn(move |request| read::read(call.clone(), request));
            grpc().server_streaming(read, request).await
        }
        ("streams.Streams", "Delete") => {
            let delete = service_fn(move |request| delete::delete(call.clone(), request, false));
            grpc().unary(delete, request).await
        }
        ("streams.Streams", "Tombstone") => {
            let tombstone = service_fn(move |request| delete::delete(call.clone(), request, true));
            grpc().unary(tombstone, request).await
        }
        ("gossip.Gossip", "Read") => {
            let gossip = service_fn(move |request| cluster_info::gossip(call.clone(), request));
            grpc().unary(gossip, request).await
        }
        ("server_features.ServerFeatures", "GetSupportedMethods") => {
            let features = service_fn(move |request| cluster_info::features(call.clone(), request));
            grpc().unary(features, request).await
        }
        _ => Status::new(Code::Unimplemented, "kurrentd does not serve this").into_http(),
    }
}

fn grpc<Answer, Question>() -> Grpc<ProstCodec<Answer, Question>>
where
    Answer: Message + Default + Send + 'static,
    Question: Message + Default + Send + 'static,
{
    Grpc::new(ProstCodec::default()).max_decoding_message_size(MAX_MESSAGE)
}
