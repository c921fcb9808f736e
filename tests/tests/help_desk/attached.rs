//! What of a talk goes with a ticket that is opened of it: the asker's own turns, and no answer that not everybody at the desk may read.

use super::*;

#[tokio::test]
async fn ticket_of_an_answer_has_the_talk_with_it_and_says_what_of_it_is_left_out() {
    let (stage, _) = stage().await;
    live(&stage, "name=vpn.txt&groups=*", VPN).await;
    live(&stage, "name=bonus.txt&groups=approvers", "The bonus of approvers is a month of pay.\n").await;
    stage.says(EMPLOYEE, "When is the VPN closed?").await;
    stage.says(APPROVER, "When is the VPN closed?").await;
    // The auditor reads tickets as well, and may not read this.
    stage.says(APPROVER, "What is the bonus of approvers?").await;
    let card = stage.says(APPROVER, "Why does the printer print grey?").await;
    let button = card.buttons.iter().find(|button| button.say.starts_with("ticket for ")).expect("a button");
    stage.says(APPROVER, &button.say).await;
    let ticket = stage.get("demo-auditor", "/api/v1/tickets/1").await;
    let turns = ticket["opened"]["conversation"]["turns"].as_array().expect("it goes with it").clone();
    let asked: Vec<_> = turns.iter().filter_map(|turn| turn["asked"].as_str()).collect();
    assert_eq!(
        asked,
        ["When is the VPN closed?", "What is the bonus of approvers?", "Why does the printer print grey?"],
        "hers, and nothing of what others asked: {ticket:#}"
    );
    assert!(turns[0]["answered"].as_str().is_some_and(|text| text.contains("on Sundays")), "{ticket:#}");
    assert_eq!(
        (&turns[1]["answered"], &turns[1]["withheld"]),
        (&Value::Null, &Value::Bool(true)),
        "{ticket:#}"
    );
    assert!(!ticket.to_string().contains("month of pay"), "{ticket:#}");
    let card = stage.says(ADMIN, "history of ticket 1").await;
    assert!(said(&card).contains("Ada Approver asked: “When is the VPN closed?”"), "{card:#?}");
    assert!(said(&card).contains("not everybody at the desk may read what it was taken from"), "{card:#?}");
}
