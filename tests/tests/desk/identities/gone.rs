//! D5, A4: whom their vendor does not call a member any more is nobody at their next act, on every surface; also where it was told
//! while nobody listened.

use countersign::demo::chats::{discord_user, slack_user};
use countersign_sandbox::slack::SlackPersonKind;
use countersign_sandbox::{DiscordAct, Fault, GatewayTrouble};
use countersign_tests::stage::Stage;
use countersign_tests::vendors::trouble;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{APPROVER, EMPLOYEE};

const WRITE: &str = "access write on payments-api for 2 days ticket OPS-17 because rollout";

async fn asked(stage: &Stage) -> String {
    stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string()
}

/// Whatever is asked in this way is answered so.
fn always(matching: &str, status: u16, body: &Value) -> Fault {
    let (matching, body) = (matching.to_owned(), Some(body.to_string()));
    Fault { matching, times: 100_000, status: Some(status), body, ..Fault::default() }
}

/// The approver pressed, and is nobody any more.
async fn counts_for_nothing(stage: &Stage, code: &str) {
    assert_eq!(stage.status(code).await, "waiting");
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None);
    let unbound = stage.audited("account_unbound").await;
    let [once] = &unbound[..] else { panic!("their account is nobody's: {unbound:#?}") };
    assert_eq!((&once["data"]["why"], &once["data"]["principal"]), (&json!("vendor"), &json!(APPROVER)));
}

#[tokio::test]
async fn trust_d5_slack_whom_nobody_there_is_any_more_is_nobody_at_their_next_act() {
    let stage = Stage::with_chats().await;
    let code = asked(&stage).await;
    let nobody = json!({"ok": false, "error": "user_not_found"});
    stage.slack().order(trouble([always("GET /api/users.info", 200, &nobody)]));
    stage.slack_presses(APPROVER, "Approve").await;
    counts_for_nothing(&stage, &code).await;
}

#[tokio::test]
async fn trust_d5_teams_whom_nobody_there_is_any_more_is_nobody_at_their_next_act() {
    let stage = Stage::with_chats().await;
    stage.teams_arrive(&[EMPLOYEE, APPROVER]).await;
    // What the connector said when they came has been long ago.
    stage.later(SignedDuration::from_hours(2)).await;
    let code = asked(&stage).await;
    let nobody = json!({"error": {"code": "MemberNotFoundInConversation", "message": "Not found."}});
    stage.teams().order(trouble([always("GET /v3/conversations", 404, &nobody)]));
    stage.teams_presses(APPROVER, "Approve").await;
    counts_for_nothing(&stage, &code).await;
}

#[tokio::test]
async fn trust_d5_discord_whom_nobody_there_is_any_more_is_nobody_at_their_next_act() {
    let stage = Stage::on_discord().await;
    let code = asked(&stage).await;
    let no = |code: u32| json!({"code": code, "message": "Unknown"});
    let member = always("GET /api/v10/guilds", 404, &no(10_007));
    stage.discord().order(trouble([member, always("GET /api/v10/users", 404, &no(10_013))]));
    stage.discord_presses(APPROVER, "Approve").await;
    counts_for_nothing(&stage, &code).await;
}

#[tokio::test]
async fn trust_d5_discord_whom_nobody_there_is_any_more_is_shown_nothing_either() {
    let stage = Stage::on_discord().await;
    let (user, text) = (discord_user(APPROVER), "access write on pay".to_owned());
    let types = || DiscordAct::Type { user: user.clone(), channel: None, text: text.clone() };
    let before = stage.in_discord(types()).await;
    assert!(stage.discord_answer(&before).1.to_string().contains("payments-api"), "a member is helped");
    let stage = stage.restarted(async |_| {}).await;
    let no = |code: u32| json!({"code": code, "message": "Unknown"});
    let member = always("GET /api/v10/guilds", 404, &no(10_007));
    stage.discord().order(trouble([member, always("GET /api/v10/users", 404, &no(10_013))]));
    let after = stage.in_discord(types()).await;
    assert!(
        !stage.discord_answer(&after).1.to_string().contains("payments-api"),
        "they are no member any more"
    );
}

#[tokio::test]
async fn trust_d5_slack_who_became_a_guest_in_a_gap_is_one_after_it() {
    let stage = Stage::with_chats().await;
    // Slack calls them a member, and a moment later nobody hears that they are none.
    stage.slack_says(APPROVER, "my access").await;
    let code = asked(&stage).await;
    stage.slack().cut();
    stage.change_slack(|state| {
        let ada = state.users.iter_mut().find(|person| person.id == slack_user(APPROVER));
        ada.expect("the approver").kind = SlackPersonKind::Guest;
    });
    stage.slack_reconnects().await;
    stage.slack_presses(APPROVER, "Approve").await;
    counts_for_nothing(&stage, &code).await;
}

#[tokio::test]
async fn trust_d5_discord_who_became_a_guest_in_a_gap_is_one_after_it() {
    let stage = Stage::on_discord().await;
    stage.discord_says(APPROVER, "my access").await;
    let code = asked(&stage).await;
    let changed = stage.discord().change(|state| {
        let ada = state.users.iter_mut().find(|person| person.id == discord_user(APPROVER));
        ada.expect("the approver").pending = true;
    });
    changed.expect("the sandbox keeps its state");
    stage.discord().trouble(GatewayTrouble::InvalidSession { resumable: false });
    stage.settle().await;
    stage.discord_presses(APPROVER, "Approve").await;
    counts_for_nothing(&stage, &code).await;
}
