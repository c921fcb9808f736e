//! Where much waits, not all of it is shown, and how many more there are is said rightly; what is meant is looked for among all of it.

use countersign_domain::card::Card;
use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, labels};
use serde_json::json;

use crate::{APPROVER, EMPLOYEE, title};

const MANY: usize = 40;

#[tokio::test]
async fn trust_c3_of_many_that_wait_it_is_said_how_many_more_there_are_and_none_is_out_of_reach() {
    let stage = in_december(Stage::new().await).await;
    let mut first = None;
    for minutes in 1..=MANY {
        let text = format!("access write on payments-api for {minutes} minutes ticket OPS-17");
        let code = stage.says(EMPLOYEE, &text).await.code.unwrap_or_else(|| panic!("no request for {text}"));
        first.get_or_insert(code.to_string());
    }
    let first = first.expect("the first of them");
    for who in [APPROVER, EMPLOYEE] {
        let answer = stage.post(who, "/api/v1/chat", &json!({ "text": "status" })).await;
        let cards: Vec<Card> = serde_json::from_value(answer["cards"].clone()).expect("cards");
        let last = cards.last().expect("how many more there are");
        assert_eq!(cards.len(), 31, "{who}");
        assert_eq!(title(last), "These are not all", "{who}: {}", last.text);
        assert!(last.text.contains("There are 10 more."), "{who}: {}", last.text);
    }
    let card = stage.says(APPROVER, "approve").await;
    assert_eq!(labels(&card).len(), 5, "{}", card.text);
    assert!(card.text.contains("There are 35 more."), "{}", card.text);
    stage.says(APPROVER, "never mind").await;
    // Of many, none fits: that is no reason to say that nothing waits.
    let card = stage.says(APPROVER, "approve the one for 90 minutes").await;
    assert_eq!(title(&card), "None of the 40 that there are fits", "{}", card.text);
    // The oldest is as near as the newest.
    let card = stage.says(APPROVER, "approve the one for 1 minute").await;
    assert_eq!(title(&card), "Do you want to countersign this one?", "{}", card.text);
    assert!(card.text.contains(&first), "{}", card.text);
    stage.says(APPROVER, "yes").await;
    assert_eq!(stage.status(&first).await, "active");
}
