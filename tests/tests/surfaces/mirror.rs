//! One request in many places: all cards show the same, and close with the winner's name.

use countersign_tests::stage::Stage;

const EMPLOYEE: &str = "demo-employee";

#[tokio::test]
async fn mirror_a_request_of_the_page_is_shown_in_chats_and_closes_there_with_the_winners_name() {
    let stage = Stage::with_chats().await;
    let card = stage.says(EMPLOYEE, "access write on payments-api ticket OPS-17 because rollout").await;
    assert_eq!(card.status.as_deref(), Some("waiting"));
    let seen = stage.slack_sees("demo-approver").join("\n");
    assert!(seen.contains("waiting, 0 of 1 countersigned"), "{seen}");
    stage.says("demo-approver2", &format!("approve {}", card.code.expect("a request's card"))).await;
    let seen = stage.slack_sees("demo-approver").join("\n");
    assert!(seen.contains("Countersigned by: Ben Approver"), "{seen}");
}

#[tokio::test]
async fn mirror_what_happened_at_once_is_drawn_once() {
    let stage = Stage::with_chats().await;
    let card = stage.says(EMPLOYEE, "access write on payments-api ticket OPS-17 because rollout").await;
    let before = stage.head().await;
    stage.says("demo-approver2", &format!("approve {}", card.code.expect("a request's card"))).await;
    let log = stage.log_after(before).await;
    let cause = |kind: &str| log.iter().find(|event| event.kind == kind).expect("it happened").id;
    let cards = |cause| {
        let drawn = log.iter().filter(|event| event.kind == "effect_claimed" && event.causation == cause);
        drawn.filter(|event| event.data.get().contains("show_card")).count()
    };
    // The countersignature was the last one that was needed: both stand in one append.
    assert_eq!(cards(cause("access_countersigned")), 0, "the approval draws the same cards");
    assert!(cards(cause("access_approved")) > 3, "{log:#?}");
}
