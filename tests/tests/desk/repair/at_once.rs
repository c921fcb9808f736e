//! Several plans at the same moment, each within the share, together beyond it.

use std::sync::Arc;

use countersign_domain::capabilities::Repair;
use countersign_domain::envelope::{Actor, ActorKind, Cause};
use countersign_domain::request::{Assurance, Code, Command, Countersignature, Request};
use countersign_store::MemoryStore;
use countersign_tests::agents::administering;
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::vendors::{Vendor as _, account};
use serde_json::json;
use uuid::Uuid;

use super::{ADMIN, APPROVER, APPROVER2, EMPLOYEE, ON, named, proposed, repair};

const ROBOT: &str = "demo-robot";

/// Ada countersigns by a bot that knows of no other plan: what it has folded is of before.
async fn signed_at_another_bot(stage: &Stage, code: &str) {
    let present = stage.bot.directory.present(&tenant()).await.expect("the tenant is there");
    let ada =
        present.state.people.values().find(|person| person.id.as_str() == APPROVER).expect("Ada").clone();
    let code: Code = code.parse().expect("a code");
    let id = Uuid::new_v4();
    let actor =
        Actor { id: ada.id.clone(), kind: ActorKind::Person, surface: "terminal".to_owned(), via: None };
    let cause = Cause { actor, command: id, correlation: id, causation: id, at: stage.clock_now() };
    let signs = || {
        Command::<Repair>::Countersign(Box::new(Countersignature {
            by: ada.clone(),
            people: present.state.clone(),
            receipt: None,
            rules: present.rulebook.version(),
            assurance: Assurance::Said,
            past: countersign_domain::repair::Elsewhere::default(),
        }))
    };
    let engine = &stage.bot.engine;
    let done = engine.execute::<Request<Repair>>(&tenant(), code.stream_id(), &cause, "approve", signs).await;
    assert!(done.expect("the log answers").is_ok(), "it is countersigned");
}

#[tokio::test]
async fn repair_plans_that_are_countersigned_in_the_same_moment_are_within_the_share_together() {
    // The usual share: a fifth, and one thing in any case.
    let stage = Stage::with_chats().await;
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
    stage.set_by_hand(&account(APPROVER2), ON, Some("admin"));
    let (erin, ben) = (named(&stage, EMPLOYEE).await, named(&stage, APPROVER2).await);
    let first = proposed(&stage, &format!("revert {erin}")).await;
    let second = proposed(&stage, &format!("revert {ben}")).await;
    // Neither of the two bots has heard of what the other takes in.
    signed_at_another_bot(&stage, &first).await;
    signed_at_another_bot(&stage, &second).await;
    stage.settle().await;
    assert_eq!(repair(&stage, &first).await["status"], "repaired");
    assert_eq!(stage.held(EMPLOYEE, ON), None);
    let denied = repair(&stage, &second).await;
    assert_eq!(denied["status"], "denied", "{denied:#}");
    let why = denied["denied"][0].as_str().expect("a reason");
    assert!(why.contains("at most 20 %") && why.contains("beside 1 by other plans"), "{why}");
    assert_eq!(stage.held(APPROVER2, ON).as_deref(), Some("admin"), "nothing of it is done");
}

#[tokio::test]
async fn repair_of_two_plans_over_the_same_thing_that_are_countersigned_at_once_one_is_carried_out() {
    let stage = super::stage().await;
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
    stage.set_by_hand(&account(APPROVER2), ON, Some("read"));
    let erin = named(&stage, EMPLOYEE).await;
    let (revert, adopt) =
        (proposed(&stage, &format!("revert {erin}")).await, proposed(&stage, &format!("adopt {erin}")).await);
    let says = async |code: &str| stage.says_without_waiting(APPROVER, &format!("approve {code}")).await;
    let both = tokio::join!(says(&revert), says(&adopt));
    stage.settle().await;
    let reverted = stage.audited("repair_reverted").await.len();
    let adopted = stage.audited("repair_adopted").await.len();
    assert_eq!(reverted + adopted, 1, "{both:#?}");
    let left = if reverted == 1 { None } else { Some("admin") };
    assert_eq!(
        stage.held(EMPLOYEE, ON).as_deref(),
        left,
        "what is held is what was countersigned: {both:#?}"
    );
    let differs = super::is_different(&stage, EMPLOYEE).await;
    assert!(!differs, "and what the log says: {both:#?}");
    for code in [revert, adopt] {
        let status = repair(&stage, &code).await["status"].clone();
        assert_ne!(status, "waiting", "nobody decides on the other any more: {both:#?}");
    }
}

#[tokio::test]
async fn repair_proposed_by_an_agent_is_countersigned_by_a_person() {
    let robots = |demo: &mut _| administering(demo, &[ROBOT, "demo-robot2"]);
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), robots).await;
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
    let erin = named(&stage, EMPLOYEE).await;
    let plan = json!({ "plan": format!("revert {erin}"), "because": "a nightly look" });
    let proposed = stage.post(ROBOT, "/api/v1/repairs", &plan).await;
    assert_eq!(
        (&proposed["status"], &proposed["requester"]),
        (&json!("waiting"), &json!(ROBOT)),
        "{proposed:#}"
    );
    let code = proposed["code"].as_str().expect("a code");
    for agent in [ROBOT, "demo-robot2"] {
        let refused = stage.says(agent, &format!("approve {code}")).await;
        assert!(refused.refused, "{agent}: {}", refused.text);
    }
    let card = stage.says(APPROVER, &format!("status {code}")).await;
    assert!(card.text.contains("Rob the Robot (an agent)"), "{}", card.text);
    assert_eq!(stage.held(EMPLOYEE, ON).as_deref(), Some("admin"), "nothing is done before");
    super::carried_out(&stage, code).await;
    assert_eq!(stage.held(EMPLOYEE, ON), None);
}

#[tokio::test]
async fn repair_what_is_to_be_ignored_is_ignored_until_some_time_that_is_said() {
    let stage = Stage::new().await;
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
    let erin = named(&stage, EMPLOYEE).await;
    for plan in [format!("ignore {erin}"), "ignore all".to_owned()] {
        let card = stage.says(ADMIN, &format!("repair access {plan}")).await;
        assert!(card.refused && card.text.contains("Say until when it is to be ignored"), "{}", card.text);
        let refused = stage.post(ADMIN, "/api/v1/repairs", &json!({ "plan": plan })).await;
        assert_eq!(refused["violations"][0]["code"], "ignored_until_when", "{refused:#}");
        // Whoever uses the API or a terminal is told how it is said there.
        for said in [&refused["detail"], &refused["violations"][0]["text"]] {
            let said = said.as_str().expect("a sentence");
            assert!(said.contains("`until`") && said.contains("`--until"), "{said}");
            assert!(!said.contains("repair access"), "{said}");
        }
    }
    let card = stage.says(ADMIN, &format!("repair access ignore {erin} until Friday")).await;
    assert!(!card.refused, "{}", card.text);
}
