//! Real samples with parts missing, or of another shape: an answer that says so, an event, and nothing else.

use countersign::demo::chats::{SLACK_TEAM, slack_user};
use countersign_tests::slack::deliveries::{
    FORM, JSON, command, event, form, message, payload, press, submission,
};
use countersign_tests::stage::Stage;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::APPROVER;

/// Every place in a JSON text, as a pointer.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(parts) => parts.iter().map(|(name, part)| (name.replace('/', "~1"), part)).collect(),
        Value::Array(parts) => {
            parts.iter().enumerate().map(|(place, part)| (place.to_string(), part)).collect()
        }
        _ => vec![],
    };
    for (name, part) in inner {
        let place = format!("{at}/{name}");
        places(part, &place, all);
        all.push(place);
    }
}

/// The sample without what is at this place.
fn without(sample: &Value, place: &str) -> Value {
    let mut sample = sample.clone();
    let (around, name) = place.rsplit_once('/').expect("a pointer");
    match sample.pointer_mut(around) {
        Some(Value::Object(parts)) => drop(parts.remove(&name.replace("~1", "/"))),
        Some(Value::Array(parts)) => drop(parts.remove(name.parse().expect("a number"))),
        _ => panic!("nothing at {around}"),
    }
    sample
}

/// The sample with something else at this place.
fn with(sample: &Value, place: &str, other: &Value) -> Value {
    let mut sample = sample.clone();
    *sample.pointer_mut(place).expect("a place of the sample") = other.clone();
    sample
}

/// What somebody may find at any place of a sample.
fn others() -> [Value; 7] {
    let deep = (0..100).fold(json!(null), |inside, _| json!([inside]));
    [
        json!(null),
        json!(-1e300),
        json!(true),
        json!(""),
        json!("\u{202e}🧨 </script> <!channel> \u{0}"),
        json!([]),
        deep,
    ]
}

/// Sends every mutilation of a sample, and says how many were not taken.
async fn mutilated(stage: &Stage, sample: &Value, send: impl Fn(&Value) -> (&'static str, Vec<u8>)) -> usize {
    let (mut all, mut refused) = (Vec::new(), 0);
    places(sample, "", &mut all);
    for place in all {
        let changed = others().map(|other| with(sample, &place, &other));
        for delivery in std::iter::once(without(sample, &place)).chain(changed) {
            let (content, body) = send(&delivery);
            let answer = stage.slack_signed(content, body).send().await.expect("the bot answers");
            let status = answer.status().as_u16();
            assert!(matches!(status, 200 | 400), "{status} for {place} of {delivery:#}");
            refused += usize::from(status == 400);
        }
    }
    stage.settle().await;
    // The flood of refusals is bounded: with time there is room for events again.
    stage.later(SignedDuration::from_mins(5)).await;
    refused
}

#[tokio::test]
async fn slack_any_part_of_an_event_may_be_missing_or_wrong() {
    let stage = Stage::with_chats().await;
    let before = stage.decided().await;
    let user = slack_user(APPROVER);
    let item = json!({"type": "message", "channel": "C0APPROVALS", "ts": "1.1"});
    let person = json!({"id": user, "team_id": SLACK_TEAM, "name": "ada", "deleted": false, "is_bot": false,
        "profile": {"real_name": "Ada", "email": "ada@acme.example"}});
    let samples = [
        message(&user, "1772442000.000100", "status"),
        event(
            "Ev1",
            &json!({"type": "app_mention", "user": user, "text": "<@U0BOT> status", "ts": "1.2",
                "channel": "C0APPROVALS", "event_ts": "1.2", "team": SLACK_TEAM}),
        ),
        event(
            "Ev2",
            &json!({"type": "reaction_added", "user": user, "reaction": "+1", "item_user": "U0BOT",
                "item": item, "event_ts": "1.3"}),
        ),
        event(
            "Ev3",
            &json!({"type": "app_home_opened", "user": user, "channel": "D1", "tab": "home", "event_ts": "1.4"}),
        ),
        event("Ev4", &json!({"type": "subteam_members_changed", "subteam_id": "S1", "team_id": SLACK_TEAM})),
        event("Ev5", &json!({"type": "user_change", "user": person, "event_ts": "1.5"})),
        event(
            "Ev6",
            &json!({"type": "message", "subtype": "message_changed", "hidden": true, "channel": "D0TALK",
                "channel_type": "im", "ts": "1.6", "message": {"type": "message", "user": user, "text": "b", "ts": "1.5"},
                "previous_message": {"type": "message", "user": user, "text": "a", "ts": "1.5"}}),
        ),
    ];
    for sample in samples {
        let refused = mutilated(&stage, &sample, |event| (JSON, event.to_string().into_bytes())).await;
        assert!(refused > 0, "{sample:#}");
    }
    assert!(!stage.audited("webhook_rejected").await.is_empty());
    assert_eq!(stage.decided().await, before);
}

#[tokio::test]
async fn slack_any_part_of_an_interaction_may_be_missing_or_wrong() {
    let stage = Stage::with_chats().await;
    let before = stage.decided().await;
    let user = slack_user(APPROVER);
    let press = press(&user, "C0APPROVALS", "1.1", "none-of-ours", "1.2.three");
    assert!(mutilated(&stage, &press, |sample| (FORM, payload(sample))).await > 0);
    let command = command(&user, "status", "1.2.four");
    assert!(mutilated(&stage, &command, |sample| (FORM, form(sample))).await > 0);
    assert!(!stage.audited("webhook_rejected").await.is_empty());
    assert_eq!(stage.decided().await, before);
}

#[tokio::test]
async fn slack_a_form_with_parts_missing_is_one_request_at_most() {
    let stage = Stage::with_chats().await;
    // The same trigger is the same form, however it is mutilated on the way.
    let sample = submission(&slack_user(super::EMPLOYEE), "1.2.five");
    assert!(mutilated(&stage, &sample, |sample| (FORM, payload(sample))).await > 0);
    let requests = stage.audited("access_requested").await;
    assert!(requests.len() <= 9, "one for each trigger: {}", requests.len());
}
