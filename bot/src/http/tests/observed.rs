//! GitHub's deliveries: each once, read or parked, and who may not send is told nothing.

use axum::body::Body;
use axum::http::Method;
use countersign_domain::names::Tenant;
use countersign_observed::github::Reader;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::stage::{Answer, SECRET, Stage, acme};
use crate::http::GithubWebhook;

/// A bot whose tenant `acme` has a GitHub.
async fn stage() -> Stage {
    // The second secret is not there yet: the other one is enough.
    signed_by(&["acme-github-next", "acme-jira"]).await
}

/// A bot whose tenant `acme` has a GitHub that signs with one of these secrets.
async fn signed_by(secrets: &[&str]) -> Stage {
    let reader = Reader { host: "github.com".to_owned(), services: [].into() };
    let secrets = secrets.iter().map(|name| (*name).to_owned()).collect();
    Stage::set_up(|settings| settings.github = [(acme(), GithubWebhook { secrets, reader })].into()).await
}

fn sign(body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

fn released() -> Value {
    json!({
        "action": "published", "release": { "tag_name": "v1.2", "published_at": "2026-03-01T11:00:00Z" },
        "repository": { "full_name": "acme/payments-api" }, "sender": { "login": "octo" },
    })
}

async fn deliver(
    stage: &Stage,
    path: &str,
    (delivery, event): (&str, &str),
    signature: &str,
    body: &str,
) -> Answer {
    let headers =
        [("x-hub-signature-256", signature), ("x-github-delivery", delivery), ("x-github-event", event)];
    let headers: Vec<_> = headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    stage.ask(Method::POST, path, &headers, Body::from(body.to_owned())).await
}

async fn status(stage: &Stage, what: (&str, &str), body: &str) -> Value {
    let answer = deliver(stage, "/webhooks/github/acme", what, &sign(body), body).await;
    assert_eq!(answer.status.as_u16(), 202, "{}", answer.body);
    answer.json()["status"].clone()
}

#[tokio::test]
async fn a_delivery_is_taken_in_once_and_what_nobody_reads_is_no_fault() {
    let stage = stage().await;
    let body = released().to_string();
    for (delivery, event, wanted) in [
        ("d1", "release", "accepted"),
        ("d1", "release", "repeated"),
        ("d2", "release", "accepted"),
        ("d3", "star", "ignored"),
        ("d4", "ping", "ignored"),
    ] {
        assert_eq!(status(&stage, (delivery, event), &body).await, wanted, "{delivery}");
    }
    assert_eq!(stage.events("signal_mapped").await.len(), 2);
    assert!(stage.events("webhook_rejected").await.is_empty());
}

#[tokio::test]
async fn a_secret_in_the_vault_is_asked_for_as_the_organisations_own() {
    let stage = signed_by(&["vault:github"]).await;
    assert_eq!(status(&stage, ("d1", "release"), &released().to_string()).await, "accepted");
}

#[tokio::test]
async fn what_cannot_be_read_is_parked_with_its_place_and_read_again_by_an_admin() {
    let stage = stage().await;
    let mut body = released();
    body["release"] = json!({ "body": "hunter2", "name": "v1.2" });
    assert_eq!(status(&stage, ("d1", "release"), &body.to_string()).await, "parked");
    let parked = stage.events("signal_parked").await.remove(0);
    assert!(!parked.data.get().contains("hunter2"), "what people wrote is not kept: {}", parked.data.get());
    stage.get("erin", "/api/v1/integrations/parked").await.problem(403);
    let listed = stage.get("rita", "/api/v1/integrations/parked").await.json();
    let one = &listed["items"][0];
    assert_eq!(
        (&one["unread"]["place"], &one["is_kept"]),
        (&json!("release.tag_name"), &json!(true)),
        "{one:#}"
    );
    let path = format!("/api/v1/integrations/parked/{}/requeue", one["id"].as_str().unwrap());
    stage.post("erin", &path, "{}").await.problem(403);
    let told = stage.post("olga", &path, "{}").await.problem(422);
    assert!(told.contains("release.tag_name") && told.contains("stays parked"), "{told}");
    let nobodys = "/api/v1/integrations/parked/00000000-0000-0000-0000-000000000000/requeue";
    stage.post("olga", nobodys, "{}").await.problem(404);
    let troubles = stage.get("watch", "/readyz").await.json()["webhooks"].clone();
    let github = troubles.as_array().unwrap().iter().find(|shown| shown["vendor"] == "github").unwrap();
    assert!(github["troubles"][0]["why"].to_string().contains("release.tag_name"), "{troubles:#}");
}

#[tokio::test]
async fn an_organisation_without_a_github_is_answered_as_a_bad_signature_is() {
    let stage = stage().await;
    let body = released().to_string();
    let large = "x".repeat(1024 * 1024 + 1);
    let forged = sign("something else");
    let without_id = |answer: &Answer| {
        let mut problem = answer.json();
        problem.as_object_mut().unwrap().remove("instance");
        problem
    };
    for (signature, body) in [("", &body), (&*forged, &body), ("sha1=aa", &body), (&*forged, &large)] {
        let known = deliver(&stage, "/webhooks/github/acme", ("d1", "release"), signature, body).await;
        for path in ["/webhooks/github/globex", "/webhooks/github/..%2Facme", "/webhooks/github/ACME"] {
            let unknown = deliver(&stage, path, ("d1", "release"), signature, body).await;
            assert_eq!((unknown.status, without_id(&unknown)), (known.status, without_id(&known)), "{path}");
        }
    }
    deliver(&stage, "/webhooks/github/globex", ("d1", "release"), &sign(&body), &body).await.problem(401);
    let rejected = stage.events("webhook_rejected").await;
    let of = |tenant: &Tenant| rejected.iter().filter(|event| event.tenant == *tenant).count();
    assert_eq!((of(&acme()), of(&Tenant::installation())), (2, 2), "each is kept, none for another one");
    assert!(stage.events("signal_mapped").await.is_empty());
}
