//! When vendors fail: nothing is lost, nothing is done twice, and a person can see and help.

use countersign_sandbox::{BitbucketState, Drop, Fault, Faults};
use countersign_tests::stage::{Stage, says_number};
use countersign_tests::vendors::{Vendor as _, account};
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

/// How a request stands, as this person reads it.
async fn seen(stage: &Stage, token: &str, code: &str) -> String {
    stage.says(token, &format!("status {code}")).await.text
}

/// Nothing was given, and nobody is told so.
async fn nothing_is_claimed(stage: &Stage, code: &str) {
    assert_eq!(stage.held("demo-employee", "payments-api"), None);
    let grants = stage.get("demo-auditor", "/api/v1/grants").await;
    assert_eq!(grants["items"].as_array().map(Vec::len), Some(0), "{grants:#}");
    let history = stage.history(code).await;
    assert!(!history.contains(&"access_granted".to_owned()), "{history:?}");
    let granted = |comment: &String| comment.starts_with("Granted");
    assert!(!stage.ticket("OPS-17").1.iter().any(granted), "{:#?}", stage.ticket("OPS-17").1);
}

/// It failed, both who asked and who approves read why, and it goes on when that is mended and somebody has it tried again.
async fn fails_until(stage: &Stage, code: &str, words: &str, mend: impl FnOnce(&mut BitbucketState)) {
    assert_eq!(stage.status(code).await, "failed");
    for token in ["demo-employee", "demo-approver"] {
        let text = seen(stage, token, code).await;
        assert!(text.contains(words) && text.contains("Nothing is lost"), "{token}: {text}");
        assert!(!says_number(&text, "400") && !text.contains("bitbucket_token"), "{token}: {text}");
    }
    nothing_is_claimed(stage, code).await;
    let parked = stage.get("demo-admin", "/api/v1/effects?state=parked").await;
    let [parked] = &parked["items"].as_array().expect("a list")[..] else { panic!("one: {parked:#}") };
    stage.change_forge(mend);
    stage.says("demo-admin", &format!("requeue {}", parked["id"].as_str().expect("an id"))).await;
    assert_eq!(stage.status(code).await, "active");
    assert_eq!(stage.held("demo-employee", "payments-api").as_deref(), Some("write"));
}

/// The employee leaves the workspace, and is still somebody at Bitbucket.
fn leave(state: &mut BitbucketState) {
    let place = state.users.iter().position(|user| user.nickname == "demo-employee").expect("a member");
    let employee = state.users.remove(place);
    state.outsiders.push(employee);
}

fn come_back(state: &mut BitbucketState) {
    state.users.append(&mut state.outsiders);
}

#[tokio::test]
async fn trust_e4_bitbucket_who_is_not_in_the_workspace_is_told_so_before_anybody_countersigns() {
    let stage = Stage::new().await;
    stage.change_forge(leave);
    let card = stage.says("demo-employee", WRITE).await;
    let code = card.code.expect("a code").to_string();
    let text = seen(&stage, "demo-employee", &code).await;
    assert!(text.contains("Erin Employee is not in the Bitbucket workspace yet"), "{text}");
    assert!(text.contains("has to invite them first"), "{text}");
    assert_eq!(stage.status(&code).await, "denied");
    assert!(stage.says("demo-approver", &format!("approve {code}")).await.refused);
    nothing_is_claimed(&stage, &code).await;
    stage.change_forge(come_back);
    let again = asked(&stage).await;
    stage.says("demo-approver", &format!("approve {again}")).await;
    assert_eq!(stage.status(&again).await, "active");
}

#[tokio::test]
async fn trust_e4_bitbucket_who_owns_the_workspace_needs_nothing() {
    let stage = Stage::new().await;
    stage.change_forge(|state| state.owner = Some(account("demo-employee")));
    let code = asked(&stage).await;
    let text = seen(&stage, "demo-employee", &code).await;
    assert!(text.contains("owns the Bitbucket workspace") && text.contains("nothing to grant"), "{text}");
    assert_eq!(stage.status(&code).await, "denied");
    nothing_is_claimed(&stage, &code).await;
}

#[tokio::test]
async fn trust_e4_bitbucket_who_leaves_the_workspace_before_it_is_set_is_given_nothing() {
    let stage = Stage::new().await;
    let code = asked(&stage).await;
    stage.change_forge(leave);
    stage.says("demo-approver", &format!("approve {code}")).await;
    let words = "Bitbucket gives nothing to people outside the workspace, and that person is not in it yet";
    fails_until(&stage, &code, words, come_back).await;
}

#[tokio::test]
async fn trust_e4_bitbucket_a_full_plan_is_said_to_who_asked_and_who_approves() {
    let stage = Stage::new().await;
    stage.change_forge(|state| state.seats = Some(0));
    let code = asked(&stage).await;
    stage.says("demo-approver", &format!("approve {code}")).await;
    let words = "the workspace's plan is full: an administrator of the workspace must make it larger";
    fails_until(&stage, &code, words, |state| state.seats = Some(1)).await;
}

fn close(state: &mut BitbucketState, closed: bool) {
    state.repository_mut("payments-api").expect("a repository").closed = closed;
}

#[tokio::test]
async fn trust_e4_bitbucket_what_the_bot_does_not_administer_is_said_at_every_step() {
    let stage = Stage::new().await;
    let words = "Whoever administers the repository must give my account there the right to administer it";
    stage.change_forge(|state| close(state, true));
    let looked_up = asked(&stage).await;
    assert_eq!(stage.status(&looked_up).await, "failed", "it cannot be looked at what they hold");
    let text = seen(&stage, "demo-employee", &looked_up).await;
    assert!(text.contains("Bitbucket does not let me do this there") && text.contains(words), "{text}");
    assert!(!text.contains("bitbucket_token"), "{text}");
    nothing_is_claimed(&stage, &looked_up).await;
    stage.says("demo-employee", &format!("withdraw {looked_up}")).await;

    stage.change_forge(|state| close(state, false));
    let code = asked(&stage).await;
    stage.change_forge(|state| close(state, true));
    stage.later(SignedDuration::from_mins(1)).await;
    let told = stage.says("demo-approver", &format!("approve {code}")).await;
    assert!(told.refused && told.text.contains(words), "{}", told.text);
    assert!(!told.text.contains("does not answer"), "waiting does not mend it: {}", told.text);
    assert_eq!(stage.status(&code).await, "waiting");
    nothing_is_claimed(&stage, &code).await;

    stage.change_forge(|state| close(state, false));
    stage.says("demo-approver", &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
    stage.change_forge(|state| close(state, true));
    stage.later(SignedDuration::from_hours(48)).await;
    assert_eq!(stage.status(&code).await, "failed", "it is not said to have ended");
    let grants = stage.get("demo-auditor", "/api/v1/grants").await;
    assert_eq!(grants["items"].as_array().map(Vec::len), Some(1), "it counts as in force: {grants:#}");
    assert_eq!(stage.held("demo-employee", "payments-api").as_deref(), Some("write"));
    assert!(seen(&stage, "demo-employee", &code).await.contains(words));
    stage.change_forge(|state| close(state, false));
    let parked = stage.get("demo-admin", "/api/v1/effects?state=parked").await;
    let ids: Vec<&str> =
        parked["items"].as_array().expect("a list").iter().filter_map(|it| it["id"].as_str()).collect();
    for id in ids {
        stage.says("demo-admin", &format!("requeue {id}")).await;
    }
    assert_eq!(stage.status(&code).await, "expired");
    assert_eq!(stage.held("demo-employee", "payments-api"), None);
}
