//! Deliveries over HTTP instead of Socket Mode: signed, whole, once, and for us.

use countersign::demo::chats::{SLACK_CHANNEL, SLACK_TEAM, slack_user};
use countersign_domain::ports::Clock as _;
use countersign_sandbox::slack::{SlackAct, SlackTarget, SlackTokens};
use countersign_tests::slack::deliveries::{
    FORM, JSON, event, form, message, payload, press, slack_signature,
};
use countersign_tests::stage::Stage;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{APPROVER, EMPLOYEE, WRITE, ask, code};

/// The sandbox signs by its own clock, which a message's id tells: the stage's clock is turned to it.
async fn deliver_over_http(stage: &Stage) {
    let said = stage.slack_user_says(&slack_user(EMPLOYEE), None, "help").await.ts.expect("a message");
    let second = said.split('.').next().and_then(|second| second.parse().ok()).expect("a time");
    let now = Timestamp::from_second(second).expect("a time on the calendar");
    stage.later(now.duration_since(stage.clock.now())).await;
    let url = stage.url("/webhooks/slack/acme");
    let secret = SlackTokens::example().signing_secret;
    stage.slack().deliver_to(Some(SlackTarget { url, secret }));
}

#[tokio::test]
async fn slack_over_http_it_is_the_same() {
    let stage = Stage::with_chats().await;
    deliver_over_http(&stage).await;
    let code = ask(&stage, WRITE).await;
    stage.slack_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&code).await, "active");
    let user = slack_user(EMPLOYEE);
    let opened = SlackAct::Command { user: user.clone(), channel: None, text: String::new() };
    let answer = stage.in_slack(opened).await.answer.expect("an answer");
    assert!(answer.acknowledged);
    let view = stage.slack().state().views.into_keys().next().expect("the form is open");
    let search = SlackAct::Search { user, view, block: "repository".to_owned(), query: "pay".to_owned() };
    let found = stage.in_slack(search).await.answer.and_then(|answer| answer.body).expect("an answer");
    assert_eq!(found["options"][0]["value"], "payments-api", "{found:#}");
    let deliveries = stage.slack().deliveries();
    assert!(deliveries.iter().all(|delivery| delivery.tries.len() == 1), "{deliveries:#?}");
}

#[tokio::test]
async fn slack_a_delivery_that_is_not_slacks_is_refused_and_kept() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    let before = stage.decided().await;
    let body = || message(&slack_user(APPROVER), "1772442000.000100", &format!("approve {code}"));
    let body = || body().to_string().into_bytes();
    let now = stage.clock.now().as_second();
    let signed_at = |at: i64| {
        stage
            .slack_delivery(JSON, body())
            .header("x-slack-request-timestamp", at)
            .header("x-slack-signature", slack_signature(at, &body()))
    };
    let right = slack_signature(now, &body());
    let signed = |signature: &str| stage.slack_delivery(JSON, body()).header("x-slack-signature", signature);
    let timed = |signature: &str| signed(signature).header("x-slack-request-timestamp", now);
    let forged = format!("v0={}", "ab".repeat(32));
    let large = vec![b' '; 1024 * 1024 + 1];
    let refused = [
        ("unsigned", stage.slack_delivery(JSON, body()).header("x-slack-request-timestamp", now), 401),
        ("forged", timed(&forged), 401),
        ("of another algorithm", timed(&right.replace("v0=", "v1=")), 401),
        ("doubly signed", timed(&right).header("x-slack-signature", &forged), 401),
        ("doubly signed, both right", timed(&right).header("x-slack-signature", &right), 401),
        ("without a time", signed(&right), 401),
        ("of two times", timed(&right).header("x-slack-request-timestamp", now), 401),
        ("replayed", signed_at(now - 301), 401),
        ("of the future", signed_at(now + 301), 401),
        ("of the year 30000000", signed_at(999_999_999_999), 401),
        ("no JSON and no form", stage.slack_signed("text/plain", body()), 415),
        ("too large", stage.slack_signed(JSON, large), 413),
        ("cut off", stage.slack_signed(JSON, body()[..40].to_vec()), 400),
        ("a form without a payload", stage.slack_signed(FORM, b"a=b".to_vec()), 400),
        ("a form with half a payload", stage.slack_signed(FORM, b"payload=%7B%22type".to_vec()), 400),
        ("no text", stage.slack_signed(JSON, vec![0xff, 0xfe, 0]), 400),
    ];
    let count = refused.len();
    for (what, request, status) in refused {
        assert_eq!(stage.delivered(request).await, status, "{what}");
    }
    let kept = stage.audited("webhook_rejected").await;
    assert!(kept.len() > 5, "one of each kind is kept whole: {kept:#?}");
    assert!(kept.iter().all(|entry| entry["data"]["vendor"] == "slack"));
    let text = serde_json::to_string(&kept).unwrap();
    assert!(!text.contains(&right) && !text.contains("sandbox-signing-secret"), "{text}");
    assert_eq!((stage.decided().await, stage.status(&code).await.as_str()), (before, "waiting"));
    assert_eq!(stage.delivered(signed_at(now - 299)).await, 200, "within five minutes it counts");
    assert_eq!(stage.status(&code).await, "active");
    assert_eq!(
        stage.refused("webhook_rejected", "webhook slack").await,
        count as u64,
        "each is kept or counted"
    );
}

#[tokio::test]
async fn slack_a_delivery_for_somebody_else_is_nobodys() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    let before = stage.decided().await;
    let said = message(&slack_user(APPROVER), "1772442000.000100", &format!("approve {code}"));
    let body = said.to_string().replace(SLACK_TEAM, "T0OTHER").into_bytes();
    assert_eq!(stage.delivered(stage.slack_signed(JSON, body)).await, 400, "another workspace's");
    let pressed = press(&slack_user(APPROVER), "C1", "1.1", "x", "t1").to_string();
    let pressed = serde_json::from_str(&pressed.replace(SLACK_TEAM, "T0OTHER")).unwrap();
    assert_eq!(stage.delivered(stage.slack_signed(FORM, payload(&pressed))).await, 400);
    assert_eq!(stage.refused("webhook_rejected", "webhook slack").await, 2);
    for tenant in ["globex", "ACME", "..%2facme", "acme%2facme"] {
        let request = stage.slack_signed_to(tenant, JSON, said.to_string().into_bytes());
        assert_eq!(stage.delivered(request).await, 401, "{tenant}: as if somebody else had signed it");
    }
    assert_eq!((stage.decided().await, stage.status(&code).await.as_str()), (before, "waiting"));
}

#[tokio::test]
async fn slack_asks_whether_anybody_is_there() {
    let stage = Stage::with_chats().await;
    let asked =
        json!({"token": "t", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY", "type": "url_verification"});
    let request = stage.slack_signed(JSON, asked.to_string().into_bytes());
    let answer: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["challenge"], asked["challenge"]);
    let request = stage.slack_signed(FORM, b"ssl_check=1&token=t".to_vec());
    assert_eq!(stage.delivered(request).await, 200);
    let future = event("Ev1", &json!({"type": "an_event_of_next_year", "user": "U1"}));
    let request = stage.slack_signed(JSON, future.to_string().into_bytes());
    assert_eq!(stage.delivered(request).await, 200, "what Slack adds is no mistake");
    assert_eq!(stage.audited("interaction_received").await.len(), 0);
}

#[tokio::test]
async fn slack_a_delivery_that_comes_a_thousand_times_counts_once() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, super::ADMINISTER).await;
    let (channel, card) = stage.slack_talk(APPROVER).pop().expect("a card");
    let buttons = card.blocks.iter().find(|block| block["type"] == "actions").expect("buttons");
    let reference = buttons["elements"][0]["value"].as_str().expect("a reference");
    let body = payload(&press(&slack_user(APPROVER), &channel, &card.ts, reference, "1.2.trigger"));
    let before = stage.decided().await;
    for _ in 0..20 {
        let sent = (0..50).map(|_| stage.slack_signed(FORM, body.clone()).send());
        for answer in futures::future::join_all(sent).await {
            assert_eq!(answer.expect("the bot answers").status(), 200);
        }
    }
    stage.settle().await;
    let pressed = stage.audited("interaction_received").await;
    let of_button = pressed.iter().filter(|entry| entry["data"]["message"]["message"] == card.ts.as_str());
    assert_eq!(of_button.count(), 1, "{pressed:#?}");
    assert_eq!(stage.decided().await, before + 1, "one countersignature");
    let shown = stage.slack_channel(SLACK_CHANNEL).remove(0).text;
    assert!(shown.contains("waiting, 1 of 2 countersigned"), "{shown}");
    assert_eq!(stage.slack_sees(APPROVER).len(), 1, "nobody is told a thousand times");
    // A day later the same press is old, and somebody sends it again with a signature of its time.
    let at = stage.clock.now().as_second();
    let old = stage
        .slack_delivery(FORM, body.clone())
        .header("x-slack-request-timestamp", at)
        .header("x-slack-signature", slack_signature(at, &body));
    stage.later(SignedDuration::from_hours(24)).await;
    assert_eq!(stage.delivered(old).await, 401);
    assert_eq!(stage.status(&code).await, "waiting");
}

#[tokio::test]
async fn slack_over_http_a_slash_command_is_answered_alone() {
    let stage = Stage::with_chats().await;
    let asked = countersign_tests::slack::deliveries::command(&slack_user(EMPLOYEE), WRITE, "1.2.three");
    let twice = [form(&asked), form(&asked)];
    for body in twice {
        assert_eq!(stage.delivered(stage.slack_signed(FORM, body)).await, 200);
    }
    let code = code(&stage, EMPLOYEE);
    assert_eq!(stage.status(&code).await, "waiting");
    assert_eq!(stage.audited("access_requested").await.len(), 1);
    let whispered = stage.slack_whispers(&slack_user(EMPLOYEE), SLACK_CHANNEL);
    assert_eq!(whispered.len(), 1, "{whispered:#?}");
}
