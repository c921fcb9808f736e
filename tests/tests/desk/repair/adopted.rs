//! What a repair has adopted is among what people hold, now and at every moment since, for as long as nobody has seen that it is gone.

use countersign_sandbox::bitbucket::BitbucketUser;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, account};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{ADMIN, APPROVER2, EMPLOYEE, ON, carried_out, named, proposed, stage};

const AUDITOR: &str = "demo-auditor";

/// What is in force, as the API lists it to an auditor.
async fn listed(stage: &Stage, query: &str) -> (Vec<Value>, Value) {
    let page = stage.get(AUDITOR, &format!("/api/v1/grants?{query}")).await;
    let items = page["items"].as_array().unwrap_or_else(|| panic!("no list in {page:#}")).clone();
    (items, page["notes"].clone())
}

#[tokio::test]
async fn trust_c3_what_a_repair_adopted_is_in_every_list_of_who_has_what_until_it_is_gone() {
    let stage = stage().await;
    let before = stage.clock_now();
    stage.set_by_hand(&account(APPROVER2), ON, Some("write"));
    let name = named(&stage, APPROVER2).await;
    stage.later(SignedDuration::from_secs(10)).await;
    let code = proposed(&stage, &format!("adopt {name}")).await;
    carried_out(&stage, &code).await;
    let asked = format!("who has write on {ON}");
    let held = format!("Ben Approver: write, given by hand and adopted by the repair {code}, without an end");
    assert!(stage.says(EMPLOYEE, &asked).await.text.contains(&held));
    stage.later(SignedDuration::from_secs(10)).await;
    let adopted = stage.clock_now();
    for query in ["", "user=demo-approver2", "user=Ben%20Approver", "repository=payments-api"] {
        let (items, _) = listed(&stage, query).await;
        let [own] = &items[..] else { panic!("{query}: {items:#?}") };
        assert_eq!((&own["code"], &own["user"]), (&json!(code), &json!(APPROVER2)), "{query}: {own:#}");
        assert_eq!((&own["until"], &own["adopted"]), (&Value::Null, &json!(true)), "{query}: {own:#}");
        assert_eq!(
            (&own["permission"], &own["countersigned_by"]),
            (&json!("write"), &json!(["demo-approver"]))
        );
    }
    assert_eq!(listed(&stage, "repository=infra").await.0, Vec::<Value>::new());
    assert_eq!(listed(&stage, &format!("at={before}")).await.0, Vec::<Value>::new());
    // Somebody takes it away by hand: the next comparison says so, and the lists do from then on.
    stage.set_by_hand(&account(APPROVER2), ON, None);
    stage.later(SignedDuration::from_secs(10)).await;
    let compare = async || stage.post(ADMIN, "/api/v1/access/compare", &Value::Null).await["lowered"].clone();
    let told = compare().await;
    assert!(
        told[0].as_str().is_some_and(|told| told.contains("Ben Approver on payments-api: write was adopted")),
        "{told:#}"
    );
    stage.settle().await;
    let (items, notes) = listed(&stage, "repository=payments-api").await;
    assert_eq!((items, stage.held(APPROVER2, ON)), (vec![], None));
    assert!(!notes.to_string().contains("no repository called"), "{notes:#}");
    assert!(!stage.says(EMPLOYEE, &asked).await.text.contains("Ben"));
    assert_eq!(listed(&stage, &format!("at={adopted}")).await.0.len(), 1, "it was there then");
    assert_eq!(compare().await, json!([]), "and that is told once");
}

#[tokio::test]
async fn trust_a2_what_was_adopted_of_an_account_that_calls_itself_like_somebody_is_not_in_their_list() {
    let stage = stage().await;
    let (account_id, nickname) = (account("mallory"), "mallory".to_owned());
    let display_name = EMPLOYEE.to_owned();
    stage.add_user(BitbucketUser { account_id, uuid: "{mallory}".to_owned(), nickname, display_name });
    stage.set_by_hand(&account("mallory"), ON, Some("admin"));
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("read"));
    let (mallory, own) = (named(&stage, "mallory").await, named(&stage, EMPLOYEE).await);
    let code = proposed(&stage, &format!("adopt {mallory} and {own}")).await;
    carried_out(&stage, &code).await;
    assert_eq!(listed(&stage, "").await.0.len(), 2, "whoever sees all sees both");
    let page = stage.get(EMPLOYEE, "/api/v1/grants").await;
    let seen: Vec<_> =
        page["items"].as_array().expect("a list").iter().map(|item| &item["permission"]).collect();
    assert_eq!(seen, [&json!("read")], "{page:#}");
}
