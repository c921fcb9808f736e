//! A pager is called at its one address, signed, and under a key by which the same call is known again.
#![expect(clippy::unwrap_used, reason = "all of this crate is tests, also the helpers between them")]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use countersign_doer::{Allowed, HEADER, HttpDoer, KEY, WebhookPager, signature};
use countersign_domain::ports::{Clock, Page, Pager as _, Secrets};
use countersign_outbound::{MemorySecrets, Outbound, OutboundConfig};
use jiff::Timestamp;
use tokio::net::TcpListener;
use uuid::Uuid;

struct Epoch;

#[async_trait]
impl Clock for Epoch {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    async fn sleep_until(&self, _: Timestamp) {}
}

/// Who was woken, by the key and with what was said.
type Woken = Arc<Mutex<Vec<(String, String)>>>;

async fn wake(State(woken): State<Woken>, uri: Uri, headers: HeaderMap, body: String) -> StatusCode {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let expected = signature(b"shared", 0, said(KEY), ("POST", uri.path()), &body);
    if said(HEADER) != expected {
        return StatusCode::UNAUTHORIZED;
    }
    woken.lock().unwrap().push((said(KEY).to_owned(), body));
    StatusCode::ACCEPTED
}

#[tokio::test]
async fn somebody_is_woken_by_a_signed_call_that_says_for_what_and_how_often() {
    let woken = Woken::default();
    let router = Router::new().route("/wake", axum::routing::post(wake)).with_state(Arc::clone(&woken));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/wake", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let outbound = Outbound::new(OutboundConfig::default(), Arc::new(Epoch)).unwrap();
    let secrets: Arc<dyn Secrets> = Arc::new(MemorySecrets::from([("pager", "shared")]));
    let tenant = "acme".parse().unwrap();
    let allowed = vec![Allowed::read(&url).unwrap()];
    let doer = HttpDoer::new(allowed, "pager".to_owned(), (&tenant, &outbound, &secrets)).unwrap();
    let pager = WebhookPager::new(doer, url);
    let page =
        Page { tenant: &tenant, ticket: 7, subject: "the lift is stuck", promise: "an answer", times: 2 };
    pager.page(&page, Uuid::from_u128(1)).await.unwrap();
    let told = woken.lock().unwrap().clone();
    let body =
        r#"{"promise":"an answer","subject":"the lift is stuck","tenant":"acme","ticket":7,"times":2}"#;
    assert_eq!(told, [(Uuid::from_u128(1).to_string(), body.to_owned())]);
}
