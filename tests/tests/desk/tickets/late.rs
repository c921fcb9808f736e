//! What a ticket said once and does not say any more by the time it is acted on.

use countersign_sandbox::{Fault, Faults};
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{account, trouble};
use serde_json::{Value, json};

use super::{APPROVER, APPROVER2, EMPLOYEE, deliver, form_for, requests_under, sent_at, stage, webhook};

const CREATED: &str = "jira:issue_created";
const EDITED: &str = "jira:issue_updated";

/// Two forms at once, which cannot be read as one.
const SEVERAL: &str = "Permission: write\nRepository: payments-api\n\nPermission: admin\nRepository: infra";

/// The forge answers to nothing that is looked up.
fn down() -> Fault {
    Fault { matching: "GET".to_owned(), times: 999, status: Some(503), ..Fault::default() }
}

/// The ticket holds this form since so many milliseconds, and says so now.
async fn says(stage: &Stage, id: &str, event: &str, (millis, long): (i64, &str)) {
    deliver(stage, id, &sent_at(millis, webhook(event, "OPS-17", &form_for(long, "rollout")))).await;
}

#[tokio::test]
async fn trust_d4_a_form_that_is_gone_or_cannot_be_read_when_the_forge_is_back_is_not_asked_for() {
    for edited in ["Never mind.", "Permission: owner\nRepository: payments-api", SEVERAL] {
        let stage = stage().await;
        stage.demo.bitbucket.order(trouble([down()]));
        deliver(&stage, "d1", &webhook(CREATED, "OPS-17", &form_for("1 day", "rollout"))).await;
        deliver(&stage, "d2", &webhook(EDITED, "OPS-17", &json!(edited))).await;
        stage.demo.bitbucket.order(Faults::default());
        stage.calm().await;
        let asked = requests_under(&stage, "OPS-17").await;
        assert!(asked.is_empty(), "{edited}: {asked:#?}");
        // Written into it again, it is asked for.
        deliver(&stage, "d3", &webhook(EDITED, "OPS-17", &form_for("1 day", "rollout"))).await;
        assert_eq!(requests_under(&stage, "OPS-17").await.len(), 1, "{edited}");
    }
}

#[tokio::test]
async fn trust_d4_a_form_that_is_heard_of_after_it_was_taken_out_or_changed_is_not_asked_for() {
    // Taken out, or made unreadable, before it was ever heard of.
    for edited in ["Never mind.", "Permission: owner\nRepository: payments-api", SEVERAL] {
        let stage = stage().await;
        deliver(&stage, "d2", &sent_at(2_000, webhook(EDITED, "OPS-17", &json!(edited)))).await;
        says(&stage, "d1", CREATED, (1_000, "1 day")).await;
        assert!(requests_under(&stage, "OPS-17").await.is_empty(), "{edited}");
    }
    // Changed, and what it was changed to is decided on.
    let stage = stage().await;
    says(&stage, "d2", EDITED, (2_000, "2 days")).await;
    let code = requests_under(&stage, "OPS-17").await[0]["code"].as_str().expect("a code").to_owned();
    stage.says(APPROVER, &format!("deny {code} because no")).await;
    says(&stage, "d1", CREATED, (1_000, "1 day")).await;
    assert_eq!(requests_under(&stage, "OPS-17").await.len(), 1, "nothing but what it says");
}

#[tokio::test]
async fn trust_d4_a_form_that_was_changed_back_before_the_change_was_heard_of_stays() {
    for changed in [form_for("2 days", "rollout"), json!("Never mind."), json!(SEVERAL)] {
        let stage = stage().await;
        says(&stage, "d1", CREATED, (1_000, "1 day")).await;
        says(&stage, "d3", EDITED, (3_000, "1 day")).await;
        deliver(&stage, "d2", &sent_at(2_000, webhook(EDITED, "OPS-17", &changed))).await;
        let all = requests_under(&stage, "OPS-17").await;
        let [request] = &all[..] else { panic!("one request: {all:#?}") };
        assert_eq!(
            (&request["status"], &request["minutes"]),
            (&json!("waiting"), &json!(1440)),
            "{request:#}"
        );
    }
}

/// Somebody edits what stands beside the form.
fn beside_by(id: &str) -> Value {
    let mut beside = webhook(EDITED, "OPS-17", &form_for("1 day", "rollout"));
    beside["user"] = json!({"accountId": account(id), "displayName": id});
    beside["changelog"] = json!({"items": [{"field": "description", "fieldId": "description"}]});
    beside
}

#[tokio::test]
async fn trust_d4_an_edit_that_is_heard_of_late_closes_nothing_that_was_asked_after_it() {
    // By the time that the tracker tells of each.
    let stage = stage().await;
    deliver(&stage, "d2", &sent_at(4_000, beside_by(APPROVER2))).await;
    let first = requests_under(&stage, "OPS-17").await[0]["code"].as_str().expect("a code").to_owned();
    deliver(&stage, "d1", &sent_at(2_000, beside_by(EMPLOYEE))).await;
    assert_eq!(stage.status(&first).await, "waiting");
    // And by the place at which it was heard, where it could not be read before.
    let stage = super::stage().await;
    stage.demo.bitbucket.order(trouble([down()]));
    deliver(&stage, "d1", &beside_by(EMPLOYEE)).await;
    stage.demo.bitbucket.order(Faults::default());
    deliver(&stage, "d2", &beside_by(APPROVER2)).await;
    let first = requests_under(&stage, "OPS-17").await[0]["code"].as_str().expect("a code").to_owned();
    stage.calm().await;
    assert_eq!(stage.status(&first).await, "waiting");
}

#[tokio::test]
async fn trust_d4_what_is_edited_beside_a_form_that_could_not_be_read_yet_is_one_request_of_whoever_wrote_it()
{
    // The forge is back by the time of the edit, and when it is not.
    for is_back in [true, false] {
        let stage = stage().await;
        stage.demo.bitbucket.order(trouble([down()]));
        deliver(&stage, "d1", &webhook(CREATED, "OPS-17", &form_for("1 day", "rollout"))).await;
        if is_back {
            stage.demo.bitbucket.order(Faults::default());
        }
        deliver(&stage, "d2", &beside_by(APPROVER2)).await;
        stage.demo.bitbucket.order(Faults::default());
        stage.calm().await;
        let all = requests_under(&stage, "OPS-17").await;
        let [request] = &all[..] else { panic!("one request: {all:#?}") };
        assert_eq!(
            (&request["status"], &request["requester"], &request["user"]),
            (&json!("waiting"), &json!(EMPLOYEE), &json!(EMPLOYEE)),
            "{request:#}"
        );
        assert_eq!(stage.ticket("OPS-17").0, "In Progress", "the ticket was made for it");
    }
}

#[tokio::test]
async fn trust_d4_whoever_mends_a_title_asks_for_what_its_reporter_asked_for() {
    let stage = stage().await;
    let mut misread = webhook(CREATED, "OPS-17", &form_for("1 day", "rollout"));
    misread["issue"]["fields"]["summary"] = json!("Please remove access");
    deliver(&stage, "d1", &misread).await;
    assert!(requests_under(&stage, "OPS-17").await.is_empty());
    let mut mended = beside_by(APPROVER2);
    mended["changelog"] = json!({"items": [{"field": "summary", "fieldId": "summary"}]});
    deliver(&stage, "d2", &mended).await;
    let all = requests_under(&stage, "OPS-17").await;
    let [request] = &all[..] else { panic!("one request: {all:#?} {:?}", stage.ticket("OPS-17")) };
    assert_eq!(
        (&request["status"], &request["requester"]),
        (&json!("waiting"), &json!(EMPLOYEE)),
        "{request:#}"
    );
}

#[tokio::test]
async fn trust_d4_nobody_is_said_to_ask_for_what_another_wrote_into_their_ticket() {
    let stage = stage().await;
    // One writes the form into Erin's ticket and withdraws what came of it; then another edits something beside it.
    deliver(&stage, "d1", &beside_by(APPROVER)).await;
    let first = requests_under(&stage, "OPS-17").await[0]["code"].as_str().expect("a code").to_owned();
    stage.says(APPROVER, &format!("withdraw {first}")).await;
    assert_eq!(stage.status(&first).await, "withdrawn");
    deliver(&stage, "d2", &beside_by(APPROVER2)).await;
    let all = requests_under(&stage, "OPS-17").await;
    assert_eq!(all.len(), 2, "{all:#?}");
    // Else whoever wrote it could countersign it.
    assert!(all.iter().all(|request| request["requester"] != EMPLOYEE), "{all:#?}");
}

#[tokio::test]
async fn trust_d4_a_form_of_a_ticket_that_is_gone_when_the_forge_is_back_is_not_asked_for() {
    let stage = stage().await;
    stage.demo.bitbucket.order(trouble([down()]));
    deliver(&stage, "d1", &webhook(CREATED, "OPS-17", &form_for("1 day", "rollout"))).await;
    deliver(&stage, "d2", &json!({"webhookEvent": "jira:issue_deleted", "issue": {"key": "OPS-17"}})).await;
    stage.demo.bitbucket.order(Faults::default());
    stage.calm().await;
    let asked = requests_under(&stage, "OPS-17").await;
    assert!(asked.is_empty(), "{asked:#?}");
}

#[tokio::test]
async fn trust_d4_what_was_said_before_counts_by_the_last_time_that_was_told() {
    let stage = stage().await;
    says(&stage, "d2", EDITED, (2_000, "2 days")).await;
    // Nobody tells when this was.
    deliver(&stage, "d3", &webhook(EDITED, "OPS-17", &json!("Never mind."))).await;
    says(&stage, "d1", CREATED, (1_000, "1 day")).await;
    let all = requests_under(&stage, "OPS-17").await;
    let [request] = &all[..] else { panic!("what is older asks for nothing: {all:#?}") };
    assert_eq!(request["minutes"], json!(2880), "{request:#}");
}

#[tokio::test]
async fn trust_d4_a_ticket_that_can_be_read_by_now_is_not_told_that_it_cannot() {
    let stage = stage().await;
    says(&stage, "d2", EDITED, (2_000, "2 days")).await;
    let before = stage.ticket("OPS-17").1;
    deliver(&stage, "d1", &sent_at(1_000, webhook(CREATED, "OPS-17", &json!(SEVERAL)))).await;
    assert_eq!(stage.ticket("OPS-17").1, before, "it says something else by now");
    let all = requests_under(&stage, "OPS-17").await;
    let [request] = &all[..] else { panic!("one request: {all:#?}") };
    assert_eq!(request["status"], "waiting", "{request:#}");
    // And what is said of it now is.
    deliver(&stage, "d3", &sent_at(3_000, webhook(EDITED, "OPS-17", &json!(SEVERAL)))).await;
    assert!(stage.ticket("OPS-17").1.len() > before.len());
}
