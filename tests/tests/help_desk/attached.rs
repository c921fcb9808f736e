//! What of a talk goes with a ticket that is opened of it: the asker's own turns of the same subject, and no answer to whom it may not be
//! told; and that who asked sees before what goes along, and whom it reaches.

use countersign::help::MirrorTo;
use serde_json::json;

use super::*;

const BONUS: &str = "The bonus of approvers is a month of pay.\n";

/// The ticket as somebody reads it.
async fn turns(stage: &Stage, token: &str, number: u64) -> Vec<Value> {
    let ticket = stage.get(token, &format!("/api/v1/tickets/{number}")).await;
    ticket["opened"]["conversation"]["turns"].as_array().cloned().unwrap_or_default()
}

fn asked(turns: &[Value]) -> Vec<&str> {
    turns.iter().filter_map(|turn| turn["asked"].as_str()).collect()
}

#[tokio::test]
async fn ticket_of_an_answer_has_what_was_said_of_it_and_not_all_that_was_ever_asked() {
    let (stage, _) = stage().await;
    live(&stage, "name=vpn.txt&groups=*", VPN).await;
    stage.says(EMPLOYEE, "What is the bonus of team leads?").await;
    stage.says(EMPLOYEE, "When is the VPN closed?").await;
    stage.says(APPROVER, "When is the VPN closed?").await;
    let answer = stage.says(EMPLOYEE, "How long are tokens of the VPN valid?").await;
    let shown = asks_a_person(&stage, EMPLOYEE, &answer).await;
    assert!(said(&shown).contains("You asked: “When is the VPN closed?”"), "{shown:#?}");
    assert!(!said(&shown).contains("bonus"), "that is of something else: {shown:#?}");
    presses(&stage, EMPLOYEE, &shown, "Send it").await;
    let turns = turns(&stage, APPROVER, 1).await;
    assert_eq!(asked(&turns), ["When is the VPN closed?", "How long are tokens of the VPN valid?"]);
}

#[tokio::test]
async fn ticket_whom_it_reaches_is_told_before_and_it_can_go_without_the_conversation() {
    let mirror = || MirrorTo { project: "OPS".to_owned(), kind: "Task".to_owned() };
    let (stage, _) = with(|settings| settings.mirror = Some(mirror())).await;
    live(&stage, "name=vpn.txt&groups=*", VPN).await;
    let answer = stage.says(EMPLOYEE, "When is the VPN closed?").await;
    let shown = asks_a_person(&stage, EMPLOYEE, &answer).await;
    let in_words = stage.says(EMPLOYEE, "open ticket saying my boss bullies me").await;
    for card in [&shown, &in_words] {
        assert!(card.text.contains("It reaches who looks after tickets: "), "{card:#?}");
        assert!(card.text.contains("Ada Approver"), "by their names: {card:#?}");
        assert!(card.text.contains("copied to the project OPS in Jira"), "{card:#?}");
    }
    let before = stage.demo.jira.state().issues.len();
    assert_eq!(stage.get(APPROVER, "/api/v1/tickets").await["items"], json!([]), "nothing has left yet");
    presses(&stage, EMPLOYEE, &shown, "Without the conversation").await;
    assert_eq!(turns(&stage, APPROVER, 1).await, Vec::<Value>::new());
    assert_eq!(stage.demo.jira.state().issues.len(), before + 1);
    assert_eq!(stage.get(APPROVER, "/api/v1/tickets/1").await["opened"]["text"], "When is the VPN closed?");
    stage.says(EMPLOYEE, "no").await;
    assert_eq!(stage.get(APPROVER, "/api/v1/tickets/2").await["status"], 404, "a no opens nothing");
}

#[tokio::test]
async fn ticket_what_the_desk_may_read_goes_to_the_desk_and_stays_from_others_who_read_tickets() {
    let (stage, _) = stage().await;
    live(&stage, "name=bonus.txt&groups=approvers", BONUS).await;
    let answer = stage.says(APPROVER, "What is the bonus of approvers?").await;
    let shown = asks_a_person(&stage, APPROVER, &answer).await;
    presses(&stage, APPROVER, &shown, "Send it").await;
    // The auditor reads tickets as well, and may not read this.
    let theirs = turns(&stage, "demo-auditor", 1).await;
    assert_eq!((&theirs[0]["answered"], &theirs[0]["withheld"]), (&Value::Null, &Value::Bool(true)));
    let card = stage.says("demo-auditor", "history of ticket 1").await;
    assert!(said(&card).contains("it is for who looks after tickets"), "{card:#?}");
    assert!(!card.text.contains("month of pay"), "{card:#?}");
    let listed = stage.get("demo-auditor", "/api/v1/tickets").await;
    assert!(!listed.to_string().contains("month of pay"), "{listed:#}");
    let audit = stage.get_text("demo-auditor", "/api/v1/audit?type=ticket_opened").await;
    assert!(audit.contains("kept_from") && !audit.contains("month of pay"), "{audit}");
    let card = stage.says(APPROVER2, "history of ticket 1").await;
    assert!(said(&card).contains("month of pay"), "the desk may read where it is from: {card:#?}");
}

#[tokio::test]
async fn ticket_an_answer_from_a_later_version_goes_along_though_an_earlier_one_was_asked_of_before() {
    let (stage, _) = stage().await;
    let first = live(&stage, "name=gym.txt&groups=*", "The gym is open until eight.\n").await;
    stage.says(EMPLOYEE, "Until when is the gym open?").await;
    live(&stage, &format!("name=gym.txt&groups=*&document={first}"), "The gym is open until nine.\n").await;
    let answer = stage.says(EMPLOYEE, "And until when is the gym open now?").await;
    assert!(answer.text.contains("nine"), "{answer:#?}");
    let shown = asks_a_person(&stage, EMPLOYEE, &answer).await;
    assert!(said(&shown).contains("I answered: “The gym is open until nine.”"), "{shown:#?}");
    assert!(said(&shown).contains("I answered: “The gym is open until eight.”"), "it was told: {shown:#?}");
}

#[tokio::test]
async fn ticket_what_an_auditor_says_on_it_reaches_nobody_and_they_are_told_so() {
    let (stage, _) = stage().await;
    opens(&stage, EMPLOYEE, "the printer prints grey").await;
    let card = stage.says("demo-auditor", "reply to ticket 1 saying hi").await;
    assert!(card.refused && card.text.contains("nobody was told"), "{card:#?}");
}
