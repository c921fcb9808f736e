//! A channel of Teams as a group of the rules: who leaves it decides nothing any more, whether Teams tells of it or not.

use std::sync::Arc;

use countersign::demo::Demo;
use countersign::demo::chats::TEAMS_CHANNEL;
use countersign_sandbox::TeamsAct;
use countersign_store::MemoryStore;
use countersign_tests::stage::Stage;
use countersign_tests::teams::teams_user;
use jiff::SignedDuration;

use super::{APPROVER, APPROVER2, EMPLOYEE, WRITE, code};

/// The rules' approvers are nobody but the members of the channel.
fn follow(demo: &mut Demo) {
    let acme = demo.config.tenants.values_mut().next().expect("the demo's tenant");
    acme.rules = acme.rules.replace("group:approvers", "group:oncall");
    let teams = acme.teams.as_mut().expect("the demo's Teams");
    teams.groups.insert("oncall".to_owned(), TEAMS_CHANNEL.to_owned());
}

/// A stage in which Erin has asked for something that one of the channel is to countersign.
async fn asked() -> (Stage, String) {
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), follow).await;
    stage.teams_arrive(&[EMPLOYEE, APPROVER, APPROVER2]).await;
    stage.teams_says_to_all(EMPLOYEE, WRITE).await;
    let code = code(&stage);
    (stage, code)
}

/// Who left may not, and who is still there may.
async fn counts_for_nothing(stage: &Stage, code: &str) {
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(code).await, "waiting", "they are in the group no more");
    let left = stage.audited("group_left").await.pop().expect("an event");
    assert_eq!(left["data"]["members"], serde_json::json!([APPROVER]), "{left:#}");
    stage.says(APPROVER2, &format!("approve {code}")).await;
    assert_eq!(stage.status(code).await, "active");
}

#[tokio::test]
async fn trust_a4_teams_who_leaves_the_channel_counts_for_nothing_at_once() {
    let (stage, code) = asked().await;
    stage.in_teams(TeamsAct::Leave { user: teams_user(APPROVER), talk: TEAMS_CHANNEL.to_owned() }).await;
    counts_for_nothing(&stage, &code).await;
}

#[tokio::test]
async fn trust_a4_teams_who_left_the_channel_unheard_counts_for_an_hour_at_most() {
    let (stage, code) = asked().await;
    stage.change_teams(|state| {
        let own = state.talks.iter_mut().filter(|talk| talk.id == TEAMS_CHANNEL);
        own.for_each(|talk| talk.members.retain(|member| *member != teams_user(APPROVER)));
    });
    stage.clock.turn(SignedDuration::from_hours(1));
    stage.is_audited("group_left").await;
    counts_for_nothing(&stage, &code).await;
}
