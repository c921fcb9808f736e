//! Tickets that cannot be moved where they belong: an administrator is told once, with what is missing and the cure.

use std::sync::Arc;

use countersign_domain::effect::EffectState;
use countersign_sandbox::Fault;
use countersign_sandbox::jira::{Status, Workflow};
use countersign_store::MemoryStore;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, trouble};
use jiff::SignedDuration;

use super::{ADMIN, APPROVER, EMPLOYEE, alarms, told};

/// A stage whose tickets of the project ACC are requests, and move with them.
async fn stage() -> Stage {
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), |demo| {
        let acme = demo.config.tenants.values_mut().next().expect("the demo's tenant");
        acme.jira.as_mut().expect("the demo's tracker").projects.requests = ["ACC".to_owned()].into();
    })
    .await;
    for key in ["ACC-1", "ACC-2"] {
        stage.add_ticket(key, Status::ToDo, EMPLOYEE);
    }
    stage
}

fn change_workflow(stage: &Stage, change: impl FnOnce(&mut Workflow)) {
    stage.change_tracker(|state| change(&mut state.workflow));
}

/// An access that is granted at once, whose ticket is then to be moved to Done.
async fn granted(stage: &Stage, repository: &str, ticket: &str) -> String {
    let card = stage.says(EMPLOYEE, &format!("access read on {repository} for 1 day ticket {ticket}")).await;
    let code = card.code.unwrap_or_else(|| panic!("no code on {}", card.text)).to_string();
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active", "accesses do not depend on tickets");
    code
}

/// What the administrator was told of tickets that cannot be moved.
fn warnings(stage: &Stage) -> Vec<String> {
    told(stage, ADMIN).into_iter().filter(|text| text.contains("I cannot move tickets of ACC on")).collect()
}

#[tokio::test]
async fn trust_d3_where_no_way_leads_an_administrator_is_told_once_until_a_ticket_can_be_moved() {
    let stage = stage().await;
    change_workflow(&stage, |workflow| workflow.0.retain(|way| way.to != Status::Done));
    granted(&stage, "web-shop", "ACC-1").await;
    granted(&stage, "payments-api", "ACC-2").await;
    assert_eq!(stage.effects(EffectState::Parked).len(), 2, "both tickets wait for a person");
    let warned = warnings(&stage);
    let [once] = &warned[..] else { panic!("told once, for all tickets: {warned:#?}") };
    assert!(once.contains("not to Done; it was not moved at all"), "what is missing: {once}");
    assert!(once.contains("What to do: let the workflow lead there"), "and the cure: {once}");
    assert!([EMPLOYEE, APPROVER].iter().all(|id| !told(&stage, id).join("\n").contains("I cannot move")));
    for _ in 0..3 {
        stage.later(SignedDuration::from_hours(24)).await;
    }
    assert_eq!((warnings(&stage).len(), alarms(&stage).await), (1, vec!["move".to_owned()]), "once is once");

    change_workflow(&stage, |workflow| *workflow = Workflow::default());
    let parked = stage.effects(EffectState::Parked);
    stage.says(ADMIN, &format!("requeue {}", parked[0].id)).await;
    assert_eq!(stage.ticket("ACC-2").0, "Done", "it went on");
    assert_eq!(alarms(&stage).await, Vec::<String>::new());
    assert!(told(&stage, ADMIN).iter().any(|text| text.contains("Nothing keeps tickets of ACC")));
}

#[tokio::test]
async fn trust_d3_a_workflow_that_the_bot_may_not_see_is_told_with_the_permission_that_it_lacks() {
    let stage = stage().await;
    let unseen = Fault {
        matching: "POST /rest/api/3/workflows".to_owned(),
        times: 100,
        status: Some(403),
        ..Fault::default()
    };
    stage.demo.jira.order(trouble([unseen]));
    let first = granted(&stage, "web-shop", "ACC-1").await;
    let warned = warnings(&stage);
    let [once] = &warned[..] else { panic!("told once: {warned:#?}") };
    assert!(once.contains("the project permission “View (read-only) workflow”"), "{once}");
    assert_eq!(stage.ticket("ACC-1").0, "To Do", "not half the way");
    let parked = stage.effects(EffectState::Parked);
    stage.says(ADMIN, &format!("resolve {} as abandoned because it may stay", parked[0].id)).await;
    assert_eq!(alarms(&stage).await, Vec::<String>::new(), "somebody has said what shall be");
    stage.says(EMPLOYEE, &format!("give back {first}")).await;
    granted(&stage, "web-shop", "ACC-2").await;
    assert_eq!(warnings(&stage).len(), 2, "the next one that cannot be moved is told again");
}
