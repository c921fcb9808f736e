//! Tickets with all that real sites put in the way: who may see them, ways that end, screens, moved and deleted ones.

use std::time::Duration;

use countersign_atlassian::{Jira, Projects};
use countersign_domain::ports::{CallErrorKind, Comment, Reach, TicketMove, Tracker};
use countersign_sandbox::jira::{Status, Way, Workflow};
use countersign_sandbox::{Fault, Faults, JiraState};
use uuid::Uuid;

use crate::support::{World, jira_config, secrets, tenant};

fn change(world: &World, change: impl FnOnce(&mut JiraState)) {
    world.jira_server.change(change).unwrap();
}

fn trouble(matching: &str, status: u16, body: &str) -> Faults {
    let fault = Fault {
        matching: matching.to_owned(),
        times: 1,
        status: Some(status),
        body: (!body.is_empty()).then(|| body.to_owned()),
        ..Fault::default()
    };
    Faults { next: vec![fault], ..Faults::default() }
}

fn moves(world: &World) -> usize {
    let is_move = |request: &str| request.starts_with("POST") && request.contains("/transitions");
    world.jira_server.calls().iter().filter(|call| is_move(&call.request)).count()
}

fn with_projects(world: &World, projects: Projects) -> Jira {
    let config = countersign_atlassian::JiraConfig { projects, ..jira_config(world.jira_server.base_url()) };
    Jira::new(&config, &tenant(), &world.outbound, secrets()).unwrap()
}

#[tokio::test]
async fn trust_a9_a_ticket_comes_with_those_who_can_see_it() {
    let world = World::start().await;
    change(&world, |state| {
        for (id, name) in [("5b10rep", "Rita"), ("5b10ass", "Asa"), ("5b10wat", "Wat")] {
            let user = countersign_sandbox::jira::JiraUser {
                account_id: id.to_owned(),
                display_name: name.to_owned(),
            };
            state.users.push(user);
        }
        let issue = state.issue_mut("OPS-17").unwrap();
        (issue.reporter, issue.assignee) = (Some("5b10rep".to_owned()), Some("5b10ass".to_owned()));
        issue.watchers = vec!["5b10wat".to_owned()];
    });
    let ticket = world.jira.ticket("OPS-17").await.unwrap().unwrap();
    let accounts = ["5b10ass", "5b10rep", "5b10wat"].map(str::to_owned).into();
    assert_eq!(ticket.reach, Reach { everybody: false, groups: [].into(), accounts });
    assert!(!ticket.is_request);

    let projects = Projects {
        requests: ["OPS".to_owned()].into(),
        open: [].into(),
        open_to: [("security".to_owned(), ["OPS".to_owned()].into())].into(),
    };
    let ticket = with_projects(&world, projects).ticket("OPS-17").await.unwrap().unwrap();
    assert_eq!(ticket.reach.groups, ["security".to_owned()].into());
    assert!(ticket.is_request);
}

#[tokio::test]
async fn trust_a9_watchers_that_the_bot_may_not_know_are_nobody() {
    let world = World::start().await;
    change(&world, |state| state.issue_mut("OPS-17").unwrap().watchers = vec!["5b10bot".to_owned()]);
    for status in [403, 404] {
        world.jira_server.order(trouble("GET /rest/api/3/issue/OPS-17/watchers", status, ""));
        let ticket = world.jira.ticket("OPS-17").await.unwrap().unwrap();
        assert_eq!(ticket.reach, Reach::default());
    }
    world.jira_server.order(trouble("GET /rest/api/3/issue/OPS-17/watchers", 503, ""));
    let error = world.jira.ticket("OPS-17").await.unwrap_err();
    assert!(matches!(error.kind, CallErrorKind::NotDone { .. }), "it is asked again, not taken for nobody");
}

#[tokio::test]
async fn trust_d3_no_step_is_taken_where_the_way_does_not_lead_to_the_end() {
    let world = World::start().await;
    change(&world, |state| state.workflow.0.retain(|way| way.to != Status::Done));
    let error = world.jira.plan_move("OPS-17", TicketMove::Granted).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Rejected);
    assert!(error.detail.contains("not to Done; it was not moved at all"), "{error}");
    assert_eq!(
        (world.jira.ticket("OPS-17").await.unwrap().unwrap().status.as_str(), moves(&world)),
        ("To Do", 0)
    );
}

#[tokio::test]
async fn trust_d3_a_workflow_that_may_not_be_read_is_no_way() {
    let world = World::start().await;
    for status in [401, 403, 404] {
        world.jira_server.order(trouble("POST /rest/api/3/workflows", status, ""));
        let error = world.jira.plan_move("OPS-17", TicketMove::Granted).await.unwrap_err();
        assert_eq!(error.kind, CallErrorKind::Rejected);
        assert!(error.detail.contains("“View (read-only) workflow”"), "{error}");
    }
    world.jira_server.order(trouble("POST /rest/api/3/workflows", 503, ""));
    let error = world.jira.plan_move("OPS-17", TicketMove::Granted).await.unwrap_err();
    assert!(matches!(error.kind, CallErrorKind::NotDone { .. }), "it is read later: {error}");
    assert_eq!(moves(&world), 0);
}

#[tokio::test]
async fn trust_d3_a_way_over_several_statuses_is_known_before_its_first_step() {
    let world = World::start().await;
    change(&world, |state| {
        let way = |id: &str, from, to| Way {
            id: id.to_owned(),
            name: format!("way {id}"),
            from: vec![from],
            to,
            required: vec![],
        };
        let ways = vec![
            way("1", Status::ToDo, Status::InProgress),
            way("2", Status::InProgress, Status::ToDo),
            way("3", Status::InProgress, Status::Done),
        ];
        state.workflow = Workflow(ways);
    });
    let plan = world.jira.plan_move("OPS-17", TicketMove::Granted).await.unwrap();
    let steps: Vec<&str> = plan.step.iter().chain(&plan.then).map(|step| step.transition.as_str()).collect();
    assert_eq!(steps, ["1", "3"]);
    world.jira.apply_move(&plan).await.unwrap();
    assert_eq!(world.jira.ticket("OPS-17").await.unwrap().unwrap().status, "Done");
    world.jira.apply_move(&plan).await.unwrap();
    assert_eq!(world.jira.ticket("OPS-17").await.unwrap().unwrap().status, "Done", "twice is once");
}

#[tokio::test]
async fn trust_e4_a_screen_that_demands_a_field_is_named_and_not_tried() {
    let world = World::start().await;
    change(&world, |state| {
        for way in state.workflow.0.iter_mut().filter(|way| way.to == Status::Done) {
            way.required = vec!["resolution".to_owned()];
        }
    });
    let error = world.jira.plan_move("OPS-17", TicketMove::Granted).await.unwrap_err();
    assert!(error.detail.contains("not to Done; it was not moved at all"), "{error}");
    change(&world, |state| state.issue_mut("OPS-17").unwrap().status = Status::InProgress);
    let error = world.jira.plan_move("OPS-17", TicketMove::Granted).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Rejected);
    assert!(error.detail.contains("The step Finish wants Resolution to be filled in"), "{error}");
    assert_eq!(moves(&world), 0);
}

#[tokio::test]
async fn trust_e4_a_change_at_the_same_moment_is_tried_again_and_a_broken_configuration_is_not() {
    let world = World::start().await;
    let plan = world.jira.plan_move("OPS-17", TicketMove::Started).await.unwrap();
    let body =
        r#"{"errorMessages":["The issue could not be updated due to a conflicting update."],"errors":{}}"#;
    world.jira_server.order(trouble("POST /rest/api/3/issue/OPS-17/transitions", 409, body));
    let error = world.jira.apply_move(&plan).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::NotDone { after: None }, "{error}");
    let body = r#"{"errorMessages":["A workflow function is broken."],"errors":{}}"#;
    world.jira_server.order(trouble("POST /rest/api/3/issue/OPS-17/transitions", 422, body));
    let error = world.jira.apply_move(&plan).await.unwrap_err();
    assert_eq!((error.kind, error.status), (CallErrorKind::Rejected, Some(422)));
    assert!(error.detail.contains("A workflow function is broken"), "{error}");
    world.clock.turn(Duration::from_secs(1));
    world.jira.apply_move(&plan).await.unwrap();
    assert_eq!(world.jira.ticket("OPS-17").await.unwrap().unwrap().status, "In Progress");
}

#[tokio::test]
async fn trust_d4_a_moved_ticket_is_found_under_the_key_it_has_now_and_a_deleted_one_is_none() {
    let world = World::start().await;
    let key = world.jira_server.move_to("OPS-17", "SEC").unwrap();
    let ticket = world.jira.ticket("OPS-17").await.unwrap().unwrap();
    assert_eq!((ticket.key.as_str(), key.as_str()), ("SEC-1", "SEC-1"));
    let comment = Comment { marker: Uuid::from_u128(1), paragraphs: vec!["Hello.".to_owned()] };
    world.jira.comment("OPS-17", &comment).await.unwrap();
    assert!(world.jira.has_comment("SEC-1", comment.marker).await.unwrap());
    world.jira_server.delete("SEC-1").unwrap();
    assert_eq!(world.jira.ticket("OPS-17").await.unwrap(), None);
}
