//! Whom the bot asks, when, and how many.

use std::sync::Arc;

use countersign::demo::Demo;
use countersign::demo::chats::{SLACK_TEAM, slack_user};
use countersign_domain::envelope::ActorKind;
use countersign_domain::tenant::Person;
use countersign_sandbox::slack::{SlackPerson, SlackPersonKind};
use countersign_store::MemoryStore;
use countersign_tests::slack::labels;
use countersign_tests::stage::Stage;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{ADMIN, APPROVER, APPROVER2, AUDITOR, EMPLOYEE, WRITE, ask, rules_with};

/// One more person with these groups, known in Slack.
fn hire(demo: &mut Demo, id: &str, groups: &[&str]) {
    let user = slack_user(id);
    let account = ("slack".to_owned(), format!("{SLACK_TEAM}/{user}"));
    let person = Person {
        id: id.parse().expect("an id"),
        kind: ActorKind::Person,
        name: id.to_owned(),
        groups: groups.iter().map(ToString::to_string).collect(),
        roles: [].into(),
        accounts: [account].into(),
    };
    demo.config.tenants.values_mut().next().expect("the demo's tenant").people.push(person);
    let slack = &demo.chats.as_ref().expect("the demo's chats").slack;
    slack
        .change(|state| {
            let (name, kind) = (id.to_owned(), SlackPersonKind::Member);
            state.users.push(SlackPerson { id: user, name, email: None, email_confirmed: false, kind });
        })
        .expect("the sandbox keeps its state");
}

#[tokio::test]
async fn slack_in_quiet_hours_the_card_comes_in_the_morning() {
    let stage = Stage::with_chats().await;
    // It is nine in the morning in London, and ten in Berlin.
    stage.slack_says(APPROVER, "quiet from 9:30 to 11:00 in Europe/Berlin").await;
    let told = stage.slack_answer(APPROVER);
    assert!(told.contains("Between 09:30 and 11:00 (Europe/Berlin)"), "{told}");
    let code = ask(&stage, WRITE).await;
    assert_eq!(stage.slack_sees(APPROVER).len(), 1, "quiet");
    assert_eq!(stage.slack_sees(APPROVER2).len(), 1, "nobody else has to wait");
    stage.later(SignedDuration::from_mins(59)).await;
    assert_eq!(stage.slack_sees(APPROVER).len(), 1);
    stage.later(SignedDuration::from_mins(1)).await;
    let told = stage.slack_answer(APPROVER);
    assert!(told.contains(&format!("{code}: Erin Employee asks for write on payments-api")), "{told}");
    stage.slack_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn trust_c6_in_the_hour_that_the_clock_repeats_a_card_waits_once_and_comes() {
    let stage = Stage::with_chats().await;
    let at = async |text: &str| {
        let at: Timestamp = text.parse().expect("an instant");
        stage.later(at.duration_since(stage.clock_now())).await;
    };
    let deferred = async || {
        let log = stage.log_after(None).await;
        let all = log.into_iter().filter(|event| event.kind == "effect_deferred");
        all.map(|event| serde_json::from_str(event.data.get()).expect("JSON")).collect::<Vec<Value>>()
    };
    at("2026-10-24T22:00:00Z").await;
    stage.slack_says(APPROVER, "quiet from 22:00 to 02:30 in Europe/Berlin").await;
    // On that night it is three in Berlin, and then two again: 02:30 is at 00:30 UTC, and at 01:30 once more.
    for (hour, wish) in [("00", WRITE), ("01", "access write on infra for 2 days ticket OPS-18")] {
        let before = deferred().await.len();
        at(&format!("2026-10-25T{hour}:15:00Z")).await;
        let code = ask(&stage, wish).await;
        let shown = || stage.slack_sees(APPROVER).iter().any(|card| card.contains(&code));
        let end = format!("2026-10-25T{hour}:30:00Z");
        for minute in 15..30 {
            at(&format!("2026-10-25T{hour}:{minute}:00Z")).await;
            let waits = deferred().await.split_off(before);
            assert!(
                !shown() && waits.len() == 1 && waits[0]["retry_at"] == *end,
                "{hour}:{minute} {waits:#?}"
            );
        }
        at(&end).await;
        assert!(shown(), "quiet is over");
        assert_eq!(deferred().await.len(), before + 1, "it waited once");
    }
}

#[tokio::test]
async fn slack_what_was_decided_in_quiet_hours_is_not_asked_in_the_morning() {
    let stage = Stage::with_chats().await;
    stage.slack_says(APPROVER, "quiet from 9:30 to 11:00 in Europe/Berlin").await;
    ask(&stage, WRITE).await;
    stage.slack_presses(APPROVER2, "Approve").await;
    stage.later(SignedDuration::from_hours(2)).await;
    assert_eq!(stage.slack_sees(APPROVER).len(), 1);
    // An answer to what somebody says themselves does not wait.
    stage.slack_says(APPROVER, "quiet from 0:00 to 23:59 in UTC").await;
    stage.slack_says(APPROVER, "help").await;
    assert_eq!(stage.slack_sees(APPROVER).len(), 3);
}

#[tokio::test]
async fn slack_who_does_not_want_to_be_pinged_sees_it_where_they_look() {
    let stage = Stage::with_chats().await;
    stage.slack_says(APPROVER, "do not ping me").await;
    let code = ask(&stage, WRITE).await;
    assert_eq!(stage.slack_sees(APPROVER).len(), 1, "{:#?}", stage.slack_sees(APPROVER));
    stage.slack_says(APPROVER, "status").await;
    assert!(stage.slack_answer(APPROVER).contains(&code));
    stage.slack_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&code).await, "active", "they still may");
}

#[tokio::test]
async fn slack_a_deputy_stands_in_for_who_is_away_and_the_audit_says_for_whom() {
    let hire = |demo: &mut Demo| hire(demo, "demo-deputy", &["deputies"]);
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), hire).await;
    let code = ask(&stage, WRITE).await;
    stage.slack_says("demo-deputy", &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "waiting", "nobody is away yet");
    stage.slack_says(EMPLOYEE, &format!("withdraw {code}")).await;

    stage.slack_says(APPROVER, "omit me until Tuesday ask the deputies").await;
    let told = stage.slack_answer(APPROVER);
    assert!(told.contains("Until 2026-03-03 22:59 UTC") && told.contains("deputies"), "{told}");
    let seen = stage.slack_sees(APPROVER).len();
    let code = ask(&stage, WRITE).await;
    assert_eq!(stage.slack_sees(APPROVER).len(), seen, "who is away is left out");
    stage.slack_presses("demo-deputy", "Approve").await;
    assert_eq!(stage.status(&code).await, "active");
    let entry = stage.audited("access_countersigned").await.pop().expect("an entry");
    assert_eq!(
        (&entry["data"]["by"], &entry["data"]["stands_in_for"]),
        (&"demo-deputy".into(), &APPROVER.into())
    );

    // With Tuesday, as it ends in Berlin, it ends by itself.
    stage.later(SignedDuration::from_hours(7 * 24)).await;
    let code = ask(&stage, WRITE).await;
    stage.slack_says("demo-deputy", &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "waiting", "{}", stage.slack_answer(EMPLOYEE));
    stage.slack_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn slack_a_deputy_must_be_of_a_group_that_there_is() {
    let stage = Stage::with_chats().await;
    stage.slack_says(APPROVER, "omit me until Tuesday ask the unicorns").await;
    let told = stage.slack_answer(APPROVER);
    assert!(told.contains("Nobody here is in a group unicorns"), "{told}");
    stage.slack_says(APPROVER, "omit me until yesterday").await;
    let told = stage.slack_answer(APPROVER);
    assert!(told.contains("“yesterday” has passed already."), "{told}");
}

#[tokio::test]
async fn slack_who_was_asked_is_reminded_until_they_countersign() {
    let stage = Stage::with_chats().await;
    rules_with(&stage, "admin", "@remind_after(\"1 hour\")").await;
    ask(&stage, super::ADMINISTER).await;
    stage.slack_presses(APPROVER, "Approve").await;
    stage.later(SignedDuration::from_mins(59)).await;
    assert_eq!(stage.slack_sees(APPROVER2).len(), 1);
    stage.later(SignedDuration::from_mins(1)).await;
    let told = stage.slack_answer(APPROVER2);
    assert!(told.contains("Still waiting for you"), "{told}");
    assert_eq!(stage.slack_sees(APPROVER).len(), 1, "who countersigned is left alone");
    stage.later(SignedDuration::from_hours(1)).await;
    assert_eq!(stage.slack_sees(APPROVER2).len(), 3, "and again");
    // The button of a reminder is as good as the card's.
    stage.slack_presses(APPROVER2, "Approve").await;
    stage.later(SignedDuration::from_hours(1)).await;
    assert_eq!(stage.slack_sees(APPROVER2).len(), 3, "what is decided reminds nobody");
}

#[tokio::test]
async fn slack_when_nobody_answers_more_are_asked() {
    let arrange = |demo: &mut Demo| {
        hire(demo, "demo-boss", &["bosses"]);
        let tenant = demo.config.tenants.values_mut().next().expect("the demo's tenant");
        let to = "@escalate_to(\"group:approvers\")";
        tenant.rules = tenant.rules.replace(to, "@escalate_to(\"group:bosses\")");
    };
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), arrange).await;
    let code = ask(&stage, WRITE).await;
    assert_eq!(stage.slack_sees("demo-boss").len(), 0);
    stage.slack_says("demo-boss", &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "waiting", "not before");
    stage.later(SignedDuration::from_hours(4)).await;
    assert_eq!(stage.slack_sees(APPROVER).len(), 1, "who was asked is not asked twice");
    stage.slack_presses("demo-boss", "Approve").await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn slack_before_many_are_asked_the_bot_says_how_many() {
    let arrange = |demo: &mut Demo| {
        for number in 0..12 {
            hire(demo, &format!("demo-many{number}"), &["approvers"]);
        }
    };
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), arrange).await;
    let code = ask(&stage, WRITE).await;
    let many: Vec<_> = (0..12).map(|number| format!("demo-many{number}")).collect();
    let asked = || many.iter().filter(|id| !stage.slack_sees(id).is_empty()).count();
    assert_eq!(asked(), 0, "nobody before who asked wants it");
    let told = stage.slack_answer(EMPLOYEE);
    assert!(told.contains(&format!("{code} can be countersigned by 15 people")), "{told}");
    let (channel, card) = stage.slack_talk(EMPLOYEE).pop().expect("a card");
    assert_eq!(labels(&card), ["Ask all 15"]);
    stage.slack_presses_on(EMPLOYEE, &channel, &card, "Ask all 15").await;
    assert_eq!(asked(), 12);
    assert_eq!(stage.slack_sees(AUDITOR).len(), 0);
    assert_eq!(stage.slack_sees(ADMIN).len(), 1);
    stage.slack_presses_on(EMPLOYEE, &channel, &card, "Ask all 15").await;
    assert!(many.iter().all(|id| stage.slack_sees(id).len() == 1), "nobody is asked twice");
    stage.slack_presses("demo-many7", "Approve").await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn trust_e3_who_asked_has_everybody_asked_in_words_and_nobody_else_does() {
    let arrange = |demo: &mut Demo| {
        for number in 0..12 {
            hire(demo, &format!("demo-many{number}"), &["approvers"]);
        }
    };
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), arrange).await;
    let code = ask(&stage, WRITE).await;
    let asked =
        || (0..12).filter(|number| !stage.slack_sees(&format!("demo-many{number}")).is_empty()).count();
    stage.slack_says(APPROVER, &format!("ask everybody about {code}")).await;
    let told = stage.slack_answer(APPROVER);
    assert!(told.contains("have everybody asked about"), "who may only countersign is told why not: {told}");
    stage.slack_says(AUDITOR, &format!("ask everybody about {code}")).await;
    let unknown = stage.says(AUDITOR, "ask everybody about B2B2B2").await;
    assert!(unknown.refused, "{}", unknown.text);
    assert_eq!((asked(), stage.audited("access_announced").await.len()), (0, 0), "nobody is asked for it");
    stage.slack_says(EMPLOYEE, &format!("ask everyone about {code}")).await;
    assert!(
        stage
            .slack_sees(EMPLOYEE)
            .join("\n")
            .contains(&format!("I am asking everybody who can countersign {code}"))
    );
    assert_eq!(asked(), 12, "everybody has the card");
    assert!(
        stage
            .slack_answer("demo-many3")
            .contains(&format!("{code}: Erin Employee asks for write on payments-api"))
    );
    let entry = stage.audited("access_announced").await.pop().expect("an entry");
    assert_eq!((&entry["actor"]["id"], &entry["data"]["by"]), (&EMPLOYEE.into(), &EMPLOYEE.into()));
    stage.slack_presses("demo-many7", "Approve").await;
    stage.slack_says(EMPLOYEE, &format!("ask everybody about {code}")).await;
    let told = stage.slack_answer(EMPLOYEE);
    assert!(told.contains("There is nothing to decide here any more"), "{told}");
}
