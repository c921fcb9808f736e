//! Who watches the bot by its measures and its log alone sees what administrators are told.

use countersign::demo::chats::slack_user;
use countersign_sandbox::Faults;
use countersign_tests::lines::Lines;
use countersign_tests::measured::count;
use countersign_tests::slack::deliveries::{JSON, message};
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, account};
use jiff::SignedDuration;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::{Value, json};

use super::compare::compared;
use super::endings::{ENDED, endless, granted, parked};
use super::{ADMIN, APPROVER, EMPLOYEE};

const ACME: (&str, &str) = ("tenant", "acme");

/// How many accesses are in force, how many of them should have ended, and how many alarms of such an end there are.
async fn endings(stage: &Stage, metrics: &PrometheusHandle) -> (usize, usize, usize) {
    let page = stage.measures(metrics).await;
    let of = |name, labels: &[(&str, &str)]| count(&page, name, labels);
    let alarms = of("countersign_alarms", &[ACME, ("kind", "ending")]);
    (of("countersign_grants_active", &[ACME]), of("countersign_endings_open", &[ACME]), alarms)
}

#[tokio::test]
async fn trust_a7_an_end_that_is_parked_is_measured_until_it_was_read_back() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let (metrics, _counting) = (recorder.handle(), metrics::set_default_local_recorder(&recorder));
    let stage = Stage::new().await;
    granted(&stage).await;
    assert_eq!(endings(&stage, &metrics).await, (1, 0, 0), "it is in force");
    stage.demo.bitbucket.order(endless(ENDED, 400));
    stage.later(SignedDuration::from_hours(48)).await;
    assert_eq!(endings(&stage, &metrics).await, (1, 1, 1), "it has ended, and is still there");
    stage.demo.bitbucket.order(Faults::default());
    let id = parked(&stage).await[0]["id"].as_str().expect("an id").to_owned();
    stage.says(ADMIN, &format!("requeue {id}")).await;
    assert_eq!(endings(&stage, &metrics).await, (0, 0, 0), "that it has ended was read back");
}

#[tokio::test]
async fn trust_a8_how_many_differences_there_are_is_measured_until_they_are_put_right() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let (metrics, _counting) = (recorder.handle(), metrics::set_default_local_recorder(&recorder));
    let stage = Stage::new().await;
    granted(&stage).await;
    let shown = async || count(&stage.measures(&metrics).await, "countersign_access_differences", &[ACME]);
    let before = compared(&stage).await.len();
    assert_eq!(shown().await, before);
    stage.set_by_hand(&account(EMPLOYEE), "payments-api", None);
    stage.set_by_hand(&account(APPROVER), "payments-api", Some("admin"));
    compared(&stage).await;
    assert_eq!(shown().await, before + 2, "one is missing, one is nobody's");
    stage.set_by_hand(&account(EMPLOYEE), "payments-api", Some("write"));
    stage.set_by_hand(&account(APPROVER), "payments-api", None);
    compared(&stage).await;
    assert_eq!(shown().await, before);
}

/// A sentence that anybody may have posted, for nothing of it is signed.
async fn unsigned(stage: &Stage) {
    let body = message(&slack_user(EMPLOYEE), "1772442000.000100", "status").to_string().into_bytes();
    assert_eq!(stage.delivered(stage.slack_delivery(JSON, body)).await, 401);
}

#[tokio::test]
async fn trust_d5_every_trouble_on_the_way_of_a_chat_is_counted_by_its_kind() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let (metrics, _counting) = (recorder.handle(), metrics::set_default_local_recorder(&recorder));
    let stage = Stage::with_chats().await;
    let counted = async |vendor: &str, kind: &str| {
        let labels = [ACME, ("vendor", vendor), ("kind", kind)];
        count(&stage.measures(&metrics).await, "countersign_chat_troubles_total", &labels)
    };
    for times in 0..3 {
        assert_eq!(counted("slack", "refused").await, times);
        unsigned(&stage).await;
    }
    let odd = json!({"type": "event_callback", "event": 7}).to_string().into_bytes();
    assert_eq!(stage.delivered(stage.slack_signed(JSON, odd)).await, 400);
    assert_eq!(stage.teams_raw("/api/messages", "no-token", b"{".to_vec()).await, 400);
    let all = [("slack", "refused"), ("slack", "unreadable"), ("teams", "unreadable"), ("teams", "refused")];
    let mut shown = vec![];
    for (vendor, kind) in all {
        shown.push(counted(vendor, kind).await);
    }
    assert_eq!(shown, [3, 1, 1, 0]);
}

#[tokio::test]
async fn trust_d5_trust_b5_a_flood_of_one_kind_is_a_few_lines_of_the_log_each_with_its_reason() {
    let (lines, log) = Lines::log("warn");
    let _looking = tracing::dispatcher::set_default(&log);
    let stage = Stage::with_chats().await;
    drop(lines.take());
    let told = || {
        let text = lines.take();
        let all = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        all.filter(|line| line.to_string().contains("trouble with a chat")).collect::<Vec<_>>()
    };
    for _ in 0..100 {
        unsigned(&stage).await;
    }
    let flood = told();
    assert_eq!(flood.len(), 5, "{flood:#?}");
    for line in &flood {
        let line = line.to_string();
        assert!(line.contains("X-Slack-Signature is missing") && line.contains("acme"), "{line}");
    }
    // Another kind has lines of its own, and a minute later it is said how many were left out.
    let odd = json!({"type": "event_callback", "event": 7}).to_string().into_bytes();
    stage.delivered(stage.slack_signed(JSON, odd)).await;
    assert_eq!(told().len(), 1);
    stage.later(SignedDuration::from_mins(1)).await;
    unsigned(&stage).await;
    let later = told();
    let [line] = &later[..] else { panic!("one line: {later:#?}") };
    assert!(line.to_string().contains("\"left_out\":95"), "{line}");
}

/// What looks like somebody's credential, of vendors that people paste them of.
fn credentials() -> [String; 3] {
    [("ATATT3xFfGF0", 12), ("ghp_", 9), ("xoxb-", 9)]
        .map(|(begin, times)| format!("{begin}{}", "a1B2".repeat(times)))
}

fn because(credential: &str) -> String {
    format!("access write on payments-api for 2 days ticket OPS-17 because of {credential}")
}

#[tokio::test]
async fn trust_e2_what_looks_like_a_credential_and_is_pasted_into_a_chat_stands_in_no_line_of_the_log() {
    let (lines, log) = Lines::log("trace,hyper=off,reqwest=off");
    let _looking = tracing::dispatcher::set_default(&log);
    let hushed = |credential: &str, where_to: &str| {
        let told = lines.take();
        assert!(!told.is_empty(), "nothing was logged");
        assert!(!told.contains(credential), "{credential} was pasted into {where_to}: {told}");
    };
    let stage = Stage::with_chats().await;
    stage.teams_arrive(&[EMPLOYEE]).await;
    drop(lines.take());
    for credential in credentials() {
        stage.slack_says(EMPLOYEE, &because(&credential)).await;
        hushed(&credential, "Slack");
        stage.teams_says(EMPLOYEE, &because(&credential)).await;
        hushed(&credential, "Teams");
        stage.teams_says(EMPLOYEE, &credential).await;
        assert!(!lines.take().contains(&credential));
    }
    let stage = Stage::on_discord().await;
    drop(lines.take());
    for credential in credentials() {
        stage.discord_says(EMPLOYEE, &because(&credential)).await;
        hushed(&credential, "Discord");
    }
}
