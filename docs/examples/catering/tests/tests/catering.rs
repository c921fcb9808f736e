//! Lunch for guests is asked for, countersigned and ordered.

use countersign_domain::request::Code;
use countersign_tests::stage::Stage;

/// Asks for lunch, and says the request's code.
async fn asked(stage: &Stage, sentence: &str) -> String {
    let card = stage.says("demo-employee", sentence).await;
    card.code.as_ref().map(Code::to_string).unwrap_or_else(|| panic!("no code on {card:#?}"))
}

async fn status(stage: &Stage, code: &str) -> String {
    let card = stage.says("demo-admin", &format!("status {code}")).await;
    card.status.unwrap_or_else(|| panic!("no status of {code}"))
}

#[tokio::test]
async fn lunch_for_many_is_countersigned_by_an_administrator() {
    let stage = Stage::new().await;
    let code = asked(&stage, "catering for 12 because of the workshop").await;
    assert_eq!(status(&stage, &code).await, "waiting");
    for nobody_who_may in ["demo-employee", "demo-approver"] {
        stage.says(nobody_who_may, &format!("approve {code}")).await;
        assert_eq!(status(&stage, &code).await, "waiting", "{nobody_who_may}");
    }
    stage.says("demo-admin", &format!("approve {code}")).await;
    assert_eq!(status(&stage, &code).await, "ordered");
    let why = stage.says("demo-employee", &format!("why {code}")).await;
    assert!(
        why.text.contains("asked for lunch for 12") && why.text.contains("It is ordered"),
        "{}",
        why.text
    );
    assert!(stage.history(&code).await.contains(&"catering_ordered".to_owned()));
}

#[tokio::test]
async fn lunch_for_few_is_ordered_at_once_and_a_number_is_a_number() {
    let stage = Stage::new().await;
    let code = asked(&stage, "order lunch for 3").await;
    assert_eq!(status(&stage, &code).await, "ordered");
    let card = stage.says("demo-employee", "catering for everybody").await;
    assert!(card.refused, "{}", card.text);
}
