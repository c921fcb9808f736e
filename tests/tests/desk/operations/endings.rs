//! What has not ended does not look ended, and a vendor that lets nobody in is one fault, told once, that cures itself.

use countersign_sandbox::{Fault, Faults};
use countersign_tests::stage::{Stage, says_number};
use countersign_tests::vendors::trouble;
use jiff::SignedDuration;
use serde_json::Value;

use super::{ADMIN, APPROVER, EMPLOYEE, alarms, told};

const WRITE: &str = "access write on payments-api for 2 days ticket OPS-17 because rollout";
// A repository is named there by its UUID; what is set or taken away in a workspace is always a permission.
const HELD: &str = "PUT /2.0/repositories/acme/";
pub(crate) const ENDED: &str = "DELETE /2.0/repositories/acme/";

/// So much trouble of this kind that there is no end of it.
pub(crate) fn endless(matching: &str, status: u16) -> Faults {
    trouble([Fault {
        matching: matching.to_owned(),
        times: 100_000,
        status: Some(status),
        ..Fault::default()
    }])
}

/// An access to write on payments-api that was granted to the employee for two days.
pub(crate) async fn granted(stage: &Stage) -> String {
    let code = asked(stage).await;
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
    code
}

async fn asked(stage: &Stage) -> String {
    stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string()
}

/// How many accesses are in force, as the API says it.
async fn in_force(stage: &Stage) -> usize {
    stage.get("demo-auditor", "/api/v1/grants").await["items"].as_array().expect("a list").len()
}

pub(crate) async fn parked(stage: &Stage) -> Vec<Value> {
    let parked = stage.get(ADMIN, "/api/v1/effects?state=parked").await;
    parked["items"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn trust_a7_a_parked_ending_is_in_force_and_an_alarm_every_day_until_it_was_read_back() {
    let stage = Stage::with_chats().await;
    let code = granted(&stage).await;
    stage.demo.bitbucket.order(endless(ENDED, 400));
    stage.later(SignedDuration::from_hours(48)).await;
    assert_eq!(stage.status(&code).await, "failed");
    assert_eq!(stage.held(EMPLOYEE, "payments-api").as_deref(), Some("write"), "it is still there");
    assert_eq!(in_force(&stage).await, 1, "and counts");
    assert!(stage.says(EMPLOYEE, "my access").await.text.contains(&code));
    assert_eq!(alarms(&stage).await, ["ending"]);
    let title = format!("{code} has ended, and the access is still there");
    let warned = || told(&stage, ADMIN).iter().filter(|text| text.contains(&title)).count();
    assert_eq!(warned(), 1);
    // An administrator who is in no chat finds it in the console.
    let admin = stage.context(ADMIN).await;
    let console =
        async || stage.bot.chat.cards_for(&admin.tenant, &admin.person).await.expect("the log answers");
    let alarm = console().await.into_iter().find(|card| card.text.contains(&format!("{code} has ended")));
    assert!(alarm.is_some_and(|card| card.buttons.iter().any(|button| button.say.starts_with("requeue "))));
    for day in 1..=2 {
        stage.later(SignedDuration::from_hours(24)).await;
        assert_eq!(warned(), 1 + day, "told again every day");
    }
    stage.demo.bitbucket.order(Faults::default());
    let id = parked(&stage).await[0]["id"].as_str().expect("an id").to_owned();
    stage.says(ADMIN, &format!("requeue {id}")).await;
    assert_eq!(stage.status(&code).await, "expired");
    assert_eq!((in_force(&stage).await, alarms(&stage).await), (0, vec![]));
    assert!(
        told(&stage, ADMIN).iter().any(|text| text.contains("has ended at last, and that was read back"))
    );
    assert!(!console().await.iter().any(|card| card.text.contains(&code)), "nothing is left to look after");
}

#[tokio::test]
async fn trust_a7_a_vendor_that_lets_nobody_in_is_told_once_and_all_goes_on_by_itself() {
    let stage = Stage::with_chats().await;
    let first = granted(&stage).await;
    let second = stage.says(EMPLOYEE, "access read on infra for 2 days").await.code.expect("a code");
    stage.says(APPROVER, &format!("approve {second}")).await;
    stage.demo.bitbucket.order(endless("", 401));
    stage.later(SignedDuration::from_hours(48)).await;
    let waiting = asked(&stage).await;
    for _ in 0..5 {
        stage.later(SignedDuration::from_mins(1)).await;
    }
    assert_eq!(parked(&stage).await, Vec::<Value>::new(), "nothing is parked one by one");
    assert_eq!(alarms(&stage).await, ["vendor"]);
    let warned = told(&stage, ADMIN);
    let warned: Vec<_> =
        warned.iter().filter(|text| text.starts_with("Bitbucket does not let me in\n")).collect();
    let [once] = &warned[..] else { panic!("told once: {warned:#?}") };
    assert!(once.contains("renew it and store it as the secret"), "with the cure: {once}");
    assert_eq!(in_force(&stage).await, 2, "both are still there");
    for code in [&first, &waiting] {
        let card = stage.says(EMPLOYEE, &format!("status {code}")).await.text;
        assert!(card.contains("Bitbucket does not let me in at the moment"), "{card}");
        assert!(!card.contains("secret") && !says_number(&card, "401"), "{card}");
    }
    let asked_meanwhile = stage.demo.bitbucket.calls().len();
    stage.later(SignedDuration::from_mins(1)).await;
    assert_eq!(
        stage.demo.bitbucket.calls().len(),
        asked_meanwhile + 1,
        "one question a minute, however much waits"
    );

    stage.demo.bitbucket.order(Faults::default());
    stage.later(SignedDuration::from_mins(1)).await;
    assert_eq!(stage.status(&first).await, "expired");
    assert_eq!(stage.status(&waiting).await, "waiting");
    assert_eq!((in_force(&stage).await, alarms(&stage).await), (0, vec![]));
    assert!(told(&stage, ADMIN).iter().any(|text| text.contains("Bitbucket lets me in again")));
}

#[tokio::test]
async fn trust_a7_what_is_refused_at_one_place_is_no_fault_of_the_vendor() {
    let stage = Stage::with_chats().await;
    let code = asked(&stage).await;
    stage.demo.bitbucket.order(endless(HELD, 403));
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "failed");
    assert_eq!((parked(&stage).await.len(), alarms(&stage).await), (1, vec![]));
    let card = stage.says(EMPLOYEE, &format!("status {code}")).await.text;
    assert!(card.contains("Bitbucket does not let me do this there"), "{card}");
    assert!(!card.contains("secret") && !says_number(&card, "403"), "{card}");
}

#[tokio::test]
async fn trust_a7_a_chat_whose_token_ends_is_one_fault_too_and_its_cards_catch_up() {
    let stage = Stage::with_chats().await;
    let no = serde_json::json!({"ok": false, "error": "invalid_auth"}).to_string();
    let no = Fault {
        matching: "POST /api/chat".to_owned(),
        times: 100_000,
        body: Some(no.clone()),
        ..Fault::default()
    };
    let whose = Fault { matching: "GET /api/auth.test".to_owned(), ..no.clone() };
    stage.slack().order(trouble([no, whose]));
    let code = asked(&stage).await;
    stage.later(SignedDuration::from_mins(2)).await;
    assert_eq!(parked(&stage).await, Vec::<Value>::new());
    assert_eq!(alarms(&stage).await, ["vendor"]);
    stage.slack().order(Faults::default());
    stage.later(SignedDuration::from_mins(1)).await;
    stage.calm().await;
    assert_eq!(alarms(&stage).await, Vec::<String>::new());
    assert!(stage.slack_sees(APPROVER).iter().any(|text| text.contains(&code)), "the card came after all");
}
