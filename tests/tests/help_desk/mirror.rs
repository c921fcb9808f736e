//! A ticket of the help desk that is one with a ticket of Jira: each is told of the other, people's word counts, and nothing is said twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign::help::MirrorTo;
use countersign_sandbox::jira::{IssueComment, Status};
use countersign_sandbox::{Fault, Faults};
use countersign_tests::vendors::{Vendor as _, account, trouble};
use jiff::SignedDuration;
use serde_json::json;

use super::*;

/// A desk whose tickets are made in the project OPS as well, which has the tickets OPS-17 to OPS-19.
async fn mirroring() -> Stage {
    let mirror = || MirrorTo { project: "OPS".to_owned(), kind: "Task".to_owned() };
    with(|settings| settings.mirror = Some(mirror())).await.0
}

/// Somebody says something in Jira; only those of a role see it, where one is named.
fn writes_there(stage: &Stage, key: &str, who: &str, (text, kept_to): (&str, Option<&str>)) {
    let comment = IssueComment {
        id: 0,
        author: Some(account(who)),
        created: stage.clock_now(),
        text: text.to_owned(),
        kept_to: kept_to.map(str::to_owned),
        properties: BTreeMap::new(),
    };
    stage.change_tracker(|state| {
        state.issue_mut(key).expect("it is there").comments.push(Arc::new(comment));
    });
}

fn moves_there(stage: &Stage, key: &str, to: Status) {
    stage.change_tracker(|state| state.issue_mut(key).expect("it is there").status = to);
}

/// Jira tells the bot that something was said on an issue, or that it was moved.
async fn tells(stage: &Stage, delivery: &str, key: &str) {
    let body =
        json!({ "webhookEvent": "comment_created", "comment": { "id": delivery }, "issue": { "key": key } });
    let answer = stage.signed_delivery(delivery, &body).send().await.expect("the bot answers");
    assert_eq!(answer.status(), 202);
    stage.settle().await;
}

async fn ticket(stage: &Stage) -> Value {
    stage.get(APPROVER, "/api/v1/tickets/1").await
}

/// What was said on it, as our API says it.
fn all_said(ticket: &Value) -> Vec<&str> {
    let said = ticket["said"].as_array().into_iter().flatten();
    said.filter_map(|one| one["text"].as_str()).collect()
}

fn issues(stage: &Stage) -> usize {
    stage.demo.jira.state().issues.len()
}

#[tokio::test]
async fn ticket_of_the_desk_is_made_in_jira_and_what_is_said_on_either_is_told_on_the_other_once() {
    let stage = mirroring().await;
    opens(&stage, EMPLOYEE, "the printer prints grey").await;
    assert_eq!(ticket(&stage).await["key"], "OPS-20");
    let made = stage.demo.jira.state().issues["OPS-20"].clone();
    assert_eq!(made.summary, "the printer prints grey");
    assert!(
        made.description.contains("Erin Employee asked the help desk, where this is ticket 1"),
        "{made:#?}"
    );
    stage.says(APPROVER, "reply to ticket 1 saying which one is it?").await;
    let comments = || stage.ticket("OPS-20").1;
    assert_eq!(comments().len(), 1, "{:#?}", comments());
    assert!(comments()[0].contains("Ada Approver") && comments()[0].contains("which one is it?"));
    writes_there(&stage, "OPS-20", EMPLOYEE, ("the red one", None));
    writes_there(&stage, "OPS-20", APPROVER2, ("she always says that", Some("Administrators")));
    tells(&stage, "d1", "OPS-20").await;
    tells(&stage, "d2", "OPS-20").await;
    let heard = ticket(&stage).await;
    assert_eq!(all_said(&heard), ["which one is it?", "the red one"], "{heard:#}");
    assert_eq!(heard["said"][1]["side"], "asker", "she is known by her account: {heard:#}");
    assert_eq!(comments().len(), 3, "what came from there is not written there again: {:#?}", comments());
    let card = stage.says(EMPLOYEE, "history of ticket 1").await;
    assert!(said(&card).contains("Erin Employee, in the tracker: “the red one”"), "{card:#?}");
    let asked = stage.get(ADMIN, "/api/v1/access-requests").await;
    assert_eq!(asked["items"], json!([]), "what somebody asks the desk asks for no access");
}

#[tokio::test]
async fn ticket_status_goes_both_ways_and_what_a_person_moved_there_stays_where_they_put_it() {
    let stage = mirroring().await;
    opens(&stage, EMPLOYEE, "the printer prints grey").await;
    stage.says(APPROVER, "look after ticket 1").await;
    assert_eq!(stage.ticket("OPS-20").0, "In Progress");
    moves_there(&stage, "OPS-20", Status::Done);
    tells(&stage, "d1", "OPS-20").await;
    assert_eq!(ticket(&stage).await["status"], "resolved", "who moves it there has resolved it");
    stage.says(EMPLOYEE, "reply to ticket 1 saying still grey").await;
    assert_eq!(ticket(&stage).await["status"], "open");
    let (status, comments) = stage.ticket("OPS-20");
    assert_eq!(status, "Done", "it is theirs to move back");
    assert!(comments.last().is_some_and(|last| last.contains("still grey")), "{comments:#?}");
    // Somebody puts it aside there, and nobody has told the bot so far.
    moves_there(&stage, "OPS-20", Status::ToDo);
    stage.says(APPROVER, "resolve ticket 1 saying a new drum").await;
    assert_eq!(stage.ticket("OPS-20").0, "To Do", "what a person changed there is not moved over");
    assert!(stage.ticket("OPS-20").1.last().is_some_and(|last| last.contains("a new drum")));
    assert_eq!(ticket(&stage).await["status"], "resolved", "nor is what the desk says here");
}

#[tokio::test]
async fn ticket_what_is_resolved_here_is_done_there() {
    let stage = mirroring().await;
    opens(&stage, EMPLOYEE, "the printer prints grey").await;
    stage.says(APPROVER, "look after ticket 1").await;
    stage.says(APPROVER, "resolve ticket 1 saying a new drum").await;
    assert_eq!(stage.ticket("OPS-20").0, "Done");
    tells(&stage, "d1", "OPS-20").await;
    let resolved = ticket(&stage).await;
    assert_eq!((&resolved["status"], all_said(&resolved)), (&json!("resolved"), vec!["a new drum"]));
}

#[tokio::test]
async fn ticket_that_is_made_while_jira_is_down_for_an_hour_is_made_there_once_with_all_that_was_said() {
    let stage = mirroring().await;
    let away = Fault { times: 1_000_000, status: Some(503), ..Fault::default() };
    stage.demo.jira.order(trouble([away]));
    for text in ["the printer prints grey", "the lift is stuck", "the door is open"] {
        opens(&stage, EMPLOYEE, text).await;
    }
    stage.says(APPROVER, "reply to ticket 1 saying which one is it?").await;
    stage.says(EMPLOYEE, "reply to ticket 1 saying the red one").await;
    for _ in 0..12 {
        stage.later(SignedDuration::from_mins(5)).await;
    }
    assert_eq!(issues(&stage), 3, "nothing is there yet");
    stage.demo.jira.order(Faults::default());
    stage.calm().await;
    assert_eq!(issues(&stage), 6, "each of the three once");
    let first = ticket(&stage).await;
    let key = first["key"].as_str().unwrap_or_else(|| panic!("it is linked: {first:#}")).to_owned();
    let comments = stage.ticket(&key).1.join("\n");
    assert!(comments.contains("which one is it?") && comments.contains("the red one"), "{comments}");
    assert_eq!(stage.ticket(&key).1.len(), 2, "{comments}");
    let parked = stage.get(ADMIN, "/api/v1/effects?state=parked").await;
    assert_eq!(parked["items"], json!([]), "nobody has to look after it");
}

#[tokio::test]
async fn ticket_whose_making_lost_its_answer_is_found_again_and_not_made_twice() {
    let stage = mirroring().await;
    let lost = Fault {
        matching: "POST /rest/api/3/issue".to_owned(),
        times: 1,
        drop: Some(countersign_sandbox::Drop::After),
        ..Fault::default()
    };
    stage.demo.jira.order(trouble([lost]));
    opens(&stage, EMPLOYEE, "the printer prints grey").await;
    stage.calm().await;
    assert_eq!(issues(&stage), 4);
    assert_eq!(ticket(&stage).await["key"], "OPS-20");
}

#[tokio::test]
async fn ticket_is_linked_by_the_desk_to_what_they_can_see_and_hears_only_what_is_said_from_then_on() {
    let (stage, _) = stage().await;
    opens(&stage, EMPLOYEE, "the printer prints grey").await;
    writes_there(&stage, "OPS-18", APPROVER2, ("long ago", None));
    stage.add_ticket("SEC-1", Status::ToDo, ADMIN);
    for unseen in ["SEC-1", "SEC-9"] {
        let card = stage.says(APPROVER, &format!("link ticket 1 to {unseen}")).await;
        assert!(card.text.contains(&format!("I find no {unseen} that you can see in Jira")), "{card:#?}");
    }
    let refused = stage.says(EMPLOYEE, "link ticket 1 to OPS-18").await;
    assert!(refused.refused, "only the desk does: {refused:#?}");
    let card = stage.says(APPROVER, "link ticket 1 to OPS-18").await;
    assert!(card.text.contains("is OPS-18 in the tracker"), "{card:#?}");
    let again = stage.says(APPROVER, "link ticket 1 to OPS-19").await;
    assert!(again.refused && again.text.contains("OPS-18"), "{again:#?}");
    opens(&stage, EMPLOYEE, "the lift is stuck").await;
    let taken = stage.says(APPROVER, "link ticket 2 to OPS-18").await;
    assert!(taken.text.contains("OPS-18 is ticket 1 of the help desk already"), "{taken:#?}");
    let comments = stage.ticket("OPS-18").1;
    assert!(comments[1].contains("Ada Approver linked this to ticket 1"), "{comments:#?}");
    writes_there(&stage, "OPS-18", APPROVER2, ("it is the drum", None));
    tells(&stage, "d1", "OPS-18").await;
    assert_eq!(all_said(&ticket(&stage).await), ["it is the drum"]);
    assert_eq!(stage.ticket("OPS-18").1.len(), 3);
}

#[tokio::test]
async fn ticket_whose_issue_moves_to_another_project_goes_on_there() {
    let stage = mirroring().await;
    opens(&stage, EMPLOYEE, "the printer prints grey").await;
    let key = stage.demo.jira.move_to("OPS-20", "SEC").expect("the sandbox keeps its state");
    let item = json!({ "field": "Key", "fromString": "OPS-20", "toString": key });
    let moved = json!({
        "webhookEvent": "jira:issue_updated", "changelog": { "items": [item] }, "issue": { "key": key, "fields": {} },
    });
    let answer = stage.signed_delivery("m1", &moved).send().await.expect("the bot answers");
    assert_eq!(answer.status(), 202);
    stage.settle().await;
    writes_there(&stage, &key, APPROVER2, ("it is ours now", None));
    tells(&stage, "d1", &key).await;
    assert_eq!(all_said(&ticket(&stage).await), ["it is ours now"]);
    stage.says(APPROVER, "reply to ticket 1 saying thanks").await;
    assert!(stage.ticket(&key).1.last().is_some_and(|last| last.contains("thanks")));
}
