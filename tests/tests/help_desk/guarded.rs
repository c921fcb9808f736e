//! The four crossings: what may not go over is withheld, the talk goes on without it, and where nobody can look nothing leaves.

use countersign_domain::ports::{Crossing, Message};
use countersign_tests::answers::Next;
use countersign_tests::guards::{Guard, Guards};
use serde_json::json;

use super::*;

const CLOSED: &str = "When is the VPN closed?";

/// A bot with a document, and somebody who looks at all that goes over.
async fn guarded() -> (Stage, Arc<Answers>, Arc<Guards>) {
    let answers = Arc::new(Answers::default());
    let guards = answers.guarded();
    let store = Arc::new(MemoryStore::new());
    let stage = Stage::arranged(store, |_| {}, |world| answers.furnish(world, |_| {})).await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    (stage, answers, guards)
}

/// What the person is told to have said, in the last step of a model.
fn told(answers: &Answers) -> Vec<String> {
    let asked = answers.asked.lock().expect("no test broke while it held it");
    let messages = asked.last().expect("a model was asked").messages.iter();
    let said = messages.filter_map(|message| match message {
        Message::Person { text } => Some(text.clone()),
        _ => None,
    });
    said.collect()
}

#[tokio::test]
async fn guardrail_where_nobody_can_look_nothing_leaves_that_is_said_and_who_asks_is_told_kindly() {
    let (stage, answers, guards) = guarded().await;
    guards.only(Crossing::Answered, Guard::Down);
    answers.next(Next::Say("The safe is opened with rhubarb [1]."));
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(said(&card).contains("does not answer at the moment, so I say nothing"), "{card:#?}");
    assert!(card.buttons.iter().any(|button| button.say.starts_with("ticket for ")), "{card:#?}");
    assert_eq!(last(&stage, EMPLOYEE).await["stage"], "refused");
    let export = stage.get_text("demo-auditor", "/api/v1/export").await;
    assert!(export.contains("turn_refused") && !export.contains("rhubarb"), "nor does it stand in the log");
    guards.none();
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(said(&card).contains("closed on Sundays"), "{card:#?}");
    assert_eq!(told(&answers), [CLOSED], "what was refused is nothing to go on");
}

#[tokio::test]
async fn guardrail_where_nobody_can_look_no_wish_of_a_model_becomes_a_button() {
    let (stage, answers, guards) = guarded().await;
    guards.only(Crossing::Called, Guard::Down);
    answers.next(Next::Call("access", json!({ "permission": "write", "repository": "payments-api" })));
    let card = stage.says(EMPLOYEE, "Why is my pull request at payments-api grey?").await;
    assert!(!card.refused && !card.buttons.iter().any(|button| button.say.contains("access")), "{card:#?}");
    let proposed = stage.get("demo-auditor", "/api/v1/audit?type=tool_proposed").await;
    assert_eq!(proposed["items"], json!([]), "{proposed:#}");
}

#[tokio::test]
async fn guardrail_where_nobody_can_look_questions_are_answered_all_the_same() {
    let (stage, _, guards) = guarded().await;
    for at in [Crossing::Asked, Crossing::Untrusted] {
        guards.only(at, Guard::Down);
        let card = stage.says(EMPLOYEE, CLOSED).await;
        assert!(said(&card).contains("closed on Sundays"), "{at:?}: {card:#?}");
    }
}

#[tokio::test]
async fn guardrail_what_one_side_may_not_hear_is_withheld_and_the_next_question_is_answered() {
    let (stage, answers, guards) = guarded().await;
    guards.only(Crossing::Asked, Guard::Refuses);
    let card = stage.says(EMPLOYEE, "How do I cheat at cards?").await;
    assert!(said(&card).contains("I do not talk about that"), "{card:#?}");
    assert!(answers.asked.lock().unwrap().is_empty(), "no model hears of it");
    guards.only(Crossing::Untrusted, Guard::Refuses);
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(said(&card).contains("I do not know"), "{card:#?}");
    assert!(answers.asked.lock().unwrap().iter().all(|step| step.passages.is_empty()), "nor of the passage");
    guards.only(Crossing::Answered, Guard::Refuses);
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(!card.text.contains("Sundays"), "{card:#?}");
    guards.none();
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(said(&card).contains("closed on Sundays"), "{card:#?}");
    assert_eq!(told(&answers), [CLOSED], "of what was withheld a model is told nothing");
}

#[tokio::test]
async fn guardrail_what_is_masked_reaches_neither_the_model_nor_the_person() {
    let (stage, answers, guards) = guarded().await;
    guards.only(Crossing::Asked, Guard::Masks("hunter2"));
    stage.says(EMPLOYEE, "Is the VPN closed for hunter2 on Sundays?").await;
    assert_eq!(told(&answers), ["Is the VPN closed for [secret] on Sundays?"]);
    guards.only(Crossing::Answered, Guard::Masks("Sundays"));
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(card.text.contains("[secret]") && !said(&card).contains("Sundays"), "{card:#?}");
}
