//! How long an access may last in all: extensions and new requests count together.

use countersign_tests::stage::Stage;
use jiff::SignedDuration;

use super::{APPROVER, EMPLOYEE, code, rules_with};

#[tokio::test]
async fn trust_a10_an_access_that_needs_nobody_does_not_roll_for_ever() {
    let stage = Stage::new().await;
    let own = code(&stage.says(EMPLOYEE, "access read on web-shop for 6 days").await);
    stage.later(SignedDuration::from_hours(5 * 24)).await;
    let told = stage.says(EMPLOYEE, &format!("extend {own} for 2 days")).await;
    assert!(
        told.text.contains("longer than the rules allow without a break: at most 7 days"),
        "{}",
        told.text
    );
    assert!(told.text.contains("at most 1 day more, until 2026-03-09 09:00 UTC"), "{}", told.text);
    stage.says(EMPLOYEE, &format!("extend {own} for 1 day")).await;
    stage.later(SignedDuration::from_hours(24)).await;
    assert_eq!(stage.held(EMPLOYEE, "web-shop").as_deref(), Some("read"));
    let told = stage.says(EMPLOYEE, &format!("extend {own} for 1 minute")).await;
    assert!(told.text.contains("Nothing more fits"), "{}", told.text);

    // Asking anew does not begin anew either, nor does giving it back first.
    stage.says(EMPLOYEE, &format!("give back {own}")).await;
    let anew = stage.says(EMPLOYEE, "access read on web-shop for 3 days").await;
    assert!(anew.text.contains("Together with what there was since 2026-03-02 09:00 UTC"), "{}", anew.text);
    assert_eq!(stage.held(EMPLOYEE, "web-shop"), None);
    stage.later(SignedDuration::from_hours(2)).await;
    stage.says(EMPLOYEE, "access read on web-shop for 3 days").await;
    assert_eq!(stage.held(EMPLOYEE, "web-shop").as_deref(), Some("read"), "after a break it begins anew");
}

#[tokio::test]
async fn trust_a10_what_is_countersigned_counts_together_too() {
    let stage = Stage::new().await;
    let ask = "access write on infra for 4 days ticket OPS-18 because disk";
    let first = code(&stage.says(EMPLOYEE, ask).await);
    stage.says(APPROVER, &format!("approve {first}")).await;
    stage.later(SignedDuration::from_hours(4 * 24)).await;
    let told = stage.says(EMPLOYEE, ask).await;
    assert!(told.text.contains("What would fit: at most 3 days more"), "{}", told.text);
    let ask = "access write on infra for 3 days ticket OPS-18 because disk";
    let second = code(&stage.says(EMPLOYEE, ask).await);
    stage.says(APPROVER, &format!("approve {second}")).await;
    assert_eq!(stage.status(&second).await, "active");
}

#[tokio::test]
async fn trust_a10_within_a_month_there_is_a_total() {
    let stage = Stage::new().await;
    rules_with(&stage, "read-web-shop", "@max_total(\"4 days\")").await;
    stage.says(EMPLOYEE, "access read on web-shop for 3 days").await;
    // The bot was away when it should have ended; that is nothing for who had it to answer for.
    stage.later(SignedDuration::from_hours(10 * 24)).await;
    let told = stage.says(EMPLOYEE, "access read on web-shop for 3 days").await;
    assert!(told.text.contains("at most 4 days in all, of which 3 days are given already"), "{}", told.text);
    assert!(told.text.contains("What would fit: at most 1 day more"), "{}", told.text);
    stage.later(SignedDuration::from_hours(25 * 24)).await;
    stage.says(EMPLOYEE, "access read on web-shop for 3 days").await;
    assert_eq!(stage.held(EMPLOYEE, "web-shop").as_deref(), Some("read"), "a month later it is forgotten");
}
