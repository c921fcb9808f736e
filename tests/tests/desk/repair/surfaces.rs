//! What two plans want at once, what has changed since it was shown, what the only administrator proposes and what a program does:
//! wherever people talk, the same becomes of it.

use std::sync::Arc;

use countersign_store::MemoryStore;
use countersign_tests::agents::administering;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, account};
use countersign_tests::wherever::{SURFACES, says_on};
use jiff::SignedDuration;
use serde_json::json;

use super::{ADMIN, APPROVER, APPROVER2, EMPLOYEE, ON, all_at_once, is_different, named, repair};

const ROBOT: &str = "demo-robot";

async fn stage() -> Stage {
    Stage::with_chats_arranged(all_at_once).await
}

/// Olga proposes this of what Erin holds by hand, there; the plan's code.
async fn proposed(stage: &Stage, surface: &str, remedy: &str) -> String {
    let name = named(stage, EMPLOYEE).await;
    says_on(stage, surface, ADMIN, &format!("repair access {remedy} {name}")).await;
    let events = stage.audited("repair_requested").await;
    events.last().and_then(|event| event["code"].as_str()).expect("she proposed").to_owned()
}

#[tokio::test]
async fn repair_of_two_plans_at_once_one_is_carried_out_on_every_surface() {
    for surface in SURFACES {
        let stage = stage().await;
        stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
        stage.set_by_hand(&account(APPROVER2), ON, Some("read"));
        let codes = [proposed(&stage, surface, "revert").await, proposed(&stage, surface, "adopt").await];
        let [one, other] = codes.each_ref().map(|code| format!("approve {code}"));
        tokio::join!(says_on(&stage, surface, APPROVER, &one), says_on(&stage, surface, APPROVER, &other));
        stage.settle().await;
        let reverted = stage.audited("repair_reverted").await.len();
        let adopted = stage.audited("repair_adopted").await.len();
        assert_eq!(reverted + adopted, 1, "{surface}");
        let left = if reverted == 1 { None } else { Some("admin") };
        assert_eq!(stage.held(EMPLOYEE, ON).as_deref(), left, "{surface}: what was countersigned is held");
        assert!(!is_different(&stage, EMPLOYEE).await, "{surface}");
        for code in &codes {
            assert_ne!(repair(&stage, code).await["status"], "waiting", "{surface}: nobody decides any more");
        }
    }
}

#[tokio::test]
async fn repair_what_changed_since_it_was_shown_is_shown_anew_on_every_surface() {
    for surface in SURFACES {
        let stage = stage().await;
        stage.set_by_hand(&account(EMPLOYEE), ON, Some("write"));
        let code = proposed(&stage, surface, "revert").await;
        let shown = repair(&stage, &code).await["receipt"].clone();
        stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
        says_on(&stage, surface, APPROVER, &format!("approve {code}")).await;
        let stands = repair(&stage, &code).await;
        assert_eq!(stands["status"], "waiting", "{surface}: {stands:#}");
        assert_ne!(stands["receipt"], shown, "{surface}: it is another one");
        assert_eq!(stage.held(EMPLOYEE, ON).as_deref(), Some("admin"), "{surface}");
        stage.later(SignedDuration::from_secs(3)).await;
        says_on(&stage, surface, APPROVER, &format!("approve {code}")).await;
        assert_eq!(repair(&stage, &code).await["status"], "repaired", "{surface}");
        assert_eq!(stage.held(EMPLOYEE, ON), None, "{surface}");
    }
}

#[tokio::test]
async fn repair_that_only_its_proposer_could_countersign_is_denied_on_every_surface() {
    for surface in SURFACES {
        let stage = stage().await;
        let own = "@id(\"own\") @approvers(\"person:demo-admin\") permit (principal, action, resource);";
        stage.publish(own).await;
        stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
        let code = proposed(&stage, surface, "revert").await;
        let denied = repair(&stage, &code).await;
        assert_eq!(denied["status"], "denied", "{surface}: {denied:#}");
        let why = denied["denied"][0].as_str().expect("a reason");
        assert!(why.contains("too few people here who could countersign it"), "{surface}: {why}");
        assert_eq!(stage.held(EMPLOYEE, ON).as_deref(), Some("admin"), "{surface}");
    }
}

#[tokio::test]
async fn repair_proposed_by_an_agent_is_countersigned_by_a_person_on_every_surface() {
    for surface in SURFACES {
        let robots = |demo: &mut _| administering(demo, &[ROBOT]);
        let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), robots).await;
        stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
        // A program asks by its token: chats have people only.
        let plan = json!({ "plan": format!("revert {}", named(&stage, EMPLOYEE).await) });
        let asked = stage.post(ROBOT, "/api/v1/repairs", &plan).await;
        let code = asked["code"].as_str().expect("a code");
        let own = stage.says(ROBOT, &format!("approve {code}")).await;
        assert!(own.refused, "no program countersigns: {}", own.text);
        assert_eq!(stage.held(EMPLOYEE, ON).as_deref(), Some("admin"), "{surface}: nothing is done before");
        says_on(&stage, surface, APPROVER, &format!("approve {code}")).await;
        let stands = repair(&stage, code).await;
        assert_eq!(stands["status"], "repaired", "{surface}: {stands:#}");
        assert_eq!(stage.held(EMPLOYEE, ON), None, "{surface}");
    }
}
