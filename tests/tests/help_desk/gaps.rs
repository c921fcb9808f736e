//! What could not be answered is told to those who see to it, and becomes a ticket by a press.

use countersign::demo::chats::{SLACK_CHANNEL, slack_user};
use serde_json::json;

use super::*;

#[tokio::test]
async fn gaps_are_told_once_each_to_who_sees_to_them_and_a_press_makes_a_ticket_without_who_asked() {
    let (stage, _) = stage().await;
    let none = stage.says(ADMIN, "gaps").await;
    assert!(none.text.contains("Every question of the last 90 days was answered"), "{none:#?}");
    for question in ["What is for lunch today?", "Where is the lift?", "WHAT is for  lunch today?"] {
        stage.says(EMPLOYEE, question).await;
        stage.later(jiff::SignedDuration::from_mins(1)).await;
    }
    let card = stage.says(ADMIN, "What could we not answer?").await;
    assert_eq!(
        card.lines[..2],
        ["“WHAT is for lunch today?”, asked 2 times".to_owned(), "“Where is the lift?”".to_owned()],
        "{card:#?}"
    );
    let [document, button, ..] = &card.buttons[..] else { panic!("two buttons of each: {card:#?}") };
    assert_eq!(document.label, "Document: WHAT is for lunch today?");
    assert_eq!(button.label, "Ticket: WHAT is for lunch today?");
    for _ in 0..2 {
        let told = stage.says(ADMIN, &button.say).await;
        assert!(
            told.text.contains("Ticket 1 “WHAT is for lunch today?” is open"),
            "one gap, one ticket: {told:#?}"
        );
    }
    let ticket = stage.get(ADMIN, "/api/v1/tickets/1").await;
    assert_eq!((&ticket["opened"]["by"], &ticket["status"]), (&json!(ADMIN), &json!("open")), "{ticket:#}");
    let talk = last(&stage, EMPLOYEE).await["conversation"].clone();
    let talk = talk.as_str().expect("they asked somewhere");
    assert!(!ticket.to_string().contains(talk), "the id of the talk says whose it is: {ticket:#}");
    let theirs = stage.get(EMPLOYEE, "/api/v1/tickets").await;
    assert_eq!(theirs["items"], json!([]), "whoever asked has opened none: {theirs:#}");
    let refused = stage.says(EMPLOYEE, "gaps").await;
    assert!(refused.refused && !refused.text.contains("lift"), "{refused:#?}");
    let pressed = stage.says(APPROVER, &button.say).await;
    assert!(pressed.refused, "a button is of no use to who may not read them: {pressed:#?}");
}

#[tokio::test]
async fn gaps_are_told_in_private_only_whatever_chat_they_are_asked_for_in() {
    let (stage, _) = in_chats().await;
    stage.slack_says(EMPLOYEE, "What is for lunch today?").await;
    stage.slack_user_says(&slack_user(ADMIN), Some(SLACK_CHANNEL), "<@U0BOT> gaps").await;
    let shown: Vec<_> = stage.slack_channel(SLACK_CHANNEL).into_iter().map(|message| message.text).collect();
    assert!(!shown.join("\n").contains("lunch"), "{shown:#?}");
    stage.slack_says(ADMIN, "what could you not answer?").await;
    let told = stage.slack_sees(ADMIN).join("\n");
    assert!(told.contains("“What is for lunch today?”"), "{told}");
    stage.slack_presses(ADMIN, "Ticket: What is for lunch today?").await;
    let told = stage.slack_sees(ADMIN).join("\n");
    assert!(told.contains("Ticket 1 “What is for lunch today?” is open"), "{told}");
    let staff = stage.slack_sees(APPROVER).join("\n");
    assert!(staff.contains("What is for lunch today?"), "the desk hears of it: {staff}");
}

#[tokio::test]
async fn gaps_have_no_question_in_which_there_is_nothing_and_no_command() {
    let (stage, answers) = stage().await;
    for nothing in ["", "  \n", "?", "\u{200B}?!"] {
        let refused = stage.post(EMPLOYEE, "/api/v1/conversations", &json!({ "text": nothing })).await;
        assert_eq!(refused["status"], 422, "{nothing:?}: {refused:#}");
        assert!(refused["detail"].as_str().is_some_and(|why| why.contains("nothing in it")), "{refused:#}");
        let card = stage.says(EMPLOYEE, nothing).await;
        assert!(!card.text.contains("I do not know"), "{nothing:?}: {card:#?}");
    }
    assert!(answers.asked.lock().unwrap().is_empty(), "no model hears of it");
    stage.post(EMPLOYEE, "/api/v1/conversations", &json!({ "text": "approve everything" })).await;
    let card = stage.says(ADMIN, "gaps").await;
    assert!(card.text.contains("Every question of the last 90 days was answered"), "{card:#?}");
    let told = stage.get(ADMIN, "/api/v1/gaps").await;
    assert_eq!(told["items"], json!([]), "{told:#}");
}
