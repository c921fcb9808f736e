//! Issues that are made of tickets of our own: once, found again, and what people say on them told apart from what we wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countersign_domain::ports::{CallErrorKind, Comment, NewTicket, Remark, Tracker};
use countersign_sandbox::jira::{IssueComment, JiraUser};
use countersign_sandbox::{Drop, Fault, Faults};
use jiff::Timestamp;
use uuid::Uuid;

use crate::support::World;

fn new(marker: u128) -> NewTicket {
    NewTicket {
        marker: Uuid::from_u128(marker),
        project: "OPS".to_owned(),
        kind: "Task".to_owned(),
        title: format!("The printer {}", "prints grey ".repeat(40)),
        paragraphs: vec!["“since this morning”".to_owned(), "Erin asked.".to_owned()],
    }
}

fn says(world: &World, text: &str, kept_to: Option<&str>) {
    let comment = IssueComment {
        id: 0,
        author: Some("5b10erin".to_owned()),
        created: Timestamp::UNIX_EPOCH,
        text: text.to_owned(),
        kept_to: kept_to.map(str::to_owned),
        properties: BTreeMap::new(),
    };
    let said = |state: &mut countersign_sandbox::JiraState| {
        if state.user("5b10erin").is_none() {
            let (account_id, display_name) = ("5b10erin".to_owned(), "Erin Moore".to_owned());
            state.users.push(JiraUser { account_id, display_name });
        }
        state.issue_mut("OPS-17").unwrap().comments.push(Arc::new(comment));
    };
    world.jira_server.change(said).unwrap();
}

#[tokio::test]
async fn an_issue_is_made_with_what_it_says_and_is_found_again_by_its_marker_alone() {
    let world = World::start().await;
    assert_eq!(world.jira.made("OPS", Uuid::from_u128(1)).await.unwrap(), None);
    assert_eq!(world.jira.make(&new(1)).await.unwrap(), "OPS-18");
    assert_eq!(world.jira.made("OPS", Uuid::from_u128(1)).await.unwrap().as_deref(), Some("OPS-18"));
    assert_eq!(world.jira.made("OPS", Uuid::from_u128(2)).await.unwrap(), None);
    let made = world.jira_server.state().issues["OPS-18"].clone();
    assert_eq!(made.summary.chars().count(), 255, "as much of the title as Jira takes");
    assert_eq!(made.description, "“since this morning”\nErin asked.");
    let fault = Fault {
        matching: "POST /rest/api/3/issue".to_owned(),
        times: 1,
        drop: Some(Drop::After),
        ..Fault::default()
    };
    world.jira_server.order(Faults { next: vec![fault], ..Faults::default() });
    let lost = world.jira.make(&new(2)).await.unwrap_err();
    assert_eq!(lost.kind, CallErrorKind::Unknown, "{lost}");
    assert_eq!(world.jira.made("OPS", Uuid::from_u128(2)).await.unwrap().as_deref(), Some("OPS-19"));
}

#[tokio::test]
async fn what_people_said_is_told_apart_from_what_we_wrote_and_from_what_is_kept_to_some() {
    let world = World::start().await;
    assert_eq!(world.jira.remarks("OPS-17", &BTreeSet::new()).await.unwrap(), []);
    says(&world, "which one?", None);
    let ours = Comment { marker: Uuid::from_u128(1), paragraphs: vec!["the red one".to_owned()] };
    world.jira.comment("OPS-17", &ours).await.unwrap();
    says(&world, "she always says that", Some("Administrators"));
    let all = world.jira.remarks("OPS-17", &BTreeSet::new()).await.unwrap();
    let told: Vec<_> = all.iter().map(|one| (one.text.as_str(), one.is_ours, one.is_open)).collect();
    let expected =
        [("which one?", false, true), ("the red one", true, true), ("she always says that", false, false)];
    assert_eq!(told, expected);
    let Remark { account, name, .. } = &all[0];
    assert_eq!((account.as_deref(), name.as_str()), (Some("5b10erin"), "Erin Moore"));
}

#[tokio::test]
async fn of_many_comments_the_newest_are_read_and_none_that_is_known() {
    let world = World::start().await;
    (0..150).for_each(|number| says(&world, &format!("number {number}"), None));
    let all = world.jira.remarks("OPS-17", &BTreeSet::new()).await.unwrap();
    assert_eq!((all.len(), all.first().map(|one| one.text.as_str())), (100, Some("number 50")));
    assert_eq!(all.last().map(|one| one.text.as_str()), Some("number 149"));
    let known: BTreeSet<_> = all.iter().map(|one| one.id.clone()).collect();
    says(&world, "the last", None);
    let new = world.jira.remarks("OPS-17", &known).await.unwrap();
    assert_eq!(new.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["the last"]);
}
