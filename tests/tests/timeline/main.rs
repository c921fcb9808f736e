//! The timeline of what happens outside: what GitHub tells, and what is asked of it.

mod changes;

use std::sync::Arc;

use countersign::config::{GithubConfig, IntegrationsConfig, ServiceConfig};
use countersign::demo::{Demo, WEBHOOK_SECRET};
use countersign_store::MemoryStore;
use countersign_tests::stage::Stage;
use countersign_tests::webhook::signature;
use serde_json::{Value, json};

const EMPLOYEE: &str = "demo-employee";
const SHA: &str = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0";
const BASE: &str = "0b9a8f7e6d5c4b3a2f1e0d9c8b7a6f5e4d3c2b1a";

/// A stage whose tenant has a GitHub, where payments-api is the repository acme/pay-api.
async fn stage() -> Stage {
    let adapt = |demo: &mut Demo| {
        let acme = demo.config.tenants.values_mut().next().expect("the demo's tenant");
        let secrets = vec!["jira_webhook_secret".to_owned()];
        let github = GithubConfig { host: "github.com".to_owned(), webhook_secrets: secrets };
        let service = ServiceConfig { repositories: ["acme/pay-api".to_owned()].into() };
        let services = [("payments-api".to_owned(), service)].into();
        acme.integrations = Some(IntegrationsConfig { github: Some(github), services });
    };
    Stage::adapted(Arc::new(MemoryStore::new()), adapt).await
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
