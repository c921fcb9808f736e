//! What approvers say: what waits for them, what they would rather have, and what is no command at all.

use countersign_domain::card::Card;
use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, press, requests};

use crate::{APPROVER, EMPLOYEE, WRITE, title};

fn code(card: &Card) -> String {
    card.code.as_ref().unwrap_or_else(|| panic!("no request: {}", card.text)).to_string()
}

#[tokio::test]
async fn trust_c3_what_waits_is_shown_however_it_is_asked_for() {
    let stage = in_december(Stage::new().await).await;
    let erins = code(&stage.says(EMPLOYEE, WRITE).await);
    for text in [
        "requests that wait",
        "pending",
        "open requests",
        "who waits for me?",
        "what do I have to approve?",
        "is there something to approve?",
        "is there anything for me to approve?",
        "anything waiting for me?",
        "anything to approve?",
        "do I have anything to approve?",
        "what's in my queue?",
        "show me pending requests",
        "pending approvals",
        "show open requests",
        "list requests",
        "what needs my approval?",
        "waiting requests",
        "my queue",
        "what can I approve?",
        "was wartet auf mich?",
        "offene Anfragen",
        "gibt es etwas zu genehmigen?",
        "qu'est-ce qui m'attend?",
        "qué hay pendiente?",
    ] {
        let card = stage.says(APPROVER, text).await;
        assert_eq!(card.code.as_ref().map(ToString::to_string), Some(erins.clone()), "{text}: {}", card.text);
        assert_eq!(stage.status(&erins).await, "waiting", "{text}");
    }
}

#[tokio::test]
async fn trust_c3_who_may_not_change_a_request_is_told_who_can_and_offered_to_deny_it() {
    for text in ["change CODE to 1 hour", "change CODE to read", "replace CODE with 1 hour"] {
        let stage = in_december(Stage::new().await).await;
        let erins = code(&stage.says(EMPLOYEE, WRITE).await);
        let card = stage.says(APPROVER, &text.replace("CODE", &erins)).await;
        assert_eq!(title(&card), format!("Only Erin Employee can change what {erins} asks for."), "{text}");
        assert_eq!(stage.status(&erins).await, "waiting", "{text}");
        stage.says(APPROVER, &card.buttons[0].say).await;
        assert_eq!(stage.status(&erins).await, "denied", "{text}");
        let why = stage.says(EMPLOYEE, "why?").await;
        assert!(why.text.contains("instead"), "{text}: {}", why.text);
    }
}

#[tokio::test]
async fn trust_c3_revoking_what_waits_points_at_denying_it() {
    for text in ["revoke CODE", "revoke CODE because of the freeze", "revoke it"] {
        let stage = in_december(Stage::new().await).await;
        let erins = code(&stage.says(EMPLOYEE, WRITE).await);
        let said = serde_json::json!({ "text": text.replace("CODE", &erins) });
        let all = stage.post(APPROVER, "/api/v1/chat", &said).await;
        let cards: Vec<Card> = serde_json::from_value(all["cards"].clone()).expect("cards");
        let asked = cards.into_iter().find(|card| card.title.ends_with('?')).expect("the question");
        assert_eq!(title(&asked), "Do you want to deny this one?", "{text}: {all:#}");
        assert_eq!(stage.status(&erins).await, "waiting", "{text}");
        let label = asked.buttons[0].label.clone();
        press(&stage, APPROVER, &asked, &label).await;
        if text.contains("because") {
            assert_eq!(stage.status(&erins).await, "denied", "{text}");
        }
    }
}

#[tokio::test]
async fn trust_c3_chatter_opens_no_draft_and_a_later_yes_is_about_the_request() {
    for text in [
        "ok, I will look at infra later",
        "let me view payments-api first",
        "let me have a look at infra first",
        "I'll check payments-api tomorrow",
        "I am looking at web-shop right now",
        "hmm, I need to read the ticket first",
        "I have to look into this later",
        "will read it in a minute",
        "give me a minute",
        "one moment please, reading the ticket",
        "I'd like to see the ticket first",
    ] {
        let stage = in_december(Stage::new().await).await;
        let erins = code(&stage.says(EMPLOYEE, WRITE).await);
        let card = stage.says(APPROVER, text).await;
        assert!(!card.text.contains("So far I have"), "{text}: {}", card.text);
        let card = stage.says(APPROVER, "yes").await;
        assert_eq!(requests(&stage).await, 1, "{text}: {}", card.text);
        assert_eq!(title(&card), "Do you want to countersign this one?", "{text}: {}", card.text);
        assert_eq!(stage.status(&erins).await, "waiting", "{text}");
    }
}

#[tokio::test]
async fn trust_c3_words_behind_a_decision_that_name_nothing_are_asked_about() {
    for (text, title_of) in [
        ("deny freeze", "I know no request “freeze”. Do you want to deny this because “freeze”?"),
        ("deny, too long", "I know no request “too long”. Do you want to deny this because “too long”?"),
        (
            "approve but only for 1 hour",
            "“but only for 1 hour” has no place in that: I can only approve a request as it is. Shall I?",
        ),
        (
            "approve if Ada agrees",
            "“if Ada agrees” has no place in that: I can only approve a request as it is. Shall I?",
        ),
        (
            "approve after 6pm",
            "“after 6pm” has no place in that: I can only approve a request as it is. Shall I?",
        ),
    ] {
        let stage = in_december(Stage::new().await).await;
        let erins = code(&stage.says(EMPLOYEE, WRITE).await);
        let card = stage.says(APPROVER, text).await;
        assert_eq!(title(&card), title_of, "{text}: {}", card.text);
        assert_eq!(stage.status(&erins).await, "waiting", "{text}");
        stage.says(APPROVER, "yes").await;
        let status = if text.starts_with("deny") { "denied" } else { "active" };
        assert_eq!(stage.status(&erins).await, status, "{text}");
    }
}

#[tokio::test]
async fn trust_c3_who_revokes_everything_denies_nothing_that_waits() {
    for text in ["revoke everything", "revoke everything of erin", "revoke all of them"] {
        let stage = in_december(Stage::new().await).await;
        let erins = code(&stage.says(EMPLOYEE, WRITE).await);
        let card = stage.says(APPROVER, text).await;
        assert!(!card.text.contains(&erins) && !card.text.contains("deny"), "{text}: {}", card.text);
        assert_eq!(stage.status(&erins).await, "waiting", "{text}");
    }
}

#[tokio::test]
async fn trust_c3_a_reason_that_was_said_is_shown_with_what_is_offered_instead() {
    let stage = in_december(Stage::new().await).await;
    let erins = code(&stage.says(EMPLOYEE, WRITE).await);
    let said = serde_json::json!({ "text": format!("revoke {erins} because the migration is done") });
    let all = stage.post(APPROVER, "/api/v1/chat", &said).await;
    let cards: Vec<Card> = serde_json::from_value(all["cards"].clone()).expect("cards");
    let asked = cards.into_iter().find(|card| card.title.ends_with('?')).expect("the question");
    assert!(asked.text.contains("Because “the migration is done”."), "{all:#}");
    stage.says(APPROVER, "yes").await;
    assert_eq!(stage.status(&erins).await, "denied");
    let story = stage.says(EMPLOYEE, &format!("why {erins}")).await;
    assert!(story.text.contains("the migration is done"), "{}", story.text);
}
