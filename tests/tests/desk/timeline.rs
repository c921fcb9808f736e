//! The timeline of what happens outside: what GitHub tells, and what is asked of it.

mod alerts;
mod changes;

use std::sync::Arc;

use countersign::config::{CloudwatchConfig, GithubWebhooksConfig, IntegrationsConfig, ServiceConfig};
use countersign::demo::chats::SLACK_CHANNEL;
use countersign::demo::{Demo, WEBHOOK_SECRET};
use countersign_store::MemoryStore;
use countersign_tests::amazon::AMAZON;
use countersign_tests::stage::Stage;
use countersign_tests::webhook::signature;
use serde_json::{Value, json};

const EMPLOYEE: &str = "demo-employee";
const SHA: &str = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0";
const BASE: &str = "0b9a8f7e6d5c4b3a2f1e0d9c8b7a6f5e4d3c2b1a";

const TOPIC: &str = "arn:aws:sns:eu-central-1:111111111111:alarms";

/// The tenant has a GitHub and a `CloudWatch`. payments-api is the repository acme/pay-api, and checkout needs it; whatever alarm's name
/// begins with `checkout-` is of checkout, and is shown in the channel of Slack's.
fn observes(demo: &mut Demo) {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let acme = demo.config.tenants.values_mut().next().expect("the demo's tenant");
    let secrets = vec!["jira_webhook_secret".to_owned()];
    let github = GithubWebhooksConfig { host: "github.com".to_owned(), webhook_secrets: secrets };
    let payments = ServiceConfig { repositories: names(&["acme/pay-api"]), ..ServiceConfig::default() };
    let (alarms, depends_on) = (names(&["checkout-"]), names(&["payments-api"]));
    let checkout = ServiceConfig { alarms, depends_on, ..ServiceConfig::default() };
    let services = [("payments-api".to_owned(), payments), ("checkout".to_owned(), checkout)].into();
    let cloudwatch = CloudwatchConfig { topics: [TOPIC.to_owned()].into() };
    acme.integrations =
        Some(IntegrationsConfig { github: Some(github), cloudwatch: Some(cloudwatch), services });
    if let Some(slack) = &mut acme.slack {
        slack.alerts = vec![SLACK_CHANNEL.to_owned()];
    }
}

/// A stage whose tenant hears of what happens outside.
async fn stage() -> Stage {
    Stage::adapted(Arc::new(MemoryStore::new()), observes).await
}

/// The same, whose people chat.
async fn chatting() -> Stage {
    Stage::with_chats_adapted(Arc::new(MemoryStore::new()), observes).await
}

/// Amazon delivers to a tenant; what it was answered.
async fn notifies(stage: &Stage, tenant: &str, body: &Value) -> Value {
    let request = stage.client().post(stage.url(&format!("/webhooks/cloudwatch/{tenant}")));
    let request = request.header("content-type", "text/plain; charset=UTF-8").body(body.to_string());
    let answer = request.send().await.expect("the bot answers").json().await.expect("JSON");
    stage.settle().await;
    answer
}

/// `CloudWatch` tells how an alarm stands since then; what it was answered.
async fn alarms(stage: &Stage, id: &str, (name, state): (&str, &str), at: &str) -> Value {
    let text = json!({
        "AlarmName": name, "AlarmArn": format!("arn:aws:cloudwatch:eu-central-1:111111111111:alarm:{name}"),
        "NewStateValue": state, "NewStateReason": "Threshold Crossed: 1 datapoint [7.0]", "Region": "EU (Frankfurt)",
        "StateChangeTime": at,
    });
    notifies(stage, "acme", &AMAZON.notification(TOPIC, id, &text.to_string())).await
}

/// GitHub delivers to a tenant, signed as it should be; what it was answered.
async fn delivers(stage: &Stage, tenant: &str, (delivery, event): (&str, &str), body: &Value) -> Value {
    let body = body.to_string();
    let request = stage.client().post(stage.url(&format!("/webhooks/github/{tenant}")));
    let request = request
        .header("x-hub-signature-256", signature(WEBHOOK_SECRET, body.as_bytes()))
        .header("x-github-delivery", delivery)
        .header("x-github-event", event)
        .header("content-type", "application/json");
    let answer = request.body(body).send().await.expect("the bot answers").json().await.expect("JSON");
    stage.settle().await;
    answer
}

/// A pull request that was merged then.
fn merged(repository: &str, at: &str) -> Value {
    json!({
        "action": "closed",
        "pull_request": {
            "number": 12, "title": "Retry the ledger", "merged": true, "merge_commit_sha": SHA, "merged_at": at,
            "html_url": "https://github.com/acme/pay-api/pull/12",
            "head": { "sha": SHA }, "base": { "sha": BASE, "ref": "main" },
        },
        "repository": { "full_name": repository }, "sender": { "login": "octo" },
    })
}

/// A deployment to production that ended well then.
fn deployed(repository: &str, at: &str) -> Value {
    json!({
        "deployment_status": { "state": "success", "created_at": at },
        "deployment": { "environment": "production", "sha": SHA, "ref": "main" },
        "repository": { "full_name": repository }, "sender": { "login": "octo" },
    })
}
