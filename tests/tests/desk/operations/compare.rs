//! What the forge holds beside what the log wants: explained, told once, kept, and only what the log has ended is ended again.

use std::sync::Arc;

use countersign::config::KeysConfig;
use countersign::oversight::{Mark, Oversight, restored};
use countersign_domain::access::WhyCompared;
use countersign_domain::effect::EffectState;
use countersign_domain::envelope::{Cause, NewEvent};
use countersign_domain::ports::{Append, EventStore, Expected};
use countersign_sandbox::bitbucket::{BitbucketUser, Repository};
use countersign_sandbox::{Call, Fault, Faults};
use countersign_store::MemoryStore;
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::until::{until, until_seen};
use countersign_tests::vendors::{Vendor as _, account, trouble};
use jiff::SignedDuration;
use serde_json::Value;

use super::{ADMIN, APPROVER, EMPLOYEE, told};

const WRITE: &str = "access write on payments-api for 2 days ticket OPS-17 because rollout";

async fn granted(stage: &Stage) -> String {
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
    code
}

/// Compares now; the explanations of all differences.
pub(crate) async fn compared(stage: &Stage) -> Vec<String> {
    let report = stage.post(ADMIN, "/api/v1/access/compare", &Value::Null).await;
    stage.settle().await;
    let differences = report["differences"].as_array().unwrap_or_else(|| panic!("no list in {report:#}"));
    differences.iter().map(|found| found["explanation"].as_str().expect("a text").to_owned()).collect()
}

/// What `/readyz` says is different.
async fn shown(stage: &Stage) -> usize {
    let ready = stage.get(ADMIN, "/readyz").await;
    ready["differences"][0]["differences"].as_array().expect("a list").len()
}

/// The demo's own permissions by hand are looked at once before a test begins.
async fn known(stage: &Stage) -> usize {
    compared(stage).await.len()
}

#[tokio::test]
async fn trust_a8_what_the_log_wants_is_no_difference_and_what_it_does_not_is_told_once() {
    let stage = Stage::with_chats().await;
    let code = granted(&stage).await;
    let before = known(&stage).await;
    stage.set_by_hand(&account(EMPLOYEE), "payments-api", None);
    stage.set_by_hand(&account(APPROVER), "payments-api", Some("admin"));
    let found = compared(&stage).await;
    assert_eq!(found.len(), before + 2, "{found:#?}");
    let lacking = found.iter().find(|told| told.contains(&code)).expect("the access is named");
    assert!(
        lacking.contains("the forge shows nothing, the log says write by")
            && lacking.contains("No event says that it ended"),
        "{lacking}"
    );
    assert!(
        found.iter().any(|told| told.contains("shows admin, and no event in the log gives it")),
        "{found:#?}"
    );
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None, "nothing was changed");
    assert_eq!(stage.held(APPROVER, "payments-api").as_deref(), Some("admin"), "nothing was changed");
    assert_eq!(shown(&stage).await, before + 2);
    assert_eq!(compared(&stage).await, found, "it is there");
    assert_eq!(stage.audited("access_compared").await.len(), 3, "and kept");
    let status = stage.says(ADMIN, "status").await.text;
    assert!(
        status.contains("between the forge and the log") || status.contains("There is one difference"),
        "an administrator finds it without any chat: {status}"
    );
    stage.set_by_hand(&account(EMPLOYEE), "payments-api", Some("write"));
    stage.set_by_hand(&account(APPROVER), "payments-api", None);
    assert_eq!((compared(&stage).await.len(), shown(&stage).await), (before, before));
}

#[tokio::test]
async fn trust_a8_what_the_log_has_ended_is_ended_again_and_once_only() {
    let stage = Stage::with_chats().await;
    let code = granted(&stage).await;
    stage.says(EMPLOYEE, &format!("give back {code}")).await;
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None);
    let before = known(&stage).await;
    stage.set_by_hand(&account(EMPLOYEE), "payments-api", Some("write"));
    let found = compared(&stage).await;
    assert!(found.iter().any(|told| told.contains(&code) && told.contains("I end it again")), "{found:#?}");
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None, "it is ended again");
    assert_eq!(shown(&stage).await, before);
    stage.set_by_hand(&account(EMPLOYEE), "payments-api", Some("write"));
    let found = compared(&stage).await;
    assert!(found.iter().any(|told| told.contains("somebody gives it by hand")), "{found:#?}");
    assert_eq!(stage.held(EMPLOYEE, "payments-api").as_deref(), Some("write"), "nobody is fought with");
}

#[tokio::test]
async fn trust_a8_an_end_that_was_parked_is_over_once_a_comparison_has_put_it_right() {
    let stage = Stage::with_chats().await;
    let code = granted(&stage).await;
    let matching = "DELETE /2.0/repositories".to_owned();
    let refused = Fault { matching, times: 100_000, status: Some(400), ..Fault::default() };
    stage.demo.bitbucket.order(trouble([refused]));
    stage.says(EMPLOYEE, &format!("give back {code}")).await;
    stage.settle().await;
    assert_eq!(stage.effects(EffectState::Parked).len(), 1);
    stage.demo.bitbucket.order(Faults::default());
    compared(&stage).await;
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None, "it is ended again");
    assert_eq!(stage.effects(EffectState::Parked), vec![], "and nothing waits for a person");
    assert_eq!(stage.status(&code).await, "given_back");
}

/// An access that has ended, and that the forge shows again.
async fn ended_and_there(stage: &Stage) -> String {
    let code = granted(stage).await;
    stage.says(EMPLOYEE, &format!("give back {code}")).await;
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None);
    stage.set_by_hand(&account(EMPLOYEE), "payments-api", Some("write"));
    code
}

/// The forge takes nothing away, so many times.
fn takes_nothing_away(stage: &Stage, status: u16, times: u32) {
    let matching = "DELETE /2.0/repositories".to_owned();
    let fault = Fault { matching, times, status: Some(status), ..Fault::default() };
    stage.demo.bitbucket.order(trouble([fault]));
}

#[tokio::test]
async fn trust_a8_ending_again_is_not_believed_done_where_the_forge_did_not_answer_at_first() {
    let stage = Stage::with_chats().await;
    ended_and_there(&stage).await;
    takes_nothing_away(&stage, 503, 2);
    compared(&stage).await;
    assert_eq!(stage.held(EMPLOYEE, "payments-api").as_deref(), Some("write"), "it answered 503");
    for _ in 0..2 {
        stage.later(SignedDuration::from_hours(1)).await;
    }
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None, "it is taken away by a later attempt");
    let told = told_of_the_employee(&stage).await;
    assert_eq!(told, Vec::<String>::new(), "and nobody is said to give it by hand");
}

#[tokio::test]
async fn trust_a8_ending_again_that_is_parked_is_not_done_because_an_operator_says_so() {
    let stage = Stage::with_chats().await;
    ended_and_there(&stage).await;
    takes_nothing_away(&stage, 400, 100_000);
    compared(&stage).await;
    let parked = stage.effects(EffectState::Parked);
    assert_eq!(parked.len(), 1);
    let resolve = format!("resolve {} as done because I took it away", parked[0].id);
    let said = stage.says(ADMIN, &resolve).await;
    assert!(said.text.contains("write is there, and it should be nothing"), "{}", said.text);
    stage.set_by_hand(&account(EMPLOYEE), "payments-api", None);
    let said = stage.says(ADMIN, &resolve).await;
    assert!(!said.refused, "{}", said.text);
}

/// What is told of the employee's account on the repository.
async fn told_of_the_employee(stage: &Stage) -> Vec<String> {
    let report = stage.post(ADMIN, "/api/v1/access/compare", &Value::Null).await;
    stage.settle().await;
    let all = report["differences"].as_array().expect("a list");
    let own = all.iter().filter(|found| {
        found["account"] == account(EMPLOYEE).as_str() && found["repository"] == "payments-api"
    });
    own.map(|found| found["explanation"].as_str().expect("a text").to_owned()).collect()
}

#[tokio::test]
async fn trust_a8_a_request_over_a_hand_given_access_hides_nothing_once_it_is_over() {
    // Of as much as is held nobody can ask; but what waits may be overtaken by somebody who gives it by hand.
    for by_hand in ["read", "write"] {
        let stage = Stage::with_chats().await;
        let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
        stage.set_by_hand(&account(EMPLOYEE), "payments-api", Some(by_hand));
        let before = told_of_the_employee(&stage).await;
        assert_eq!(before.len(), 1, "{by_hand}: {before:#?}");
        for _ in 0..2 {
            // What is held has changed since it was shown, so it is looked at twice.
            stage.says(APPROVER, &format!("approve {code}")).await;
        }
        assert_eq!(stage.status(&code).await, "active", "{by_hand}");
        stage.says(EMPLOYEE, &format!("give back {code}")).await;
        assert_eq!(stage.held(EMPLOYEE, "payments-api").as_deref(), Some(by_hand), "it stays");
        let after = told_of_the_employee(&stage).await;
        assert_eq!(after.len(), 1, "{by_hand}: it is told as before the request: {after:#?}");
        assert!(after[0].contains("no event in the log gives it"), "{by_hand}: {after:#?}");
        assert_eq!(stage.held(EMPLOYEE, "payments-api").as_deref(), Some(by_hand), "nothing is ended again");
    }
}

#[tokio::test]
async fn trust_a8_it_goes_page_by_page_and_waits_for_as_long_as_the_forge_wants() {
    let stage = Stage::with_chats().await;
    granted(&stage).await;
    let before = known(&stage).await;
    for number in 0..150 {
        let name = format!("somebody-{number}");
        let (account_id, uuid, nickname) = (account(&name), format!("{{{name}}}"), name.clone());
        stage.add_user(BitbucketUser { account_id, uuid, nickname, display_name: name });
        stage.set_by_hand(&account(&format!("somebody-{number}")), "payments-api", Some("read"));
    }
    assert_eq!(compared(&stage).await.len(), before + 150);
    let listing = format!("GET {}/permissions-config/users?page", stage.forge_path("payments-api"));
    let second = |call: &Call| call.request.starts_with(&format!("{listing}=2"));
    let is_pause = |call: &Call| call.status == Some(429);
    assert!(stage.demo.bitbucket.calls().iter().any(second), "the second page was asked for");
    let pause =
        Fault { matching: listing, times: 1, status: Some(429), retry_after: Some(120), ..Fault::default() };
    stage.demo.bitbucket.order(trouble([pause]));
    let begun = stage.clock_now();
    let waited = || stage.clock_now().duration_since(begun);
    // Time passes once the forge has asked for its pause, until that is surely over.
    let passes = until("the forge asks for a pause, and time passes", || {
        let is_paused = stage.demo.bitbucket.calls().iter().any(is_pause);
        if is_paused {
            stage.clock.turn(SignedDuration::from_secs(1));
        }
        waited() >= SignedDuration::from_secs(200)
    });
    let found = async { (compared(&stage).await.len(), waited()) };
    let ((differences, waited), ()) = tokio::join!(found, passes);
    assert_eq!(differences, before + 150, "nothing is left out");
    assert!(waited >= SignedDuration::from_secs(120), "it was asked again after {waited:#}");
}

#[tokio::test]
async fn trust_a8_an_account_that_cannot_be_looked_at_is_not_one_without_a_difference() {
    let stage = Stage::with_chats().await;
    granted(&stage).await;
    let before = known(&stage).await;
    stage.set_by_hand(&account(APPROVER), "payments-api", Some("admin"));
    let matching = format!("GET {}/permissions-config/users/", stage.forge_path("payments-api"));
    stage.demo.bitbucket.order(trouble([Fault {
        matching,
        times: 100,
        status: Some(403),
        ..Fault::default()
    }]));
    let report = stage.post(ADMIN, "/api/v1/access/compare", &Value::Null).await;
    assert!(report["unread"]["payments-api"].is_string(), "it was not looked at: {report:#}");
    stage.demo.bitbucket.order(Faults::default());
    assert_eq!(compared(&stage).await.len(), before + 1, "it is found once it can be asked for");
}

#[tokio::test]
async fn trust_a8_it_is_compared_by_itself_as_often_as_is_said() {
    let every = Some(SignedDuration::from_hours(24));
    let arrange = |world: &mut countersign::world::World| {
        world.oversight = Arc::new(Oversight::comparing_every(every));
    };
    let stage = Stage::arranged(Arc::new(MemoryStore::new()), |_| {}, arrange).await;
    granted(&stage).await;
    let compared = async || stage.audited("access_compared").await.len();
    let first = compared().await;
    assert_eq!(first, 1, "at the start");
    stage.later(SignedDuration::from_hours(12)).await;
    assert_eq!(compared().await, 1);
    stage.set_by_hand(&account(EMPLOYEE), "payments-api", None);
    stage.later(SignedDuration::from_hours(12)).await;
    assert_eq!(compared().await, 2);
    assert_eq!(shown(&stage).await, 1);
}

#[tokio::test]
async fn trust_a8_only_an_administrator_compares_and_says_it_in_a_sentence() {
    let stage = Stage::with_chats().await;
    granted(&stage).await;
    let refused = stage.says(EMPLOYEE, "compare access").await;
    assert!(refused.text.contains("it takes an admin"), "{}", refused.text);
    stage.set_by_hand(&account(APPROVER), "payments-api", Some("admin"));
    let card = stage.says(ADMIN, "compare access").await;
    assert!(card.text.contains("no event in the log gives it"), "{}", card.text);
}

/// A log that holds the beginning of another one.
async fn beginning_of(log: &dyn EventStore, events: usize) -> Arc<MemoryStore> {
    let copy = MemoryStore::new();
    for event in log.read_all(None, events).await.expect("the log can be read") {
        let cause = Cause {
            actor: event.actor.clone(),
            command: event.command,
            correlation: event.correlation,
            causation: event.causation,
            at: event.at,
        };
        let (id, kind, version, data) = (event.id, event.kind.clone(), event.v, event.data.clone());
        let new = NewEvent { id, kind, version, cause, data };
        let expected = Expected::after(event.rev.checked_sub(1));
        let append = Append { stream: event.stream.clone(), expected, events: vec![new], urgent: false };
        copy.append(append).await.expect("it can be copied");
    }
    Arc::new(copy)
}

#[tokio::test]
async fn trust_a8_an_older_copy_of_the_log_is_noticed_and_compared_at_the_start() {
    let stage = Stage::with_chats().await;
    let store = Arc::clone(&stage.bot.world.store);
    let lost_from = store.read_all(None, usize::MAX).await.expect("a log").len();
    let code = granted(&stage).await;
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let kept = Mark::path(&KeysConfig::default(), &data);
    assert!(
        !kept.starts_with(&data),
        "whoever puts the whole folder back puts back an older log, and not what shows it"
    );
    let mark = Mark::of(&*store).await.expect("the log answers").expect("it is not empty");
    mark.write(&kept).expect("it is kept");
    assert_eq!(restored(&*store, Some(mark), false).await.expect("it answers"), None, "this one is whole");

    let older = beginning_of(&*store, lost_from).await;
    let found = restored(&*older, Some(mark), false).await.expect("it answers").expect("it is older");
    assert_eq!(found.acknowledged, Some(mark.position));
    assert!(found.head < mark.position);

    // The bot begins on the older copy beside the same forge: the grant is forgotten, and found.
    let Stage { bot, demo, clock, .. } = stage;
    assert!(bot.stop().await);
    let world = countersign_tests::stage::world(&demo, older, clock);
    let mut bot = countersign_tests::stage::start(world, &demo).await;
    bot.look_around(&kept, false);
    let mut compared = None;
    until_seen("the forge is compared with the older copy", async || {
        let log = bot.world.store.read_all(None, usize::MAX).await.expect("a log");
        compared = log.into_iter().find(|event| event.kind == "access_compared");
        compared.is_some()
    })
    .await;
    let event = compared.expect("it was seen");
    let data: Value = serde_json::from_str(event.data.get()).expect("JSON");
    assert_eq!(data["why"]["kind"], "restored", "{data:#}");
    let forgotten = data["found"].as_array().expect("a list").iter().find(|found| {
        found["account"] == account(EMPLOYEE).as_str() && found["repository"] == "payments-api"
    });
    let forgotten = forgotten.unwrap_or_else(|| panic!("the grant {code} is forgotten: {data:#}"));
    assert_eq!(forgotten["how"]["kind"], "unknown");
    assert_eq!(event.tenant, tenant());
    assert!(matches!(serde_json::from_value(data["why"].clone()), Ok(WhyCompared::Restored(_))));
    assert!(bot.stop().await);
}

#[tokio::test]
async fn trust_a8_after_a_restore_administrators_are_told_what_it_means() {
    let stage = Stage::with_chats().await;
    granted(&stage).await;
    let restored =
        countersign_domain::access::Restored { acknowledged: Some(900), head: 400, until: stage.clock_now() };
    let comparer = countersign::oversight::Comparer::new(stage.bot.world.clone(), stage.bot.engine.clone());
    comparer.compare(&tenant(), WhyCompared::Restored(restored)).await.expect("it compares");
    stage.settle().await;
    let told = told(&stage, ADMIN);
    assert!(told.iter().any(|text| text.contains("put back to an older copy")), "{told:#?}");
}

#[tokio::test]
async fn trust_a8_a_repository_that_was_renamed_is_compared_as_itself_under_the_name_it_has_now() {
    let stage = Stage::with_chats().await;
    let code = granted(&stage).await;
    stage.set_by_hand(&account(APPROVER), "payments-api", Some("admin"));
    let before = compared(&stage).await;
    assert!(before.iter().any(|told| told.contains("payments-api")), "{before:#?}");
    stage.change_forge(|state| {
        let uuid = Some(state.repository_uuid("payments-api"));
        let renamed = state.repositories.remove("payments-api").expect("it is there");
        let renamed = Repository { uuid, ..Repository::clone(&renamed) };
        state.repositories.insert("billing".to_owned(), Arc::new(renamed));
    });
    let report = stage.post(ADMIN, "/api/v1/access/compare", &Value::Null).await;
    stage.settle().await;
    assert_eq!(report["unread"], serde_json::json!({}), "it is there: {report:#}");
    let entry = stage.audited("access_compared").await.pop().expect("an entry");
    assert_eq!(entry["data"]["found"], serde_json::json!([]), "nothing is new: {entry:#}");
    assert_eq!(entry["data"]["gone"], serde_json::json!([]), "and nothing is gone: {entry:#}");
    assert_eq!(shown(&stage).await, before.len());
    // What differs is told under the name that people find it by.
    stage.set_by_hand(&account(EMPLOYEE), "billing", None);
    let found = compared(&stage).await;
    let lacking = found.iter().find(|told| told.contains(&code)).expect("the access is missed");
    assert!(lacking.contains("on billing") && lacking.contains("No event says that it ended"), "{lacking}");
}
