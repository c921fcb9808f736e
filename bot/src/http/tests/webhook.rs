//! Webhooks: each fault its status and its event, each delivery once.

use axum::body::Body;
use axum::http::Method;
use countersign_domain::names::Tenant;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use super::stage::{Answer, SECRET, Stage, acme};

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
async fn each_fault_has_its_status_and_is_kept_or_counted() {
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
    let all = cases.len() as u64;
    for (body, delivery, signature, status) in cases {
        deliver(&stage, "/webhooks/jira/acme", delivery, &signature, body).await.problem(status);
    }
    let whole = stage.events("webhook_rejected").await;
    let statuses: Vec<u64> = whole
        .iter()
        .map(|event| {
            let data: serde_json::Value = serde_json::from_str(event.data.get()).unwrap();
            data["status"].as_u64().unwrap()
        })
        .collect();
    assert_eq!(statuses, [401, 400, 413], "one of a kind is kept whole");
    assert_eq!(stage.counted(&acme()).await, all - 3);
    assert!(stage.events("webhook_received").await.is_empty());
}

#[tokio::test]
async fn trust_b6_an_organisation_that_there_is_not_is_answered_as_a_bad_signature_is() {
    let stage = Stage::new().await;
    let (body, large) = (ticket("jira:issue_created"), "x".repeat(1024 * 1024 + 1));
    let forged = sign(b"something else");
    for (signature, body) in
        [("", &body), (forged.as_str(), &body), ("sha1=aa", &body), (forged.as_str(), &large)]
    {
        let known = deliver(&stage, "/webhooks/jira/acme", "d1", signature, body).await;
        for path in ["/webhooks/jira/globex", "/webhooks/jira/..%2Facme", "/webhooks/jira/ACME"] {
            let unknown = deliver(&stage, path, "d1", signature, body).await;
            assert_eq!((unknown.status, without_id(&unknown)), (known.status, without_id(&known)), "{path}");
        }
    }
    // With a good signature of somebody else's, too.
    deliver(&stage, "/webhooks/jira/globex", "d1", &sign(body.as_bytes()), &body).await.problem(401);
    let rejected = stage.events("webhook_rejected").await;
    let of = |tenant: &Tenant| rejected.iter().filter(|event| event.tenant == *tenant).count();
    assert_eq!((of(&acme()), of(&Tenant::installation())), (2, 2), "each is kept, none for another one");
}

fn without_id(answer: &Answer) -> serde_json::Value {
    let mut problem = answer.json();
    problem.as_object_mut().unwrap().remove("instance");
    problem
}

#[tokio::test]
async fn trust_b5_a_flood_of_bad_webhooks_is_one_event_a_minute() {
    let stage = Stage::new().await;
    for _ in 0..80 {
        deliver(&stage, "/webhooks/jira/acme", "d1", "", "{}").await.problem(401);
        deliver(&stage, "/webhooks/jira/globex", "d1", "", "{}").await.problem(401);
    }
    assert_eq!(stage.events("webhook_rejected").await.len(), 2);
    assert_eq!((stage.counted(&acme()).await, stage.counted(&Tenant::installation()).await), (79, 79));
    assert_eq!(stage.events("refusals_counted").await.len(), 2);
}

#[tokio::test]
async fn trust_d5_a_refused_ticket_is_shown_with_its_reason_and_its_cure() {
    let stage = Stage::new().await;
    deliver(&stage, "/webhooks/jira/acme", "d1", &sign(b"something else"), &ticket("jira:issue_created"))
        .await;
    deliver(&stage, "/webhooks/jira/acme", "d1", &sign(b"{}"), "{}").await;
    let shown = stage.get("watch", "/readyz").await.json()["webhooks"][0].clone();
    assert_eq!((&shown["tenant"], &shown["vendor"]), (&json!("acme"), &json!("jira")), "{shown:#}");
    let why: Vec<_> =
        shown["troubles"].as_array().unwrap().iter().map(|told| told["why"].to_string()).collect();
    assert!(why[0].contains("the webhook's secret in Jira and ours differ"), "{shown:#}");
    assert!(why[1].contains("`webhookEvent` is missing"), "{shown:#}");
}
