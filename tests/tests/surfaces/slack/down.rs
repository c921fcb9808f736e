//! Slack is down, slow or gone for a while: nothing is lost, nothing is said twice.

use std::sync::Arc;

use async_trait::async_trait;
use countersign::demo::Demo;
use countersign::demo::chats::{SLACK_CHANNEL, slack_user};
use countersign_domain::effect::{EffectState, Wish};
use countersign_domain::ports::{SecretError, Secrets};
use countersign_outbound::MemorySecrets;
use countersign_sandbox::slack::SlackTokens;
use countersign_sandbox::{Drop, Fault, Faults};
use countersign_slack::RefreshConfig;
use countersign_store::MemoryStore;
use countersign_tests::stage::Stage;
use countersign_tests::until::until_seen;
use countersign_tests::vendors::trouble;
use jiff::SignedDuration;
use secrecy::SecretString;

use super::{ADMIN, APPROVER, EMPLOYEE, WRITE, ask, code};

/// The demo's secrets, and more.
struct More(Arc<dyn Secrets>, MemorySecrets);

#[async_trait]
impl Secrets for More {
    async fn get(&self, name: &str) -> Result<SecretString, SecretError> {
        match self.1.get(name).await {
            Ok(secret) => Ok(secret),
            Err(_) => self.0.get(name).await,
        }
    }
}

/// What befalls so many calls of the Web API.
fn fault(times: u32) -> Fault {
    Fault { matching: "POST /api/chat".to_owned(), times, ..Fault::default() }
}

/// Every card says that it is decided.
fn all_show(stage: &Stage, text: &str) {
    let shared = stage.slack_channel(SLACK_CHANNEL).remove(0).text;
    let own = [EMPLOYEE, APPROVER].map(|id| stage.slack_sees(id).remove(0));
    for card in own.into_iter().chain([shared]) {
        assert!(card.contains(text), "{card}");
    }
}

#[tokio::test]
async fn slack_when_it_is_down_cards_catch_up_by_themselves() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    stage.slack().order(trouble([Fault { status: Some(500), ..fault(12) }]));
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active", "what is decided does not wait for Slack");
    stage.calm().await;
    all_show(&stage, "Status: active");
    let news = stage.slack_sees(EMPLOYEE);
    assert_eq!(news.iter().filter(|text| text.starts_with("Granted: ")).count(), 1, "told once: {news:#?}");
    assert_eq!(stage.slack_sees(APPROVER).len(), 1);
}

#[tokio::test]
async fn trust_d1_a_card_is_tried_as_often_as_is_said_and_everything_else_as_often_as_that_says() {
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), |demo| {
        let backoff = &mut demo.config.outbox.backoff;
        (backoff.attempts, backoff.chat_attempts) = (2, 4);
    })
    .await;
    let code = ask(&stage, WRITE).await;
    let no = serde_json::json!({"ok": false, "error": "service_unavailable"}).to_string();
    stage.slack().order(trouble([Fault { body: Some(no), ..fault(100_000) }]));
    let busy = Fault { matching: "PUT /2.0/repositories".to_owned(), status: Some(503), ..fault(100_000) };
    stage.demo.bitbucket.order(trouble([busy]));
    stage.says(APPROVER, &format!("approve {code}")).await;
    stage.calm().await;
    let parked = stage.effects(EffectState::Parked).into_iter();
    let mut parked: Vec<_> = parked
        .map(|row| (row.effects.effect.as_ref().map(Wish::kind).expect("an effect"), row.effects.attempts))
        .collect();
    parked.sort_unstable();
    let (cards, others): (Vec<_>, Vec<_>) =
        parked.into_iter().partition(|(kind, _)| ["show_card", "tell"].contains(kind));
    assert!(cards.len() > 2 && cards.iter().all(|(_, attempts)| *attempts == 4), "{cards:?}");
    assert_eq!(others, [("set_permission", 2)]);
}

#[tokio::test]
async fn slack_is_left_alone_for_as_long_as_it_wants() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    let (status, retry_after) = (Some(429), Some(600));
    stage.slack().order(trouble([Fault { status, retry_after, ..fault(30) }]));
    stage.says(APPROVER, &format!("approve {code}")).await;
    let asked = stage.slack().calls().len();
    stage.slack().order(Faults::default());
    stage.later(SignedDuration::from_mins(9)).await;
    assert_eq!(stage.slack().calls().len(), asked, "not before the ten minutes are over");
    stage.calm().await;
    all_show(&stage, "Status: active");
}

#[tokio::test]
async fn slack_an_answer_that_is_lost_makes_no_second_card() {
    let stage = Stage::with_chats().await;
    stage.slack().order(trouble([Fault { drop: Some(Drop::After), ..fault(4) }]));
    stage.slack_says(EMPLOYEE, WRITE).await;
    stage.calm().await;
    let shared = stage.slack_channel(SLACK_CHANNEL);
    assert_eq!(shared.len(), 1, "{shared:#?}");
    for id in [EMPLOYEE, APPROVER, "demo-approver2", "demo-admin"] {
        assert_eq!(stage.slack_sees(id).len(), 1, "{id}: {:#?}", stage.slack_sees(id));
    }
}

#[tokio::test]
async fn slack_a_connection_that_is_cut_is_opened_anew_and_loses_nothing() {
    let stage = Stage::with_chats().await;
    stage.slack().cut();
    stage.slack_reconnects().await;
    let request = ask(&stage, WRITE).await;
    stage.slack().disconnect("refresh_requested");
    stage.slack_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&request).await, "active");
}

#[tokio::test]
async fn slack_what_was_said_during_a_gap_is_read_and_done_once() {
    let stage = Stage::with_chats().await;
    stage.slack_says(EMPLOYEE, "help").await;
    // Slack gives up on what it cannot deliver: what is held back never comes.
    stage.slack().hold();
    stage.slack().say(&slack_user(EMPLOYEE), None, WRITE).await.expect("it can be said");
    stage.settle().await;
    assert_eq!(stage.audited("access_requested").await.len(), 0);
    stage.slack().cut();
    stage.slack_reconnects().await;
    assert_eq!(stage.audited("access_requested").await.len(), 1, "it was read");
    // And then it comes after all.
    stage.slack().release().await;
    stage.settle().await;
    assert_eq!(stage.audited("access_requested").await.len(), 1, "and done once");
    assert_eq!(stage.status(&code(&stage, EMPLOYEE)).await, "waiting");
    let helped = stage.slack_sees(EMPLOYEE).iter().filter(|text| text.contains("What I can do")).count();
    assert_eq!(helped, 1, "what was answered before the gap is not answered again");
}

#[tokio::test]
async fn slack_what_was_said_while_the_bot_was_down_is_heard_after_it_starts() {
    let stage = Stage::with_chats().await;
    stage.slack_says(EMPLOYEE, "help").await;
    let meanwhile = async |demo: &Demo| {
        let slack = &demo.chats.as_ref().expect("a stage with chats").slack;
        // Slack gives up on what it cannot deliver: what is held back never comes.
        slack.hold();
        slack.say(&slack_user(EMPLOYEE), None, WRITE).await.expect("it can be said");
    };
    let stage = Box::pin(stage.restarted(meanwhile)).await;
    assert_eq!(stage.audited("access_requested").await.len(), 1, "it was read");
    assert_eq!(stage.status(&code(&stage, EMPLOYEE)).await, "waiting");
    let helped = stage.slack_sees(EMPLOYEE).iter().filter(|text| text.contains("What I can do")).count();
    assert_eq!(helped, 1, "what was answered before the stop is not answered again");
    let stage = Box::pin(stage.restarted(async |_| {})).await;
    assert_eq!(stage.audited("access_requested").await.len(), 1, "and done once");
}

#[tokio::test]
async fn slack_a_talk_that_cannot_be_read_after_a_gap_is_read_later() {
    let stage = Stage::with_chats().await;
    stage.slack().hold();
    // The talk that is read first, and one that is read after it.
    for id in [ADMIN, EMPLOYEE] {
        stage.slack().say(&slack_user(id), None, WRITE).await.expect("it can be said");
    }
    let history = "GET /api/conversations.history".to_owned();
    stage.slack().order(trouble([Fault {
        matching: history,
        status: Some(500),
        times: 1,
        ..Fault::default()
    }]));
    stage.slack().cut();
    stage.slack_reconnects().await;
    assert_eq!(stage.audited("access_requested").await.len(), 2, "nothing is lost");
    let calls = stage.slack().calls();
    let read = calls.iter().filter(|call| call.request.contains("conversations.history")).count();
    assert_eq!(read, 6, "only the talk that could not be read was read again");
}

#[tokio::test]
async fn slack_a_lost_connection_is_shown_and_is_no_reason_not_to_be_ready() {
    let stage = Stage::with_chats().await;
    let shown = async || {
        let ready = stage.get("", "/readyz").await;
        assert_eq!(ready["status"], "ready", "{ready:#}");
        let surfaces = ready["surfaces"].as_array().expect("a list").iter();
        let shown = surfaces.map(|shown| {
            assert_eq!(shown["tenant"], "acme");
            [&shown["surface"], &shown["connection"]].map(|word| word.as_str().expect("a word").to_owned())
        });
        shown.map(|[surface, connection]| format!("{surface} {connection}")).collect::<Vec<_>>()
    };
    assert_eq!(shown().await, ["slack connected", "teams by_http", "discord connected"]);
    let open = "POST /api/apps.connections.open".to_owned();
    stage.slack().order(trouble([Fault { matching: open, status: Some(500), times: 1, ..Fault::default() }]));
    stage.slack().cut();
    until_seen("the connection is shown as lost", async || shown().await[0] == "slack lost").await;
    stage.slack_reconnects().await;
    assert_eq!(shown().await[0], "slack connected");
}

#[tokio::test]
async fn slack_a_token_that_ends_is_renewed_by_itself() {
    let rotate = |demo: &mut Demo| {
        let tokens = SlackTokens::example();
        let slack = demo.config.tenants.values_mut().next().and_then(|tenant| tenant.slack.as_mut());
        slack.expect("the demo's Slack").vendor.refresh = Some(RefreshConfig {
            client_id: tokens.client_id,
            client_secret: "slack_client_secret".to_owned(),
            refresh_token_secret: "slack_refresh_token".to_owned(),
            file: Some(demo.config.data.join("slack-token.json")),
            kept_secret: None,
        });
        let more = MemorySecrets::from_iter([
            ("slack_client_secret", tokens.client_secret),
            ("slack_refresh_token", tokens.refresh),
        ]);
        demo.secrets = Arc::new(More(Arc::clone(&demo.secrets), more));
    };
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), rotate).await;
    let request = ask(&stage, WRITE).await;
    // Sooner than it said it would.
    stage.slack().expire_token();
    stage.slack_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&request).await, "active");
    stage.calm().await;
    all_show(&stage, "Status: active");
    // And in its own time.
    stage.later(SignedDuration::from_hours(13)).await;
    stage.slack_says(EMPLOYEE, "my access").await;
    assert!(stage.slack_answer(EMPLOYEE).contains(&request), "{}", stage.slack_answer(EMPLOYEE));
    let renewed =
        stage.slack().calls().iter().filter(|call| call.request.contains("oauth.v2.access")).count();
    assert!(renewed >= 3, "{renewed}");
}
