//! One request in many places: all cards show the same, and close with the winner's name.

use countersign_domain::access::Status;
use countersign_tests::stage::Stage;

const EMPLOYEE: &str = "demo-employee";

#[tokio::test]
async fn mirror_a_request_of_the_page_is_shown_in_chats_and_closes_there_with_the_winners_name() {
    let stage = Stage::with_chats().await;
    let card = stage.says(EMPLOYEE, "access write on payments-api ticket OPS-17 because rollout").await;
    assert_eq!(card.status, Some(Status::Waiting));
    let seen = stage.slack_sees("demo-approver").join("\n");
    assert!(seen.contains("waiting, 0 of 1 countersigned"), "{seen}");
    stage.says("demo-approver2", &format!("approve {}", card.code.expect("a request's card"))).await;
    let seen = stage.slack_sees("demo-approver").join("\n");
    assert!(seen.contains("Countersigned by: Ben Approver"), "{seen}");
}
