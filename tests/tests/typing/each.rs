//! Several that are named at once: each is done by itself, and none is left out unsaid.

use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, labels, requests};

use crate::{APPROVER, EMPLOYEE, WRITE};

#[tokio::test]
async fn trust_c3_of_several_that_are_named_at_once_it_is_asked_which_comes_first() {
    let stage = in_december(Stage::new().await).await;
    let mut codes = Vec::new();
    for text in ["read on web-shop for 1 hour", "read on infra for 2 hours because of the audit", WRITE] {
        codes.push(stage.says(EMPLOYEE, text).await.code.expect("a code").to_string());
    }
    stage.says(APPROVER, &format!("approve {}", codes[1])).await;
    stage.says(APPROVER, &format!("approve {}", codes[2])).await;
    let [shop, infra, pay] = &codes[..] else { panic!("three") };
    for (who, said) in [
        (EMPLOYEE, "give back web-shop and infra".to_owned()),
        (EMPLOYEE, "give back web-shop, infra".to_owned()),
        (EMPLOYEE, format!("give back {shop} and {infra}")),
        ("demo-admin", "revoke web-shop and infra".to_owned()),
        ("demo-admin", "revoke web-shop und infra".to_owned()),
    ] {
        let card = stage.says(who, &said).await;
        assert!(card.title.contains("Each is done by itself"), "{said}: {}", card.text);
        let labels = labels(&card).join(" ");
        assert!(labels.contains(shop) && labels.contains(infra) && !labels.contains(pay), "{said}: {labels}");
        for code in &codes {
            assert_eq!(stage.status(code).await, "active", "{said}");
        }
        stage.says(who, "cancel").await;
    }
    let card = stage.says(EMPLOYEE, "give back web-shop and archive").await;
    assert!(card.title.contains("archive"), "what is not there is told: {}", card.text);
    assert_eq!(stage.status(shop).await, "active");
}

#[tokio::test]
async fn trust_c3_what_is_held_is_given_back_by_its_permission_and_another_is_asked_about() {
    for text in ["take away my read on web-shop", "drop my read on web-shop", "remove my read on web-shop"] {
        let stage = in_december(Stage::new().await).await;
        let held =
            stage.says(EMPLOYEE, "read on web-shop for 1 hour").await.code.expect("a code").to_string();
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(stage.status(&held).await, "given_back", "{text}: {}", card.text);
        let held =
            stage.says(EMPLOYEE, "read on web-shop for 1 hour").await.code.expect("a code").to_string();
        let card = stage.says(EMPLOYEE, &text.replace("read", "write")).await;
        assert_eq!(stage.status(&held).await, "active", "{text}: {}", card.text);
        assert!(card.title.contains('?'), "{text}: {}", card.text);
    }
}

async fn asks(stage: &Stage, text: &str) -> String {
    stage.says(EMPLOYEE, text).await.code.expect("a code").to_string()
}

#[tokio::test]
async fn trust_c3_of_all_it_is_said_that_each_is_done_by_itself_and_an_extension_has_a_name() {
    let stage = in_december(Stage::new().await).await;
    let held = asks(&stage, WRITE).await;
    stage.says(APPROVER, &format!("approve {held}")).await;
    stage.says(EMPLOYEE, &format!("extend {held} by 1 day because the rollout slipped")).await;
    let other = asks(&stage, "access write on infra for 1 day ticket OPS-18").await;
    let card = stage.says(APPROVER, "approve all of them").await;
    assert_eq!(card.title, "Each is done by itself. Say which one comes first.", "{}", card.text);
    stage.says(APPROVER, "cancel").await;
    // Who does not want it keeps what they have, and is asked whether to withdraw it.
    stage.says(EMPLOYEE, "give back the extension").await;
    assert_eq!(stage.status(&held).await, "active");
    stage.says(EMPLOYEE, "cancel").await;
    let before = stage.says(EMPLOYEE, &format!("status {held}")).await.text;
    assert!(before.contains("an extension waits"), "{before}");
    stage.says(APPROVER, "status").await;
    stage.says(APPROVER, "approve the extension").await;
    let now = stage.says(EMPLOYEE, &format!("status {held}")).await.text;
    assert!(!now.contains("an extension waits"), "{now}");
    assert_eq!(stage.status(&other).await, "waiting");
}

#[tokio::test]
async fn trust_c2_of_several_repositories_each_is_asked_for_however_many_they_are() {
    for (named, count) in [("infra and web-shop", 2), ("infra and payments-api and web-shop", 3)] {
        let stage = in_december(Stage::new().await).await;
        let asked = stage.says(EMPLOYEE, &format!("read on {named} for 1 day OPS-17")).await;
        assert!(labels(&asked)[0].contains(&format!("{count} requests")), "{named}: {}", asked.text);
        let card = stage.says(EMPLOYEE, "each").await;
        assert_eq!(requests(&stage).await, count, "{named}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c3_no_extension_for_him_is_asked_as_a_denial_of_the_extension() {
    let stage = in_december(Stage::new().await).await;
    let held = asks(&stage, WRITE).await;
    stage.says(APPROVER, &format!("approve {held}")).await;
    stage.says(EMPLOYEE, &format!("extend {held} by 1 day because the rollout slipped")).await;
    for text in ["no extension for him", "no extension"] {
        let card = stage.says(APPROVER, text).await;
        assert_eq!(card.title, "Do you want to deny this one?", "{text}: {}", card.text);
        stage.says(APPROVER, "cancel").await;
        let now = stage.says(EMPLOYEE, &format!("status {held}")).await.text;
        assert!(now.contains("an extension waits"), "{text}: {now}");
    }
}
