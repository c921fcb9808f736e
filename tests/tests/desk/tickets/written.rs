//! Requests as people write them in Jira's editors and forms: what stands in a table, a lozenge, a card of a link or a field of its own.

use std::sync::Arc;

use countersign_atlassian::webhook::FieldMapping;
use countersign_store::MemoryStore;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::account;
use serde_json::{Value, json};

use super::{APPROVER2, deliver, requests_under, stage, webhook};

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn paragraph(content: &Value) -> Value {
    json!({"type": "paragraph", "content": [content]})
}

/// A row of a table: a label, and what stands beside it.
fn row(label: &str, value: &Value) -> Value {
    json!({"type": "tableRow", "content": [
        {"type": "tableHeader", "content": [paragraph(&text(label))]},
        {"type": "tableCell", "content": [paragraph(value)]},
    ]})
}

#[tokio::test]
async fn trust_c7_trust_d4_a_document_with_a_table_a_lozenge_a_smart_link_a_mention_and_a_date_is_a_request()
{
    let stage = stage().await;
    let ben = json!({"type": "mention", "attrs": {"id": account(APPROVER2), "text": "@Ben Approver"}});
    // The fourth of March, as documents hold a day.
    let until = json!({"type": "date", "attrs": {"timestamp": "1772582400000"}});
    let address = "https://bitbucket.org/acme/payments-api/src/main/";
    let rows = json!([
        row("Permission", &json!({"type": "status", "attrs": {"text": "WRITE", "color": "green"}})),
        row("Repository", &json!({"type": "inlineCard", "attrs": {"url": address}})),
        row("User", &ben),
        row("Until", &until),
        row("Reason", &text("the rollout")),
    ]);
    let document = json!({"type": "doc", "version": 1, "content": [
        {"type": "heading", "attrs": {"level": 3}, "content": [text("Access, please")]},
        {"type": "table", "content": rows},
        {"type": "panel", "attrs": {"panelType": "info"}, "content": [paragraph(&text("Thanks!"))]},
    ]});
    deliver(&stage, "d1", &webhook("jira:issue_created", "OPS-17", &document)).await;
    let all = requests_under(&stage, "OPS-17").await;
    let [request] = &all[..] else { panic!("{all:#?}: {:#?}", stage.ticket("OPS-17")) };
    let said = ["status", "permission", "repository", "user", "reason"].map(|key| request[key].as_str());
    let wanted = ["waiting", "write", "payments-api", APPROVER2, "the rollout"].map(Some);
    assert_eq!(said, wanted, "{request:#}");
    // With that day, as it ends in Berlin.
    assert_eq!(request["access"]["asked"]["until"], "2026-03-04T23:59:00+01:00", "{request:#}");
}

#[tokio::test]
async fn trust_d4_a_choice_in_two_steps_and_a_number_of_days_are_read_from_their_fields() {
    let field = |number: u8| Some(format!("customfield_1000{number}"));
    let fields = FieldMapping {
        permission: field(1),
        repository: field(2),
        user: field(3),
        duration: field(4),
        reason: field(5),
    };
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), |demo| {
        let acme = demo.config.tenants.values_mut().next().expect("the demo's tenant");
        acme.jira.as_mut().expect("the demo's tracker").fields = fields;
    })
    .await;
    let mut body = webhook("jira:issue_created", "OPS-17", &Value::Null);
    let own = &mut body["issue"]["fields"];
    own["customfield_10001"] = json!({"value": "write", "id": "1"});
    own["customfield_10002"] =
        json!({"value": "Payments", "id": "2", "child": {"value": "payments-api", "id": "3"}});
    own["customfield_10003"] = json!({"accountId": account(APPROVER2), "displayName": "Ben Approver"});
    own["customfield_10004"] = json!(2.0);
    own["customfield_10005"] = json!("the rollout");
    deliver(&stage, "d1", &body).await;
    let all = requests_under(&stage, "OPS-17").await;
    let [request] = &all[..] else { panic!("{all:#?}: {:#?}", stage.ticket("OPS-17")) };
    let said = ["status", "permission", "repository", "user", "reason"].map(|key| request[key].as_str());
    assert_eq!(said, ["waiting", "write", "payments-api", APPROVER2, "the rollout"].map(Some), "{request:#}");
    assert_eq!(request["minutes"], 2880, "two days: {request:#}");
}
