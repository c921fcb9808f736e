//! What an administrator can do to what is others': all of it is an event with their name.

use countersign_domain::effect::EffectState;
use countersign_sandbox::Faults;
use countersign_tests::stage::Stage;
use serde_json::Value;

use super::endings::endless;
use super::{ADMIN, APPROVER, EMPLOYEE};

const WRITE: &str = "access write on payments-api for 2 days ticket OPS-17 because rollout";

/// The only effect that is parked.
fn parked(stage: &Stage) -> String {
    let parked = stage.effects(EffectState::Parked);
    let [one] = &parked[..] else { panic!("one is parked: {parked:#?}") };
    one.id.to_string()
}

#[tokio::test]
async fn trust_b7_an_administrator_can_requeue_resolve_unlink_and_read_everything_and_each_is_an_event() {
    let stage = Stage::with_chats().await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    stage.demo.bitbucket.order(endless("PUT /2.0/repositories", 400));
    stage.says(APPROVER, &format!("approve {code}")).await;
    let effect = parked(&stage);
    // Nobody else does any of it.
    for said in [format!("requeue {effect}"), format!("resolve {effect} as abandoned because no")] {
        assert!(stage.says(APPROVER, &said).await.refused, "{said}");
    }
    assert_eq!(parked(&stage), effect);
    stage.says(ADMIN, &format!("requeue {effect}")).await;
    assert_eq!(parked(&stage), effect, "it was tried, and refused again");
    stage.demo.bitbucket.order(Faults::default());
    stage.says(ADMIN, &format!("resolve {effect} as abandoned because it is not needed any more")).await;
    assert_eq!(stage.effects(EffectState::Parked), vec![]);
    // Of several accounts it is asked which.
    stage.says(ADMIN, "unlink Ada Approver").await;
    stage.says(ADMIN, "1").await;
    let seen = stage.get(ADMIN, &format!("/api/v1/audit?code={code}&limit=500")).await;
    assert_eq!(seen, stage.get("demo-auditor", &format!("/api/v1/audit?code={code}&limit=500")).await);
    assert!(seen["items"].as_array().is_some_and(|items| !items.is_empty()));
    let past = stage.get(ADMIN, "/api/v1/grants?at=position:1").await;
    assert!(past["items"].is_array(), "{past:#}");
    for kind in ["effect_requeued", "effect_resolved", "account_unbound", "history_read"] {
        let all = stage.audited(kind).await;
        let by: Vec<&Value> = all.iter().map(|entry| &entry["actor"]["id"]).collect();
        assert!(!by.is_empty() && by.iter().all(|by| *by == ADMIN), "{kind}: {by:?}");
    }
}
