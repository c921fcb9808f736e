//! Webhooks: each fault its status and its event, each delivery once.

use axum::body::Body;
use axum::http::Method;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use super::stage::{Answer, SECRET, Stage};

fn sign(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

fn ticket(event: &str) -> String {
    let fields =
        json!({ "summary": "Access, please", "description": "Permission: write\nRepository: payments-api" });
    json!({ "webhookEvent": event, "issue": { "key": "OPS-17", "fields": fields } }).to_string()
}

async fn deliver(stage: &Stage, path: &str, delivery: &str, signature: &str, body: &str) -> Answer {
    let headers = [("x-hub-signature", signature), ("x-atlassian-webhook-identifier", delivery)];
    let headers: Vec<_> = headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    stage.ask(Method::POST, path, &headers, Body::from(body.to_owned())).await
}

#[tokio::test]
async fn a_ticket_is_taken_in_once() {
    let stage = Stage::new().await;
    let body = ticket("jira:issue_created");
    for (delivery, status) in [("d1", "accepted"), ("d1", "repeated"), ("d2", "accepted")] {
        let answer = deliver(&stage, "/webhooks/jira/acme", delivery, &sign(body.as_bytes()), &body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["status"]), (202, &status.into()));
    }
    assert_eq!(stage.events("webhook_received").await.len(), 2);
}

#[tokio::test]
async fn what_asks_for_nothing_is_kept_and_ignored() {
    let stage = Stage::new().await;
    for (delivery, event) in [("d1", "jira:worklog_updated"), ("d2", "comment_created")] {
        let body = ticket(event);
        let answer = deliver(&stage, "/webhooks/jira/acme", delivery, &sign(body.as_bytes()), &body).await;
        assert_eq!(answer.json()["status"], "ignored", "{event}");
    }
    assert!(
        stage
            .events("webhook_received")
            .await
            .iter()
            .all(|event| event.data.get().contains(r#""request":null"#))
    );
}

#[tokio::test]
async fn each_fault_has_its_status_and_is_an_event() {
    let stage = Stage::new().await;
    let (good, large) = (ticket("jira:issue_created"), "x".repeat(1024 * 1024 + 1));
    let cases = [
        (good.as_str(), "d1", String::new(), 401),
        (good.as_str(), "d1", sign(b"something else"), 401),
        (good.as_str(), "d1", "sha1=aa".to_owned(), 401),
        (good.as_str(), "d 1", sign(good.as_bytes()), 400),
        ("not json", "d1", sign(b"not json"), 400),
        ("{}", "d1", sign(b"{}"), 400),
        (large.as_str(), "d1", sign(large.as_bytes()), 413),
    ];
    for (count, (body, delivery, signature, status)) in (1..).zip(cases) {
        deliver(&stage, "/webhooks/jira/acme", delivery, &signature, body).await.problem(status);
        let rejected = stage.events("webhook_rejected").await;
        assert_eq!(rejected.len(), count);
        assert!(rejected.last().unwrap().data.get().contains(&status.to_string()));
    }
    assert!(stage.events("webhook_received").await.is_empty());
}

#[tokio::test]
async fn a_tenant_that_there_is_not_gets_nothing_and_leaves_nothing() {
    let stage = Stage::new().await;
    let before = stage.events("webhook_rejected").await.len();
    let body = ticket("jira:issue_created");
    for path in ["/webhooks/jira/globex", "/webhooks/jira/..%2Facme", "/webhooks/jira/ACME"] {
        deliver(&stage, path, "d1", &sign(body.as_bytes()), &body).await.problem(404);
    }
    assert_eq!(stage.events("webhook_rejected").await.len(), before);
}

#[tokio::test]
async fn a_flood_of_bad_webhooks_is_bounded() {
    let stage = Stage::new().await;
    for _ in 0..80 {
        deliver(&stage, "/webhooks/jira/acme", "d1", "", "{}").await.problem(401);
    }
    assert_eq!(stage.events("webhook_rejected").await.len(), 60);
}
