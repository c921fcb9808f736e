//! After the log was put back to an older copy, what differs is explained by that, and nothing is offered that could give what was
//! revoked without saying so.

use countersign::oversight::{Comparer, Mark};
use countersign_domain::access::{Restored, WhyCompared};
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::vendors::{Vendor as _, account};
use serde_json::json;

use super::{ADMIN, APPROVER, EMPLOYEE};

#[tokio::test]
async fn trust_a8_what_was_revoked_after_the_copy_was_made_is_not_said_to_be_taken_away_past_the_bot() {
    let stage = Stage::with_chats().await;
    let asked = "access write on payments-api for 2 days ticket OPS-17 because rollout";
    let code = stage.says(EMPLOYEE, asked).await.code.expect("a code").to_string();
    stage.says(APPROVER, &format!("approve {code}")).await;
    let restored = Restored { acknowledged: Some(900), head: 400, until: stage.clock_now() };
    // The revocation is lost, and what it did is not.
    stage.set_by_hand(&account(EMPLOYEE), "payments-api", None);
    let comparer = Comparer::new(stage.bot.world.clone(), stage.bot.engine.clone());
    comparer.compare(&tenant(), WhyCompared::Restored(restored)).await.expect("it compares");
    stage.settle().await;
    let card = stage.says(ADMIN, "compare access").await;
    let status = stage.says(ADMIN, "status").await;
    for text in [&card.text, &status.text] {
        assert!(
            text.contains("was put back to an older copy") && text.contains("revoked after that"),
            "{text}"
        );
        assert!(!text.contains("taken away past me"), "{text}");
    }
    assert!(!card.buttons.iter().any(|button| button.say.ends_with("revert all")), "{:?}", card.buttons);
    assert!(!card.text.contains("revert all"), "{}", card.text);
    // Who wants it all the same is told what it means, and so is who countersigns.
    let found = stage.get(ADMIN, "/api/v1/access/compare").await;
    let mut found = found["differences"].as_array().expect("a list").iter();
    let own = found.find(|found| found["how"]["code"] == code.as_str()).expect("it is different");
    let plan = format!("revert {}", own["difference"].as_str().expect("a name"));
    let repair = stage.post(ADMIN, "/api/v1/repairs", &json!({ "plan": plan })).await;
    let missing = repair["steps"][0]["missing"].as_str().unwrap_or_else(|| panic!("{repair:#}"));
    assert!(missing.contains("older copy") && missing.contains("would be given again"), "{missing}");
}

#[tokio::test]
async fn trust_a8_what_was_given_after_the_log_was_put_back_is_explained_as_ever() {
    let stage = Stage::with_chats().await;
    let restored = Restored { acknowledged: Some(900), head: 400, until: stage.clock_now() };
    let comparer = Comparer::new(stage.bot.world.clone(), stage.bot.engine.clone());
    comparer.compare(&tenant(), WhyCompared::Restored(restored)).await.expect("it compares");
    stage.settle().await;
    stage.set_by_hand(&account(EMPLOYEE), "payments-api", Some("write"));
    let report = stage.post(ADMIN, "/api/v1/access/compare", &json!(null)).await;
    let mut found = report["differences"].as_array().expect("a list").iter();
    let own = found.find(|found| found["account"] == account(EMPLOYEE).as_str()).expect("it is different");
    assert!(own.get("put_back").is_none(), "everything was compared since: {own:#}");
}

#[tokio::test]
async fn trust_a8_who_says_that_the_log_was_put_back_has_it_compared_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    // What is kept fits the log, and who runs the bot says so all the same; or nothing is kept of how far the log was.
    for (kept, says_so) in [("fits", true), ("none", false)] {
        let mut stage = Stage::with_chats().await;
        stage.set_by_hand(&account(EMPLOYEE), "payments-api", Some("write"));
        let path = folder.path().join(kept);
        if says_so {
            let mark = Mark::of(&*stage.bot.world.store).await.expect("the log answers");
            mark.expect("it is not empty").write(&path).expect("it is kept");
        }
        stage.bot.look_around(&path, says_so);
        stage.is_audited("access_compared").await;
        let compared = stage.audited("access_compared").await.remove(0);
        assert_eq!(compared["data"]["why"]["kind"], "restored", "{kept}: {compared:#}");
        let found = compared["data"]["found"].as_array().expect("a list");
        assert!(found.iter().any(|found| found["account"] == account(EMPLOYEE).as_str()), "{compared:#}");
    }
}
