//! Decisions are made on the present: evidence is looked at again, nothing that others gave is lowered, and limits count over
//! everything that was held.

mod fresh;
mod held;
mod limits;
mod ours;
mod renamed;
mod unsaid;

use countersign_domain::card::Card;
use countersign_domain::request::Code;
use countersign_sandbox::jira::Status;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::Vendor as _;

const EMPLOYEE: &str = "demo-employee";
const APPROVER: &str = "demo-approver";
const APPROVER2: &str = "demo-approver2";
const WRITE: &str = "access write on payments-api for 2 days ticket OPS-17 because rollout";

fn code(card: &Card) -> String {
    card.code.as_ref().map_or_else(|| panic!("no code on {card:#?}"), Code::to_string)
}

/// Somebody moves a ticket by hand.
fn move_by_hand(stage: &Stage, key: &str, status: Status) {
    change_ticket(stage, key, |issue| issue.status = status);
}

/// Somebody changes a ticket by hand.
fn change_ticket(stage: &Stage, key: &str, change: impl FnOnce(&mut countersign_sandbox::jira::Issue)) {
    stage.change_tracker(|state| change(state.issue_mut(key).expect("a ticket of the demo")));
}

/// Publishes the example's rules with these annotations more on the rule of this name.
async fn rules_with(stage: &Stage, rule: &str, annotations: &str) {
    let name = format!("@id(\"{rule}\")");
    let text = countersign_domain::rules::EXAMPLE.replace(&name, &format!("{name}\n{annotations}"));
    stage.publish(&text).await;
}

/// How often this happened to a request.
async fn times(stage: &Stage, code: &str, kind: &str) -> usize {
    stage.history(code).await.iter().filter(|event| *event == kind).count()
}
