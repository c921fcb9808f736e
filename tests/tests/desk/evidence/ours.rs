//! What we have done ourselves is of the present as well: an access that our own log grants, and rules that say the same or not.

use countersign_domain::card::Card;
use countersign_domain::effect::EffectState;
use countersign_domain::envelope::Envelope;
use countersign_domain::rules::EXAMPLE;
use countersign_sandbox::Fault;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::trouble;

use super::{APPROVER, APPROVER2, EMPLOYEE, code, rules_with, times};

const ADMINISTER: &str = "access admin on infra for 3 hours ticket OPS-18 because disk";

fn button(card: &Card) -> String {
    let button = card.buttons.iter().find(|button| button.label == "Approve");
    button.unwrap_or_else(|| panic!("no button on {card:#?}")).say.clone()
}

#[tokio::test]
async fn trust_a5_what_our_own_log_grants_meanwhile_is_shown_before_the_next_is_decided() {
    let stage = Stage::new().await;
    let first = code(&stage.says(EMPLOYEE, "access write on payments-api for 1 hour ticket OPS-17").await);
    let next = code(&stage.says(EMPLOYEE, "access write on payments-api for 2 hours ticket OPS-18").await);
    let seen = async |code: &str| stage.says(APPROVER2, &format!("status {code}")).await;
    let (of_first, of_next) = (seen(&first).await, seen(&next).await);
    assert!(of_next.text.contains("Holds already: nothing; this makes it write"), "{}", of_next.text);
    // Each says that there is the other.
    assert!(of_first.text.contains(&format!("{next} (write, waiting)")), "{}", of_first.text);
    assert!(of_next.text.contains(&format!("{first} (write, waiting)")), "{}", of_next.text);

    stage.says(APPROVER, &format!("approve {first}")).await;
    let now = seen(&next).await;
    let held = "write, through access that I gave (nothing beside it)";
    assert!(now.text.contains(&format!("Holds already: {held}; it stays so")), "{}", now.text);
    assert!(!now.text.contains("Open beside it"), "the other is granted: {}", now.text);
    let stale = stage.says(APPROVER2, &button(&of_next)).await;
    assert!(stale.text.contains("This changed since you saw it"), "{}", stale.text);
    assert_eq!(stage.status(&next).await, "waiting");
    stage.says(APPROVER2, &button(&now)).await;
    let granted = seen(&next).await;
    assert!(granted.text.contains(&format!("Held before: {held}")), "{}", granted.text);
    assert_eq!(times(&stage, &next, "access_evidence_changed").await, 1);
}

/// Reading is decided by the approvers, and writing by one of them alone.
const WRITING_IS_ADAS: &str = r#"
@id("read")
@approvers("group:approvers")
permit (principal, action == Action::"read", resource);

@id("write")
@approvers("person:demo-approver")
permit (principal, action == Action::"write", resource);
"#;

#[tokio::test]
async fn trust_a5_what_is_open_beside_is_named_however_much_newer_is_there_that_who_looks_may_not_see() {
    let stage = Stage::new().await;
    stage.publish(WRITING_IS_ADAS).await;
    let ask = async |what: &str, hours: u32| {
        let sentence = format!("access {what} on payments-api for {hours} hours ticket OPS-17");
        code(&stage.says(EMPLOYEE, &sentence).await)
    };
    let older = ask("read", 2).await;
    let shown = ask("read", 3).await;
    let mut hidden = Vec::new();
    for hours in 2..=13 {
        hidden.push(ask("write", hours).await);
    }
    let card = stage.says(APPROVER2, &format!("status {shown}")).await.text;
    assert!(card.contains(&format!("{older} (read, waiting)")), "{card}");
    assert!(hidden.iter().all(|code| !card.contains(code)), "it is not theirs to decide: {card}");
}

#[tokio::test]
async fn trust_b2_more_that_waits_than_is_looked_at_at_once_is_all_looked_at() {
    let stage = Stage::new().await;
    let mut codes = Vec::new();
    for hours in 2..=13 {
        let sentence = format!("access write on payments-api for {hours} hours ticket OPS-17");
        codes.push(code(&stage.says(EMPLOYEE, &sentence).await));
    }
    // What was looked up with them is no answer any more.
    stage.later(jiff::SignedDuration::from_mins(1)).await;
    stage.says(APPROVER, &format!("approve {}", codes[0])).await;
    let log = stage.log_after(None).await;
    let changed = log.iter().filter(|event| event.kind == "access_evidence_changed");
    let causes: Vec<_> = changed.map(|event| event.causation).collect();
    assert_eq!(causes.len(), 11, "each that waits takes in what is held now");
    assert!(causes.iter().all(|cause| *cause == causes[0]), "one effect looks at them all: {causes:?}");
    for code in &codes[1..] {
        assert_eq!(times(&stage, code, "access_evidence_changed").await, 1, "{code}");
    }
}

#[tokio::test]
async fn trust_b2_all_that_waits_beside_is_looked_at_by_one_effect_and_by_no_reaction() {
    let stage = Stage::new().await;
    let mut codes = Vec::new();
    for (time, ticket) in [("1 hour", "OPS-17"), ("2 hours", "OPS-18"), ("3 hours", "OPS-19")] {
        let sentence = format!("access write on payments-api for {time} ticket {ticket}");
        codes.push(code(&stage.says(EMPLOYEE, &sentence).await));
    }
    let looks = |log: &[Envelope]| -> Vec<Envelope> {
        let is_one = |event: &&Envelope| {
            event.kind == "effect_claimed" && event.data.get().contains(r#""kind":"look_again""#)
        };
        log.iter().filter(is_one).cloned().collect()
    };
    assert_eq!(
        looks(&stage.log_after(None).await).len(),
        0,
        "that more is asked for changes nothing of what is held"
    );
    stage.says(APPROVER, &format!("approve {}", codes[0])).await;
    let log = stage.log_after(None).await;
    let looks = looks(&log);
    let [look] = &looks[..] else { panic!("one look is enough for both: {looks:#?}") };
    let changed: Vec<_> = log.iter().filter(|event| event.kind == "access_evidence_changed").collect();
    assert_eq!(changed.len(), 2, "{changed:#?}");
    for event in changed {
        assert_eq!(event.causation.to_string(), look.stream.id(), "a reaction keeps all others waiting");
    }
}

#[tokio::test]
async fn trust_b2_what_nobody_can_look_at_again_waits_on_and_waits_for_no_operator() {
    let stage = Stage::new().await;
    let first = code(&stage.says(EMPLOYEE, "access write on payments-api for 1 hour ticket OPS-17").await);
    let next = code(&stage.says(EMPLOYEE, "access write on payments-api for 2 hours ticket OPS-18").await);
    let matching = "GET /rest/api/3/issue/OPS-18".to_owned();
    stage.demo.jira.order(trouble([Fault { matching, status: Some(500), times: 9, ..Fault::default() }]));
    stage.says(APPROVER, &format!("approve {first}")).await;
    assert_eq!(stage.status(&first).await, "active");
    let log = stage.log_after(None).await;
    let is_unseen = |event: &&Envelope| {
        event.kind == "effect_succeeded" && event.data.get().contains(r#""kind":"unseen""#)
    };
    assert_eq!(log.iter().filter(is_unseen).count(), 1, "it was tried once: {log:#?}");
    assert_eq!(stage.status(&next).await, "waiting");
    assert_eq!(times(&stage, &next, "access_evidence_changed").await, 0, "whoever decides looks again");
    assert!(stage.effects(EffectState::Parked).is_empty());
}

#[tokio::test]
async fn trust_a5_rules_that_say_the_same_lose_no_countersignature() {
    let stage = Stage::new().await;
    let code = code(&stage.says(EMPLOYEE, ADMINISTER).await);
    stage.says(APPROVER, &format!("approve {code}")).await;
    let before = stage.says(APPROVER2, &format!("status {code}")).await;
    let published = stage.publish(&format!("{EXAMPLE}\n// A word more.\n")).await.to_string();
    assert!(published.contains("1 request open now: stay as they are."), "{published}");
    assert!(!published.contains("would count no more"), "{published}");
    let after = stage.says(APPROVER2, &format!("status {code}")).await;
    assert!(after.text.contains("1 of 2 countersigned"), "{}", after.text);
    assert_eq!(after.text, before.text);
    assert_eq!(times(&stage, &code, "access_rechecked").await, 0);
    stage.says(APPROVER2, &button(&before)).await;
    assert_eq!(stage.status(&code).await, "active", "what was shown counts on");
}

#[tokio::test]
async fn trust_a5_other_rules_say_how_many_countersignatures_they_lose_and_whoever_loses_one_is_told() {
    let stage = Stage::with_chats().await;
    let code = code(&stage.says(EMPLOYEE, ADMINISTER).await);
    stage.slack_presses(APPROVER, "Approve").await;
    let name = "@id(\"admin\")";
    let other = EXAMPLE.replace(name, &format!("{name}\n@reaction"));
    let published = stage.publish(&other).await.to_string();
    assert!(published.contains("1 countersignature would count no more"), "{published}");
    let shown = stage.says(APPROVER, &format!("status {code}")).await.text;
    assert!(shown.contains("0 of 2 countersigned"), "{shown}");
    assert!(shown.contains("A countersignature counts no more"), "{shown}");
    let told = stage.slack_sees(APPROVER).join("\n---\n");
    assert!(told.contains("Still waiting for you: "), "{told}");
    let back = stage.says(APPROVER, &format!("take back {code}")).await;
    assert!(back.text.contains("Your countersignature counts for nothing any more"), "{}", back.text);
    // What says the same again brings nothing back.
    rules_with(&stage, "admin", "").await;
    for (approver, status) in [(APPROVER, "waiting"), (APPROVER2, "active")] {
        // They were shown it under other rules.
        stage.says(approver, &format!("status {code}")).await;
        stage.says(approver, &format!("approve {code}")).await;
        assert_eq!(stage.status(&code).await, status);
    }
}
