//! A name that was said of one of two, and is said once more: what it fits now only because the other one is over is shown and asked about,
//! and so is what somebody else has, and who would end it was never shown.

use countersign_domain::card::Card;
use countersign_tests::stage::Stage;
use countersign_tests::typed::in_december;
use countersign_tests::wherever::{SURFACES, says_on};
use serde_json::json;

use crate::{APPROVER, APPROVER2, EMPLOYEE, WRITE, title};

const ADMIN: &str = "demo-admin";
const ADMINS: &str = "access admin on payments-api for 2 hours ticket OPS-17";
const LONGER: &str = "access write on infra for 3 hours ticket OPS-18";
const SAME_TICKET: &str = "access write on web-shop for 2 hours ticket OPS-18";
const SHORTER: &str = "access admin on infra for 1 hour ticket OPS-18";

async fn asks(stage: &Stage, text: &str) -> String {
    stage.says(EMPLOYEE, text).await.code.unwrap_or_else(|| panic!("no request for {text}")).to_string()
}

/// Every card of an answer.
async fn answer(stage: &Stage, token: &str, text: &str) -> Vec<Card> {
    let answer = stage.post(token, "/api/v1/chat", &json!({ "text": text })).await;
    stage.settle().await;
    serde_json::from_value(answer["cards"].clone()).expect("cards")
}

fn shows(cards: &[Card], code: &str) -> bool {
    cards.iter().any(|card| card.code.as_ref().is_some_and(|own| own.to_string() == code))
}

/// The other one of two.
fn other<'a>(codes: &'a [String; 2], one: &str) -> &'a str {
    let [first, second] = codes;
    if first == one { second } else { first }
}

#[tokio::test]
async fn trust_c3_a_name_that_chose_one_of_two_does_not_decide_on_the_other_when_it_is_said_again() {
    for name in ["infra", "Erin", "OPS-18", "Erin's infra"] {
        let said = format!("deny {name} because too long");
        let stage = in_december(Stage::new().await).await;
        let codes = [asks(&stage, LONGER).await, asks(&stage, SHORTER).await];
        stage.says(APPROVER, "status").await;
        let list = stage.says(APPROVER, &said).await;
        assert_eq!(title(&list), "Which one do you want to deny?", "{said}: {}", list.text);
        stage.says(APPROVER, "1").await;
        let mut done = Vec::new();
        for code in &codes {
            if stage.status(code).await == "denied" {
                done.push(code.clone());
            }
        }
        let [done] = &done[..] else { panic!("{said}: one of them, and not {done:?}") };
        let left = other(&codes, done);
        let cards = answer(&stage, APPROVER, &said).await;
        assert_eq!(stage.status(left).await, "waiting", "{said}: {cards:#?}");
        assert!(title(&cards[0]).starts_with("Do you want to deny this one"), "{said}: {}", cards[0].text);
        assert!(shows(&cards, left), "{said}: {cards:#?}");
        stage.says(APPROVER, "yes").await;
        assert_eq!(stage.status(left).await, "denied", "{said}: whoever says yes to it means it");
    }
}

#[tokio::test]
async fn trust_c3_a_name_is_not_for_the_other_one_of_two_wherever_it_is_said() {
    for surface in SURFACES {
        let stage = in_december(Stage::with_chats().await).await;
        let codes = [asks(&stage, WRITE).await, asks(&stage, ADMINS).await];
        stage.settle().await;
        says_on(&stage, surface, APPROVER, "status").await;
        // It takes another countersignature, and waits for theirs no more.
        says_on(&stage, surface, APPROVER, &format!("approve {}", codes[1])).await;
        let card = stage.says(ADMIN, &format!("status {}", codes[1])).await.text;
        assert!(card.contains("Countersigned by: Ada Approver"), "{surface}: {card}");
        says_on(&stage, surface, APPROVER, "approve payments-api").await;
        assert_eq!(stage.status(&codes[0]).await, "waiting", "{surface}");
        says_on(&stage, surface, APPROVER, "yes").await;
        assert_eq!(stage.status(&codes[0]).await, "active", "{surface}: it was shown, and asked");
    }
}

#[tokio::test]
async fn trust_c3_what_is_gone_meanwhile_leaves_its_name_to_no_other() {
    let stage = in_december(Stage::new().await).await;
    let codes = [asks(&stage, LONGER).await, asks(&stage, WRITE).await];
    let third = asks(&stage, SHORTER).await;
    stage.says(APPROVER, "status").await;
    stage.says(EMPLOYEE, &format!("withdraw {}", codes[0])).await;
    let cards = answer(&stage, APPROVER, "approve infra").await;
    assert!(shows(&cards, &third), "{cards:#?}");
    let card = stage.says(ADMIN, &format!("status {third}")).await.text;
    assert!(!card.contains("Countersigned by"), "they were shown beside each other: {card}");
    // A name that fits the other one in nothing is for the one that was shown.
    stage.says(APPROVER, "cancel").await;
    stage.says(APPROVER, "approve payments-api").await;
    assert_eq!(stage.status(&codes[1]).await, "active");
}

#[tokio::test]
async fn trust_c3_a_name_is_for_what_was_shown_since_the_other_one_was_decided() {
    let stage = in_december(Stage::new().await).await;
    let first = asks(&stage, LONGER).await;
    stage.says(APPROVER, "status").await;
    stage.says(APPROVER, "deny infra because too long").await;
    assert_eq!(stage.status(&first).await, "denied");
    let second = asks(&stage, "access write on infra for 1 hour ticket OPS-18").await;
    stage.says(APPROVER, "status").await;
    let card = stage.says(APPROVER, "approve infra").await;
    assert_eq!(stage.status(&second).await, "active", "{}", card.text);
}

#[tokio::test]
async fn trust_c3_what_is_ones_own_is_given_up_once_by_a_name_that_is_said_twice() {
    for (said, status) in [("withdraw OPS-18", "withdrawn"), ("give back OPS-18", "given_back")] {
        let stage = in_december(Stage::new().await).await;
        let codes = [asks(&stage, LONGER).await, asks(&stage, SAME_TICKET).await];
        if said == "give back OPS-18" {
            for code in &codes {
                stage.says(APPROVER, &format!("approve {code}")).await;
                assert_eq!(stage.status(code).await, "active");
            }
        }
        let list = stage.says(EMPLOYEE, said).await;
        assert!(title(&list).starts_with("Which one do you want to"), "{said}: {}", list.text);
        stage.says(EMPLOYEE, "1").await;
        let mut left = Vec::new();
        for code in &codes {
            if stage.status(code).await != status {
                left.push(code);
            }
        }
        let [left] = left[..] else { panic!("{said}: one is left, and not {left:?}") };
        let before = stage.status(left).await;
        let cards = answer(&stage, EMPLOYEE, said).await;
        assert_eq!(stage.status(left).await, before, "{said}: {cards:#?}");
        assert!(title(&cards[0]).starts_with("Do you want to"), "{said}: {}", cards[0].text);
        assert!(shows(&cards, left), "{said}: {cards:#?}");
        stage.says(EMPLOYEE, "yes").await;
        assert_eq!(stage.status(left).await, status, "{said}");
    }
}

#[tokio::test]
async fn trust_c3_an_access_that_was_not_shown_here_is_ended_by_no_name_unasked() {
    for said in [
        "revoke payments-api",
        "revoke Erin's access",
        "revoke write on payments-api from Erin",
        "revoke OPS-17 because the freeze begins",
    ] {
        let stage = in_december(Stage::new().await).await;
        let code = asks(&stage, WRITE).await;
        stage.says(APPROVER, &format!("approve {code}")).await;
        assert_eq!(stage.status(&code).await, "active");
        let cards = answer(&stage, ADMIN, said).await;
        assert_eq!(stage.status(&code).await, "active", "{said}: {cards:#?}");
        assert!(title(&cards[0]).ends_with('?'), "{said}: {}", cards[0].text);
        assert!(shows(&cards, &code), "{said}: {cards:#?}");
        stage.says(ADMIN, "yes").await;
        assert_eq!(stage.status(&code).await, "revoked", "{said}");
    }
}

#[tokio::test]
async fn trust_c3_an_access_is_ended_once_by_a_name_that_is_said_twice() {
    let stage = in_december(Stage::new().await).await;
    let codes = [asks(&stage, SAME_TICKET).await, asks(&stage, LONGER).await];
    for code in &codes {
        stage.says(APPROVER, &format!("approve {code}")).await;
        stage.says(ADMIN, &format!("status {code}")).await;
    }
    stage.says(ADMIN, &format!("revoke {}", codes[1])).await;
    assert_eq!(stage.status(&codes[1]).await, "revoked");
    let cards = answer(&stage, ADMIN, "revoke OPS-18").await;
    assert_eq!(stage.status(&codes[0]).await, "active", "{cards:#?}");
    assert!(shows(&cards, &codes[0]), "{cards:#?}");
}

#[tokio::test]
async fn trust_c3_who_may_look_at_all_and_end_none_is_offered_none_to_end() {
    let stage = in_december(Stage::new().await).await;
    let codes = [asks(&stage, LONGER).await, asks(&stage, WRITE).await];
    for code in &codes {
        stage.says(APPROVER, &format!("approve {code}")).await;
        assert_eq!(stage.status(code).await, "active");
    }
    let card = stage.says("demo-auditor", "revoke").await;
    assert_eq!(title(&card), "No access in force", "{}", card.text);
    let list = stage.says(ADMIN, "revoke").await;
    assert_eq!(title(&list), "Which one do you want to revoke?", "{}", list.text);
}

#[tokio::test]
async fn trust_c3_a_number_behind_a_command_counts_in_the_list_that_was_just_shown() {
    let stage = in_december(Stage::new().await).await;
    let erins = [asks(&stage, SAME_TICKET).await, asks(&stage, LONGER).await];
    let bens = "access write on infra for 2 hours ticket OPS-18";
    let bens = stage.says(APPROVER2, bens).await.code.expect("a code").to_string();
    for code in erins.iter().chain([&bens]) {
        stage.says(APPROVER, &format!("approve {code}")).await;
        assert_eq!(stage.status(code).await, "active");
    }
    let list = stage.says(ADMIN, "revoke Erin").await;
    let places: Vec<_> = erins.iter().map(|code| list.text.find(code).expect("it is listed")).collect();
    assert!(!list.text.contains(&bens), "{}", list.text);
    let [first, second] = if places[0] < places[1] { [&erins[0], &erins[1]] } else { [&erins[1], &erins[0]] };
    let asked = stage.says(ADMIN, "revoke 2").await;
    assert!(asked.text.contains(second) && !asked.text.contains(&bens), "{}: {}", list.text, asked.text);
    stage.says(ADMIN, "yes").await;
    assert_eq!(stage.status(second).await, "revoked");
    for code in [first, &bens] {
        assert_eq!(stage.status(code).await, "active");
    }
}
