//! What a ticket said once and does not say any more by the time it is acted on.

use countersign_sandbox::{Fault, Faults};
use countersign_tests::stage::Stage;
use countersign_tests::vendors::trouble;
use serde_json::json;

use crate::{APPROVER, deliver, form_for, requests_under, sent_at, stage, webhook};

const CREATED: &str = "jira:issue_created";
const EDITED: &str = "jira:issue_updated";

/// The ticket holds this form since so many milliseconds, and says so now.
async fn says(stage: &Stage, id: &str, event: &str, (millis, long): (i64, &str)) {
    deliver(stage, id, &sent_at(millis, webhook(event, "OPS-17", &form_for(long, "rollout")))).await;
}

#[tokio::test]
async fn trust_d4_a_form_that_is_gone_or_cannot_be_read_when_the_forge_is_back_is_not_asked_for() {
    for edited in ["Never mind.", "Permission: owner\nRepository: payments-api"] {
        let stage = stage().await;
        let down = Fault { matching: "GET".to_owned(), times: 999, status: Some(503), ..Fault::default() };
        stage.demo.bitbucket.order(trouble([down]));
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
    for edited in ["Never mind.", "Permission: owner\nRepository: payments-api"] {
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
    let stage = stage().await;
    says(&stage, "d1", CREATED, (1_000, "1 day")).await;
    says(&stage, "d3", EDITED, (3_000, "1 day")).await;
    says(&stage, "d2", EDITED, (2_000, "2 days")).await;
    let all = requests_under(&stage, "OPS-17").await;
    let [request] = &all[..] else { panic!("one request: {all:#?}") };
    assert_eq!((&request["status"], &request["minutes"]), (&json!("waiting"), &json!(1440)), "{request:#}");
}
