//! Countersigning by a reaction: where the rule lets it be one, by who may, on the newest card.

use countersign::demo::chats::{SLACK_CHANNEL, slack_user};
use countersign_sandbox::slack::{SlackAct, SlackPersonKind};
use countersign_tests::stage::Stage;

use super::{ADMINISTER, APPROVER, APPROVER2, AUDITOR, EMPLOYEE, WRITE, ask, rules_with};

/// Somebody reacts to a message.
async fn react(stage: &Stage, user: &str, channel: &str, ts: &str, name: &str) {
    let [user, channel, ts, name] = [user, channel, ts, name].map(str::to_owned);
    stage.in_slack(SlackAct::React { user, channel, ts, name }).await;
}

/// Somebody takes a reaction back.
async fn unreact(stage: &Stage, user: &str, channel: &str, ts: &str, name: &str) {
    let [user, channel, ts, name] = [user, channel, ts, name].map(str::to_owned);
    stage.in_slack(SlackAct::Unreact { user, channel, ts, name }).await;
}

#[tokio::test]
async fn slack_a_reaction_countersigns_where_the_rule_lets_it() {
    let stage = Stage::with_chats().await;
    rules_with(&stage, "write", "@reaction").await;
    let code = ask(&stage, WRITE).await;
    let ts = stage.slack_channel(SLACK_CHANNEL).remove(0).ts;
    for name in ["eyes", "tada", "100"] {
        react(&stage, &slack_user(APPROVER), SLACK_CHANNEL, &ts, name).await;
    }
    assert_eq!(stage.status(&code).await, "waiting", "not everything that people feel is a decision");
    react(&stage, &slack_user(APPROVER), SLACK_CHANNEL, &ts, "+1::skin-tone-3").await;
    assert_eq!(stage.status(&code).await, "active");
    let entry = stage.audited("access_countersigned").await.pop().expect("an entry");
    assert_eq!(entry["data"]["assurance"], "reacted");
    assert_eq!(entry["actor"]["via"]["message"], format!("{SLACK_CHANNEL}/{ts}"));
    react(&stage, &slack_user(APPROVER2), SLACK_CHANNEL, &ts, "-1").await;
    assert_eq!(stage.status(&code).await, "active", "after the decision it is only a feeling");
}

#[tokio::test]
async fn slack_elsewhere_a_reaction_is_told_that_it_is_not_enough() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    let (before, ts) = (stage.decided().await, stage.slack_channel(SLACK_CHANNEL).remove(0).ts);
    react(&stage, &slack_user(APPROVER), SLACK_CHANNEL, &ts, "thumbsup").await;
    let told = stage.slack_whispers(&slack_user(APPROVER), SLACK_CHANNEL).join("\n");
    assert!(told.contains("wants more than a reaction"), "{told}");
    react(&stage, &slack_user(APPROVER2), SLACK_CHANNEL, &ts, "-1").await;
    assert_eq!((stage.decided().await, stage.status(&code).await.as_str()), (before, "waiting"));
}

#[tokio::test]
async fn slack_a_reaction_of_who_may_not_is_their_own_business() {
    let stage = Stage::with_chats().await;
    rules_with(&stage, "write", "@reaction").await;
    let code = ask(&stage, WRITE).await;
    stage.joins_slack("U0NOBODY", "Nobody", SlackPersonKind::Member);
    let (before, ts) = (stage.decided().await, stage.slack_channel(SLACK_CHANNEL).remove(0).ts);
    for user in [slack_user(EMPLOYEE), slack_user(AUDITOR), "U0NOBODY".to_owned()] {
        react(&stage, &user, SLACK_CHANNEL, &ts, "+1").await;
        assert_eq!(stage.slack_whispers(&user, SLACK_CHANNEL), [""; 0]);
    }
    assert_eq!((stage.decided().await, stage.status(&code).await.as_str()), (before, "waiting"));
    let refused = stage.refused_of_slack().await;
    assert_eq!(refused.len(), 3, "each is in the audit: {refused:#?}");
}

#[tokio::test]
async fn slack_a_reaction_counts_on_the_newest_card_only() {
    let stage = Stage::with_chats().await;
    rules_with(&stage, "write", "@reaction").await;
    let code = ask(&stage, WRITE).await;
    let (channel, old) = stage.slack_talk(APPROVER).pop().expect("a card");
    stage.slack_says(APPROVER, &format!("status {code}")).await;
    let (_, new) = stage.slack_talk(APPROVER).pop().expect("a card");
    assert_ne!(old.ts, new.ts);
    react(&stage, &slack_user(APPROVER), &channel, &old.ts, "+1").await;
    assert_eq!(stage.status(&code).await, "waiting");
    react(&stage, &slack_user(APPROVER), &channel, &new.ts, "+1").await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn slack_a_reaction_taken_back_before_the_decision_takes_the_countersignature_back() {
    let stage = Stage::with_chats().await;
    rules_with(&stage, "admin", "@reaction").await;
    let code = ask(&stage, ADMINISTER).await;
    let ts = stage.slack_channel(SLACK_CHANNEL).remove(0).ts;
    let (ada, ben) = (slack_user(APPROVER), slack_user(APPROVER2));
    react(&stage, &ada, SLACK_CHANNEL, &ts, "+1").await;
    let shown = || stage.slack_channel(SLACK_CHANNEL).remove(0).text;
    assert!(shown().contains("waiting, 1 of 2 countersigned"), "{}", shown());
    unreact(&stage, &ada, SLACK_CHANNEL, &ts, "+1").await;
    assert!(shown().contains("waiting, 0 of 2 countersigned"), "{}", shown());
    react(&stage, &ben, SLACK_CHANNEL, &ts, "+1").await;
    assert_eq!(stage.status(&code).await, "waiting");
    react(&stage, &ada, SLACK_CHANNEL, &ts, "thumbsup").await;
    assert_eq!(stage.status(&code).await, "active");
    unreact(&stage, &ada, SLACK_CHANNEL, &ts, "thumbsup").await;
    assert_eq!(stage.status(&code).await, "active", "what is decided stays so");
}

#[tokio::test]
async fn slack_a_reaction_taken_back_leaves_what_a_button_gave() {
    let stage = Stage::with_chats().await;
    rules_with(&stage, "admin", "@reaction").await;
    ask(&stage, ADMINISTER).await;
    let ts = stage.slack_channel(SLACK_CHANNEL).remove(0).ts;
    stage.slack_presses(APPROVER, "Approve").await;
    react(&stage, &slack_user(APPROVER), SLACK_CHANNEL, &ts, "+1").await;
    unreact(&stage, &slack_user(APPROVER), SLACK_CHANNEL, &ts, "+1").await;
    let shown = stage.slack_channel(SLACK_CHANNEL).remove(0).text;
    assert!(shown.contains("waiting, 1 of 2 countersigned"), "{shown}");
}

#[tokio::test]
async fn trust_c5_a_thumb_down_denies_where_the_rule_lets_a_reaction_decide_and_nowhere_else() {
    for (annotations, status) in [("", "waiting"), ("@reaction", "denied")] {
        let stage = Stage::with_chats().await;
        rules_with(&stage, "write", annotations).await;
        let code = ask(&stage, WRITE).await;
        let ts = stage.slack_channel(SLACK_CHANNEL).remove(0).ts;
        react(&stage, &slack_user(APPROVER), SLACK_CHANNEL, &ts, "-1").await;
        assert_eq!(stage.status(&code).await, status, "{annotations:?}");
    }
}

#[tokio::test]
async fn trust_c5_a_thumb_down_is_asked_for_the_reason_that_the_rule_wants_and_denies_nothing_before() {
    let stage = Stage::with_chats().await;
    rules_with(&stage, "write", "@reaction @reason(\"required\")").await;
    let code = ask(&stage, WRITE).await;
    let ts = stage.slack_channel(SLACK_CHANNEL).remove(0).ts;
    react(&stage, &slack_user(APPROVER), SLACK_CHANNEL, &ts, "thumbsdown").await;
    assert_eq!(stage.status(&code).await, "waiting");
    let asked = stage.slack_whispers(&slack_user(APPROVER), SLACK_CHANNEL).join("\n");
    assert!(asked.contains("Why") && asked.contains(&code), "{asked}");
    stage.slack_says(APPROVER, &format!("deny {code} because the rollout is over")).await;
    assert_eq!(stage.status(&code).await, "denied");
}
