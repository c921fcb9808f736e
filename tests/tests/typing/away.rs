//! Until when somebody is left out: the last day that they name is one of them, as it is of access.

use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, labels, press};

use crate::{APPROVER, APPROVER2, EMPLOYEE, WRITE, title};

#[tokio::test]
async fn trust_c3_who_is_left_out_until_a_day_is_left_out_on_that_day() {
    let stage = in_december(Stage::new().await).await;
    for text in [
        "omit me until Friday",
        "omit me until 2026-12-04",
        "omit me until Dec 4",
        "omit me until Friday from today",
        "omit me until 2026-12-04 from today",
        "omit me until friday ask approvers",
        "I am away until Friday",
        "I'm on vacation till friday",
        "I will be off through Friday",
        "leave me out until friday",
        "ich bin weg bis Freitag",
        "omit me until the end of Friday",
    ] {
        let card = stage.says(APPROVER, text).await;
        assert!(card.text.contains("ntil 2026-12-04 22:59 UTC"), "{text}: {}", card.text);
    }
    let card = stage.says(APPROVER, "omit me until Friday from Thursday").await;
    assert!(card.text.contains("From 2026-12-02 23:00 UTC until 2026-12-04 22:59 UTC"), "{}", card.text);
    let card = stage.says(APPROVER, "omit me until tomorrow 6pm").await;
    assert!(card.text.contains("ntil 2026-12-03 17:00 UTC"), "{}", card.text);
}

#[tokio::test]
async fn trust_c2_who_is_left_out_says_from_when_and_until_when_in_any_order() {
    let stage = in_december(Stage::new().await).await;
    for (text, told) in [
        (
            "omit me from tomorrow until Friday, ask approvers",
            "From 2026-12-02 23:00 UTC until 2026-12-04 22:59 UTC I leave you out, and the group approvers",
        ),
        ("leave me out from Thursday to Friday", "From 2026-12-02 23:00 UTC until 2026-12-04 22:59 UTC"),
        ("omit me tomorrow", "From 2026-12-02 23:00 UTC until 2026-12-03 22:59 UTC"),
        ("omit me yesterday", "“yesterday” has passed already."),
    ] {
        let card = stage.says(APPROVER, text).await;
        assert!(card.text.contains(told), "{text}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c2_an_absence_until_what_has_passed_or_may_be_two_is_asked() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(APPROVER, "omit me until wednesday ask approvers").await;
    assert_eq!(title(&card), "Which one do you mean by “wednesday”?", "{}", card.text);
    let label = labels(&card)[1].to_owned();
    let card = press(&stage, APPROVER, &card, &label).await;
    assert!(
        card.text.contains("ntil 2026-12-09 22:59 UTC") && card.text.contains("approvers"),
        "{}",
        card.text
    );
    let card = stage.says(APPROVER, "omit me until 2026-12-02 9:00").await;
    assert_eq!(title(&card), "Until when are you away?", "{}", card.text);
    assert!(card.text.contains("has passed already"), "{}", card.text);
    let card = stage.says(APPROVER, "omit me until 9:00").await;
    let offered = ["Wed 2 Dec 2026, 21:00 (Europe/Berlin)", "Thu 3 Dec 2026, 09:00 (Europe/Berlin)"];
    assert_eq!(labels(&card), offered, "{}", card.text);
    let card = stage.says(APPROVER, "omit me until frday").await;
    assert_eq!(labels(&card), ["Fri 4 Dec 2026, 23:59 (Europe/Berlin)"], "{}", card.text);
    stage.says(APPROVER, "yes").await;
    let card = stage.says(APPROVER, "omit me until the unicorns come home").await;
    assert!(card.text.contains("I cannot read"), "{}", card.text);
}

#[tokio::test]
async fn trust_e1_whoever_is_away_is_named_among_those_who_can_approve_for_their_word_counts() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    for who in [APPROVER, APPROVER2, "demo-admin"] {
        stage.says(who, "omit me until Friday").await;
    }
    for text in [format!("who can approve {code}"), "who can approve write on payments-api".to_owned()] {
        let card = stage.says(EMPLOYEE, &text).await;
        assert!(card.text.contains("Ada Approver (away)"), "{text}: {}", card.text);
        assert!(!card.text.contains("nobody at the moment"), "{text}: {}", card.text);
    }
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
}
