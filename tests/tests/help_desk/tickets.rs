//! An answer that is not enough becomes a ticket, with a clock that knows when people work.

use jiff::SignedDuration;
use serde_json::json;

use super::*;

/// A question that nobody could answer, handed to a person; and the number of its ticket.
async fn handed_over(stage: &Stage) -> String {
    let card = stage.says(EMPLOYEE, "How do I make the printer print again?").await;
    let shown = asks_a_person(stage, EMPLOYEE, &card).await;
    assert_eq!(stage.get(EMPLOYEE, "/api/v1/tickets").await["items"], json!([]), "nothing left yet");
    for _ in 0..2 {
        let card = presses(stage, EMPLOYEE, &shown, "Send it").await;
        assert!(card.text.contains("Ticket 1 is open for it"), "the same is the same ticket: {card:#?}");
    }
    let again = asks_a_person(stage, EMPLOYEE, &card).await;
    assert!(again.text.contains("Ticket 1 is open for it"), "{again:#?}");
    "1".to_owned()
}

#[tokio::test]
async fn ticket_what_nobody_knew_is_a_ticket_that_the_desk_answers_and_who_asked_reopens() {
    let (stage, _) = stage().await;
    let number = handed_over(&stage).await;
    let path = format!("/api/v1/tickets/{number}");
    let ticket = stage.get(EMPLOYEE, &path).await;
    assert_eq!(
        (&ticket["status"], &ticket["opened"]["subject"]),
        (&json!("open"), &json!("How do I make the printer print again?"))
    );
    let strangers = stage.get("demo-auditor", "/api/v1/tickets").await;
    assert_eq!(strangers["items"].as_array().map(Vec::len), Some(1), "an auditor reads all");
    let waits = json!({ "text": "Which one?", "waits": true });
    let waiting = stage.post(APPROVER, &format!("{path}/replies"), &waits).await;
    assert_eq!(waiting["status"], "waiting", "{waiting:#}");
    let refused =
        stage.post("demo-auditor", &format!("{path}/replies"), &json!({ "text": "mine too" })).await;
    assert_eq!(refused["status"], 403, "{refused:#}");
    let open = stage.post(EMPLOYEE, &format!("{path}/replies"), &json!({ "text": "the red one" })).await;
    assert_eq!(open["status"], "open", "{open:#}");
    let resolved = stage.post(APPROVER, &format!("{path}/resolve"), &json!({ "how": "new toner" })).await;
    assert_eq!(resolved["status"], "resolved", "{resolved:#}");
    let reopened = stage.post(EMPLOYEE, &format!("{path}/replies"), &json!({ "text": "still grey" })).await;
    assert_eq!(reopened["status"], "open", "{reopened:#}");
    stage.post(APPROVER, &format!("{path}/resolve"), &json!({ "how": "new drum" })).await;
    stage.later(SignedDuration::from_hours(5 * 24 + 1)).await;
    assert_eq!(stage.get(EMPLOYEE, &path).await["status"], "closed");
}

#[tokio::test]
async fn ticket_a_promise_is_kept_by_the_hours_in_which_people_work() {
    let (stage, _) = stage().await;
    // It is Monday, nine o'clock; at a quarter to five there is a quarter of an hour of work left.
    stage.later(SignedDuration::from_mins(465)).await;
    handed_over(&stage).await;
    let types = async || {
        let audit = stage.get("demo-auditor", "/api/v1/audit?limit=500").await;
        let items = audit["items"].as_array().cloned().unwrap_or_default();
        let types = items.iter().filter_map(|item| item["type"].as_str().map(str::to_owned));
        types.filter(|kind| kind.starts_with("sla_")).collect::<Vec<_>>()
    };
    stage.later(SignedDuration::from_hours(12)).await;
    assert_eq!(types().await, [""; 0], "at night nobody is late");
    // A quarter of an hour on Monday, and three quarters on Tuesday: warned at 48 minutes, late after 60.
    stage.later(SignedDuration::from_mins(4 * 60 + 15 + 33)).await;
    assert_eq!(types().await, ["sla_warned"]);
    stage.later(SignedDuration::from_mins(12)).await;
    assert_eq!(types().await, ["sla_warned", "sla_breached"]);
}

#[tokio::test]
async fn ticket_whose_turn_it_is_hears_of_it_in_their_chat_and_answers_there() {
    let (stage, _) = in_chats().await;
    stage.slack_says(EMPLOYEE, "How do I make the printer print again?").await;
    stage.slack_presses(EMPLOYEE, "Ask a person").await;
    assert!(!stage.slack_sees(APPROVER).join("\n").contains("printer"), "nothing left yet");
    stage.slack_presses(EMPLOYEE, "Send it").await;
    let told = |who: &str| stage.slack_sees(who).join("\n");
    assert!(told(EMPLOYEE).contains("Ticket 1 is open for it"), "{}", told(EMPLOYEE));
    for staff in [APPROVER, ADMIN] {
        assert!(told(staff).contains("How do I make the printer print again?"), "{staff}: {}", told(staff));
    }
    assert!(!told("demo-auditor").contains("printer"), "{}", told("demo-auditor"));
    stage.slack_says(APPROVER, "reply to ticket 1 saying which one is it? The red one?").await;
    assert!(told(EMPLOYEE).contains("which one is it? The red one?"), "{}", told(EMPLOYEE));
    stage.slack_says(EMPLOYEE, "reply to ticket 1 saying yes, the red one").await;
    assert!(told(APPROVER).contains("yes, the red one"), "{}", told(APPROVER));
    stage.slack_says(EMPLOYEE, "resolve ticket 1 saying it prints").await;
    assert_eq!(stage.get(EMPLOYEE, "/api/v1/tickets/1").await["status"], "open", "the desk says so");
    stage.slack_says(APPROVER, "resolve ticket 1 saying a new drum").await;
    assert!(told(EMPLOYEE).contains("a new drum"), "{}", told(EMPLOYEE));
    let ticket = stage.get(EMPLOYEE, "/api/v1/tickets/1").await;
    assert_eq!(ticket["status"], "resolved", "{ticket:#}");
    let said: Vec<_> =
        ticket["said"].as_array().unwrap().iter().map(|said| said["text"].as_str().unwrap()).collect();
    assert_eq!(said, ["which one is it? The red one?", "yes, the red one", "a new drum"]);
    let card = stage.says(EMPLOYEE, "tickets").await;
    assert!(card.lines.iter().any(|line| line.starts_with("1 “How do I make")), "{card:#?}");
}

#[tokio::test]
async fn ticket_one_without_a_question_is_opened_looked_after_read_and_closed_by_who_may() {
    let (stage, _) = stage().await;
    let card = opens(&stage, EMPLOYEE, "the printer prints grey").await;
    assert!(card.text.contains("1 “the printer prints grey”, open"), "{card:#?}");
    let refused = stage.says(EMPLOYEE, "look after ticket 1").await;
    assert!(refused.refused, "{refused:#?}");
    let card = stage.says(APPROVER, "look after ticket 1").await;
    assert!(!card.refused && card.text.contains("1 “the printer prints grey”, open, with"), "{card:#?}");
    stage.says(APPROVER, "reply to ticket 1 saying it is the drum").await;
    let card = stage.says(EMPLOYEE, "history of ticket 1").await;
    assert!(said(&card).contains("“the printer prints grey”"), "{card:#?}");
    assert!(said(&card).ends_with("“it is the drum”"), "{card:#?}");
    for stranger in ["history of ticket 2", "history of ticket OPS-17"] {
        let card = stage.says(EMPLOYEE, stranger).await;
        assert!(card.text.contains("There is no such ticket"), "{stranger}: {card:#?}");
    }
    let card = stage.says(EMPLOYEE, "close ticket 1").await;
    assert!(card.text.contains(", closed, with"), "{card:#?}");
    let over = stage.says(EMPLOYEE, "reply to ticket 1 saying once more").await;
    assert!(over.refused, "{over:#?}");
}

#[tokio::test]
async fn ticket_what_says_nothing_or_too_much_is_none_and_takes_no_number() {
    let (stage, _) = stage().await;
    for text in ["", " \n", "\u{200B}", &"x".repeat(20_001)] {
        let refused = stage.post(EMPLOYEE, "/api/v1/tickets", &json!({ "text": text })).await;
        assert_eq!(refused["status"], 422, "{refused:#}");
    }
    let opened = stage.post(EMPLOYEE, "/api/v1/tickets", &json!({ "text": "The lift\nis stuck" })).await;
    assert_eq!(
        (&opened["opened"]["number"], &opened["opened"]["subject"]),
        (&json!(1), &json!("The lift is stuck")),
        "{opened:#}"
    );
    let closed = stage.post(EMPLOYEE, "/api/v1/tickets/1/close", &json!({})).await;
    assert_eq!(closed["status"], "closed", "{closed:#}");
}

#[tokio::test]
async fn ticket_how_much_it_hurries_and_whose_it_is_is_said_in_a_sentence_by_the_desk() {
    let (stage, _) = stage().await;
    opens(&stage, EMPLOYEE, "the printer prints grey").await;
    let refused = stage.says(EMPLOYEE, "make ticket 1 urgent").await;
    assert!(refused.refused, "only the desk sorts tickets: {refused:#?}");
    let card = stage.says(APPROVER, "make ticket 1 urgent").await;
    assert!(card.text.contains("1 “the printer prints grey”, open, urgent"), "{card:#?}");
    let card = stage.says(APPROVER, "give ticket 1 to Ben").await;
    assert!(card.text.contains("open, urgent, with Ben Approver"), "{card:#?}");
    let stranger = stage.says(APPROVER, "give ticket 1 to Erin").await;
    assert!(stranger.refused, "she does not look after tickets: {stranger:#?}");
    let unknown = stage.says(APPROVER, "give ticket 1 to Zarathustra").await;
    assert!(unknown.text.contains("Zarathustra"), "{unknown:#?}");
    let word = stage.says(APPROVER, "make ticket 1 grey").await;
    assert!(word.text.contains("low, normal, high or urgent"), "{word:#?}");
    let card = stage.says(APPROVER, "give ticket 1 to nobody").await;
    assert!(!card.text.contains("with Ben"), "{card:#?}");
    let told = stage.post(APPROVER, "/api/v1/tickets/1/priority", &json!({ "priority": "low" })).await;
    assert_eq!(told["priority"], "low", "{told:#}");
    let told = stage.post(APPROVER, "/api/v1/tickets/1/assignee", &json!({ "to": "demo-approver2" })).await;
    assert_eq!(told["assignee"][0], "demo-approver2", "{told:#}");
}

#[tokio::test]
async fn ticket_lists_are_those_that_stand_so_are_somebodys_and_came_since_then() {
    let (stage, _) = stage().await;
    for text in ["the printer prints grey", "the lift is stuck", "the door is open"] {
        opens(&stage, EMPLOYEE, text).await;
    }
    stage.says(APPROVER, "give ticket 2 to Ben").await;
    stage.says(EMPLOYEE, "close ticket 3").await;
    for (sentence, listed, left_out) in [
        ("tickets", vec!["1 ", "2 "], vec!["3 "]),
        ("tickets in closed", vec!["3 "], vec!["1 ", "2 "]),
        ("tickets with Ben", vec!["2 "], vec!["1 "]),
        ("tickets with nobody since yesterday", vec!["1 "], vec!["2 ", "3 "]),
        ("which tickets are resolved", vec![], vec!["1 ", "2 ", "3 "]),
    ] {
        let card = stage.says(APPROVER, sentence).await;
        let begins = |number: &str| card.lines.iter().any(|line| line.starts_with(number));
        assert!(listed.iter().all(|number| begins(number)), "{sentence}: {card:#?}");
        assert!(!left_out.iter().any(|number| begins(number)), "{sentence}: {card:#?}");
    }
    let wrong = stage.says(APPROVER, "tickets in grey").await;
    assert!(wrong.text.contains("open, waiting, resolved or closed"), "{wrong:#?}");
    for (query, numbers) in [
        ("status=open", json!([2, 1])),
        ("status=closed", json!([3])),
        ("assignee=demo-approver2", json!([2])),
        ("assignee=nobody&status=open", json!([1])),
        ("since=2026-03-01", json!([3, 2, 1])),
        ("since=2026-03-03T00:00:00Z", json!([])),
    ] {
        let told = stage.get(APPROVER, &format!("/api/v1/tickets?{query}")).await;
        let items = told["items"].as_array().unwrap_or_else(|| panic!("{query}: {told:#}"));
        let found: Value = items.iter().map(|ticket| ticket["opened"]["number"].clone()).collect();
        assert_eq!(found, numbers, "{query}: {told:#}");
    }
    for query in ["status=grey", "assignee=a%20b", "since=soon", "stauts=open"] {
        let refused = stage.get(APPROVER, &format!("/api/v1/tickets?{query}")).await;
        assert_eq!(refused["status"], 400, "{query}: {refused:#}");
    }
}
