//! When vendors fail: nothing is lost, nothing is done twice, and a person can see and help.

use countersign_sandbox::{Drop, Fault, Faults};
use countersign_tests::stage::{Stage, says_number};
use countersign_tests::vendors::Vendor as _;
use jiff::SignedDuration;

const WRITE: &str = "access write on payments-api for 2 days ticket OPS-17 because rollout";

fn fault(of: &str) -> Fault {
    Fault { matching: of.to_owned(), times: 1, ..Fault::default() }
}

fn faults(next: Vec<Fault>) -> Faults {
    Faults { next, ..Faults::default() }
}

async fn asked(stage: &Stage) -> String {
    let card = stage.says("demo-employee", WRITE).await;
    card.code.map_or_else(|| panic!("no code on the card"), |code| code.to_string())
}

/// Lets time pass in steps, so that retries of retries come due.
async fn pass(stage: &Stage, hours: i64) {
    for _ in 0..hours * 6 {
        stage.later(SignedDuration::from_mins(10)).await;
    }
}

#[tokio::test]
async fn a_vendor_that_is_busy_is_asked_again_later() {
    let stage = Stage::new().await;
    let code = asked(&stage).await;
    let busy = Fault { times: 3, status: Some(503), ..fault("PUT /2.0/repositories") };
    stage.demo.bitbucket.order(faults(vec![busy]));
    stage.says("demo-approver", &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "granting", "nobody is told granted before it is so");
    pass(&stage, 1).await;
    assert_eq!(stage.status(&code).await, "active");
    let deferred = stage.history(&code).await.into_iter().filter(|kind| kind == "effect_deferred").count();
    assert_eq!(deferred, 3);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_looked_up_and_not_done_twice() {
    let stage = Stage::new().await;
    let lost = |of: &str| Fault { drop: Some(Drop::After), ..fault(of) };
    stage.demo.jira.order(faults(vec![lost("POST /rest/api/3/issue/OPS-17/comment")]));
    let code = asked(&stage).await;
    stage.demo.bitbucket.order(faults(vec![lost("PUT /2.0/repositories")]));
    stage.says("demo-approver", &format!("approve {code}")).await;
    pass(&stage, 1).await;
    assert_eq!(stage.status(&code).await, "active");
    assert_eq!(stage.ticket("OPS-17").1.len(), 2, "each comment stands once");
    let puts =
        stage.demo.bitbucket.calls().into_iter().filter(|call| call.request.starts_with("PUT")).count();
    assert_eq!(puts, 1, "what was there already was not set again");
    assert!(stage.history(&code).await.contains(&"effect_unknown".to_owned()));
}

#[tokio::test]
async fn what_a_vendor_refuses_is_parked_told_and_can_be_requeued() {
    let stage = Stage::new().await;
    let code = asked(&stage).await;
    let refused = Fault { status: Some(403), ..fault("PUT /2.0/repositories") };
    stage.demo.bitbucket.order(faults(vec![refused]));
    stage.says("demo-approver", &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "failed");
    let (_, comments) = stage.ticket("OPS-17");
    let plain = |comment: &&String| comment.contains("Bitbucket does not let me do this there");
    assert!(comments.iter().any(|comment| plain(&comment)), "{comments:#?}");
    assert!(!comments.iter().any(|comment| says_number(comment, "403")), "{comments:#?}");
    let parked = stage.get("demo-admin", "/api/v1/effects?state=parked").await;
    let id = parked["items"][0]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("nothing is parked: {parked:#}"))
        .to_owned();
    stage.says("demo-admin", &format!("requeue {id}")).await;
    assert_eq!(stage.status(&code).await, "active");
    assert_eq!(stage.held("demo-employee", "payments-api").as_deref(), Some("write"));
}

#[tokio::test]
async fn a_vendor_that_stays_away_parks_the_effect_after_the_last_try_and_no_access_is_claimed() {
    let stage = Stage::new().await;
    let code = asked(&stage).await;
    let set = format!("PUT {}/permissions-config", stage.forge_path("payments-api"));
    let away = Fault { times: 1000, status: Some(503), ..fault(&set) };
    stage.demo.bitbucket.order(faults(vec![away]));
    stage.says("demo-approver", &format!("approve {code}")).await;
    pass(&stage, 4).await;
    assert_eq!(stage.status(&code).await, "failed");
    let grants = stage.get("demo-auditor", "/api/v1/grants").await;
    assert_eq!(grants["items"].as_array().map(Vec::len), Some(0), "{grants:#}");
}

#[tokio::test]
async fn a_revocation_while_the_grant_is_on_its_way_wins() {
    let stage = Stage::new().await;
    let code = asked(&stage).await;
    let busy = Fault { status: Some(503), ..fault("PUT /2.0/repositories") };
    stage.demo.bitbucket.order(faults(vec![busy]));
    stage.says("demo-approver", &format!("approve {code}")).await;
    stage.says("demo-admin", &format!("revoke {code}")).await;
    pass(&stage, 1).await;
    assert_eq!(stage.status(&code).await, "revoked");
    assert_eq!(stage.held("demo-employee", "payments-api"), None);
}

#[tokio::test]
async fn trust_d4_what_people_are_told_of_a_failure_holds_no_ids_and_nothing_technical() {
    let stage = Stage::new().await;
    let code = asked(&stage).await;
    let uuid = stage.demo.bitbucket.state().repository_uuid("payments-api").to_string();
    // The repository goes away after it was countersigned.
    let busy = Fault { status: Some(503), ..fault("PUT /2.0/repositories") };
    stage.demo.bitbucket.order(faults(vec![busy]));
    stage.says("demo-approver", &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "granting");
    let gone = Fault {
        times: 1000,
        status: Some(404),
        ..fault(&format!("GET {}", stage.forge_path("payments-api")))
    };
    stage.demo.bitbucket.order(faults(vec![gone]));
    pass(&stage, 1).await;
    assert_eq!(stage.status(&code).await, "failed");
    let card = stage.says("demo-employee", &format!("status {code}")).await.text;
    let comments = stage.ticket("OPS-17").1.join("\n");
    for told in [&card, &comments] {
        assert!(told.contains("there is no such repository any more"), "{told}");
        assert!(!told.contains(&uuid) && !told.contains("712020:"), "{told}");
    }
    let parked = stage.get("demo-admin", "/api/v1/effects?state=parked").await;
    let why = parked["items"][0]["why"].as_str().expect("why");
    assert!(why.contains("on payments-api") && !why.contains(&uuid), "administrators read names, too: {why}");
}
