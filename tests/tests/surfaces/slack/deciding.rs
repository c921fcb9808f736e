//! Who may press, and what a press counts for.

use countersign::demo::chats::{SLACK_CHANNEL, slack_user};
use countersign_tests::again::is_told_what_came_of_it;
use countersign_tests::slack::labels;
use countersign_tests::stage::Stage;
use jiff::SignedDuration;

use super::{ADMIN, ADMINISTER, APPROVER, APPROVER2, AUDITOR, EMPLOYEE, WRITE, ask, code, rules_with};

/// Puts another reference behind the button of a message with this label, as a client that lies.
fn forge(stage: &Stage, channel: &str, ts: &str, button: &str, reference: &str) {
    stage.change_slack(|state| {
        let messages = &mut state.channels.get_mut(channel).expect("a channel").messages;
        let message = messages.find_mut(|message| message.ts == ts).expect("a message");
        let elements = message.blocks.iter_mut().filter(|block| block["type"] == "actions");
        let elements = elements.flat_map(|block| block["elements"].as_array_mut().into_iter().flatten());
        for element in elements.filter(|element| element["text"]["text"] == button) {
            element["value"] = reference.into();
        }
    });
}

#[tokio::test]
async fn slack_who_may_not_countersign_is_told_alone_and_nothing_counts() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    let before = stage.decided().await;
    let card = stage.slack_channel(SLACK_CHANNEL).remove(0);
    for button in ["Approve", "Deny"] {
        stage.slack_presses_on(AUDITOR, SLACK_CHANNEL, &card, button).await;
    }
    let told = stage.slack_whispers(&slack_user(AUDITOR), SLACK_CHANNEL);
    assert!(told[0].contains("do not count you among those who may countersign"), "{told:#?}");
    assert_eq!(stage.slack_channel(SLACK_CHANNEL)[0].text, card.text, "for everybody else it is as it was");
    assert_eq!((stage.decided().await, stage.status(&code).await.as_str()), (before, "waiting"));
    let denied = stage.audited("command_denied").await;
    assert_eq!(denied.len(), 2);
    assert_eq!(denied[0]["actor"]["id"], AUDITOR);
    assert_eq!(denied[0]["actor"]["via"]["identity"], "slack/T0ACME/U0AUDITOR");
    assert_eq!(denied[0]["actor"]["via"]["message"], format!("{SLACK_CHANNEL}/{}", card.ts));
}

#[tokio::test]
async fn slack_nobody_countersigns_their_own_request_on_any_surface() {
    let stage = Stage::with_chats().await;
    // Ada may countersign, and asks for herself.
    stage.slack_says(APPROVER, WRITE).await;
    let code = code(&stage, APPROVER);
    let before = stage.decided().await;
    let card = stage.slack_channel(SLACK_CHANNEL).remove(0);
    stage.slack_presses_on(APPROVER, SLACK_CHANNEL, &card, "Approve").await;
    let told = stage.slack_whispers(&slack_user(APPROVER), SLACK_CHANNEL).join("\n");
    assert!(told.contains("Nobody countersigns their own request"), "{told}");
    stage.slack_says(APPROVER, &format!("approve {code}")).await;
    let told = stage.slack_sees(APPROVER).join("\n");
    assert!(told.contains("Nobody countersigns their own request"), "{told}");
    let answer = stage.says(APPROVER, &format!("approve {code}")).await;
    assert!(answer.refused && answer.text.contains("Nobody countersigns their own request"), "{answer:#?}");
    assert_eq!((stage.decided().await, stage.status(&code).await.as_str()), (before, "waiting"));
    assert_eq!(stage.audited("command_denied").await.len(), 3);
    assert_eq!(stage.held(APPROVER, "payments-api"), None);
}

#[tokio::test]
async fn slack_a_forged_reference_counts_for_nothing_and_its_user_is_told() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    let before = stage.decided().await;
    let (channel, card) = stage.slack_talk(APPROVER).pop().expect("a card");
    let forged = [
        format!("approve {code}"),
        "AAAA".repeat(20),
        "x".repeat(2_000),
        "🧨".repeat(100),
        serde_json::json!({"code": code, "say": "approve"}).to_string(),
    ];
    for (place, reference) in forged.iter().enumerate() {
        forge(&stage, &channel, &card.ts, "Approve", reference);
        stage.slack_presses_on(APPROVER, &channel, &card, "Approve").await;
        assert_eq!(stage.refused_of_slack().await.len(), place + 1, "{reference}");
        let told = stage.slack_answer(APPROVER);
        assert!(told.contains("Nothing was counted"), "{reference}: {told}");
    }
    assert_eq!(stage.refused_of_slack().await[0], "the button is none of ours");
    assert_eq!((stage.decided().await, stage.status(&code).await.as_str()), (before, "waiting"));
}

#[tokio::test]
async fn slack_a_button_that_is_too_old_is_drawn_anew_and_then_counts() {
    let stage = Stage::with_chats().await;
    rules_with(&stage, "write", "").await;
    let text = countersign_domain::rules::EXAMPLE.replace("7 days", "90 days");
    stage.publish(&text).await;
    let code = ask(&stage, "access write on payments-api for 60 days ticket OPS-17 because rollout").await;
    let (channel, card) = stage.slack_talk(EMPLOYEE).remove(0);
    stage.slack_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&code).await, "active");
    // What stands in the messages is as old as the access now.
    stage.later(SignedDuration::from_hours(31 * 24)).await;
    let before = stage.decided().await;
    stage.slack_presses_on(EMPLOYEE, &channel, &card, "Give back").await;
    assert_eq!((stage.decided().await, stage.status(&code).await.as_str()), (before, "active"));
    stage.slack_presses_on(EMPLOYEE, &channel, &card, "Give back").await;
    assert_eq!(stage.status(&code).await, "given_back", "the card has new buttons");
}

#[tokio::test]
async fn slack_an_old_button_on_a_card_that_looks_the_same_gets_a_new_one() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    let (channel, card) = stage.slack_talk(EMPLOYEE).remove(0);
    stage.slack_denies(APPROVER, "").await;
    stage.later(SignedDuration::from_hours(31 * 24)).await;
    stage.slack_presses_on(EMPLOYEE, &channel, &card, "Why?").await;
    stage.slack_presses_on(EMPLOYEE, &channel, &card, "Why?").await;
    let told = stage.slack_answer(EMPLOYEE);
    assert!(told.starts_with(&format!("{code}: what happened, and why")), "{told}");
}

#[tokio::test]
async fn slack_an_old_button_on_news_is_answered_in_private() {
    let stage = Stage::with_chats().await;
    ask(&stage, WRITE).await;
    stage.slack_denies(APPROVER, "").await;
    let (channel, news) = stage.slack_talk(EMPLOYEE).pop().expect("news");
    stage.later(SignedDuration::from_hours(31 * 24)).await;
    stage.slack_presses_on(EMPLOYEE, &channel, &news, "Why?").await;
    let told = stage.slack_answer(EMPLOYEE);
    assert!(told.contains("That button is too old"), "{told}");
    assert_eq!(stage.refused_of_slack().await, ["the button is too old"]);
}

#[tokio::test]
async fn slack_what_comes_twice_and_in_another_order_has_one_outcome() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    stage.slack().deliver_twice(100);
    stage.slack().hold();
    stage.slack_says(APPROVER, &format!("approve {code}")).await;
    stage.slack_says(APPROVER2, &format!("deny {code} because not today")).await;
    stage.slack_says(EMPLOYEE, &format!("withdraw {code}")).await;
    stage.slack().release().await;
    stage.settle().await;
    let outcomes = ["access_approved", "access_denied", "access_withdrawn"];
    let history = stage.history(&code).await;
    let outcome: Vec<_> = history.iter().filter(|kind| outcomes.contains(&kind.as_str())).collect();
    assert_eq!(outcome.len(), 1, "{history:#?}");
    assert_eq!(stage.audited("interaction_received").await.len(), 4, "each counts once");
    let told = stage.slack_sees(APPROVER).join("\n");
    assert!(told.contains("There is nothing to decide here any more"), "{told}");
}

#[tokio::test]
async fn slack_a_countersignature_is_taken_back_by_its_button() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, ADMINISTER).await;
    stage.slack_presses(APPROVER, "Approve").await;
    stage.slack_presses(APPROVER, "Take it back").await;
    stage.slack_presses(APPROVER2, "Approve").await;
    assert_eq!(stage.status(&code).await, "waiting", "one of two was taken back");
    let card = stage.slack_channel(SLACK_CHANNEL).remove(0);
    assert!(card.text.contains("waiting, 1 of 2 countersigned"), "{}", card.text);
    assert_eq!(labels(&card), ["Approve", "Deny"]);
}

#[tokio::test]
async fn slack_the_audit_tells_surface_ids_message_and_whose_the_account_is() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    let (channel, card) = stage.slack_talk(APPROVER).pop().expect("a card");
    stage.slack_presses(APPROVER, "Approve").await;
    let page = stage.get(AUDITOR, &format!("/api/v1/audit?code={code}&limit=500")).await;
    let items = page["items"].as_array().expect("a list");
    let entry = items.iter().find(|entry| entry["type"] == "access_countersigned").expect("an entry");
    assert_eq!(entry["actor"]["id"], APPROVER);
    assert_eq!(entry["actor"]["surface"], "slack");
    assert_eq!(entry["actor"]["via"]["identity"], "slack/T0ACME/U0APPROVER");
    assert_eq!(entry["actor"]["via"]["message"], format!("{channel}/{}", card.ts));
    assert!(entry["actor"]["via"]["delivery"].as_str().is_some_and(|id| id.starts_with("trigger:")));
    let page = stage.get(AUDITOR, &format!("/api/v1/audit?user={APPROVER}&type=account_bound")).await;
    assert_eq!(page["items"][0]["data"]["identity"], "slack/T0ACME/U0APPROVER", "{page:#}");
    assert_eq!(page["items"][0]["data"]["by"], "directory");
}

#[tokio::test]
async fn trust_c5_slack_denying_asks_for_the_reason_in_a_form() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    stage.slack_presses(APPROVER, "Deny").await;
    assert_eq!(stage.status(&code).await, "waiting", "nothing is decided before the form is sent");
    stage.slack_denies(APPROVER, "not during the freeze").await;
    assert_eq!(stage.status(&code).await, "denied");
    let told = stage.slack_answer(EMPLOYEE);
    assert!(told.contains("Denied by Ada Approver: “not during the freeze”"), "{told}");
}

#[tokio::test]
async fn trust_c5_slack_a_denial_in_words_is_asked_back_for_its_reason() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    stage.slack_says(APPROVER, &format!("deny {code}")).await;
    let told = stage.slack_answer(APPROVER);
    assert!(told.contains(&format!("deny {code} because …")), "{told}");
    assert_eq!(stage.status(&code).await, "waiting");
    stage.slack_presses(APPROVER, "Deny without a reason").await;
    assert_eq!(stage.status(&code).await, "denied");
}

#[tokio::test]
async fn trust_b2_slack_a_reason_in_the_form_that_is_too_long_denies_nothing_and_is_told_so() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    stage.slack_denies(APPROVER, &"not now, ".repeat(2_000)).await;
    assert_eq!(stage.status(&code).await, "waiting");
    let told = stage.slack_sees(APPROVER).join("\n---\n");
    assert!(told.contains("That is too much at once"), "{told}");
}

#[tokio::test]
async fn trust_c5_slack_who_approves_twice_is_told_what_came_of_it() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    let approves = async || {
        stage.slack_says(APPROVER, &format!("approve {code}")).await;
        stage.slack_sees(APPROVER).join("\n---\n")
    };
    is_told_what_came_of_it(&stage, &code, approves).await;
}

#[tokio::test]
async fn trust_e3_slack_a_denial_is_told_to_who_asked_and_to_nobody_else() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    let others = [APPROVER, APPROVER2, ADMIN, AUDITOR];
    let shared = || stage.slack_channel(SLACK_CHANNEL).len();
    let before = (stage.slack_sees(EMPLOYEE).len(), others.map(|id| stage.slack_sees(id).len()), shared());
    stage.slack_denies(APPROVER, "not during the freeze").await;
    let seen = stage.slack_sees(EMPLOYEE);
    assert_eq!(seen.len(), before.0 + 1, "one message more, so that they are told: {seen:#?}");
    let told = seen.last().expect("a message");
    assert!(told.starts_with(&format!("Denied: {code}: ")), "{told}");
    assert!(told.contains("Denied by Ada Approver: “not during the freeze”"), "who and why: {told}");
    assert_eq!((others.map(|id| stage.slack_sees(id).len()), shared()), (before.1, before.2), "nobody else");
    for id in others {
        let seen = stage.slack_sees(id).join("\n");
        assert!(!seen.contains(&format!("Denied: {code}")), "{id}: {seen}");
    }
    assert!(
        stage.teams_sees(EMPLOYEE).is_empty() && stage.discord_sees(EMPLOYEE).is_empty(),
        "once is enough"
    );
}
