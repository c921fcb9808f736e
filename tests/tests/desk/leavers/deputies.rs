//! When somebody leaves for whom others stand in, or who stands in for them: nothing of that counts any more.

use std::sync::Arc;

use countersign::config::{TenantConfig, Token};
use countersign::demo::Demo;
use countersign_domain::envelope::{ActorKind, Digest};
use countersign_domain::rules::EXAMPLE;
use countersign_domain::tenant::Person;
use countersign_sandbox::{Fault, Faults};
use countersign_store::MemoryStore;
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::vendors::Vendor as _;
use jiff::SignedDuration;

use super::{ADMIN, APPROVER, APPROVER2, EMPLOYEE, WRITE, asked, change, count, disable, remove, reread};

const DEPUTY: &str = "demo-deputy";

/// Somebody who may countersign nothing but in the place of others.
fn hire(demo: &mut Demo) {
    let acme = demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
    let id: countersign_domain::names::PrincipalId = DEPUTY.parse().expect("an id");
    acme.tokens.push(Token { sha256: Digest::of(DEPUTY.as_bytes()), principal: id.clone() });
    acme.people.push(Person {
        id,
        kind: ActorKind::Person,
        name: "Dora Deputy".to_owned(),
        groups: ["deputies".to_owned()].into(),
        roles: [].into(),
        accounts: [].into(),
    });
}

/// Ada is away, and the deputy has given her half of what a request takes.
async fn signed_in_her_place() -> (Stage, String) {
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), hire).await;
    stage.says(APPROVER, "omit me until Friday ask deputies").await;
    let code = asked(&stage, EMPLOYEE, "access admin on infra for 3 hours ticket OPS-18").await;
    stage.says(DEPUTY, &format!("approve {code}")).await;
    let signed = stage.audited("access_countersigned").await.pop().expect("an entry");
    assert_eq!(signed["data"]["stands_in_for"], APPROVER, "{signed:#}");
    (stage, code)
}

/// What the deputy signed is void, and it takes two others.
async fn takes_two_others(stage: &Stage, code: &str) {
    assert_eq!(count(stage, code, "access_countersignature_voided").await, 1);
    stage.says(APPROVER2, &format!("approve {code}")).await;
    assert_eq!(stage.status(code).await, "waiting", "one of two counts");
    assert_eq!(stage.held(EMPLOYEE, "infra"), None);
    stage.says(ADMIN, &format!("approve {code}")).await;
    assert_eq!(stage.status(code).await, "active");
}

#[tokio::test]
async fn trust_a4_nobody_stands_in_for_somebody_who_left() {
    let ways: [fn(&mut TenantConfig, &str); 2] = [remove, disable];
    for leaves in ways {
        let (mut stage, code) = signed_in_her_place().await;
        change(&mut stage, |config| leaves(config, APPROVER));
        reread(&stage).await;
        stage.says(DEPUTY, &format!("approve {code}")).await;
        assert_eq!(
            count(&stage, &code, "access_countersigned").await,
            1,
            "the second press counts for nothing"
        );
        takes_two_others(&stage, &code).await;
        // Nor for what is asked from then on.
        let next = asked(&stage, EMPLOYEE, "access write on payments-api for 2 days ticket OPS-17").await;
        stage.says(DEPUTY, &format!("approve {next}")).await;
        assert_eq!(stage.status(&next).await, "waiting");
    }
}

#[tokio::test]
async fn what_a_deputy_approved_waits_for_whoever_is_back_before_the_forge_is() {
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), hire).await;
    stage.says(APPROVER, "omit me until 2026-03-03 ask deputies").await;
    let code = asked(&stage, EMPLOYEE, "access write on payments-api for 2 days ticket OPS-17").await;
    let set = format!("PUT {}/permissions-config", stage.forge_path("payments-api"));
    let away = Fault { matching: set, times: 1, status: Some(503), ..Fault::default() };
    stage.demo.bitbucket.order(Faults { next: vec![away], ..Faults::default() });
    stage.says(DEPUTY, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "granting", "the forge does not answer");
    stage.later(SignedDuration::from_hours(60)).await;
    assert_eq!(stage.status(&code).await, "waiting", "nothing was wrong when it was countersigned");
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None);
    let refused = stage.says(DEPUTY, &format!("approve {code}")).await;
    assert!(refused.refused, "she decides herself by now: {}", refused.text);
    stage.says(APPROVER, &format!("approve {code}")).await;
    stage.later(SignedDuration::from_hours(1)).await;
    assert_eq!(stage.status(&code).await, "active");
    assert_eq!(stage.held(EMPLOYEE, "payments-api").as_deref(), Some("write"));
}

#[tokio::test]
async fn what_a_deputy_approved_is_asked_anew_on_the_rules_that_are_in_force_by_then() {
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), hire).await;
    stage.says(APPROVER, "omit me until 2026-03-03 ask deputies").await;
    let code = asked(&stage, EMPLOYEE, "access write on payments-api for 2 days ticket OPS-17").await;
    let set = format!("PUT {}/permissions-config", stage.forge_path("payments-api"));
    let away = Fault { matching: set, times: 1, status: Some(503), ..Fault::default() };
    stage.demo.bitbucket.order(Faults { next: vec![away], ..Faults::default() });
    stage.says(DEPUTY, &format!("approve {code}")).await;
    let (before, write) = EXAMPLE.split_once("@id(\"write\")").expect("the rule of writing");
    let stricter = write.replacen("@quorum(\"1\")", "@quorum(\"2\")", 1);
    stage.publish(&format!("{before}@id(\"write\"){stricter}")).await;
    assert_eq!(stage.status(&code).await, "granting", "the forge does not answer");
    stage.later(SignedDuration::from_hours(60)).await;
    let anew = stage.audited("access_rechecked").await.pop().expect("an entry");
    assert_eq!(anew["data"]["terms"]["quorum"], 2, "{anew:#}");
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "waiting", "one of two");
    stage.says(APPROVER2, &format!("approve {code}")).await;
    stage.later(SignedDuration::from_hours(1)).await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn trust_a4_who_left_stands_in_for_nobody() {
    let (mut stage, code) = signed_in_her_place().await;
    change(&mut stage, |config| remove(config, DEPUTY));
    reread(&stage).await;
    assert_eq!(stage.say_as(DEPUTY, uuid::Uuid::new_v4(), &format!("approve {code}")).await, 401);
    takes_two_others(&stage, &code).await;
}

#[tokio::test]
async fn trust_a4_what_a_deputy_approved_is_not_set_once_nobody_is_away_any_more() {
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), hire).await;
    stage.says(APPROVER, "omit me until Friday ask deputies").await;
    let code = asked(&stage, EMPLOYEE, WRITE).await;
    let matching = "PUT /2.0/repositories".to_owned();
    let refused = Fault { matching, times: 1, status: Some(403), ..Fault::default() };
    stage.demo.bitbucket.order(Faults { next: vec![refused], ..Faults::default() });
    stage.says(DEPUTY, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "failed");
    let parked = stage.get(ADMIN, "/api/v1/effects?state=parked").await;
    let id = parked["items"][0]["id"].as_str().expect("a parked effect").to_owned();
    // Nothing happens when an absence is over; it is looked at before the permission is set.
    stage.later(SignedDuration::from_hours(7 * 24)).await;
    stage.says(ADMIN, &format!("requeue {id}")).await;
    assert_eq!((stage.status(&code).await.as_str(), stage.held(EMPLOYEE, "payments-api")), ("waiting", None));
}
