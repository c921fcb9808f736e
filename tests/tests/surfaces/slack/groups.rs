//! User groups of Slack as groups of the rules.

use std::sync::Arc;

use countersign::demo::Demo;
use countersign::demo::chats::slack_user;
use countersign_sandbox::Fault;
use countersign_sandbox::slack::{SlackAct, SlackGroup, SlackPersonKind};
use countersign_store::MemoryStore;
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::vendors::trouble;
use jiff::SignedDuration;

use super::{APPROVER, APPROVER2, AUDITOR, WRITE, ask};

const GROUP: &str = "S0ONCALL";

/// The rules' approvers are nobody but the members of Slack's group.
fn follow(demo: &mut Demo) {
    let tenant = demo.config.tenants.values_mut().next().expect("the demo's tenant");
    tenant.rules = tenant.rules.replace("group:approvers", "group:oncall");
    let slack = tenant.slack.as_mut().expect("the demo's Slack");
    slack.groups.insert("oncall".to_owned(), GROUP.to_owned());
    let slack = &demo.chats.as_ref().expect("the demo's chats").slack;
    let users = vec![slack_user(APPROVER)];
    let group = SlackGroup { handle: "oncall".to_owned(), users };
    let followed = slack.change(|state| drop(state.groups.insert(GROUP.to_owned(), group)));
    followed.expect("the sandbox keeps its state");
}

async fn stage() -> Stage {
    Stage::with_chats_adapted(Arc::new(MemoryStore::new()), follow).await
}

/// Who is in the group from now on.
async fn members(stage: &Stage, users: &[&str]) {
    let users = users.iter().map(|id| slack_user(id)).collect();
    stage.in_slack(SlackAct::Group { group: GROUP.to_owned(), users }).await;
}

#[tokio::test]
async fn slack_the_members_of_a_group_countersign_from_the_start() {
    let stage = stage().await;
    let code = ask(&stage, WRITE).await;
    assert_eq!(stage.slack_sees(APPROVER2).len(), 0, "only members are asked");
    stage.slack_says(APPROVER2, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "waiting");
    stage.slack_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn slack_who_leaves_the_group_counts_for_nothing_at_once() {
    let stage = stage().await;
    let code = ask(&stage, WRITE).await;
    let (channel, card) = stage.slack_talk(APPROVER).pop().expect("a card");
    members(&stage, &[APPROVER2]).await;
    let before = stage.decided().await;
    stage.slack_presses_on(APPROVER, &channel, &card, "Approve").await;
    assert_eq!((stage.decided().await, stage.status(&code).await.as_str()), (before, "waiting"));
    let told = stage.slack_answer(APPROVER);
    assert!(told.contains("I know no request"), "it is none of theirs any more: {told}");
    stage.slack_says(APPROVER2, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active", "who came in counts at once");
    for (kind, who) in [("group_joined", APPROVER2), ("group_left", APPROVER)] {
        let changed = stage.audited(kind).await;
        let last = changed.last().expect("an event");
        assert_eq!(last["data"]["members"], serde_json::json!([who]), "{changed:#?}");
    }
}

#[tokio::test]
async fn slack_who_is_in_the_group_and_says_the_code_later_counts_from_then_on() {
    let stage = stage().await;
    stage.joins_slack("U0PHONE", "Rita", SlackPersonKind::Member);
    stage.change_slack(|state| {
        state.groups.get_mut(GROUP).expect("the group").users.push("U0PHONE".to_owned());
    });
    let card = stage.says(AUDITOR, "link").await;
    let said = card.fields.iter().find(|field| field.value.starts_with("link ")).expect("a code");
    stage.slack_user_says("U0PHONE", None, &said.value.clone()).await;
    let code = ask(&stage, WRITE).await;
    stage.slack_user_says("U0PHONE", None, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn slack_what_changed_in_a_group_while_nobody_listened_counts_after_the_gap() {
    let stage = stage().await;
    let code = ask(&stage, WRITE).await;
    // The event is lost: nobody tells the bot that Ada went.
    stage.change_slack(|state| {
        state.groups.get_mut(GROUP).expect("the group").users = vec![slack_user(APPROVER2)];
    });
    stage.slack().cut();
    stage.slack_reconnects().await;
    stage.slack_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&code).await, "waiting");
}

#[tokio::test]
async fn trust_a4_slack_a_group_that_there_is_no_more_has_nobody_in_it() {
    let stage = stage().await;
    let code = ask(&stage, WRITE).await;
    let (channel, card) = stage.slack_talk(APPROVER).pop().expect("a card");
    // It was disabled, and Slack tells nobody: it is looked at again within the hour.
    stage.change_slack(|state| drop(state.groups.remove(GROUP)));
    stage.clock.turn(SignedDuration::from_hours(1));
    stage.is_audited("group_left").await;
    stage.slack_presses_on(APPROVER, &channel, &card, "Approve").await;
    assert_eq!(stage.status(&code).await, "waiting", "who was in it decides nothing any more");
}

#[tokio::test]
async fn trust_a4_slack_what_was_read_before_somebody_left_lets_nobody_in_again() {
    let stage = stage().await;
    let code = ask(&stage, WRITE).await;
    members(&stage, &[APPROVER2]).await;
    // It was read before Ada left, and is kept only now, as by another bot whose reading took longer.
    let old = serde_json::json!({"ok": true, "users": [slack_user(APPROVER), slack_user(APPROVER2)]});
    let (matching, body) = ("GET /api/usergroups.users.list".to_owned(), Some(old.to_string()));
    let once = Fault { matching, times: 1, status: Some(200), body, ..Fault::default() };
    stage.slack().order(trouble([once]));
    stage.bot.desk.sync_groups(&tenant()).await.expect("it is asked again");
    stage.slack_says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "waiting", "Ada is in the group no more");
}

#[tokio::test]
async fn trust_b4_slack_a_flood_of_changes_reads_a_group_twice() {
    let stage = stage().await;
    let read =
        || stage.slack().calls().iter().filter(|call| call.request.contains("usergroups.users.list")).count();
    let (before, acme) = (read(), tenant());
    let all = futures::future::join_all((0..50).map(|_| stage.bot.desk.sync_groups(&acme))).await;
    for synced in all {
        synced.expect("it is read");
    }
    assert_eq!(read() - before, 2, "once, and once more for all that came meanwhile");
}

#[tokio::test]
async fn trust_a4_slack_a_group_that_could_not_be_read_is_read_again_soon() {
    let stage = stage().await;
    let code = ask(&stage, WRITE).await;
    let (channel, card) = stage.slack_talk(APPROVER).pop().expect("a card");
    let matching = "GET /api/usergroups.users.list".to_owned();
    let once = Fault { matching, times: 1, status: Some(500), ..Fault::default() };
    stage.slack().order(trouble([once]));
    members(&stage, &[APPROVER2]).await;
    stage.clock.turn(SignedDuration::from_mins(5));
    stage.is_audited("group_left").await;
    stage.slack_presses_on(APPROVER, &channel, &card, "Approve").await;
    assert_eq!(stage.status(&code).await, "waiting", "Ada is in the group no more");
}

#[tokio::test]
async fn trust_e3_slack_a_group_that_is_as_it_was_writes_nothing_and_nothing_is_looked_at_again() {
    let stage = stage().await;
    let code = ask(&stage, WRITE).await;
    let before = (stage.head().await, stage.demo.bitbucket.calls().len());
    // The vendor says it once more, in another order of words, and the bot asks by itself.
    members(&stage, &[APPROVER]).await;
    members(&stage, &[APPROVER]).await;
    stage.bot.desk.sync_groups(&tenant()).await.expect("it is asked again");
    stage.settle().await;
    let news: Vec<_> = stage.log_after(before.0).await.into_iter().map(|event| event.kind).collect();
    assert_eq!(
        (news, stage.demo.bitbucket.calls().len()),
        (vec![], before.1),
        "nothing is written, nothing asked"
    );
    // The same way brings in what has changed.
    members(&stage, &[APPROVER, APPROVER2]).await;
    let news: Vec<_> = stage.log_after(before.0).await.into_iter().map(|event| event.kind).collect();
    assert!(news.contains(&"group_joined".to_owned()), "{news:#?}");
    stage.slack_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&code).await, "active");
}
