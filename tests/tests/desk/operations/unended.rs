//! What a comparison says and does of an access that is over and could not be taken back: there is one effect for one ending, nobody
//! is accused, nothing is begun that an operator gave up, and what is gone has ended.

use countersign_domain::effect::EffectState;
use countersign_sandbox::{Fault, Faults};
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, account, trouble};
use serde_json::Value;

use super::{ADMIN, APPROVER, EMPLOYEE, alarms};

const ON: &str = "payments-api";

/// Erin gave her access back, and the forge does not let the bot take it away; its code.
async fn parked(stage: &Stage) -> String {
    let asked = "access write on payments-api for 2 days ticket OPS-17 because rollout";
    let code = stage.says(EMPLOYEE, asked).await.code.expect("a code").to_string();
    stage.says(APPROVER, &format!("approve {code}")).await;
    let matching = "DELETE /2.0/repositories".to_owned();
    let refused = Fault { matching, times: 100_000, status: Some(403), ..Fault::default() };
    stage.demo.bitbucket.order(trouble([refused]));
    stage.says(EMPLOYEE, &format!("give back {code}")).await;
    stage.settle().await;
    assert_eq!(stage.effects(EffectState::Parked).len(), 1);
    code
}

/// What a comparison says of the code.
async fn told(stage: &Stage, code: &str) -> Vec<String> {
    let report = stage.post(ADMIN, "/api/v1/access/compare", &Value::Null).await;
    stage.settle().await;
    let all = report["differences"].as_array().unwrap_or_else(|| panic!("no list in {report:#}")).iter();
    let explained = all.map(|found| found["explanation"].as_str().expect("a text").to_owned());
    explained.filter(|text| text.contains(code)).collect()
}

#[tokio::test]
async fn trust_a8_an_ending_that_waits_is_tried_by_its_own_effect_and_nobody_is_accused() {
    let stage = Stage::with_chats().await;
    let code = parked(&stage).await;
    let parked = || stage.effects(EffectState::Parked).into_iter().map(|row| row.id).collect::<Vec<_>>();
    let effect = parked();
    for _ in 0..3 {
        let told = told(&stage, &code).await;
        let [text] = &told[..] else { panic!("{told:#?}") };
        assert!(text.contains("did not work") && text.contains("counts as in force"), "{text}");
        assert!(!text.contains("by hand") && !text.contains("I end it again"), "{text}");
        assert_eq!(parked(), effect, "one effect for one ending");
    }
    // As soon as the forge lets it, the one effect is all there is to be tried.
    stage.demo.bitbucket.order(Faults::default());
    stage.says(ADMIN, &format!("requeue {}", effect[0])).await;
    assert_eq!((stage.status(&code).await.as_str(), stage.held(EMPLOYEE, ON)), ("given_back", None));
    assert!(!stage.says(ADMIN, "status").await.text.contains(&code), "nothing is left to look after");
}

#[tokio::test]
async fn trust_a8_an_ending_that_was_given_up_is_begun_by_nobody_and_over_once_it_is_gone() {
    let stage = Stage::with_chats().await;
    let code = parked(&stage).await;
    let effect = stage.effects(EffectState::Parked).remove(0).id;
    stage.says(ADMIN, &format!("resolve {effect} as abandoned because the owner does it")).await;
    let before = stage.audited("effect_claimed").await.len();
    for _ in 0..3 {
        let told = told(&stage, &code).await;
        let [text] = &told[..] else { panic!("{told:#?}") };
        assert!(text.contains("gave that up") && text.contains("counts as in force"), "{text}");
        assert!(!text.contains("by hand") && !text.contains("I end it again"), "{text}");
    }
    let sets = async || {
        let claimed = stage.audited("effect_claimed").await.split_off(before);
        claimed.into_iter().filter(|event| event["data"]["effect"]["kind"] == "set_permission").count()
    };
    assert_eq!((sets().await, stage.effects(EffectState::Parked).len()), (0, 0), "nothing was begun");
    let in_force =
        async || stage.get("demo-auditor", "/api/v1/grants").await["items"].as_array().map(Vec::len);
    assert_eq!(in_force().await, Some(1), "it is there");
    // The owner takes it away, and the comparison reads that back.
    stage.demo.bitbucket.order(Faults::default());
    stage.set_by_hand(&account(EMPLOYEE), ON, None);
    told(&stage, &code).await;
    assert_eq!((stage.status(&code).await.as_str(), in_force().await), ("given_back", Some(0)));
    assert_eq!(alarms(&stage).await, Vec::<String>::new());
    assert_eq!(told(&stage, &code).await, Vec::<String>::new());
}
