//! Other times than the ones that were asked for: what may be meant is offered where it fits, and nothing is done unasked.

use countersign_sandbox::Fault;
use countersign_tests::stage::Stage;
use countersign_tests::typed::{born, in_december, labels, press, requests};
use countersign_tests::vendors::{Vendor as _, account, trouble};
use jiff::{SignedDuration, Timestamp};

use crate::{APPROVER, EMPLOYEE, WRITE};

/// Up to fifty hours in all nobody is asked, so that nobody looks again after the vendors were.
const ALONE_FOR_SHORT: &str = r#"
@id("short")
@auto
@max_duration("7 days")
permit (principal, action == Action::"write", resource)
when { context has minutes && context.minutes <= 3000 };

@id("long")
@approvers("group:approvers")
@quorum("1")
@max_duration("7 days")
permit (principal, action == Action::"write", resource)
unless { context has minutes && context.minutes <= 3000 };
"#;

/// The code of an access that is in force for two days.
async fn in_force(stage: &Stage) -> String {
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
    code
}

async fn until(stage: &Stage, code: &str) -> String {
    let request = stage.get("demo-admin", &format!("/api/v1/access-requests/{code}")).await;
    request["access"]["own"]["grant"]["until"].as_str().expect("an end").to_owned()
}

#[tokio::test]
async fn trust_c3_make_it_longer_of_what_is_in_force_is_offered_as_an_extension() {
    for (text, label, minutes) in [
        ("make it 3 days", "Until Sat 5 Dec 2026, 10:00 (Europe/Berlin), 3 days in all", 1440),
        ("make it 3 days", "3 days more, until Mon 7 Dec 2026, 10:00 (Europe/Berlin)", 3 * 1440),
        ("actually make it until saturday noon", "Until Sat 5 Dec 2026, 12:00 (Europe/Berlin)", 1440 + 120),
    ] {
        let stage = in_december(Stage::new().await).await;
        let code = in_force(&stage).await;
        let before = until(&stage, &code).await;
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(
            card.title,
            format!("{code} is in force until 2026-12-04 09:00 UTC. What shall I ask for?"),
            "{text}"
        );
        assert!(labels(&card).contains(&label), "{text}: {:?}", labels(&card));
        assert_eq!(until(&stage, &code).await, before, "nothing is done unasked");
        let asked = press(&stage, EMPLOYEE, &card, label).await;
        assert!(asked.text.contains("an extension waits"), "{text}: {}", asked.text);
        let request = stage.get("demo-admin", &format!("/api/v1/access-requests/{code}")).await;
        assert_eq!(request["access"]["open"]["proposal"]["minutes"], minutes, "{request:#}");
        assert_eq!(stage.status(&code).await, "active");
    }
}

#[tokio::test]
async fn trust_c3_make_it_shorter_is_told_how_it_ends_early() {
    for text in ["make it 1 day", "actually make it until tomorrow", "make it shorter"] {
        let stage = in_december(Stage::new().await).await;
        let code = in_force(&stage).await;
        let card = stage.says(EMPLOYEE, text).await;
        assert!(card.text.contains("I cannot let it end sooner"), "{text}: {}", card.text);
        assert_eq!(stage.status(&code).await, "active", "{text}");
        let label =
            labels(&card).into_iter().find(|label| label.starts_with("Give it back")).expect("a button");
        let label = label.to_owned();
        press(&stage, EMPLOYEE, &card, &label).await;
        assert_eq!(stage.status(&code).await, "given_back", "{text}");
    }
}

#[tokio::test]
async fn trust_c3_make_it_something_else_of_what_is_in_force_asks_for_that_beside_it() {
    let stage = in_december(Stage::new().await).await;
    let code = in_force(&stage).await;
    let card = stage.says(EMPLOYEE, "make it infra").await;
    assert_eq!(
        card.title,
        format!("{code} is in force, and stays as it is. Shall I ask for write on infra as well?")
    );
    assert_eq!(requests(&stage).await, 1);
    let card = stage.says(EMPLOYEE, "yes").await;
    assert_eq!(born(&stage, &card).await, "write on infra for demo-employee 2880 minutes ticket OPS-17");
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn trust_c3_what_would_be_too_long_is_not_offered_as_an_extension() {
    let stage = in_december(Stage::new().await).await;
    in_force(&stage).await;
    let card = stage.says(EMPLOYEE, "make it 6 days").await;
    assert_eq!(
        labels(&card),
        ["Until Tue 8 Dec 2026, 10:00 (Europe/Berlin), 6 days in all"],
        "8 days in all are more than the rules allow: {}",
        card.text
    );
    let card = stage.says(EMPLOYEE, "make it 30 days").await;
    assert!(card.text.contains("longer than the rules allow"), "{}", card.text);
    assert!(labels(&card).iter().all(|label| !label.contains("30 days")), "{}", card.text);
    // Neither is anything else that somebody could press.
    admin_for_two_days(&stage).await;
    let code = stage.says(EMPLOYEE, "access admin on infra for 20 hours ticket OPS-18 because disk").await;
    let code = code.code.expect("a code").to_string();
    for approver in [APPROVER, crate::APPROVER2] {
        stage.says(approver, &format!("approve {code}")).await;
    }
    let card = stage.says(EMPLOYEE, &format!("extend {code}")).await;
    assert_eq!(labels(&card), ["1 hour", "4 hours", "1 day"], "at most two days in all: {}", card.text);
}

/// Publishes the example's rules with two days as the most for admin rights.
async fn admin_for_two_days(stage: &Stage) {
    let (before, admin) = countersign_domain::rules::EXAMPLE.split_once("@id(\"admin\")").expect("the rule");
    let text = format!("{before}@id(\"admin\"){}", admin.replacen("7 days", "2 days", 1));
    stage.publish(&text).await;
}

#[tokio::test]
async fn trust_c2_of_two_readings_only_what_fits_is_offered() {
    let stage = in_december(Stage::new().await).await;
    // The third of February, or the second of March: both are too far.
    let card = stage.says(EMPLOYEE, "read on web-shop until 02/03").await;
    assert_eq!(card.title, "For how long do you need it?", "{}", card.text);
    assert!(card.text.contains("longer than the rules allow: at most 7 days"), "{}", card.text);
    assert_eq!(labels(&card), ["7 days"]);
    stage.says(EMPLOYEE, "cancel").await;
    // The fourth of December is in two days, the twelfth of April in four months.
    let card = stage.says(EMPLOYEE, "read on web-shop until 12/04").await;
    assert_eq!(labels(&card), ["Fri 4 Dec 2026, 23:59 (Europe/Berlin)"], "{}", card.text);
    assert!(card.text.contains("I left out what is longer than that"), "{}", card.text);
    let card = stage.says(EMPLOYEE, "yes").await;
    let request = "read on web-shop for demo-employee until 2026-12-04T22:59:00Z ticket -";
    assert_eq!(born(&stage, &card).await, request);
    // What is offered for a word that says no number fits, too.
    admin_for_two_days(&stage).await;
    let card =
        stage.says(EMPLOYEE, "admin on infra for a couple of days ticket OPS-18 because of the disk").await;
    assert_eq!(labels(&card), ["2 days"], "{}", card.text);
}

#[tokio::test]
async fn trust_c3_while_an_extension_waits_another_time_means_that_one() {
    let stage = in_december(Stage::new().await).await;
    let held = in_force(&stage).await;
    stage.says(EMPLOYEE, &format!("extend {held} by 3 hours because the rollout is slow")).await;
    let card = stage.says(EMPLOYEE, "make it 1 hour").await;
    assert!(card.title.contains("1 hour longer instead?"), "{}", card.text);
    stage.says(EMPLOYEE, "yes").await;
    assert_eq!(stage.status(&held).await, "active");
    let waits = stage.says(EMPLOYEE, &format!("status {held}")).await.text;
    assert!(waits.contains("an extension waits"), "{waits}");
    let before = until(&stage, &held).await;
    stage.says(APPROVER, "status").await;
    stage.says(APPROVER, "approve the extension").await;
    let after = until(&stage, &held).await;
    let [before, after] = [before, after].map(|at| at.parse::<Timestamp>().expect("an instant"));
    assert_eq!(after.duration_since(before), SignedDuration::from_hours(1));
}

#[tokio::test]
async fn trust_c3_an_extension_that_waits_is_not_lost_for_one_that_the_rules_refuse() {
    let stage = in_december(Stage::new().await).await;
    let held = in_force(&stage).await;
    stage.says(EMPLOYEE, &format!("extend {held} by 3 hours because the rollout is slow")).await;
    let told = stage.says(EMPLOYEE, &format!("replace {held} with 30 days")).await.text;
    let waits = stage.says(EMPLOYEE, &format!("status {held}")).await.text;
    assert!(waits.contains("an extension waits"), "{told}\n{waits}");
}

#[tokio::test]
async fn trust_c3_an_extension_that_waits_is_not_lost_while_a_vendor_is_down() {
    let stage = in_december(Stage::new().await).await;
    stage.publish(ALONE_FOR_SHORT).await;
    let held = in_force(&stage).await;
    stage.says(EMPLOYEE, &format!("extend {held} by 3 hours because the rollout is slow")).await;
    let proposed = async || {
        let request = stage.get("demo-admin", &format!("/api/v1/access-requests/{held}")).await;
        request["access"]["open"]["proposal"]["minutes"].clone()
    };
    assert_eq!(proposed().await, 180);
    let matching = "GET /2.0".to_owned();
    let down = Fault { matching, times: 100, status: Some(503), ..Fault::default() };
    // What was looked up a moment ago is not asked again.
    stage.later(SignedDuration::from_mins(1)).await;
    stage.demo.bitbucket.order(trouble([down]));
    let told = stage.says(EMPLOYEE, &format!("replace {held} with 1 hour")).await;
    assert!(told.refused, "{}", told.text);
    assert!(told.text.contains("Bitbucket does not answer just now"), "{}", told.text);
    assert_eq!(proposed().await, 180, "the one that waited waits on");
    // Once it answers, the new one takes its place.
    stage.demo.bitbucket.order(trouble([]));
    stage.later(SignedDuration::from_mins(10)).await;
    let before = until(&stage, &held).await;
    stage.says(EMPLOYEE, &format!("replace {held} with 1 hour")).await;
    let after = until(&stage, &held).await;
    let [before, after] = [before, after].map(|at| at.parse::<Timestamp>().expect("an instant"));
    assert_eq!(after.duration_since(before), SignedDuration::from_hours(1));
    assert_eq!(proposed().await, serde_json::Value::Null, "nothing waits any more");
}

#[tokio::test]
async fn trust_c3_a_request_that_waits_is_not_lost_for_what_is_held_already() {
    let stage = in_december(Stage::new().await).await;
    stage.set_by_hand(&account(EMPLOYEE), "payments-api", Some("read"));
    let waits = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    let told = stage.says(EMPLOYEE, &format!("replace {waits} with read")).await.text;
    assert_eq!(stage.status(&waits).await, "waiting", "{told}");
}

#[tokio::test]
async fn trust_c3_what_shall_i_ask_for_takes_no_yes() {
    let stage = in_december(Stage::new().await).await;
    let held = in_force(&stage).await;
    for said in ["make it shorter", "make it 1 hour"] {
        let card = stage.says(EMPLOYEE, said).await;
        assert!(labels(&card).contains(&"Give it back now"), "{said}: {}", card.text);
        stage.says(EMPLOYEE, "yes").await;
        assert_eq!(stage.status(&held).await, "active", "{said}");
        stage.says(EMPLOYEE, "never mind").await;
    }
}

#[tokio::test]
async fn trust_c3_who_wants_a_request_that_is_named_by_its_code_to_be_another_is_told_that_none_is_changed() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    for text in ["make CODE admin", "please make CODE admin"] {
        let card = stage.says(EMPLOYEE, &text.replace("CODE", &code)).await;
        assert!(card.title.starts_with(&format!("Shall I withdraw {code}")), "{text}: {}", card.text);
        assert!(card.text.contains("A request is never changed"), "{text}: {}", card.text);
        assert_eq!(labels(&card), ["Yes, withdraw it and ask anew"], "{text}");
        // Who decides on it is told whose it is to change.
        let card = stage.says(APPROVER, &text.replace("CODE", &code)).await;
        let title = format!("Only Erin Employee can change what {code} asks for.");
        assert_eq!(card.title, title, "{text}: {}", card.text);
        assert_eq!((stage.status(&code).await.as_str(), requests(&stage).await), ("waiting", 1), "{text}");
        stage.says(APPROVER, "never mind").await;
        stage.says(EMPLOYEE, "never mind").await;
    }
    for (who, text) in [(EMPLOYEE, "edit CODE"), (APPROVER, "modify the request CODE")] {
        let card = stage.says(who, &text.replace("CODE", &code)).await;
        assert_eq!(card.title, "A request is never changed: it stays as it was asked for.", "{}", card.text);
    }
    let card = stage.says(EMPLOYEE, &format!("make {code} admin")).await;
    press(&stage, EMPLOYEE, &card, "Yes, withdraw it and ask anew").await;
    assert_eq!((stage.status(&code).await.as_str(), requests(&stage).await), ("withdrawn", 2));
}

#[tokio::test]
async fn trust_c3_who_needs_less_more_time_than_they_wait_for_is_asked_about_that() {
    for text in ["I only need 1 more hour", "I need one more hour", "extend CODE by 1 hour"] {
        let stage = in_december(Stage::new().await).await;
        let held = in_force(&stage).await;
        stage.says(EMPLOYEE, &format!("extend {held} by 3 hours because the rollout is slow")).await;
        let card = stage.says(EMPLOYEE, &text.replace("CODE", &held)).await;
        assert!(card.title.contains("1 hour longer instead?"), "{text}: {}", card.text);
        let before = until(&stage, &held).await;
        stage.says(EMPLOYEE, "yes").await;
        assert_eq!(until(&stage, &held).await, before, "{text}: it waits as before");
    }
}

#[tokio::test]
async fn trust_c3_the_same_more_time_said_twice_is_asked_for_already() {
    let stage = in_december(Stage::new().await).await;
    let held = in_force(&stage).await;
    let text = format!("extend {held} by 3 hours because the rollout is slow");
    stage.says(EMPLOYEE, &text).await;
    let card = stage.says(EMPLOYEE, &text).await;
    assert!(card.text.contains("waiting for an extension already"), "{}", card.text);
}

#[tokio::test]
async fn trust_c3_shorten_it_asks_for_less_instead() {
    for text in ["shorten it to 30 minutes", "reduce it to 1 hour", "verkürze es auf 2 Stunden"] {
        let stage = in_december(Stage::new().await).await;
        let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
        let card = stage.says(EMPLOYEE, text).await;
        assert!(card.title.starts_with(&format!("Shall I withdraw {code}")), "{text}: {}", card.text);
        assert_eq!(stage.status(&code).await, "waiting", "{text}");
    }
}

#[tokio::test]
async fn trust_c5_the_rules_of_the_demo_show_an_extension() {
    let stage = in_december(Stage::new().await).await;
    let alone = stage.says(EMPLOYEE, "read on web-shop for 1 hour").await.code.expect("a code").to_string();
    let before = until(&stage, &alone).await;
    stage.says(EMPLOYEE, &format!("extend {alone} by 2 hours because the audit goes on")).await;
    assert_ne!(until(&stage, &alone).await, before, "what needed nobody goes on so");
    let held = in_force(&stage).await;
    let before = until(&stage, &held).await;
    stage.says(EMPLOYEE, &format!("extend {held} by 1 day because the rollout is slow")).await;
    assert_eq!(until(&stage, &held).await, before, "what somebody countersigned waits for that");
    let card = stage.says(APPROVER, &format!("approve {held}")).await;
    assert_ne!(until(&stage, &held).await, before, "{}", card.text);
    let told = "An extension is asked of the same rules as the access itself";
    assert!(countersign_domain::rules::EXAMPLE.contains(told), "whoever writes rules reads it there");
}
