//! The life of an access, from the asking to its end.

use countersign_domain::access::{Form, Status};
use countersign_tests::stage::{Stage, tenant};
use jiff::SignedDuration;

fn form() -> Form {
    let text = |text: &str| Some(text.to_owned());
    Form {
        permission: text("write"),
        repository: text("payments-api"),
        duration: text("2 days"),
        ticket: text("OPS-17"),
        reason: text("rollout"),
        user: None,
    }
}

#[tokio::test]
async fn an_access_is_asked_countersigned_granted_and_ends_by_itself() {
    let stage = Stage::new().await;
    let asked =
        stage.bot.requests.ask(&stage.context("demo-employee").await, &form()).await.unwrap().unwrap();
    stage.settle().await;
    let state = stage.bot.requests.state(&tenant(), &asked.code).await.unwrap();
    assert_eq!(state.status, Status::Waiting, "{state:#?}");
    assert_eq!(stage.ticket("OPS-17").0, "In Progress");
    let receipt = state.receipt();
    let code = asked.code.to_string();
    stage
        .bot
        .requests
        .countersign(&stage.context("demo-approver").await, &code, receipt)
        .await
        .unwrap()
        .unwrap();
    stage.settle().await;
    let state = stage.bot.requests.state(&tenant(), &asked.code).await.unwrap();
    assert_eq!(state.status, Status::Active, "{state:#?}");
    assert_eq!(stage.held("demo-employee", "payments-api").as_deref(), Some("write"));
    let (status, comments) = stage.ticket("OPS-17");
    assert_eq!(status, "Done");
    assert_eq!(comments.len(), 2, "{comments:#?}");
    stage.later(SignedDuration::from_hours(48)).await;
    let state = stage.bot.requests.state(&tenant(), &asked.code).await.unwrap();
    assert_eq!(state.status, Status::Expired, "{state:#?}");
    assert_eq!(stage.held("demo-employee", "payments-api"), None);
}
