//! Alarms: each one card that follows it, with what may be why; nothing that Amazon did not sign, and nothing lost.

use countersign::demo::chats::SLACK_CHANNEL;
use countersign_sandbox::slack::SlackMessage;
use countersign_tests::amazon::AMAZON;
use countersign_tests::slack::labels;
use countersign_tests::stage::Stage;
use jiff::SignedDuration;

use super::{EMPLOYEE, TOPIC, alarms, chatting, delivers, deployed, notifies, stage};

const APPROVER: &str = "demo-approver";
/// The stage's clock stands at 09:00 UTC on Monday, 2 March 2026.
const BEFORE: &str = "2026-03-02T08:20:00Z";
const AT: &str = "2026-03-02T08:50:00.000+0000";

/// What the channel shows everybody of alarms.
fn shown(stage: &Stage) -> Vec<SlackMessage> {
    let mut messages = stage.slack_channel(SLACK_CHANNEL);
    messages.retain(|message| message.only.is_none() && whole(message).contains("The alarm "));
    messages
}

/// All that a message shows.
fn whole(message: &SlackMessage) -> String {
    let blocks: Vec<_> = message.blocks.iter().map(ToString::to_string).collect();
    format!("{} {}", message.text, blocks.concat())
}

#[tokio::test]
async fn alert_why_something_is_alerting_is_what_became_live_before() {
    let stage = stage().await;
    for (delivery, at) in [("d1", "2026-03-01T08:00:00Z"), ("d2", BEFORE)] {
        let mut body = deployed("acme/pay-api", at);
        body["deployment"]["sha"] = delivery.replace('d', "0").repeat(20).into();
        delivers(&stage, "acme", (delivery, "deployment_status"), &body).await;
    }
    assert_eq!(alarms(&stage, "a1", ("checkout-errors", "ALARM"), AT).await["status"], "accepted");
    let card = stage.says(EMPLOYEE, "why is checkout alerting?").await;
    assert_eq!(card.title, "The alarm checkout-errors is on", "{}", card.text);
    let suspect = card.fields.iter().find(|field| field.label == "Suspect").expect("a suspect");
    assert_eq!(suspect.value, "payments-api to production was deployed 30 minutes before (0101010…0202020)");
    let compare =
        format!("https://github.com/acme/pay-api/compare/{}...{}", "01".repeat(20), "02".repeat(20));
    assert_eq!(suspect.link.as_deref(), Some(compare.as_str()));
    let other = stage.says(EMPLOYEE, "why is web-shop alerting?").await;
    assert!(other.title.starts_with("No alarm is on"), "{}", other.text);
}

#[tokio::test]
async fn alert_an_alarm_is_one_card_that_follows_it() {
    let stage = chatting().await;
    alarms(&stage, "a1", ("checkout-errors", "ALARM"), AT).await;
    let first = shown(&stage);
    assert_eq!(first.len(), 1, "{first:#?}");
    assert!(whole(&first[0]).contains("The alarm checkout-errors is on"), "{}", whole(&first[0]));
    assert_eq!(labels(&first[0]), ["I look after it", "Mute for 2 hours"]);
    // Told again, and acknowledged by a press: the same message.
    stage.later(SignedDuration::from_mins(5)).await;
    alarms(&stage, "a2", ("checkout-errors", "ALARM"), "2026-03-02T09:04:00.000+0000").await;
    stage.slack_presses_on(APPROVER, SLACK_CHANNEL, &shown(&stage)[0], "I look after it").await;
    let acknowledged = shown(&stage);
    assert_eq!((acknowledged.len(), &acknowledged[0].ts), (1, &first[0].ts));
    let said = whole(&acknowledged[0]);
    assert!(said.contains("looks after it") && said.contains("×2"), "{said}");
    alarms(&stage, "a3", ("checkout-errors", "OK"), "2026-03-02T09:05:00.000+0000").await;
    let cleared = shown(&stage);
    assert_eq!((cleared.len(), &cleared[0].ts), (1, &first[0].ts));
    let said = whole(&cleared[0]);
    assert!(said.contains("The alarm checkout-errors is off") && said.contains("15 minutes"), "{said}");
    // The next time it is on is another card.
    stage.later(SignedDuration::from_mins(30)).await;
    alarms(&stage, "a4", ("checkout-errors", "ALARM"), "2026-03-02T09:34:00.000+0000").await;
    assert_eq!(shown(&stage).len(), 2);
}

#[tokio::test]
async fn alert_an_alarm_that_flaps_is_one_card_however_often_it_goes_on() {
    let stage = chatting().await;
    for minute in 50..58 {
        let (id, state) = (format!("f{minute}"), if minute % 2 == 0 { "ALARM" } else { "OK" });
        let at = format!("2026-03-02T08:{minute}:00.000+0000");
        assert_eq!(alarms(&stage, &id, ("checkout-errors", state), &at).await["status"], "accepted");
    }
    let cards = shown(&stage);
    assert_eq!(cards.len(), 1, "{cards:#?}");
    assert!(whole(&cards[0]).contains("The alarm checkout-errors is off"), "{}", whole(&cards[0]));
}

#[tokio::test]
async fn alert_a_muted_alarm_is_heard_of_nowhere_and_stands_in_the_timeline_all_the_same() {
    let stage = chatting().await;
    alarms(&stage, "a1", ("checkout-errors", "ALARM"), AT).await;
    let muted =
        stage.says(EMPLOYEE, "mute checkout-errors for 2 hours because we are draining the queue").await;
    assert!(muted.text.contains("“we are draining the queue”"), "{}", muted.text);
    alarms(&stage, "a2", ("checkout-errors", "OK"), "2026-03-02T08:55:00.000+0000").await;
    stage.later(SignedDuration::from_mins(30)).await;
    alarms(&stage, "a3", ("checkout-errors", "ALARM"), "2026-03-02T09:25:00.000+0000").await;
    assert_eq!(shown(&stage).len(), 1, "it went on again, and nobody hears of it");
    let told = stage.says(EMPLOYEE, "what changed on checkout").await;
    assert_eq!(told.fields.len(), 3, "{}", told.text);
}

#[tokio::test]
async fn alert_whoever_is_second_to_look_after_it_is_told_who_was_first() {
    let stage = stage().await;
    alarms(&stage, "a1", ("checkout-errors", "ALARM"), AT).await;
    stage.says(APPROVER, "ack checkout-errors").await;
    let second = stage.says(EMPLOYEE, "ack checkout").await;
    assert!(second.text.contains("looks after it already"), "{}", second.text);
    let none = stage.says(EMPLOYEE, "ack web-shop").await;
    assert!(none.title.starts_with("No alarm that is on"), "{}", none.text);
}

#[tokio::test]
async fn alert_forged_replayed_and_foreign_notifications_are_nothing() {
    let stage = stage().await;
    let text = r#"{"AlarmName":"checkout-errors","NewStateValue":"ALARM"}"#;
    let mut forged = AMAZON.notification(TOPIC, "a1", text);
    forged["Message"] = r#"{"AlarmName":"all-of-it","NewStateValue":"ALARM"}"#.into();
    let foreign = AMAZON.notification("arn:aws:sns:eu-central-1:222222222222:alarms", "a1", text);
    for body in [&forged, &foreign] {
        assert_eq!(notifies(&stage, "acme", body).await["status"], 401, "{body:#}");
    }
    let good = AMAZON.notification(TOPIC, "a1", text);
    assert_eq!(
        notifies(&stage, "globex", &good).await["status"],
        401,
        "of an organisation that there is not"
    );
    for wanted in ["accepted", "repeated"] {
        assert_eq!(alarms(&stage, "a2", ("checkout-errors", "ALARM"), AT).await["status"], wanted);
    }
    // What lacks where the alarm is cannot be read, and is not dropped.
    assert_eq!(notifies(&stage, "acme", &good).await["status"], "parked");
    let parked = stage.get("demo-admin", "/api/v1/integrations/parked").await;
    assert_eq!(parked["items"][0]["unread"]["place"], "AlarmArn", "{parked:#}");
}

#[tokio::test]
async fn alert_a_subscription_is_confirmed_for_a_named_topic_alone() {
    let stage = stage().await;
    let foreign = "arn:aws:sns:eu-central-1:333333333333:alarms";
    assert_eq!(notifies(&stage, "acme", &AMAZON.asks(foreign, "c1")).await["status"], 401);
    assert_eq!(notifies(&stage, "acme", &AMAZON.asks(TOPIC, "c2")).await["status"], "confirmed");
    let confirmed = AMAZON.confirmed();
    assert!(
        confirmed.contains(&TOPIC.to_owned()) && !confirmed.contains(&foreign.to_owned()),
        "{confirmed:?}"
    );
}

#[tokio::test]
async fn alert_that_a_subscription_was_ended_at_amazon_is_told_to_who_runs_the_bot() {
    let stage = stage().await;
    assert_eq!(notifies(&stage, "acme", &AMAZON.ends(TOPIC, "c3")).await["status"], "ignored");
    let ready = stage.get("demo-admin", "/readyz").await;
    assert!(ready["webhooks"].to_string().contains("no alarm of it comes any more"), "{ready:#}");
}
