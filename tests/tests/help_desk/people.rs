//! A person is asked for, and a ticket is opened, in whatever words; what lacks is asked for, one thing at a time.

use serde_json::json;

use super::*;

const OPEN: &str = "Shall I open this ticket?";

#[tokio::test]
async fn person_who_wants_to_talk_to_one_is_asked_what_about_and_that_becomes_the_ticket() {
    for sentence in ["I want to talk to a person", "can I speak to a human?", "ask a person", "open ticket"] {
        let (stage, _) = stage().await;
        let card = stage.says(EMPLOYEE, sentence).await;
        assert!(!card.refused && card.title == "What is it about?", "{sentence}: {card:#?}");
        let card = stage.says(EMPLOYEE, "the printer prints grey, why?").await;
        assert!(card.text.contains(OPEN), "{sentence}: {card:#?}");
        let card = stage.says(EMPLOYEE, "yes").await;
        assert!(card.text.contains("1 “the printer prints grey, why?”, open"), "{sentence}: {card:#?}");
    }
}

#[tokio::test]
async fn person_whom_somebody_wants_right_after_a_question_is_shown_that_question() {
    let (stage, _) = stage().await;
    stage.says(EMPLOYEE, "How do I make the printer print again?").await;
    let shown = stage.says(EMPLOYEE, "can I speak to a human").await;
    assert!(
        shown.text.contains("Shall a person look at “How do I make the printer print again?”?"),
        "{shown:#?}"
    );
    presses(&stage, EMPLOYEE, &shown, "Send it").await;
    let card = stage.says(EMPLOYEE, "I want to talk to a person").await;
    assert_eq!(card.title, "What is it about?", "somebody looks at that one already: {card:#?}");
}

#[tokio::test]
async fn ticket_is_opened_in_the_words_that_people_have() {
    let (stage, _) = stage().await;
    for (number, (sentence, about)) in (1..).zip([
        ("make a ticket: printer broken", "printer broken"),
        ("open a ticket for the lift, it is stuck", "the lift, it is stuck"),
        ("file a ticket about the door", "the door"),
        ("could you open a ticket about no coffee?", "no coffee?"),
    ]) {
        let card = stage.says(EMPLOYEE, sentence).await;
        assert!(card.text.contains(OPEN) && card.text.contains(about), "{sentence}: {card:#?}");
        let card = stage.says(EMPLOYEE, "yes").await;
        assert!(card.text.contains(&format!("{number} “{about}”, open")), "{sentence}: {card:#?}");
    }
}

#[tokio::test]
async fn ticket_that_is_resolved_without_a_word_is_asked_what_was_done() {
    let (stage, _) = stage().await;
    opens(&stage, EMPLOYEE, "the printer prints grey").await;
    let card = stage.says(APPROVER, "resolve ticket 1").await;
    assert!(!card.refused && card.title == "What was done?", "{card:#?}");
    let card = stage.says(APPROVER, "I changed the drum").await;
    assert!(card.text.contains("1 “the printer prints grey”, resolved"), "{card:#?}");
    let ticket = stage.get(EMPLOYEE, "/api/v1/tickets/1").await;
    assert_eq!(ticket["said"][0]["text"], "I changed the drum", "{ticket:#}");
    stage.says(APPROVER, "reply to ticket 1").await;
    stage.says(APPROVER, "never mind").await;
    let ticket = stage.get(EMPLOYEE, "/api/v1/tickets/1").await;
    assert_eq!(
        ticket["said"].as_array().map(Vec::len),
        Some(1),
        "who thinks better of it says nothing: {ticket:#}"
    );
}

#[tokio::test]
async fn ticket_a_question_that_is_open_gives_way_to_who_wants_one_or_a_person() {
    let (stage, _) = stage().await;
    for (sentence, shows) in [
        ("ask a person", "What is it about?"),
        ("open ticket saying the lift is stuck", OPEN),
        ("open ticket", "What is it about?"),
    ] {
        let asked = stage.says(EMPLOYEE, "documens").await;
        assert!(asked.text.contains("Do you mean"), "{asked:#?}");
        let card = stage.says(EMPLOYEE, sentence).await;
        assert_eq!(card.title, shows, "{sentence}: {card:#?}");
        stage.says(EMPLOYEE, "never mind").await;
    }
    assert_eq!(stage.get(EMPLOYEE, "/api/v1/tickets").await["items"], json!([]));
}
