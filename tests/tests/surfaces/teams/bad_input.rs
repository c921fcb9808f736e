//! What does not come from Teams, or not as it should: the right status, an event, and nothing changed.

use countersign_sandbox::TeamsAct;
use countersign_sandbox::teams::Mischief;
use countersign_tests::stage::Stage;
use countersign_tests::teams::teams_user;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{APPROVER, EMPLOYEE, WRITE, code, count, stage};

const DONE: [&str; 4] =
    ["interaction_received", "access_requested", "access_countersigned", "command_denied"];

/// A sentence as Teams delivers it, under a new id.
async fn activity(stage: &Stage, id: &str, text: &str) -> Value {
    let mut activity = stage.teams_says(EMPLOYEE, "my access").await.activity;
    activity["id"] = id.into();
    activity["text"] = text.into();
    activity
}

#[tokio::test]
async fn teams_tokens_that_are_not_good_are_refused_and_kept_as_events() {
    let stage = stage().await;
    let activity = activity(&stage, "1", WRITE).await;
    let now = countersign_domain::ports::Clock::now(&*stage.clock).as_second();
    let good = stage.teams_token(&json!({}));
    let (before, signature) = good.rsplit_once('.').expect("three parts");
    let first = if signature.starts_with('A') { "B" } else { "A" };
    let forged = format!("{before}.{first}{}", &signature[1..]);
    let elsewhere = Value::from("00000000-0000-4000-8000-000000000009");
    let mut other_tenant = activity.clone();
    other_tenant["conversation"]["tenantId"] = elsewhere.clone();
    other_tenant["channelData"]["tenant"]["id"] = elsewhere;
    let mut other_service = activity.clone();
    other_service["serviceUrl"] = "https://evil.example/".into();
    let token = |claims: Value| stage.teams_token(&claims);
    let cases = [
        ("forged", forged, &activity, 403),
        ("expired", token(json!({ "exp": now - 600 })), &activity, 403),
        ("not valid yet", token(json!({ "nbf": now + 600 })), &activity, 403),
        ("of another bot", token(json!({ "aud": "another-bot" })), &activity, 403),
        ("of another issuer", token(json!({ "iss": "https://evil.example" })), &activity, 403),
        ("of another tenant", good.clone(), &other_tenant, 403),
        ("for another service", good.clone(), &other_service, 403),
        ("none", String::new(), &activity, 401),
        ("no token", "abc".to_owned(), &activity, 401),
    ];
    let (done, all) = (count(&stage, &DONE).await, cases.len() as u64);
    for (what, token, activity, status) in cases {
        let body = activity.to_string().into_bytes();
        assert_eq!(stage.teams_raw("/webhooks/teams/acme", &token, body).await, status, "{what}");
    }
    assert_eq!(stage.refused("webhook_rejected", "webhook teams").await, all);
    let log = stage.log_after(None).await;
    assert!(log.iter().all(|event| !event.data.get().contains(before)), "a token stands in the log");
    assert_eq!(count(&stage, &DONE).await, done, "nothing was changed");
}

#[tokio::test]
async fn teams_bodies_of_every_wrong_kind_are_refused_and_never_break_anything() {
    let stage = stage().await;
    let good = stage.teams_token(&json!({}));
    let whole = activity(&stage, "1", WRITE).await;
    let without = |part: &str| {
        let mut activity = whole.clone();
        activity.as_object_mut().expect("an object").remove(part);
        activity.to_string().into_bytes()
    };
    let mut button = whole.clone();
    button["type"] = "invoke".into();
    button["name"] = "adaptiveCard/action".into();
    button["value"] = json!({ "action": { "verb": "explode", "data": {} } });
    let cases = [
        (vec![], 400),
        (b"{".to_vec(), 400),
        (b"null".to_vec(), 400),
        (vec![0xff, 0xfe], 400),
        (without("from"), 422),
        (without("conversation"), 422),
        (without("id"), 422),
        (without("type"), 400),
        (button.to_string().into_bytes(), 422),
        (vec![b' '; 300 * 1024], 413),
        (vec![b' '; 2 * 1024 * 1024], 413),
    ];
    let (done, all) = (count(&stage, &DONE).await, cases.len() as u64);
    for (index, (body, status)) in cases.into_iter().enumerate() {
        let length = body.len();
        assert_eq!(stage.teams_raw("/api/messages", &good, body).await, status, "{index}: {length} bytes");
    }
    // For nobody, the best token is another bot's.
    let nowhere = stage.teams_raw("/webhooks/teams/nobody", &good, whole.to_string().into_bytes()).await;
    assert_eq!(nowhere, 403);
    assert_eq!(stage.refused("webhook_rejected", "webhook teams").await, all + 1);
    assert_eq!(count(&stage, &DONE).await, done, "nothing was changed");
}

#[tokio::test]
async fn teams_a_thousand_copies_of_a_delivery_are_one_event() {
    let stage = stage().await;
    let before = count(&stage, &DONE).await;
    stage.teams().mischief(Mischief { copies: 999, hold: false });
    let delivered = stage.teams_says(EMPLOYEE, WRITE).await;
    stage.teams().mischief(Mischief::default());
    assert_eq!(delivered.tries.len(), 1000);
    assert!(delivered.tries.iter().all(|status| status == "200"));
    assert_eq!(count(&stage, &DONE).await, before + 2, "one sentence, one request");
    // The same again, much later.
    stage.later(SignedDuration::from_hours(1)).await;
    let body = delivered.activity.to_string().into_bytes();
    assert_eq!(stage.teams_raw("/api/messages", &stage.teams_token(&json!({})), body).await, 200);
    assert_eq!(count(&stage, &DONE).await, before + 2);
}

#[tokio::test]
async fn teams_a_press_that_is_delivered_again_is_answered_again_and_counts_once() {
    let stage = stage().await;
    stage.teams_says(EMPLOYEE, WRITE).await;
    stage.teams().mischief(Mischief { copies: 20, hold: false });
    let shown = stage.teams_presses_many(APPROVER, "Approve").await;
    assert!(shown.iter().all(|status| status == "200"), "{shown:?}");
    assert_eq!(count(&stage, &["access_countersigned"]).await, 1);
    assert_eq!(stage.status(&code(&stage)).await, "active");
}

#[tokio::test]
async fn teams_a_message_of_emoji_as_long_as_can_be_is_answered() {
    let stage = stage().await;
    let before = stage.teams_talk(EMPLOYEE).len();
    let emoji = "👩‍👩‍👧‍👦".repeat(1_000);
    assert_eq!(stage.teams_says(EMPLOYEE, &emoji).await.tries, ["200"]);
    assert!(stage.teams_talk(EMPLOYEE).len() > before, "never silence");
    let reason = format!("access write on payments-api for 2 days ticket OPS-17 because {emoji}");
    assert_eq!(stage.teams_says(EMPLOYEE, &reason).await.tries, ["200"]);
    assert!(stage.teams_talk(EMPLOYEE).len() > before + 1, "never silence");
}

#[tokio::test]
async fn teams_what_is_edited_or_deleted_later_changes_nothing() {
    let stage = stage().await;
    let message = stage.teams_says(EMPLOYEE, WRITE).await.activity["id"].as_str().expect("an id").to_owned();
    let code = code(&stage);
    let before = count(&stage, &DONE).await;
    let user = teams_user(EMPLOYEE);
    let text = "access admin on infra for 2 days ticket OPS-18 because rollout".to_owned();
    stage.in_teams(TeamsAct::Edit { user: user.clone(), message: message.clone(), text }).await;
    stage.in_teams(TeamsAct::Delete { user, message }).await;
    assert_eq!(count(&stage, &DONE).await, before);
    assert_eq!(stage.status(&code).await, "waiting");
}
