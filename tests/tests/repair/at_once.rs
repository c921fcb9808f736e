//! Several plans at the same moment, each within the share, together beyond it.

use countersign_domain::capabilities::Repair;
use countersign_domain::envelope::{Actor, ActorKind, Cause};
use countersign_domain::request::{Assurance, Code, Command, Countersignature, Request};
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::vendors::{Vendor as _, account};
use serde_json::json;
use uuid::Uuid;

use super::{ADMIN, APPROVER, APPROVER2, EMPLOYEE, ON, named, proposed, repair};

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
