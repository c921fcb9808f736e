//! What the forge holds otherwise than the log wants is put right by plans that somebody else countersigns.

mod adopted;
mod at_once;
mod lists;
mod surfaces;
mod told;

use std::sync::Arc;

use countersign::oversight::Oversight;
use countersign::world::World;
use countersign_domain::repair::Share;
use countersign_sandbox::{Drop, Fault};
use countersign_store::MemoryStore;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, account, trouble};
use countersign_tests::wherever::{SURFACES, asked, says_on};
use jiff::SignedDuration;
use serde_json::{Value, json};

const EMPLOYEE: &str = "demo-employee";
const APPROVER: &str = "demo-approver";
const APPROVER2: &str = "demo-approver2";
const ADMIN: &str = "demo-admin";
const ON: &str = "payments-api";

/// A bot whose repairs may change all there is at once, so that one thing after the other can be looked at.
async fn stage() -> Stage {
    Stage::arranged(Arc::new(MemoryStore::new()), |_| {}, all_at_once).await
}

fn all_at_once(world: &mut World) {
    let all = Share::percent(100).expect("not more than all");
    world.oversight = Arc::new(Oversight::comparing_every(None).changing_at_most(all));
}

/// Erin holds write by a request of hers; its code.
async fn granted(stage: &Stage) -> String {
    let asked = "access write on payments-api for 2 days ticket OPS-17 because rollout";
    let code = stage.says(EMPLOYEE, asked).await.code.expect("a code").to_string();
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
    code
}

/// Compares now; every difference on a repository, with its name.
async fn differences(stage: &Stage, on: &str) -> Vec<Value> {
    let report = stage.post(ADMIN, "/api/v1/access/compare", &Value::Null).await;
    stage.settle().await;
    let all = report["differences"].as_array().unwrap_or_else(|| panic!("no list in {report:#}"));
    all.iter().filter(|found| found["repository"] == on).cloned().collect()
}

/// The name of what is different for somebody on the repository.
async fn named(stage: &Stage, who: &str) -> String {
    let all = differences(stage, ON).await;
    let found = all.iter().find(|found| found["account"] == account(who).as_str());
    let found = found.unwrap_or_else(|| panic!("nothing is different for {who}: {all:#?}"));
    found["difference"].as_str().expect("a name").to_owned()
}

async fn is_different(stage: &Stage, who: &str) -> bool {
    differences(stage, ON).await.iter().any(|found| found["account"] == account(who).as_str())
}

/// Olga proposes; the plan's code.
async fn proposed(stage: &Stage, plan: &str) -> String {
    let repair = stage.post(ADMIN, "/api/v1/repairs", &json!({ "plan": plan })).await;
    assert_eq!(repair["status"], "waiting", "{repair:#}");
    repair["code"].as_str().expect("a code").to_owned()
}

async fn repair(stage: &Stage, code: &str) -> Value {
    stage.get(ADMIN, &format!("/api/v1/repairs/{code}")).await
}

/// Ada countersigns what stands, and it is carried out.
async fn carried_out(stage: &Stage, code: &str) -> Value {
    let card = stage.says(APPROVER, &format!("approve {code}")).await;
    assert!(!card.refused, "{}", card.text);
    stage.settle().await;
    let repair = repair(stage, code).await;
    assert_eq!(repair["status"], "repaired", "{repair:#}");
    repair
}

fn would(repair: &Value, step: usize) -> &str {
    repair["steps"][step]["would"].as_str().expect("a sentence")
}

#[tokio::test]
async fn repair_what_was_given_by_hand_is_set_back_once_somebody_else_countersigned() {
    let stage = stage().await;
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
    let name = named(&stage, EMPLOYEE).await;
    let code = proposed(&stage, &format!("revert {name}")).await;
    assert_eq!(stage.held(EMPLOYEE, ON).as_deref(), Some("admin"), "nothing is done before");
    let own = stage.says(ADMIN, &format!("approve {code}")).await;
    assert!(own.refused && own.text.contains("Nobody countersigns their own"), "{}", own.text);
    let whose = stage.says(EMPLOYEE, &format!("approve {code}")).await;
    assert!(whose.refused, "{}", whose.text);
    let card = stage.says(APPROVER, &format!("status {code}")).await;
    for part in ["held is admin", "the log wants nothing", "No event gives it", "set back to nothing"] {
        assert!(card.text.contains(part), "{part} is not in {}", card.text);
    }
    let repair = carried_out(&stage, &code).await;
    assert_eq!(would(&repair, 0), "Set back, and read back.");
    assert_eq!(stage.held(EMPLOYEE, ON), None);
    assert!(!is_different(&stage, EMPLOYEE).await);
    let event = stage.audited("repair_reverted").await.pop().expect("an event says so");
    assert_eq!(event["data"]["drift"]["present"], "admin", "{event:#}");
}

#[tokio::test]
async fn repair_what_is_adopted_is_how_it_is_meant_and_outlives_an_access_that_ends() {
    let stage = stage().await;
    granted(&stage).await;
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
    stage.set_by_hand(&account(APPROVER2), ON, Some("write"));
    let (erin, ben) = (named(&stage, EMPLOYEE).await, named(&stage, APPROVER2).await);
    let code = proposed(&stage, &format!("adopt {erin} and {ben}")).await;
    carried_out(&stage, &code).await;
    assert_eq!(stage.held(EMPLOYEE, ON).as_deref(), Some("admin"));
    assert!(!is_different(&stage, EMPLOYEE).await && !is_different(&stage, APPROVER2).await);
    let adopted = stage.audited("repair_adopted").await;
    assert_eq!(adopted.len(), 2);
    assert_eq!(adopted[0]["data"]["by"], json!([APPROVER]), "with whose hand");
    assert!(adopted[0]["data"]["seen"].is_string(), "and since when it is seen: {:#}", adopted[0]);
    // The access ends, and what was adopted is there by itself.
    stage.later(SignedDuration::from_hours(49)).await;
    assert_eq!(stage.held(EMPLOYEE, ON).as_deref(), Some("admin"));
    assert!(!is_different(&stage, EMPLOYEE).await);
    // More than that is different again.
    stage.set_by_hand(&account(APPROVER2), ON, Some("admin"));
    assert!(is_different(&stage, APPROVER2).await);
}

#[tokio::test]
async fn repair_an_access_that_was_taken_away_by_hand_has_ended_where_that_is_adopted() {
    let stage = stage().await;
    let access = granted(&stage).await;
    stage.set_by_hand(&account(EMPLOYEE), ON, None);
    let name = named(&stage, EMPLOYEE).await;
    let code = proposed(&stage, &format!("adopt {name}")).await;
    carried_out(&stage, &code).await;
    assert_eq!(stage.status(&access).await, "revoked");
    assert_eq!(stage.held(EMPLOYEE, ON), None, "and nothing set it again");
    assert!(!is_different(&stage, EMPLOYEE).await);
}

#[tokio::test]
async fn repair_an_access_that_was_taken_away_by_hand_is_given_back_and_still_ends_in_time() {
    let stage = stage().await;
    let access = granted(&stage).await;
    stage.set_by_hand(&account(EMPLOYEE), ON, None);
    let name = named(&stage, EMPLOYEE).await;
    let code = proposed(&stage, &format!("revert {name}")).await;
    carried_out(&stage, &code).await;
    assert_eq!(
        (stage.held(EMPLOYEE, ON).as_deref(), stage.status(&access).await.as_str()),
        (Some("write"), "active")
    );
    stage.later(SignedDuration::from_hours(49)).await;
    assert_eq!((stage.held(EMPLOYEE, ON), stage.status(&access).await.as_str()), (None, "expired"));
}

#[tokio::test]
async fn repair_what_is_ignored_is_not_spoken_of_until_then_or_until_it_changes() {
    let stage = stage().await;
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("write"));
    let name = named(&stage, EMPLOYEE).await;
    let until = (stage.clock_now() + SignedDuration::from_hours(48)).to_string();
    let plan = json!({ "plan": format!("ignore {name}"), "until": until });
    let repair = stage.post(ADMIN, "/api/v1/repairs", &plan).await;
    let code = repair["code"].as_str().expect("a code").to_owned();
    carried_out(&stage, &code).await;
    assert_eq!(stage.held(EMPLOYEE, ON).as_deref(), Some("write"), "nothing was changed");
    assert!(!is_different(&stage, EMPLOYEE).await);
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
    assert!(is_different(&stage, EMPLOYEE).await, "it is another difference now");
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("write"));
    assert!(!is_different(&stage, EMPLOYEE).await);
    stage.later(SignedDuration::from_hours(49)).await;
    assert!(is_different(&stage, EMPLOYEE).await, "it is spoken of again");
}

#[tokio::test]
async fn repair_a_plan_beyond_the_cap_is_refused_with_what_would_fit() {
    // The usual share: a fifth, and one thing in any case.
    let stage = Stage::with_chats().await;
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
    stage.set_by_hand(&account(APPROVER2), ON, Some("admin"));
    let (erin, ben) = (named(&stage, EMPLOYEE).await, named(&stage, APPROVER2).await);
    let plan = json!({ "plan": format!("revert {erin} {ben}") });
    let refused = stage.post(ADMIN, "/api/v1/repairs", &plan).await;
    assert_eq!(refused["status"], "denied", "{refused:#}");
    let why = refused["denied"][0].as_str().expect("a reason");
    assert!(why.contains("at most 20 %") && why.contains(&format!("This would fit: revert {erin}")), "{why}");
    assert_eq!(stage.held(EMPLOYEE, ON).as_deref(), Some("admin"));
    // One after the other is at once as well, for an hour.
    let code = proposed(&stage, &format!("revert {erin}")).await;
    carried_out(&stage, &code).await;
    let plan = json!({ "plan": format!("revert {ben}") });
    let refused = stage.post(ADMIN, "/api/v1/repairs", &plan).await;
    assert!(refused["denied"][0].as_str().is_some_and(|why| why.contains("by other plans")), "{refused:#}");
    stage.later(SignedDuration::from_mins(61)).await;
    let code = proposed(&stage, &format!("revert {ben}")).await;
    carried_out(&stage, &code).await;
    assert_eq!(stage.held(APPROVER2, ON), None);
}

#[tokio::test]
async fn repair_what_changed_since_it_was_shown_is_shown_anew_and_nothing_counts_before() {
    let stage = stage().await;
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("write"));
    let name = named(&stage, EMPLOYEE).await;
    let code = proposed(&stage, &format!("revert {name}")).await;
    let before = repair(&stage, &code).await["receipt"].clone();
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
    let refused = stage.says(APPROVER, &format!("approve {code}")).await;
    assert!(refused.refused && refused.text.contains("Since you were asked"), "{}", refused.text);
    assert!(refused.text.contains("is admin now (write before)"), "{}", refused.text);
    assert_eq!(stage.held(EMPLOYEE, ON).as_deref(), Some("admin"));
    let receipt = before.as_str().expect("a receipt");
    let stale = stage.says(APPROVER, &format!("approve {code} receipt {receipt}")).await;
    assert!(stale.refused, "the old button counts for nothing: {}", stale.text);
    stage.later(SignedDuration::from_secs(3)).await;
    carried_out(&stage, &code).await;
    assert_eq!(stage.held(EMPLOYEE, ON), None);
}

#[tokio::test]
async fn repair_what_changed_after_it_was_countersigned_is_left_as_it_is() {
    let stage = stage().await;
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("write"));
    let name = named(&stage, EMPLOYEE).await;
    let code = proposed(&stage, &format!("revert {name}")).await;
    // The forge does not take it the first time, and before the next somebody gives more by hand.
    let once = Fault { matching: "DELETE".to_owned(), times: 1, status: Some(503), ..Fault::default() };
    stage.demo.bitbucket.order(trouble([once]));
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.held(EMPLOYEE, ON).as_deref(), Some("write"), "it was not taken");
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
    stage.later(SignedDuration::from_mins(10)).await;
    let repair = repair(&stage, &code).await;
    assert_eq!(repair["status"], "repaired", "every item is seen to: {repair:#}");
    assert_eq!(would(&repair, 0), "Nothing was done: admin is held there by now.");
    assert_eq!(stage.held(EMPLOYEE, ON).as_deref(), Some("admin"));
}

/// Whoever this is, is not in the file any more.
async fn leaves(stage: &mut Stage, who: &str) {
    let tenant = countersign_tests::stage::tenant();
    let config = stage.demo.config.tenants.get_mut(&tenant).expect("the demo's tenant");
    config.people.retain(|person| person.id.as_str() != who);
    let (bot, config) = (&stage.bot, &stage.demo.config.tenants[&tenant]);
    countersign::seed::seed(&bot.world, &bot.engine, &bot.directory, &tenant, config)
        .await
        .expect("the tenant is seeded");
    stage.settle().await;
}

#[tokio::test]
async fn trust_a4_what_was_set_back_and_whose_answer_was_lost_is_told_as_done_though_its_holder_has_left() {
    let mut stage = stage().await;
    granted(&stage).await;
    // Two are put right, and no more than is held may be.
    let ada =
        stage.says(APPROVER, "access write on payments-api for 2 days ticket OPS-17 because rollout").await;
    let ada = ada.code.expect("a code");
    stage.says(APPROVER2, &format!("approve {ada}")).await;
    stage.set_by_hand(&account(EMPLOYEE), ON, None);
    stage.set_by_hand(&account(APPROVER2), ON, Some("admin"));
    let (erin, ben) = (named(&stage, EMPLOYEE).await, named(&stage, APPROVER2).await);
    let code = proposed(&stage, &format!("revert {erin} and adopt {ben}")).await;
    let lost = Fault { matching: "PUT".to_owned(), times: 1, drop: Some(Drop::After), ..Fault::default() };
    stage.demo.bitbucket.order(trouble([lost]));
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.held(EMPLOYEE, ON).as_deref(), Some("write"), "it was carried out");
    leaves(&mut stage, EMPLOYEE).await;
    stage.later(SignedDuration::from_mins(10)).await;
    let repair = repair(&stage, &code).await;
    assert_eq!(would(&repair, 0), "Set back, and read back.", "{repair:#}");
    assert_eq!(stage.audited("repair_reverted").await.len(), 1);
    assert_eq!(stage.held(EMPLOYEE, ON), None, "and ends with the access");
}

#[tokio::test]
async fn repair_the_only_administrator_is_told_that_nobody_could_countersign() {
    let stage = stage().await;
    let rules = "@id(\"own\") @approvers(\"person:demo-admin\") permit (principal, action, resource);";
    stage.publish(rules).await;
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
    let name = named(&stage, EMPLOYEE).await;
    let refused = stage.post(ADMIN, "/api/v1/repairs", &json!({ "plan": format!("revert {name}") })).await;
    assert_eq!(refused["status"], "denied", "{refused:#}");
    let why = refused["denied"][0].as_str().expect("a reason");
    assert!(why.contains("too few people here who could countersign it"), "{why}");
    assert_eq!(stage.held(EMPLOYEE, ON).as_deref(), Some("admin"));
}

#[tokio::test]
async fn repair_of_two_plans_over_the_same_thing_the_first_wins_and_the_other_has_nothing_to_do() {
    let stage = stage().await;
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
    stage.set_by_hand(&account(APPROVER2), ON, Some("read"));
    let name = named(&stage, EMPLOYEE).await;
    let first = proposed(&stage, &format!("revert {name}")).await;
    let second = proposed(&stage, &format!("adopt {name}")).await;
    carried_out(&stage, &first).await;
    let refused = stage.says(APPROVER, &format!("approve {second}")).await;
    assert!(refused.refused, "{}", refused.text);
    assert_eq!(repair(&stage, &second).await["status"], "denied");
    assert_eq!(stage.held(EMPLOYEE, ON), None);
    assert_eq!(stage.audited("repair_adopted").await.len(), 0);
}

#[tokio::test]
async fn repair_a_dry_run_says_all_and_does_nothing() {
    let stage = stage().await;
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
    let name = named(&stage, EMPLOYEE).await;
    let plan = json!({ "plan": format!("revert {name}"), "dry_run": true });
    let dry = stage.post(ADMIN, "/api/v1/repairs", &plan).await;
    assert_eq!(
        (dry["against"].clone(), dry["steps"].as_array().map(Vec::len)),
        (json!([]), Some(1)),
        "{dry:#}"
    );
    assert_eq!(would(&dry, 0), "It would be set back to nothing, and read back.");
    assert_eq!(stage.audited("repair_requested").await.len(), 0);
    assert_eq!(stage.get(ADMIN, "/api/v1/repairs").await["items"], json!([]));
}

#[tokio::test]
async fn repair_is_proposed_and_countersigned_wherever_people_talk() {
    let stage = Stage::with_chats_arranged(all_at_once).await;
    let who = account(EMPLOYEE);
    // Enough is held there that one after the other is not too much at once.
    for another in [APPROVER, APPROVER2, ADMIN, "demo-auditor"] {
        stage.set_by_hand(&account(another), ON, Some("read"));
    }
    for surface in SURFACES {
        stage.set_by_hand(&who, ON, Some("admin"));
        let name = named(&stage, EMPLOYEE).await;
        let sentence = format!("repair access revert {name} because of the incident on {surface}");
        says_on(&stage, surface, ADMIN, &sentence).await;
        let open = stage.get(ADMIN, "/api/v1/repairs").await;
        let code =
            open["items"][0]["code"].as_str().unwrap_or_else(|| panic!("{surface}: {open:#}")).to_owned();
        assert!(asked(&stage, APPROVER).contains(&code), "Ada is asked in private");
        says_on(&stage, surface, APPROVER, &format!("approve {code}")).await;
        assert_eq!(repair(&stage, &code).await["status"], "repaired", "on {surface}");
        assert_eq!(stage.held(EMPLOYEE, ON), None, "on {surface}");
    }
}

#[tokio::test]
async fn repair_is_offered_where_the_comparison_is_told_and_only_administrators_propose() {
    let stage = stage().await;
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
    let name = named(&stage, EMPLOYEE).await;
    let card = stage.says(ADMIN, "compare access").await;
    assert!(card.text.contains(&name), "{}", card.text);
    let labels: Vec<_> =
        card.buttons.iter().map(|button| button.say.split(" until").next().unwrap_or_default()).collect();
    assert_eq!(labels, ["repair access revert all", "repair access adopt all", "repair access ignore all"]);
    let refused = stage.says(APPROVER, &format!("repair access revert {name}")).await;
    assert!(refused.refused, "{}", refused.text);
    let unknown = stage.says(ADMIN, "repair access revert NNNNN").await;
    assert!(unknown.refused && unknown.text.contains("no difference called NNNNN"), "{}", unknown.text);
    let unclear = stage.says(ADMIN, "repair access everything").await;
    assert!(unclear.refused, "{}", unclear.text);
}

#[tokio::test]
async fn repair_that_nobody_answers_lapses_and_one_that_is_withdrawn_is_over() {
    let stage = stage().await;
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
    let name = named(&stage, EMPLOYEE).await;
    let lapsing = proposed(&stage, &format!("revert {name}")).await;
    let withdrawn = proposed(&stage, &format!("adopt {name}")).await;
    let denied = proposed(&stage, &format!("revert {name}")).await;
    stage.says(ADMIN, &format!("withdraw {withdrawn}")).await;
    stage.says(APPROVER, &format!("deny {denied} because not now")).await;
    stage.later(SignedDuration::from_hours(73)).await;
    let mut stood = Vec::new();
    for code in [lapsing, withdrawn, denied] {
        stood.push(repair(&stage, &code).await["status"].clone());
    }
    assert_eq!(stood, ["lapsed", "withdrawn", "denied"]);
    assert_eq!(stage.held(EMPLOYEE, ON).as_deref(), Some("admin"));
}
