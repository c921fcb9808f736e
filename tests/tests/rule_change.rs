//! Which rules are in force, and which there were.

use std::sync::Arc;

use countersign_store::MemoryStore;
use countersign_tests::stage::{Stage, tenant};
use serde_json::json;

const ADMIN: &str = "demo-admin";
const EMPLOYEE: &str = "demo-employee";

/// A file of rules whoever wants may read everything by.
const OPEN: &str = "@id(\"open\") @auto permit (principal, action, resource);";

#[tokio::test]
async fn rules_in_a_file_are_what_a_tenant_begins_with_and_never_take_the_place_of_those_in_force() {
    let store = Arc::new(MemoryStore::new());
    let stage = Stage::on(store.clone()).await;
    let first = stage.get(EMPLOYEE, "/api/v1/rules").await;
    assert_eq!(first["version"], 1, "what the file said");
    let stricter = format!(
        "{}\n@id(\"no\") forbid (principal, action, resource == Repository::\"x\");",
        first["text"].as_str().unwrap_or_default()
    );
    stage.publish(&stricter).await;
    drop(stage);
    // Somebody edits the file, and starts the bot again.
    let stage = Stage::adapted(store, |demo| {
        let acme = demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
        OPEN.clone_into(&mut acme.rules);
    })
    .await;
    let now = stage.get(EMPLOYEE, "/api/v1/rules").await;
    assert_eq!((&now["version"], &now["text"]), (&json!(2), &json!(format!("{stricter}\n"))));
    let versions = stage.get(EMPLOYEE, "/api/v1/rules/versions").await;
    let numbers: Vec<_> =
        versions["items"].as_array().into_iter().flatten().map(|item| &item["version"]).collect();
    assert_eq!(numbers, [&json!(2), &json!(1)]);
    let again = stage.get(EMPLOYEE, "/api/v1/rules/versions/1").await;
    assert_eq!(again["text"], first["text"]);
}

#[tokio::test]
async fn rules_of_a_file_begin_an_empty_tenant() {
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), |demo| {
        let acme = demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
        OPEN.clone_into(&mut acme.rules);
    })
    .await;
    let rules = stage.get(EMPLOYEE, "/api/v1/rules").await;
    assert_eq!((&rules["version"], &rules["text"]), (&json!(1), &json!(OPEN)));
}
