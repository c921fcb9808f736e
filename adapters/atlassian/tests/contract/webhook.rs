//! A ticket is created; the signed webhook arrives, is checked and read.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use countersign_atlassian::webhook::{Delivered, FieldMapping, WebhookRefusal, parse, verify};
use countersign_sandbox::WebhookTarget;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::support::World;

type Arrived = (HeaderMap, Bytes);

/// A receiver that answers the first webhook with 500 and the others with 202.
async fn receiver() -> (String, mpsc::UnboundedReceiver<Arrived>) {
    let (tell, arrived) = mpsc::unbounded_channel();
    let take = |State(tell): State<mpsc::UnboundedSender<Arrived>>, headers: HeaderMap, body: Bytes| async move {
        let first = headers["x-atlassian-webhook-retry"] == "0";
        tell.send((headers, body)).unwrap();
        if first { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::ACCEPTED }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/webhooks/jira/acme", listener.local_addr().unwrap());
    let router = Router::new().route("/webhooks/jira/acme", post(take)).with_state(tell);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, arrived)
}

async fn create(world: &World, description: &str) -> Value {
    let document = json!({"type": "doc", "version": 1, "content": description.lines().map(|line| {
        json!({"type": "paragraph", "content": [{"type": "text", "text": line}]})
    }).collect::<Vec<_>>()});
    let body = json!({"fields": {"project": {"key": "OPS"}, "summary": "Access, please", "issuetype": {"name": "Task"},
        "description": document}});
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let request = client.post(format!("{}/rest/api/3/issue", world.jira_server.base_url()));
    let request = request.header("authorization", "Basic Ym90QGV4YW1wbGUuY29tOmppcmEtdG9rZW4tdmFsdWU=");
    request.json(&body).send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_created_ticket_arrives_signed_twice_with_one_delivery_id_and_is_read() {
    let world = World::start().await;
    let (url, mut arrived) = receiver().await;
    world.jira_server.deliver_to(Some(WebhookTarget { url, secret: "shared".to_owned() }));
    let created =
        create(&world, "Permission: write\nRepository: payments-api\nDuration: 2 days\nReason: rollout")
            .await;
    assert_eq!(created["key"], "OPS-18");

    let (first_headers, first_body) = arrived.recv().await.unwrap();
    let (headers, body) = arrived.recv().await.unwrap();
    let first = verify(&"shared".into(), &first_headers, &first_body).unwrap();
    let second = verify(&"shared".into(), &headers, &body).unwrap();
    assert_eq!(first, second, "the second try carries the same delivery id");
    assert_eq!(verify(&"other".into(), &headers, &body), Err(WebhookRefusal::WrongSignature));

    let Delivered::Asks(ticket) = parse(&body, &FieldMapping::default(), &[].into()).unwrap() else {
        panic!("no request")
    };
    assert_eq!((ticket.key.as_str(), ticket.event.as_str()), ("OPS-18", "jira:issue_created"));
    assert_eq!(ticket.reporter_account.as_deref(), Some("5b10bot"));
    let form = ticket.form;
    assert_eq!(form.permission.as_deref(), Some("write"));
    assert_eq!(form.repository.as_deref(), Some("payments-api"));
    assert_eq!(form.duration.as_deref(), Some("2 days"));
    assert_eq!((form.user, form.reason.as_deref()), (None, Some("rollout")));
}

#[tokio::test]
async fn a_ticket_about_coffee_is_no_access_request() {
    let world = World::start().await;
    let (url, mut arrived) = receiver().await;
    world.jira_server.deliver_to(Some(WebhookTarget { url, secret: "shared".to_owned() }));
    create(&world, "The coffee machine is broken").await;
    let (_, body) = arrived.recv().await.unwrap();
    assert_eq!(parse(&body, &FieldMapping::default(), &[].into()), Ok(Delivered::Nothing));
}
