//! What is put in the place of what an approver was shown, and what they were never shown, is decided on by no name: its card is shown, and a
//! yes to that carries what was shown.

use countersign_domain::card::Card;
use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, labels};
use countersign_tests::wherever::says_on;
use serde_json::json;

use crate::{APPROVER, EMPLOYEE, WRITE, title};

const INFRA: &str = "access write on infra for 1 hour ticket OPS-18 because look at logs";
const PLACES: [&str; 2] = ["console", "slack"];

async fn asks(stage: &Stage, text: &str) -> String {
    stage.says(EMPLOYEE, text).await.code.unwrap_or_else(|| panic!("no request for {text}")).to_string()
}

/// Every card of an answer.
async fn answer(stage: &Stage, text: &str) -> Vec<Card> {
    let answer = stage.post(APPROVER, "/api/v1/chat", &json!({ "text": text })).await;
    stage.settle().await;
    serde_json::from_value(answer["cards"].clone()).expect("cards")
}

/// Whether the card of this request is among them, with what it asks for.
fn shows(cards: &[Card], code: &str, what: &str) -> bool {
    cards
        .iter()
        .any(|card| card.code.as_ref().is_some_and(|own| own.to_string() == code) && card.text.contains(what))
}

#[tokio::test]
async fn trust_c3_approve_by_name_is_not_for_what_was_put_in_the_place_of_what_was_shown() {
    for place in PLACES {
        for said in ["approve infra", "genehmige infra", "approve Erin's", "approve the one for 6 hours"] {
            let stage = in_december(Stage::with_chats().await).await;
            // Who is sent the card of what takes its place was shown that.
            stage.says(APPROVER, "do not ping me").await;
            let shown = asks(&stage, INFRA).await;
            says_on(&stage, place, APPROVER, &format!("status {shown}")).await;
            stage.says(EMPLOYEE, &format!("withdraw {shown}")).await;
            let swapped = asks(&stage, &INFRA.replace("1 hour", "6 hours")).await;
            says_on(&stage, place, APPROVER, said).await;
            assert_eq!(stage.status(&swapped).await, "waiting", "{place}: {said}");
            says_on(&stage, place, APPROVER, "yes").await;
            assert_eq!(stage.status(&swapped).await, "active", "{place}: {said}, and it was shown and asked");
        }
    }
}

#[tokio::test]
async fn trust_c3_approve_by_name_shows_the_card_of_what_was_never_shown_and_its_yes_is_for_that() {
    for said in [
        "approve infra",
        "genehmige infra",
        "approve Erin's infra",
        "infra yes",
        "approve the one for 1 hour",
    ] {
        let stage = in_december(Stage::new().await).await;
        let code = asks(&stage, INFRA).await;
        let cards = answer(&stage, said).await;
        assert_eq!(title(&cards[0]), "Do you want to countersign this one?", "{said}: {}", cards[0].text);
        assert!(shows(&cards, &code, "look at logs"), "{said}: {cards:#?}");
        assert_eq!(stage.status(&code).await, "waiting", "{said}");
        answer(&stage, "yes").await;
        assert_eq!(stage.status(&code).await, "active", "{said}");
    }
    // Whoever was shown it, among others and before others, means that one; and whoever says its code names what cannot change.
    let stage = in_december(Stage::new().await).await;
    let (code, other) = (asks(&stage, INFRA).await, asks(&stage, WRITE).await);
    for shown in [&code, &other] {
        stage.says(APPROVER, &format!("status {shown}")).await;
    }
    stage.says(APPROVER, "approve infra").await;
    assert_eq!(stage.status(&code).await, "active");
    let unseen = asks(&stage, "access write on web-shop for 1 day ticket OPS-19").await;
    stage.says(APPROVER, &format!("approve {unseen}")).await;
    assert_eq!(stage.status(&unseen).await, "active");
    assert_eq!(stage.status(&other).await, "waiting");
}

#[tokio::test]
async fn trust_c3_an_extension_that_was_made_another_under_its_code_is_shown_before_its_code_decides_on_it() {
    let stage = in_december(Stage::new().await).await;
    let code = asks(&stage, INFRA).await;
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
    stage.says(EMPLOYEE, &format!("extend {code} by 1 hour because it takes longer")).await;
    let short = stage.says(APPROVER, &format!("status {code}")).await;
    stage.says(EMPLOYEE, "make it 6 days").await;
    stage.says(EMPLOYEE, "yes").await;
    let card = stage.says(APPROVER, &format!("approve {code}")).await;
    assert!(card.refused || card.text.contains("changed"), "{}", card.text);
    let long = stage.says(APPROVER, &format!("status {code}")).await;
    assert_ne!(short.text, long.text);
    assert!(long.buttons.iter().any(|button| button.say.starts_with("approve")), "it waits: {}", long.text);
    // Now they have seen it.
    stage.says(APPROVER, &format!("approve {code}")).await;
    let card = stage.says(APPROVER, &format!("status {code}")).await;
    assert!(!card.buttons.iter().any(|button| button.say.starts_with("approve")), "{}", card.text);
}

#[tokio::test]
async fn trust_c3_a_number_of_a_list_shows_the_card_and_asks_once_more() {
    for (said, verb, status) in
        [("approve", "countersign", "active"), ("deny because overkill", "deny", "denied")]
    {
        let stage = in_december(Stage::new().await).await;
        let codes = [asks(&stage, WRITE).await, asks(&stage, INFRA).await];
        let list = stage.says(APPROVER, said).await;
        assert_eq!(title(&list), format!("Which one do you want to {verb}?"));
        let first = labels(&list)[0].to_owned();
        let chosen = codes.iter().find(|code| first.contains(code.as_str())).expect("one of them");
        let cards = answer(&stage, "1").await;
        assert!(
            title(&cards[0]).starts_with(&format!("Do you want to {verb} this one")),
            "{}",
            cards[0].text
        );
        assert!(shows(&cards, chosen, "Erin Employee"), "{cards:#?}");
        assert_eq!(stage.status(chosen).await, "waiting", "{said}");
        answer(&stage, "yes").await;
        assert_eq!(stage.status(chosen).await, status, "{said}");
    }
}

#[tokio::test]
async fn trust_c3_a_word_of_the_only_headline_is_no_yes_and_what_is_asked_again_keeps_its_verb_and_its_reason()
 {
    for (said, asked) in [
        ("approve", "Do you want to countersign this one?"),
        ("deny infra because overkill", "Do you want to deny this one because “overkill”?"),
    ] {
        let stage = in_december(Stage::new().await).await;
        let code = asks(&stage, INFRA).await;
        assert_eq!(title(&stage.says(APPROVER, said).await), asked);
        for word in ["Erin", "infra", "write", "hm", "Erin please"] {
            let card = stage.says(APPROVER, word).await;
            assert_eq!(stage.status(&code).await, "waiting", "{said}, {word}: {}", card.text);
            assert_eq!(title(&card), asked, "{said}, {word}: {}", card.text);
        }
    }
    // An "ok" behind the answer to something else is none to a denial.
    let stage = in_december(Stage::new().await).await;
    let code = asks(&stage, INFRA).await;
    stage.says(APPROVER, "deny infra because overkill").await;
    stage.says(APPROVER, "who has write on web-shop").await;
    let card = stage.says(APPROVER, "ok").await;
    assert_eq!(stage.status(&code).await, "waiting", "{}", card.text);
    stage.says(APPROVER, "yes").await;
    assert_eq!(stage.status(&code).await, "denied");
}

#[tokio::test]
async fn trust_c3_a_no_just_said_is_not_undone_by_a_bare_approve() {
    for no in ["no", "cancel", "never mind"] {
        let stage = in_december(Stage::new().await).await;
        let code = asks(&stage, INFRA).await;
        stage.says(APPROVER, "approve").await;
        stage.says(APPROVER, no).await;
        let card = stage.says(APPROVER, "approve").await;
        assert_eq!(stage.status(&code).await, "waiting", "{no}: {}", card.text);
        assert_eq!(title(&card), "Do you want to countersign this one?", "{no}");
    }
}

#[tokio::test]
async fn trust_c3_withdraw_it_is_asked_about_where_it_is_not_what_was_spoken_of_last() {
    let stage = in_december(Stage::new().await).await;
    let own = stage.says(APPROVER, "access write on web-shop for 1 day ticket OPS-19").await;
    let own = own.code.expect("a code").to_string();
    let erins = asks(&stage, INFRA).await;
    stage.says(APPROVER, "approve infra").await;
    let cards = answer(&stage, "withdraw it").await;
    assert_eq!(title(&cards[0]), "Do you want to withdraw this one?", "{cards:#?}");
    assert!(shows(&cards, &own, "write on web-shop"), "{cards:#?}");
    assert_eq!([stage.status(&own).await, stage.status(&erins).await], ["waiting", "waiting"]);
    answer(&stage, "withdraw it").await;
    assert_eq!(stage.status(&own).await, "withdrawn", "it was spoken of last");
}

#[tokio::test]
async fn trust_c3_a_receipt_that_is_cut_off_or_wrong_is_told_as_that_and_never_as_changed() {
    let stage = in_december(Stage::new().await).await;
    let code = asks(&stage, INFRA).await;
    for (receipt, told) in [
        ("", "The receipt is missing"),
        (" c2ef", "“c2ef” is no receipt of it"),
        (" deadbeef", "“deadbeef” is no receipt of it"),
    ] {
        for verb in ["approve", "deny"] {
            let card = stage.says(APPROVER, &format!("{verb} {code} receipt{receipt}")).await;
            assert!(card.refused && card.text.contains(told), "{verb}{receipt}: {}", card.text);
            assert!(!card.text.contains("changed since"), "{verb}{receipt}: {}", card.text);
            assert_eq!(stage.status(&code).await, "waiting", "{verb}{receipt}");
        }
    }
}

#[tokio::test]
async fn trust_c3_approve_the_rules_where_none_wait_offers_nothing_else() {
    for (said, kind) in [
        ("approve the rules", "change of the rules"),
        ("approve the extension", "extension"),
        ("deny the repair", "repair"),
    ] {
        let stage = in_december(Stage::new().await).await;
        let code = asks(&stage, INFRA).await;
        let card = stage.says(APPROVER, said).await;
        assert_eq!(title(&card), format!("No {kind} waits for you"), "{said}: {}", card.text);
        assert!(labels(&card).is_empty() && !card.text.contains(&code), "{said}: {}", card.text);
        stage.says(APPROVER, "yes").await;
        assert_eq!(stage.status(&code).await, "waiting", "{said}");
    }
}
