//! Listening: connections are taken in as long as there is room for them, and nothing that one of them does, or all of them at
//! once, ends the program or takes from the log the files it needs.
//!
//! There is room for so many connections in all and from one address. Where it is full, whoever has been silent longest has to
//! go: a thousand connections that say nothing, or never say all they want, keep nobody out. A connection that does not say what it
//! wants in time is closed, and one whose body does not follow in time is refused.

mod crowd;
mod files;

use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;
use tower::ServiceExt as _;

use self::crowd::{Crowd, Place, Talk};
pub use self::files::raise_limit;
use crate::config::HttpConfig;

/// How long nothing is accepted after the system could not give a connection: others end meanwhile.
const PAUSE: Duration = Duration::from_millis(50);
/// How long answers that are under way are waited for when the program stops.
const FAREWELL: Duration = Duration::from_secs(15);

/// Serves `router` until told to stop, then finishes what is being answered.
pub async fn serve(listener: TcpListener, router: Router, config: HttpConfig, stop: CancellationToken) {
    let room = files::room_for(config.connections);
    let crowd = Crowd::new(room, config.connections_per_address);
    let (talking, mut failing) = (TaskTracker::new(), false);
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, peer)) => {
                failing = false;
                if let Some(place) = crowd.enter(peer.ip()) {
                    let (router, stop, awaited) = (router.clone(), stop.clone(), talking.token());
                    talking.spawn(talk((stream, peer), place, router, config.header_timeout, stop, awaited));
                }
            }
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                metrics::counter!("countersign_accept_errors_total").increment(1);
                // Told once, however long it goes on.
                if !std::mem::replace(&mut failing, true) {
                    tracing::warn!("connections cannot be taken in at the moment, and wait: {error}");
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    talking.close();
    if tokio::time::timeout(FAREWELL, talking.wait()).await.is_err() {
        tracing::warn!(connections = talking.len(), "answers that nobody takes are given up");
    }
}

/// Whether only this connection is lost. Everything else is the machine's state, which passes: no file or memory is left.
fn is_of_the_connection(error: &io::Error) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionRefused | ConnectionAborted | ConnectionReset | Interrupted)
}

/// With a request: what whoever takes its connection over keeps for as long as they have it. It has its place among all, and is not
/// silent; and the program waits for its end when it stops.
#[derive(Clone)]
pub(crate) struct TakenOver {
    _talk: Talk,
    _awaited: TaskTrackerToken,
}

/// One connection, to its end, or until somebody takes it over.
async fn talk(
    (stream, peer): (TcpStream, SocketAddr),
    place: Place,
    router: Router,
    in_time: Duration,
    stop: CancellationToken,
    awaited: TaskTrackerToken,
) {
    // Answers are small and waited for. Where this cannot be set, they are only later.
    let _ = stream.set_nodelay(true);
    let told = place.told_to_go();
    let service = service_fn(move |request: Request<Incoming>| {
        let (parts, body) = request.into_parts();
        let (talk, body) = place.talk(Body::new(body), in_time);
        let (mut request, router) = (Request::from_parts(parts, body), router.clone());
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(TakenOver { _talk: talk.clone(), _awaited: awaited.clone() });
        async move {
            let answer = router.oneshot(request).await?;
            Ok::<_, Infallible>(answer.map(|body| talk.until_the_end_of(body)))
        }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(in_time);
    let connection = server.serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(connection);
    // Whoever talked badly, or left in the middle of it, is nobody's trouble but their own.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = told.cancelled() => {}
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
