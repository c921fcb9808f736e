//! A request is for a repository and not for a name: what has another name by the time it counts is decided on by that one, and
//! what a vendor said a while ago counts for nothing.

use std::sync::Arc;

use countersign_sandbox::Fault;
use countersign_sandbox::bitbucket::Repository;
use countersign_sandbox::jira::Status;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, trouble};
use jiff::SignedDuration;

use super::{APPROVER, APPROVER2, EMPLOYEE, code, move_by_hand, rules_with, times};

/// Somebody renames a repository by hand: it stays itself.
fn rename(stage: &Stage, from: &str, to: &str) {
    stage.change_forge(|state| {
        let uuid = Some(state.repository_uuid(from));
        let there = state.repositories.remove(from).expect("it is there");
        let renamed = Repository { uuid, ..Repository::clone(&there) };
        state.repositories.insert(to.to_owned(), Arc::new(renamed));
    });
}

/// What the archive was has another name, and the draft has that of the archive.
fn draft_becomes_archive(stage: &Stage) {
    rename(stage, "archive", "archive-old");
    rename(stage, "draft", "archive");
}

async fn on_draft(permission: &str) -> (Stage, String) {
    let stage = Stage::new().await;
    stage.add_repository("draft");
    let said = format!("access {permission} on draft for 1 day ticket OPS-17 because rollout");
    let code = code(&stage.says(EMPLOYEE, &said).await);
    (stage, code)
}

/// The forge does not take the next permission at first.
fn hold_up(stage: &Stage) {
    let refusal = Fault { matching: "PUT /2.0".to_owned(), times: 1, status: Some(503), ..Fault::default() };
    stage.demo.bitbucket.order(trouble([refusal]));
}

#[tokio::test]
async fn trust_a5_what_the_rules_forbid_by_its_name_now_is_refused_whatever_it_was_called_when_asked() {
    let (stage, code) = on_draft("write").await;
    let seen = stage.says(APPROVER, &format!("status {code}")).await;
    let old = seen.buttons.iter().find(|button| button.label == "Approve").expect("a button").say.clone();
    draft_becomes_archive(&stage);
    let told = stage.says(APPROVER, &old).await;
    assert!(told.refused, "{told:#?}");
    assert!(told.text.contains("the repository draft is called archive now"), "{}", told.text);
    assert_eq!(stage.status(&code).await, "denied");
    let shown = stage.says(APPROVER, &format!("status {code}")).await;
    assert!(shown.text.contains("The archive stays as it was"), "{}", shown.text);
    for said in [old, format!("approve {code}")] {
        assert!(stage.says(APPROVER, &said).await.refused, "{said}");
    }
    assert_eq!(stage.held(EMPLOYEE, "archive"), None);
}

#[tokio::test]
async fn trust_a5_what_the_rules_want_more_for_by_its_name_now_they_get() {
    let (stage, code) = on_draft("admin").await;
    rename(&stage, "web-shop", "web-shop-old");
    rename(&stage, "draft", "web-shop");
    assert!(stage.says(APPROVER, &format!("approve {code}")).await.refused);
    assert_eq!(stage.status(&code).await, "waiting");
    let told = stage.says(APPROVER, &format!("approve {code}")).await;
    assert!(told.refused, "it takes the console now: {}", told.text);
    assert_eq!(times(&stage, &code, "access_countersigned").await, 0);
    let shown = stage.says(APPROVER, &format!("status {code}")).await;
    assert!(shown.title.contains("web-shop"), "{shown:#?}");
}

#[tokio::test]
async fn trust_a5_names_that_are_swapped_after_the_decision_set_nothing_that_is_forbidden() {
    let (stage, code) = on_draft("write").await;
    hold_up(&stage);
    stage.says_without_waiting(APPROVER, &format!("approve {code}")).await;
    stage.settle().await;
    assert_eq!(stage.status(&code).await, "granting");
    draft_becomes_archive(&stage);
    stage.later(SignedDuration::from_mins(10)).await;
    assert_eq!(stage.status(&code).await, "denied");
    assert_eq!(stage.held(EMPLOYEE, "archive"), None);
}

#[tokio::test]
async fn trust_a5_what_the_rules_gave_alone_under_another_name_waits_for_those_who_decide() {
    let stage = Stage::new().await;
    hold_up(&stage);
    let code = code(&stage.says(EMPLOYEE, "access read on web-shop for 1 day").await);
    assert_eq!(stage.status(&code).await, "granting");
    rename(&stage, "web-shop", "vault");
    stage.later(SignedDuration::from_mins(10)).await;
    assert_eq!(stage.status(&code).await, "waiting");
    assert_eq!(stage.held(EMPLOYEE, "vault"), None);
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.held(EMPLOYEE, "vault").as_deref(), Some("read"));
}

#[tokio::test]
async fn trust_a5_a_repository_that_is_gone_is_asked_for_no_more() {
    let (stage, code) = on_draft("write").await;
    stage.change_forge(|state| drop(state.repositories.remove("draft")));
    let told = stage.says(APPROVER, &format!("approve {code}")).await;
    assert!(told.text.contains("the repository draft is not there any more"), "{}", told.text);
    assert_eq!(stage.status(&code).await, "denied");
}

#[tokio::test]
async fn trust_a5_an_extension_is_asked_of_the_rules_under_the_name_there_is_now() {
    let (stage, code) = on_draft("write").await;
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
    draft_becomes_archive(&stage);
    stage.later(SignedDuration::from_mins(1)).await;
    let told = stage.says(EMPLOYEE, &format!("extend {code} for 1 day")).await;
    assert!(told.refused && told.text.contains("The archive stays as it was"), "{}", told.text);
    stage.says(EMPLOYEE, &format!("give back {code}")).await;
    assert_eq!(stage.held(EMPLOYEE, "archive"), None, "what was given ends, whatever it is called");
}

#[tokio::test]
async fn trust_a4_what_lasts_as_long_as_a_rule_allows_it_ends_when_its_name_is_one_the_rule_forbids() {
    let stage = Stage::new().await;
    stage.add_repository("draft");
    rules_with(&stage, "write", "@while_member").await;
    let code = code(&stage.says(EMPLOYEE, "access write on draft for 1 day ticket OPS-17").await);
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
    draft_becomes_archive(&stage);
    stage.later(SignedDuration::from_mins(1)).await;
    rules_with(&stage, "write", "@while_member\n@remind_after(\"1 hour\")").await;
    assert_eq!(stage.status(&code).await, "revoked");
    assert_eq!(stage.held(EMPLOYEE, "archive"), None);
}

/// Two have to countersign, and the first has: the ticket was looked at for them.
async fn countersigned_once(stage: &Stage) -> String {
    let asked = "access admin on infra for 3 hours ticket OPS-18 because disk";
    let code = code(&stage.says(EMPLOYEE, asked).await);
    stage.later(SignedDuration::from_secs(1)).await;
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(times(stage, &code, "access_countersigned").await, 1);
    code
}

#[tokio::test]
async fn trust_a5_what_was_looked_at_seconds_ago_is_looked_at_again_when_it_is_decided() {
    let stage = Stage::new().await;
    let code = countersigned_once(&stage).await;
    move_by_hand(&stage, "OPS-18", Status::Done);
    stage.later(SignedDuration::from_secs(3)).await;
    let told = stage.says(APPROVER2, &format!("approve {code}")).await;
    assert!(told.text.contains("OPS-18 was closed (Done)"), "{}", told.text);
    assert_eq!(stage.held(EMPLOYEE, "infra"), None);
}

#[tokio::test]
async fn trust_a5_what_the_tracker_delivers_makes_old_what_it_said_a_moment_ago() {
    let stage = Stage::new().await;
    let code = countersigned_once(&stage).await;
    move_by_hand(&stage, "OPS-18", Status::Done);
    let news = serde_json::json!({
        "webhookEvent": "jira:issue_updated",
        "issue": {"key": "OPS-18", "fields": {"summary": "Disk", "description": "It is full."}},
    });
    let answer = stage.signed_delivery("closed", &news).send().await.expect("the bot answers");
    assert_eq!(answer.status(), 202);
    let told = stage.says(APPROVER2, &format!("approve {code}")).await;
    assert!(told.text.contains("OPS-18 was closed (Done)"), "{}", told.text);
    assert_eq!(stage.held(EMPLOYEE, "infra"), None);
}
