//! What is held already is no request, whoever asks for it.

use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, requests};
use countersign_tests::vendors::{Vendor as _, account};

use crate::{APPROVER, APPROVER2, EMPLOYEE, WRITE};

#[tokio::test]
async fn trust_c3_how_long_i_still_have_one_of_them_is_answered_with_that_one() {
    let stage = in_december(Stage::new().await).await;
    let read = stage.says(EMPLOYEE, "read on web-shop for 4 hours").await.code.expect("a code").to_string();
    let write = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    stage.says(APPROVER, &format!("approve {write}")).await;
    for (text, meant) in [
        ("how long do I still have write on payments-api?", &[&write][..]),
        ("bis wann habe ich schreibrechte auf payments-api?", &[&write]),
        ("when does my write on payments-api end?", &[&write]),
        ("until when do I have web-shop", &[&read]),
        ("when does my read end?", &[&read]),
        ("how long do I still have it?", &[&read, &write]),
    ] {
        let answer = stage.post(EMPLOYEE, "/api/v1/chat", &serde_json::json!({ "text": text })).await;
        let all = answer["cards"].as_array().expect("cards").iter();
        let codes: Vec<&str> = all.filter_map(|card| card["code"].as_str()).collect();
        assert_eq!(codes.len(), meant.len(), "{text}: {answer:#}");
        assert!(meant.iter().all(|code| codes.contains(&code.as_str())), "{text}: {answer:#}");
    }
}

#[tokio::test]
async fn trust_a6_what_a_colleague_holds_already_is_answered_without_a_request() {
    let stage = in_december(Stage::new().await).await;
    stage.set_by_hand(&account(APPROVER2), "web-shop", Some("admin"));
    for permission in ["read", "write", "admin"] {
        let ask = format!(
            "access {permission} on web-shop for Ben Approver for 1 hour ticket OPS-17 because audit"
        );
        let card = stage.says(EMPLOYEE, &ask).await;
        assert_eq!((card.code.as_ref(), requests(&stage).await), (None, 0), "{}", card.text);
        assert_eq!(card.title, "That is there already", "{}", card.text);
        let told = format!("Ben Approver holds {permission} on web-shop already");
        assert!(card.text.contains(&told), "no more than was asked about: {}", card.text);
    }
    // Through an access of ours: until when, and which one it is, is theirs and of those who decide.
    let card = stage.says(APPROVER, "access write on payments-api for 2 days ticket OPS-17").await;
    let code = card.code.expect("a code").to_string();
    stage.says(APPROVER2, &format!("approve {code}")).await;
    let card = stage.says(EMPLOYEE, "access read on payments-api for Ada Approver for 1 hour").await;
    assert_eq!((card.code.as_ref(), requests(&stage).await), (None, 1), "{}", card.text);
    assert!(
        !card.text.contains(&code) && card.text.contains("holds read on payments-api already"),
        "{}",
        card.text
    );
    assert!(card.buttons.is_empty(), "it is not theirs to extend: {}", card.text);
    // What lasts longer than what they hold is a request.
    let card = stage.says(EMPLOYEE, "access read on payments-api for Ada Approver for 3 days").await;
    assert!(card.code.is_some(), "{}", card.text);
}
