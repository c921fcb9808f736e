//! `what changed on …`: what GitHub told of is said, in the time of who asks, and nothing else.

use countersign_tests::stage::Stage;

use super::{EMPLOYEE, delivers, deployed, merged, stage};

/// The stage's clock stands at 09:00 UTC on Monday, 2 March 2026, which is 10:00 in Berlin, where its people live.
const YESTERDAY_17: &str = "2026-03-01T16:30:00Z";
const YESTERDAY_18: &str = "2026-03-01T17:10:00Z";
const TODAY: &str = "2026-03-02T08:00:00Z";

#[tokio::test]
async fn integration_what_github_tells_is_asked_for_in_a_sentence() {
    let stage = stage().await;
    for (delivery, event, body) in [
        ("d1", "pull_request", merged("acme/pay-api", YESTERDAY_17)),
        ("d2", "pull_request", merged("acme/pay-api", YESTERDAY_18)),
        ("d3", "deployment_status", deployed("acme/pay-api", TODAY)),
        ("d4", "deployment_status", deployed("acme/ledger", TODAY)),
    ] {
        let answer = delivers(&stage, "acme", (delivery, event), &body).await;
        assert_eq!(answer["status"], "accepted", "{delivery}: {answer}");
    }
    let card = stage.says(EMPLOYEE, "what changed on payments-api since yesterday 18:00?").await;
    assert!(
        card.title.starts_with("What changed on payments-api since Sun 1 Mar 2026, 18:00"),
        "{}",
        card.text
    );
    let said: Vec<_> = card.fields.iter().map(|field| (field.label.as_str(), field.value.as_str())).collect();
    assert_eq!(
        said,
        [
            ("Sun 1 Mar, 18:10", "pull request 12 “Retry the ledger” merged into main by octo (a1b2c3d)"),
            ("Mon 2 Mar, 09:00", "deployment to production ended: success (a1b2c3d)"),
        ]
    );
    assert_eq!(card.fields[0].link.as_deref(), Some("https://github.com/acme/pay-api/pull/12"));
    // By the repository as well, however it is written, and by itself as far back as a day.
    for name in ["acme/pay-api", "PAY-API", "Payments-API"] {
        let card = stage.says(EMPLOYEE, &format!("what changed on {name}?")).await;
        assert_eq!(card.fields.len(), 3, "{}", card.text);
    }
}

#[tokio::test]
async fn integration_a_service_that_nobody_told_of_is_told_apart_from_one_that_did_not_change() {
    let stage = stage().await;
    delivers(&stage, "acme", ("d1", "pull_request"), &merged("acme/pay-api", YESTERDAY_17)).await;
    let title = async |text: &str| stage.says(EMPLOYEE, text).await.title;
    assert!(
        title("what changed on payments-api since 9:30").await.starts_with("Nothing changed on payments-api")
    );
    assert_eq!(title("what changed on web-shop").await, "Nothing ever told me of web-shop");
    assert_eq!(title("what changed on payments-api since the flood").await, "I do not know since when");
}

#[tokio::test]
async fn integration_a_delivery_that_comes_again_is_told_once_and_one_of_another_tenant_never() {
    let stage = stage().await;
    let body = merged("acme/pay-api", TODAY);
    for wanted in ["accepted", "repeated", "repeated"] {
        assert_eq!(delivers(&stage, "acme", ("d1", "pull_request"), &body).await["status"], wanted);
    }
    let refused = delivers(&stage, "globex", ("d2", "pull_request"), &body).await;
    assert_eq!(refused["status"], 401, "{refused}");
    let card = stage.says(EMPLOYEE, "what changed on payments-api").await;
    assert_eq!(card.fields.len(), 1, "{}", card.text);
}

#[tokio::test]
async fn integration_without_anything_that_tells_the_bot_says_how_to_have_it() {
    let stage = Stage::new().await;
    let card = stage.says(EMPLOYEE, "what changed on payments-api").await;
    assert!(card.text.contains("integrations.github"), "{}", card.text);
    let help = stage.says(EMPLOYEE, "help").await;
    assert!(!help.text.contains("what changed on"), "{}", help.text);
}

#[tokio::test]
async fn integration_what_happened_is_told_in_the_audit_and_a_parked_delivery_with_its_place() {
    let stage = stage().await;
    delivers(&stage, "acme", ("d1", "pull_request"), &merged("acme/pay-api", TODAY)).await;
    let mut body = merged("acme/pay-api", TODAY);
    body["pull_request"]["base"]["sha"] = "main".into();
    assert_eq!(delivers(&stage, "acme", ("d2", "pull_request"), &body).await["status"], "parked");
    let page = stage.get("demo-auditor", "/api/v1/audit?limit=500").await.to_string();
    for said in [
        "github's pull_request tells in acme/pay-api: pull request 12",
        "parked: at pull_request.base.sha, there is no commit",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let parked = stage.get("demo-admin", "/api/v1/integrations/parked").await;
    assert_eq!(parked["items"][0]["unread"]["place"], "pull_request.base.sha", "{parked:#}");
}
