//! Deliveries over HTTP: what the sandbox signs is taken, and comes again until it is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use countersign_domain::ports::{Act, Clock};
use countersign_sandbox::slack::SlackTarget;
use countersign_slack::{Delivery, Reader, Signatures};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::support::{TEAM, World, secrets};

type Got = (HeaderMap, Bytes);

/// Somebody who takes everything; the first delivery is answered 500.
pub(crate) async fn moody(sent: UnboundedSender<Got>) -> String {
    let times = Arc::new(AtomicUsize::new(0));
    serve(sent, move || match times.fetch_add(1, Ordering::SeqCst) {
        0 => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::OK,
    })
    .await
}

/// Somebody who takes everything.
pub(crate) async fn receiver(sent: UnboundedSender<Got>) -> String {
    serve(sent, || StatusCode::OK).await
}

async fn serve(
    sent: UnboundedSender<Got>,
    status: impl Fn() -> StatusCode + Clone + Send + Sync + 'static,
) -> String {
    let take = async move |headers: HeaderMap, body: Bytes| {
        sent.send((headers, body)).unwrap();
        status()
    };
    let router = Router::new().route("/slack", post(take));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/slack", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test]
async fn what_is_signed_is_taken_and_comes_again_as_the_same() {
    let world = World::start().await;
    let (sent, mut got) = unbounded_channel();
    let url = moody(sent).await;
    world.server.deliver_to(Some(SlackTarget { url, secret: "sandbox-signing-secret".to_owned() }));
    world.server.say("U0ERIN", None, "help").await.unwrap();
    world.server.settled().await;
    let signatures = Signatures::new("slack-signing", secrets(), Arc::clone(&world.clock) as Arc<dyn Clock>);
    let mut ids = vec![];
    for retry in [None, Some("1")] {
        let (headers, body) = got.recv().await.unwrap();
        assert_eq!(headers.get("x-slack-retry-num").map(|number| number.to_str().unwrap()), retry);
        let verified = signatures.verify(&headers, &body).await.unwrap();
        let Delivery::Interaction(said) = Reader::new(TEAM).http(verified).unwrap() else {
            panic!("{body:?}")
        };
        assert_eq!(said.act, Act::Said("help".to_owned()));
        ids.push(said.delivery);
    }
    assert_eq!(ids[0], ids[1]);
    let other = Signatures::new("slack-bot", secrets(), Arc::clone(&world.clock) as Arc<dyn Clock>);
    world.server.say("U0ERIN", None, "help").await.unwrap();
    let (headers, body) = got.recv().await.unwrap();
    assert_eq!(other.verify(&headers, &body).await.unwrap_err().code(), "wrong_signature");
}
