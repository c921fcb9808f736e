//! The tracker: tickets, comments found again, and moves forward only.

use countersign_domain::ports::{CallErrorKind, Comment, TicketMove, TicketStage, Tracker};
use countersign_sandbox::jira::Status;
use uuid::Uuid;

use crate::support::World;

fn comment(marker: u128, paragraphs: &[&str]) -> Comment {
    Comment {
        marker: Uuid::from_u128(marker),
        paragraphs: paragraphs.iter().map(|&text| text.to_owned()).collect(),
    }
}

#[tokio::test]
async fn a_ticket_is_found_with_its_stage_and_link() {
    let world = World::start().await;
    let ticket = world.jira.ticket("OPS-17").await.unwrap().unwrap();
    assert_eq!((ticket.title.as_str(), ticket.status.as_str()), ("Roll out payments", "To Do"));
    assert_eq!(ticket.stage, TicketStage::Todo);
    assert_eq!(ticket.url, format!("{}/browse/OPS-17", world.jira_server.base_url()));
}

#[tokio::test]
async fn no_ticket_is_found_where_there_is_none_or_the_key_is_no_key() {
    let world = World::start().await;
    for key in ["OPS-99", "ops-17", "../OPS-17", "OPS-17/comment", "10001", ""] {
        assert_eq!(world.jira.ticket(key).await.unwrap(), None, "{key}");
    }
    let calls: Vec<_> = world.jira_server.calls().into_iter().map(|call| call.request).collect();
    assert!(
        calls.len() == 2 && calls[1] == "GET /rest/api/3/myself",
        "only a real key is worth a call: {calls:?}"
    );
}

#[tokio::test]
async fn a_comment_is_found_again_by_its_marker_and_only_by_its_own() {
    let world = World::start().await;
    let hostile = "<b>@here</b> [~accountid:1] {code} \u{202e}";
    world
        .jira
        .comment("OPS-17", &comment(1, &["Granted write on payments-api.", "", hostile]))
        .await
        .unwrap();
    assert!(world.jira.has_comment("OPS-17", Uuid::from_u128(1)).await.unwrap());
    assert!(!world.jira.has_comment("OPS-17", Uuid::from_u128(2)).await.unwrap());
    let text = world.jira_server.state().issues["OPS-17"].comments[0].text.clone();
    assert_eq!(text, format!("Granted write on payments-api.\n\n{hostile}"));
}

#[tokio::test]
async fn a_marker_behind_two_hundred_comments_is_found() {
    let world = World::start().await;
    world.jira.comment("OPS-17", &comment(1, &["ours"])).await.unwrap();
    world
        .jira_server
        .change(|state| {
            let ours = state.issues["OPS-17"].comments[0].clone();
            for _ in 0..220 {
                let mut other = (*ours).clone();
                other.id = 0;
                other.properties.clear();
                state.issue_mut("OPS-17").unwrap().comments.push(other.into());
            }
        })
        .unwrap();
    assert!(world.jira.has_comment("OPS-17", Uuid::from_u128(1)).await.unwrap());
    assert!(!world.jira.has_comment("OPS-17", Uuid::from_u128(2)).await.unwrap());
}

#[tokio::test]
async fn a_ticket_moves_forward_step_by_step_and_then_stays() {
    let world = World::start().await;
    for (to, status) in [
        (TicketMove::Started, "In Progress"),
        (TicketMove::Granted, "Done"),
        (TicketMove::Started, "Done"),
        (TicketMove::Declined, "Done"),
    ] {
        let plan = world.jira.plan_move("OPS-17", to).await.unwrap();
        world.jira.apply_move(&plan).await.unwrap();
        assert_eq!(world.jira.ticket("OPS-17").await.unwrap().unwrap().status, status);
    }
    let plan = world.jira.plan_move("OPS-17", TicketMove::Started).await.unwrap();
    assert_eq!(plan.step, None, "never a step back");
}

#[tokio::test]
async fn a_status_without_a_direct_way_is_reached_over_the_started_one() {
    let world = World::start().await;
    let plan = world.jira.plan_move("OPS-17", TicketMove::Granted).await.unwrap();
    let steps: Vec<&str> = plan.step.iter().chain(&plan.then).map(|step| step.to.as_str()).collect();
    assert_eq!(steps, ["In Progress", "Done"]);
    world.jira.apply_move(&plan).await.unwrap();
    assert_eq!(world.jira_server.state().issues["OPS-17"].status, Status::Done);
}

#[tokio::test]
async fn a_move_whose_answer_was_lost_may_be_taken_again() {
    let world = World::start().await;
    let plan = world.jira.plan_move("OPS-17", TicketMove::Started).await.unwrap();
    world.jira.apply_move(&plan).await.unwrap();
    world.jira.apply_move(&plan).await.unwrap();
    assert_eq!(world.jira_server.state().issues["OPS-17"].status, Status::InProgress);
}

#[tokio::test]
async fn a_move_that_became_impossible_is_rejected() {
    let world = World::start().await;
    let plan = world.jira.plan_move("OPS-17", TicketMove::Started).await.unwrap();
    world.jira_server.change(|state| state.issue_mut("OPS-17").unwrap().status = Status::Done).unwrap();
    let error = world.jira.apply_move(&plan).await.unwrap_err();
    assert_eq!((error.kind, error.status), (CallErrorKind::Rejected, Some(400)));
}

#[tokio::test]
async fn a_status_that_the_workflow_does_not_know_is_named_with_the_cure() {
    use crate::support::{jira_config, secrets, tenant};
    let world = World::start().await;
    let mut config = jira_config(world.jira_server.base_url());
    config.statuses.granted = "Provisioned".to_owned();
    world.jira_server.change(|state| state.issue_mut("OPS-17").unwrap().status = Status::InProgress).unwrap();
    let jira = countersign_atlassian::Jira::new(&config, &tenant(), &world.outbound, secrets()).unwrap();
    let error = jira.plan_move("OPS-17", TicketMove::Granted).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Rejected);
    assert!(error.detail.contains("to To Do, Done, Declined, and not to Provisioned"), "{error}");
}

#[tokio::test]
async fn comments_and_moves_of_an_absent_ticket_are_rejected() {
    let world = World::start().await;
    let error = world.jira.comment("OPS-99", &comment(1, &["x"])).await.unwrap_err();
    assert_eq!((error.kind, error.status), (CallErrorKind::Rejected, Some(404)));
    let error = world.jira.plan_move("OPS-99", TicketMove::Started).await.unwrap_err();
    assert!(error.detail.contains("there is no ticket OPS-99"), "{error}");
}
