//! Trouble in a chat is visible to who runs the bot, and one odd thing keeps nobody from being heard.

use std::sync::Arc;

use countersign::demo::chats::{discord_user, slack_user};
use countersign_sandbox::slack::SlackAct;
use countersign_sandbox::{DiscordAct, Fault, GatewayTrouble};
use countersign_store::MemoryStore;
use countersign_tests::slack::deliveries::{JSON, message};
use countersign_tests::stage::Stage;
use countersign_tests::until::{until, until_seen};
use countersign_tests::vendors::trouble;
use jiff::SignedDuration;
use serde_json::json;

use super::{APPROVER, EMPLOYEE, troubles};

const ASKS: &str = "access write on payments-api for 2 days ticket OPS-17 because rollout";

fn fault(matching: &str) -> Fault {
    Fault { matching: matching.to_owned(), times: 1, ..Fault::default() }
}

#[tokio::test]
async fn trust_d5_a_delivery_that_is_refused_or_cannot_be_read_is_shown_with_its_reason() {
    let stage = Stage::with_chats().await;
    assert_eq!(troubles(&stage, "slack").await, []);
    let body = message(&slack_user(EMPLOYEE), "1772442000.000100", "status").to_string().into_bytes();
    assert_eq!(stage.delivered(stage.slack_delivery(JSON, body)).await, 401);
    let odd = json!({"type": "event_callback", "event": 7}).to_string().into_bytes();
    assert_eq!(stage.delivered(stage.slack_signed(JSON, odd)).await, 400);
    let told = troubles(&stage, "slack").await;
    let [(refused, unsigned), (unreadable, why)] = &told[..] else { panic!("two kinds: {told:#?}") };
    assert_eq!((refused.as_str(), unreadable.as_str()), ("refused", "unreadable"));
    assert!(unsigned.contains("X-Slack-Signature is missing"), "{unsigned}");
    assert!(!why.is_empty());
}

#[tokio::test]
async fn trust_d5_what_is_refused_or_unreadable_in_teams_is_shown_with_its_reason() {
    let stage = Stage::with_chats().await;
    stage.teams_arrive(&[EMPLOYEE]).await;
    assert_eq!(troubles(&stage, "teams").await, []);
    let whole = stage.teams_says(EMPLOYEE, "status").await.activity.to_string().into_bytes();
    let expired = stage.teams_token(&json!({ "exp": stage.clock_now().as_second() - 600 }));
    assert_eq!(stage.teams_raw("/webhooks/teams/acme", &expired, whole).await, 403);
    let good = stage.teams_token(&json!({}));
    assert_eq!(stage.teams_raw("/webhooks/teams/acme", &good, b"{\"type\": 7".to_vec()).await, 400);
    let told = troubles(&stage, "teams").await;
    let [(refused, token), (unreadable, why)] = &told[..] else { panic!("two kinds: {told:#?}") };
    assert_eq!((refused.as_str(), unreadable.as_str()), ("refused", "unreadable"));
    assert!(token.contains("the token has expired"), "{token}");
    assert!(!why.is_empty() && !why.contains(&good), "{why}");
}

#[tokio::test]
async fn trust_d5_a_connection_that_cannot_be_made_is_shown_with_its_reason_until_it_is_there() {
    let stage = Stage::with_chats().await;
    let refused = Fault { status: Some(500), ..fault("POST /api/apps.connections.open") };
    stage.slack().order(trouble([refused]));
    stage.slack().cut();
    until_seen("the connection is said to be refused", async || {
        stage.clock.turn(SignedDuration::from_millis(100));
        let told = troubles(&stage, "slack").await;
        told.iter().any(|(kind, why)| kind == "connection" && why.contains("500"))
    })
    .await;
    stage.slack_reconnects().await;
    assert_eq!(troubles(&stage, "slack").await, []);
}

#[tokio::test]
async fn trust_d5_who_waits_for_a_form_that_came_too_late_is_told() {
    let stage = Stage::with_chats().await;
    let late = Fault {
        body: Some(json!({"ok": false, "error": "expired_trigger_id"}).to_string()),
        ..fault("POST /api/views.open")
    };
    stage.slack().order(trouble([late]));
    let user = slack_user(EMPLOYEE);
    stage.in_slack(SlackAct::Command { user, channel: None, text: String::new() }).await;
    let told = stage.slack_sees(EMPLOYEE).join("\n");
    assert!(told.contains("The form did not open") && told.contains("“help access” shows how"), "{told}");
}

#[tokio::test]
async fn trust_d5_an_odd_message_in_slacks_history_is_left_out_by_itself() {
    let stage = Stage::with_chats().await;
    stage.slack_says(EMPLOYEE, "help").await;
    let user = slack_user(EMPLOYEE);
    let ts = format!("{}.000200", stage.clock_now().as_second());
    let history = json!({"ok": true, "messages": [
        {"type": "message", "ts": 17, "user": ["nobody"], "text": {"odd": true}},
        {"type": "message", "ts": ts, "user": user, "text": ASKS},
    ]});
    // Whosever talk is read, this is in it: what is not theirs counts for who said it.
    let odd = Fault { body: Some(history.to_string()), ..fault("GET /api/conversations.history") };
    stage.slack().order(trouble([Fault { times: 6, ..odd }]));
    stage.slack().cut();
    stage.slack_reconnects().await;
    assert!(!stage.audited("access_requested").await.is_empty(), "what can be read was heard");
    let told = troubles(&stage, "slack").await;
    assert!(told.iter().any(|(kind, why)| kind == "unreadable" && why.contains("a message in")), "{told:#?}");
}

#[tokio::test]
async fn trust_d5_an_odd_message_in_discords_history_is_left_out_by_itself() {
    let stage = Stage::on_discord().await;
    stage.discord_says(EMPLOYEE, "help").await;
    let talk = stage.discord_talk(EMPLOYEE)[0].channel.clone();
    let user = discord_user(EMPLOYEE);
    let id = ((stage.clock_now().as_millisecond() - 1_420_070_400_000) << 22) + 77;
    let author = json!({"id": user, "username": "erin", "discriminator": "0", "avatar": null});
    let said = json!({"id": id.to_string(), "channel_id": talk, "author": author, "content": ASKS, "type": 0,
        "timestamp": "2026-03-02T09:00:00Z", "edited_timestamp": null, "tts": false, "mention_everyone": false,
        "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": false});
    let odd = json!({"id": (id + 1).to_string(), "content": {"odd": true}, "author": 7});
    let path = format!("GET /api/v10/channels/{talk}/messages");
    stage.discord().order(trouble([Fault { body: Some(json!([odd, said]).to_string()), ..fault(&path) }]));
    stage.discord().trouble(GatewayTrouble::InvalidSession { resumable: false });
    stage.settle().await;
    let heard = async || stage.audited("access_requested").await.len();
    for _ in 0..1000 {
        if heard().await == 1 {
            break;
        }
        tokio::task::yield_now().await;
        stage.settle().await;
    }
    assert_eq!(heard().await, 1, "what can be read was heard");
    let told = troubles(&stage, "discord").await;
    assert!(told.iter().any(|(kind, why)| kind == "unreadable" && why.contains("was missed")), "{told:#?}");
}

#[tokio::test]
async fn trust_d5_a_command_that_cannot_be_registered_does_not_keep_discord_deaf() {
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), |demo| {
        let no = json!({"code": 50001, "message": "Missing Access"}).to_string();
        let no = Fault { status: Some(403), body: Some(no), ..fault("GET /api/v10/applications") };
        demo.chats.as_ref().expect("chats").discord.order(trouble([Fault { times: 2, ..no }]));
    })
    .await;
    let (user, text) = (discord_user(APPROVER), "help".to_owned());
    stage.discord().act(DiscordAct::Say { user, channel: None, text }).expect("they say it");
    until("it is heard", || stage.discord_sees(APPROVER).iter().any(|text| text.contains("What I can do")))
        .await;
    let told = troubles(&stage, "discord").await;
    assert!(told.iter().any(|(kind, _)| kind == "registration"), "{told:#?}");
    // It is tried again by itself, later each time.
    stage.later(SignedDuration::from_secs(11)).await;
    stage.later(SignedDuration::from_secs(21)).await;
    until("it is registered", || !stage.discord().state().commands.is_empty()).await;
    until_seen("nothing is said of it any more", async || {
        troubles(&stage, "discord").await.iter().all(|(kind, _)| kind != "registration")
    })
    .await;
}

#[tokio::test]
async fn trust_d5_a_gateway_that_stays_away_is_shown_again_and_again_until_it_is_there() {
    let stage = Stage::on_discord().await;
    let tells = async |what: &str, wanted: bool| {
        until_seen(&format!("{wanted}: “{what}”"), async || {
            stage.clock.turn(SignedDuration::from_secs(1));
            let told = troubles(&stage, "discord").await;
            told.iter().any(|(kind, why)| kind == "connection" && why.contains(what)) == wanted
        })
        .await;
    };
    stage.discord().trouble(GatewayTrouble::Away { on: true });
    tells("gateway does not answer", true).await;
    stage.discord().trouble(GatewayTrouble::Away { on: false });
    tells("", false).await;
}
