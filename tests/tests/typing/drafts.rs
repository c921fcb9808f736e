//! What somebody was asked back is not lost by what they say meanwhile: a draft waits beneath what is decided and is asked again after that,
//! and what does give way is not dropped without a word.

use countersign_domain::card::Card;
use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, labels, requests};
use serde_json::json;

use crate::{APPROVER, EMPLOYEE, WRITE, title};

const WHICH_TICKET: &str = "Which ticket does it belong to?";

async fn asks(stage: &Stage, who: &str, text: &str) -> String {
    let card = stage.says(who, text).await;
    card.code.unwrap_or_else(|| panic!("no request: {}", card.text)).to_string()
}

/// Every card of an answer.
async fn answer(stage: &Stage, token: &str, text: &str) -> Vec<Card> {
    let answer = stage.post(token, "/api/v1/chat", &json!({ "text": text })).await;
    stage.settle().await;
    serde_json::from_value(answer["cards"].clone()).expect("cards")
}

/// What waits of the employee's, and an approver of it whose own draft lacks its ticket.
async fn with_draft() -> (Stage, String) {
    let stage = in_december(Stage::new().await).await;
    let code = asks(&stage, EMPLOYEE, WRITE).await;
    let card = stage.says(APPROVER, "write on infra for 2 days").await;
    assert_eq!(title(&card), WHICH_TICKET, "{}", card.text);
    (stage, code)
}

async fn is_asked_for_still(stage: &Stage, cards: &[Card], said: &str) {
    let last = cards.last().expect("a card");
    assert_eq!(title(last), WHICH_TICKET, "{said}: {}", last.text);
    assert!(last.text.contains("This still waits for an answer."), "{said}: {}", last.text);
    let own = asks(stage, APPROVER, "OPS-18").await;
    assert_eq!((stage.status(&own).await.as_str(), requests(stage).await), ("waiting", 2), "{said}");
}

#[tokio::test]
async fn trust_c2_a_draft_is_not_lost_by_a_decision_on_what_somebody_else_asked_for() {
    for (said, status) in [
        (&["approve", "yes"][..], "active"),
        (&["approve CODE"], "active"),
        (&["deny CODE because too broad"], "denied"),
        (&["deny CODE", "because too broad"], "denied"),
        (&["approve", "forget it"], "waiting"),
    ] {
        let (stage, code) = with_draft().await;
        let mut cards = vec![];
        for text in said {
            cards = answer(&stage, APPROVER, &text.replace("CODE", &code)).await;
        }
        assert_eq!(stage.status(&code).await, status, "{said:?}: {cards:#?}");
        is_asked_for_still(&stage, &cards, &said.join(", ")).await;
    }
}

#[tokio::test]
async fn trust_c2_a_draft_that_gives_way_to_another_request_is_told_with_all_that_was_understood_of_it() {
    for other in ["access read on web-shop for 1 hour", "I need write on infra for 1 day"] {
        let stage = in_december(Stage::new().await).await;
        stage.says(EMPLOYEE, "write on payments-api for 2 days").await;
        let cards = answer(&stage, EMPLOYEE, other).await;
        let last = cards.last().expect("a card");
        assert_eq!(title(last), "I forgot what you were asking for before", "{other}: {cards:#?}");
        assert!(last.text.contains("payments-api") && last.text.contains("2 days"), "{other}: {}", last.text);
    }
}

#[tokio::test]
async fn trust_c2_a_denial_that_was_not_said_why_of_is_told_where_something_else_is_done() {
    let stage = in_december(Stage::new().await).await;
    let code = asks(&stage, EMPLOYEE, WRITE).await;
    let held = asks(&stage, APPROVER, "read on web-shop for 4 hours").await;
    stage.says(APPROVER, &format!("deny {code}")).await;
    let cards = answer(&stage, APPROVER, &format!("extend {held} for 1 hour")).await;
    let told = cards.last().map(|card| card.text.as_str()).unwrap_or_default();
    assert!(told.contains(&format!("deny {code} because")), "{told}");
    assert_eq!(stage.status(&code).await, "waiting");
}

#[tokio::test]
async fn trust_c3_who_asks_about_what_they_are_about_to_deny_is_answered_of_that_one() {
    let stage = in_december(Stage::new().await).await;
    let code = asks(&stage, EMPLOYEE, WRITE).await;
    let other = asks(&stage, EMPLOYEE, "access read on infra for 2 hours").await;
    stage.says(APPROVER, &format!("deny {code}")).await;
    let card = stage.says(APPROVER, "what does she want with it").await;
    assert!(card.text.contains(&code) && !card.text.contains(&other), "{}", card.text);
    stage.says(APPROVER, "because the freeze begins tomorrow").await;
    assert_eq!(stage.status(&code).await, "denied", "it was still asked");
}

#[tokio::test]
async fn trust_c3_a_number_and_a_yes_are_no_reason_of_a_denial() {
    let stage = in_december(Stage::new().await).await;
    let code = asks(&stage, EMPLOYEE, WRITE).await;
    stage.says(APPROVER, &format!("deny {code}")).await;
    for text in ["1", "lgtm", "ok CODE"] {
        let card = stage.says(APPROVER, &text.replace("CODE", &code)).await;
        assert_eq!(title(&card), format!("Why do you deny {code}?"), "{text}: {}", card.text);
        assert_eq!(stage.status(&code).await, "waiting", "{text}");
    }
    // Read back, it has a number.
    let card = stage.says(APPROVER, "too broad").await;
    assert_eq!(title(&card), format!("Deny {code} because “too broad”?"), "{}", card.text);
    stage.says(APPROVER, "1").await;
    assert_eq!(stage.status(&code).await, "denied");
}

#[tokio::test]
async fn trust_c3_a_request_at_an_open_denial_hides_neither_the_denial_nor_what_was_typed() {
    let stage = in_december(Stage::new().await).await;
    let code = asks(&stage, EMPLOYEE, WRITE).await;
    let card = stage.says(APPROVER, "no, that is too much").await;
    assert!(title(&card).contains("deny"), "{}", card.text);
    let card = stage.says(APPROVER, "write on infra for 3 hours OPS-18 because x").await;
    assert_eq!(labels(&card).len(), 2, "{}", card.text);
    assert!(card.text.contains(&format!("Deny {code}")), "{}", card.text);
    assert!(card.text.contains("write on infra for 3 hours OPS-18 because x"), "{}", card.text);
    assert_eq!((stage.status(&code).await.as_str(), requests(&stage).await), ("waiting", 1));
    // Another one takes its place: no two options are alike.
    let card = stage.says(APPROVER, "read on web-shop for 4 hours because z2").await;
    assert_eq!(labels(&card).len(), 2, "{}", card.text);
    assert!(card.text.contains("read on web-shop for 4 hours because z2"), "{}", card.text);
    assert_eq!((stage.status(&code).await.as_str(), requests(&stage).await), ("waiting", 1));
}

#[tokio::test]
async fn trust_c3_a_request_is_not_swallowed_by_a_question_about_what_is_over() {
    let stage = in_december(Stage::new().await).await;
    let code = asks(&stage, EMPLOYEE, WRITE).await;
    stage.says(APPROVER, "lgtm").await;
    stage.says(EMPLOYEE, &format!("withdraw {code}")).await;
    let own = asks(&stage, APPROVER, "read on web-shop for 4 hours").await;
    assert_eq!(stage.status(&own).await, "active");
}

#[tokio::test]
async fn trust_c3_it_is_not_ones_own_where_the_bot_has_just_spoken_of_somebody_elses() {
    let stage = in_december(Stage::new().await).await;
    let own = asks(&stage, APPROVER, WRITE).await;
    for text in ["access read on infra for 2 hours", "access write on infra for 2 days ticket OPS-18"] {
        asks(&stage, EMPLOYEE, text).await;
    }
    stage.says(APPROVER, "approve").await;
    let card = stage.says(APPROVER, "withdraw it").await;
    assert_eq!(title(&card), "Do you want to withdraw this one?", "{}", card.text);
    assert!(card.text.contains(&own), "{}", card.text);
    assert_eq!(stage.status(&own).await, "waiting");
    stage.says(APPROVER, "yes").await;
    assert_eq!(stage.status(&own).await, "withdrawn");
    // What is their own, and was shown last, is it.
    let stage = in_december(Stage::new().await).await;
    let own = asks(&stage, EMPLOYEE, WRITE).await;
    stage.says(EMPLOYEE, "withdraw it").await;
    assert_eq!(stage.status(&own).await, "withdrawn");
}

#[tokio::test]
async fn trust_c3_what_is_given_back_after_a_second_thought_changes_nothing_of_what_waits() {
    let stage = in_december(Stage::new().await).await;
    let held = asks(&stage, EMPLOYEE, "read on web-shop for 1 hour").await;
    let waits = asks(&stage, EMPLOYEE, WRITE).await;
    let card = stage.says(EMPLOYEE, "actually give it back").await;
    assert_eq!(title(&card), "Do you want to give back this one?", "{}", card.text);
    assert!(card.text.contains(&held), "{}", card.text);
    stage.says(EMPLOYEE, "yes").await;
    assert_eq!(stage.status(&held).await, "given_back");
    assert_eq!(stage.status(&waits).await, "waiting");
}

#[tokio::test]
async fn trust_c3_a_yes_at_a_list_asks_which_and_forget_it_drops_the_list_and_nothing_else() {
    let stage = in_december(Stage::new().await).await;
    let first = asks(&stage, EMPLOYEE, "read on web-shop for 4 hours").await;
    let second = asks(&stage, EMPLOYEE, WRITE).await;
    stage.says(APPROVER, &format!("approve {second}")).await;
    let listed = stage.says(EMPLOYEE, "make it 3 days").await;
    assert_eq!(title(&listed), "Which one do you want to change?", "{}", listed.text);
    let card = stage.says(EMPLOYEE, "yes").await;
    assert!(card.text.contains("There are several."), "{}", card.text);
    assert_eq!(labels(&card), labels(&listed), "{}", card.text);
    let card = stage.says(EMPLOYEE, "forget it").await;
    assert!(card.text.contains("I forgot it"), "{}", card.text);
    for code in [&first, &second] {
        assert_eq!(stage.status(code).await, "active", "{}", card.text);
    }
}
