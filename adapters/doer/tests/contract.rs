//! Calls to a server of our own: what it is told and by whom, that the same is done once, and who is never called.
#![expect(clippy::unwrap_used, reason = "all of this crate is tests, also the helpers between them")]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use countersign_doer::{Allowed, HEADER, HttpDoer, KEY, signature};
use countersign_domain::ports::{CallErrorKind, Clock, Doer as _, Doing, Secrets};
use countersign_outbound::{MemorySecrets, Outbound, OutboundConfig};
use jiff::Timestamp;
use serde_json::json;
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

/// What was done, each once, by its key.
type Done = Arc<Mutex<BTreeSet<(String, String)>>>;

/// Restarts jobs, for whoever shows that they are us.
async fn restart(
    State(done): State<Done>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Response {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let address = uri.path_and_query().unwrap().as_str();
    let expected = signature(b"shared", 0, said(KEY), (method.as_str(), address), &body);
    if said(HEADER) != expected {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if method == Method::GET {
        return match uri.path() {
            "/v1/elsewhere" => Redirect::temporary("/v1/web").into_response(),
            "/v1/long" => "é".repeat(40_000).into_response(),
            _ => axum::Json(json!({ "state": "running" })).into_response(),
        };
    }
    done.lock().unwrap().insert((said(KEY).to_owned(), format!("{method} {address} {body}")));
    (StatusCode::ACCEPTED, "queued").into_response()
}

async fn doer(secret: &str) -> (HttpDoer, Done, String) {
    let done = Done::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let router = Router::new().fallback(restart).with_state(Arc::clone(&done));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let outbound = Outbound::new(OutboundConfig::default(), Arc::new(Epoch)).unwrap();
    let secrets: Arc<dyn Secrets> = Arc::new(MemorySecrets::from([("actions", secret)]));
    let allowed = vec![Allowed::read(&base).unwrap()];
    let tenant = "acme".parse().unwrap();
    let doer = HttpDoer::new(allowed, "actions".to_owned(), (&tenant, &outbound, &secrets)).unwrap();
    (doer, done, base)
}

#[tokio::test]
async fn an_action_is_called_as_it_is_signed_and_the_same_twice_is_one() {
    let (doer, done, base) = doer("shared").await;
    let (url, body) = (format!("{base}/web%2Fshop/restart?why=a%20b"), json!({ "times": 2, "note": "ü" }));
    let doing = Doing::Http { method: "POST", url: &url, body: Some(&body) };
    for _ in 0..2 {
        let came = doer.call(doing, Uuid::from_u128(7)).await.unwrap();
        assert_eq!((came.status, came.said), (Some(202), json!("queued")));
    }
    let done: Vec<_> = done.lock().unwrap().iter().cloned().collect();
    let call = "POST /v1/web%2Fshop/restart?why=a+b {\"note\":\"ü\",\"times\":2}".to_owned();
    assert_eq!(done, [(Uuid::from_u128(7).to_string(), call)]);
}

#[tokio::test]
async fn every_method_there_is_is_sent_and_what_is_looked_at_is_read() {
    let (doer, done, base) = doer("shared").await;
    for method in ["PUT", "PATCH", "DELETE"] {
        let url = format!("{base}/web");
        doer.call(Doing::Http { method, url: &url, body: None }, Uuid::new_v4()).await.unwrap();
    }
    assert_eq!(done.lock().unwrap().len(), 3);
    let seen = doer.look(&format!("{base}/web")).await.unwrap();
    assert_eq!(seen.said, json!({ "state": "running" }));
    let long = doer.look(&format!("{base}/long")).await.unwrap();
    assert!(long.said.as_str().is_some_and(|said| said.len() <= 64 << 10 && said.starts_with("éé")));
}

#[tokio::test]
async fn nobody_else_is_called_and_nobody_is_followed_elsewhere() {
    let (doer, done, base) = doer("shared").await;
    let other = base.replace("/v1", "/v2");
    for url in ["https://evil.example/v1/web", &other, "no address"] {
        let doing = Doing::Http { method: "POST", url, body: None };
        let error = doer.call(doing, Uuid::new_v4()).await.unwrap_err();
        assert_eq!(error.kind, CallErrorKind::Rejected, "{error}");
        assert!(error.detail.contains("no action call this address"), "{error}");
    }
    let elsewhere = doer.look(&format!("{base}/elsewhere")).await.unwrap_err();
    assert_eq!(elsewhere.status, Some(307), "{elsewhere}");
    let doing = Doing::Publish { topic: "news", message: &json!({}) };
    assert_eq!(doer.call(doing, Uuid::new_v4()).await.unwrap_err().kind, CallErrorKind::Rejected);
    assert!(done.lock().unwrap().is_empty());
}

#[tokio::test]
async fn who_does_not_know_the_secret_is_let_nothing_do_and_that_is_one_fault_of_all_calls() {
    let (doer, done, base) = doer("another").await;
    let url = format!("{base}/web");
    let doing = Doing::Http { method: "POST", url: &url, body: None };
    let error = doer.call(doing, Uuid::new_v4()).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Barred, "{error}");
    assert!(!error.to_string().contains("another"), "{error}");
    assert!(done.lock().unwrap().is_empty());
}
