//! Whom a repair is told of, and to whom: an account is the person's to whom the directory gives it, whatever it calls itself, and
//! whoever may not propose a repair hears nothing of what is held.

use countersign_sandbox::bitbucket::BitbucketUser;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, account};
use serde_json::{Value, json};

use super::{ADMIN, APPROVER, APPROVER2, EMPLOYEE, ON, carried_out, named, proposed, stage};

const AUDITOR: &str = "demo-auditor";
const STRANGER: &str = "mallory";

/// Rita, and somebody whom nobody here knows, call themselves Ada at the forge, and were given something by hand.
fn impostors(stage: &Stage) {
    let named = "Ada Approver".to_owned();
    stage.change_forge(|state| {
        let rita = state.users.iter_mut().find(|user| user.account_id == account(AUDITOR));
        rita.expect("Rita has an account").display_name.clone_from(&named);
    });
    let (account_id, uuid, nickname) = (account(STRANGER), "{mallory}".to_owned(), STRANGER.to_owned());
    stage.add_user(BitbucketUser { account_id, uuid, nickname, display_name: named });
    for who in [AUDITOR, STRANGER] {
        stage.set_by_hand(&account(who), ON, Some("admin"));
    }
}

#[tokio::test]
async fn trust_a8_what_an_account_calls_itself_is_nobodys_name_on_what_is_countersigned() {
    let stage = stage().await;
    impostors(&stage);
    let compared = stage.says(ADMIN, "compare access").await.text;
    let (rita, mallory) = (named(&stage, AUDITOR).await, named(&stage, STRANGER).await);
    let code = proposed(&stage, &format!("adopt {rita} and {mallory}")).await;
    let card = stage.says(APPROVER, &format!("status {code}")).await.text;
    let why = stage.says(ADMIN, &format!("why {code}")).await.text;
    carried_out(&stage, &code).await;
    let after = stage.says(APPROVER, &format!("status {code}")).await.text;
    for text in [&compared, &card, &after] {
        assert!(text.contains("Rita Auditor on payments-api"), "{text}");
        assert!(text.contains("“Ada Approver” (712020:mallory) on payments-api"), "{text}");
    }
    for text in [compared, card, why, after] {
        assert!(!text.contains("Ada Approver on payments-api"), "{text}");
    }
}

#[tokio::test]
async fn trust_a8_who_may_not_propose_a_repair_hears_nothing_of_what_others_hold() {
    let stage = stage().await;
    stage.set_by_hand(&account(APPROVER2), ON, Some("admin"));
    let name = named(&stage, APPROVER2).await;
    for plan in ["revert all".to_owned(), format!("adopt {name}"), "revert NNNNN".to_owned()] {
        let card = stage.says(EMPLOYEE, &format!("repair access {plan}")).await;
        let mut told = vec![card.text];
        for dry_run in [true, false] {
            let wanted = json!({ "plan": plan, "dry_run": dry_run });
            told.push(stage.post(EMPLOYEE, "/api/v1/repairs", &wanted).await.to_string());
        }
        for text in told {
            assert!(text.contains("takes an administrator"), "{plan}: {text}");
            assert!(!text.contains("Ben") && !text.contains(ON) && !text.contains("NNNNN"), "{plan}: {text}");
        }
    }
    assert_eq!(stage.audited("repair_requested").await, Vec::<Value>::new());
}

/// Whoever the rules let propose something hears of that, and of nothing else.
#[tokio::test]
async fn trust_a8_who_may_propose_repairs_of_one_repository_hears_of_that_one_only() {
    let stage = stage().await;
    stage
        .publish(
            r#"@id("theirs") @approvers("group:approvers")
            permit (principal == Person::"demo-employee", action == Action::"repair_access", resource == Repository::"payments-api");
            @id("rest") @approvers("group:approvers") permit (principal, action, resource);"#,
        )
        .await;
    for on in [ON, "infra"] {
        stage.set_by_hand(&account(APPROVER2), on, Some("admin"));
    }
    named(&stage, APPROVER2).await;
    let dry = json!({ "plan": "revert all", "dry_run": true });
    let dry = stage.post(EMPLOYEE, "/api/v1/repairs", &dry).await;
    let steps = dry["steps"].as_array().unwrap_or_else(|| panic!("no steps in {dry:#}"));
    assert!(!steps.is_empty() && !dry.to_string().contains("infra"), "{dry:#}");
    assert!(
        steps.iter().all(|step| step["title"].as_str().is_some_and(|title| title.ends_with(ON))),
        "{dry:#}"
    );
}
